"""The OpenAPI document: valid, the same as what is answered, and enough for a client that knows nothing else."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.support.api import made_token, problem, url_of
from tests.support.running import FORM, Bot


async def published(bot: Bot) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url_of(bot)}/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = answer.json()
    return found


async def test_the_document_is_valid_openapi_3_1(bot: Bot) -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="installed with requirements/dev.txt")
    document = await published(bot)
    assert document["openapi"].startswith("3.1.")
    validator.validate(document, cls=validator.OpenAPIV31SpecValidator)


async def test_people_read_the_same_on_a_page_that_loads_nothing_from_elsewhere(bot: Bot) -> None:
    document = await published(bot)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url_of(bot)}/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for foreign in ("<script", "http://", "https://", "url("):
        assert foreign not in answer.text
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} /api/v1{path}" in answer.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in answer.text
    assert set(re.findall(r'href="#(\w+)"', answer.text)) <= set(document["components"]["schemas"])


class Generated:
    """A client that knows the document and nothing else."""

    def __init__(self, document: dict[str, Any], client: httpx.AsyncClient) -> None:
        self.document, self.client = document, client
        self.operations = {
            its["operationId"]: (method, path, its)
            for path, methods in document["paths"].items()
            for method, its in methods.items()
        }

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = schema
        for part in schema.get("$ref", "#").split("/")[1:]:
            found = (self.document if found is schema else found)[part]
        return found

    async def call(
        self, name: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None, **given: str
    ) -> httpx.Response:
        """Call the operation with parameters by their names; its answer is one that the document has."""
        method, path, its = self.operations[name]
        where = {each["name"]: each["in"] for each in its["parameters"]}
        filled = path.format(**{key: value for key, value in given.items() if where.get(key) == "path"})
        answer = await self.client.request(
            method,
            self.document["servers"][0]["url"] + filled,
            params={key: value for key, value in given.items() if where[key] == "query"},
            headers={key: value for key, value in (headers or {}).items() if where[key] == "header"},
            json=body,
        )
        status = str(answer.status_code)
        said = its["responses"].get(status) or its["responses"][f"{status[0]}XX"]
        [(kind, content)] = said["content"].items()
        assert answer.headers["content-type"].startswith(kind)
        fields = self.resolved(content["schema"])
        assert set(answer.json()) <= set(fields["properties"])
        assert set(fields["required"]) <= set(answer.json())
        return answer


async def test_a_client_made_of_the_document_carries_a_change_from_its_creation_to_its_submission(bot: Bot) -> None:
    document, token = await published(bot), await made_token(bot)
    scheme = document["components"]["securitySchemes"][next(iter(document["security"][0]))]
    headers = {"Authorization": f"{scheme['scheme']} {token}"}
    async with httpx.AsyncClient(base_url=url_of(bot).removesuffix("/api/v1"), headers=headers) as http:
        client = Generated(document, http)
        [service] = (await client.call("listServices")).json()["services"]
        body = client.resolved(
            client.operations["createChange"][2]["requestBody"]["content"]["application/json"]["schema"]
        )
        words = FORM | {"service": service["key"]}
        plan: dict[str, Any] = {
            name: [words[name]]
            if its["type"] == "array"
            else int(words[name])
            if its["type"] == "integer"
            else words[name]
            for name, its in body["properties"].items()
            if name in body["required"]
        }
        refused = problem(await client.call("createChange", plan | {"title": ""}), 422)
        assert [each["field"] for each in refused["errors"]] == ["title"]
        created = await client.call("createChange", plan, {"Idempotency-Key": "once"})
        change = created.json()
        assert (await client.call("readChange", id=change["id"])).json() == change
        tag = created.headers["etag"]
        submitted = (await client.call("submitChange", headers={"If-Match": tag}, id=change["id"])).json()
        assert submitted["state"] == "submitted"
        problem(await client.call("submitChange", headers={"If-Match": tag}, id=change["id"]), 412)
        assert [each["id"] for each in (await client.call("listChanges", state="submitted")).json()["changes"]] == [
            change["id"]
        ]
        assert (await client.call("askGate", service="learn", at=change["start"])).json()["allowed"] is False
    assert not any(word in each.lower() for each in client.operations for word in ("approve", "decide", "go")), (
        "for people"
    )
