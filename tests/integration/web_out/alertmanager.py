"""An Alertmanager as far as silences go, held to its published description: what comes, and what it answers itself.

How it keeps them is as `silence/silence.go` and `api/v2/api.go` in github.com/prometheus/alertmanager do it.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from aiohttp import web

from tests.integration.web_out.receiver import Received

PUBLISHED = Path(__file__).parent / "third_party" / "alertmanager" / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """The published description of version 2 of the API, in Swagger 2.0."""
    found: dict[str, Any] = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    return found


def validate(value: object, schema: Mapping[str, Any]) -> None:
    """Raises jsonschema.ValidationError where the value is not as the schema of the document says."""
    whole = {"allOf": [schema], "definitions": document()["definitions"]}
    jsonschema.validate(value, whole, jsonschema.Draft4Validator, format_checker=jsonschema.FormatChecker())


def schema_of(name: str) -> dict[str, Any]:
    """The schema of that name."""
    return {"$ref": f"#/definitions/{name}"}


def operation(method: str, path: str) -> dict[str, Any]:
    """What the document says of such a request. Raises KeyError where there is none."""
    rest = path.removeprefix(document()["basePath"].rstrip("/"))
    assert rest != path, path
    collection, _, one = rest.strip("/").partition("/")
    if one:
        uuid.UUID(one)
    found: dict[str, Any] = document()["paths"][f"/{collection}{'/{silenceID}' if one else ''}"][method.lower()]
    return found


@dataclass(slots=True)
class Alertmanager:
    """Its silences by id, and what was done to them, in order. It lives by `now`."""

    silences: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    loses_its_answer: bool = False
    """Whether the next silence is made without whoever asked for it hearing so."""
    is_away: bool = False
    now: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC)
    broken: list[str] = field(default_factory=list)
    """What came that the document does not allow."""

    def answer(self, asked: Received) -> web.Response:
        """What it answers; what the document does not allow is a fault of whoever asked."""
        if self.is_away:
            return web.Response(status=503)
        try:
            told = operation(asked.method, asked.path)
            body = json.loads(asked.body) if asked.body else None
            for each in told.get("parameters", ()):
                if each["in"] == "body":
                    validate(body, each["schema"])
            assert body is None or asked.headers["content-type"] == "application/json"
        except (AssertionError, KeyError, ValueError, jsonschema.ValidationError) as error:
            self.broken.append(f"{asked.method} {asked.path}: {error}")
            return web.Response(status=400)
        status, found = self._answered(asked.method, asked.path.rpartition("/")[2], body)
        promised = told["responses"].get(str(status))
        assert promised is not None, (asked.method, asked.path, status)
        if "schema" not in promised:
            return web.Response(status=status)
        if status < 500 and "$ref" not in promised:
            validate(found, promised["schema"])
        if self.loses_its_answer and asked.method == "POST":
            self.loses_its_answer = False
            return web.Response(status=502)
        return web.json_response(found, status=status)

    def _answered(self, method: str, last: str, body: Any) -> tuple[int, object]:
        match method:
            case "GET" if last == "silences":
                return 200, [*self.silences.values()]
            case "POST":
                return self._post(body)
            case _ if last not in self.silences:
                return 404, None
            case "DELETE":
                self._expire(last)
                self.done.append("lifted")
                return 200, None
            case _:
                return 200, self.silences[last]

    def _post(self, body: dict[str, Any]) -> tuple[int, object]:
        starts, ends = (datetime.fromisoformat(body[name]) for name in ("startsAt", "endsAt"))
        if ends <= starts or ends < self.now():
            return 400, "Failed to create silence"
        given = body.pop("id", "")
        before = self.silences.get(given)
        if given and before is None:
            return 404, "silence not found"
        same = ("startsAt", "matchers")
        if before and before["status"]["state"] == "active" and all(before[name] == body[name] for name in same):
            made = given
        else:  # its history would be another one
            made = str(uuid.uuid4())
            body["startsAt"] = max(starts, self.now()).isoformat().replace("+00:00", "Z")
            if before:
                self._expire(given)
        of_it = {"id": made, "status": {"state": "active"}, "updatedAt": self.now().isoformat(), "annotations": {}}
        self.silences[made] = body | of_it
        self.done.append(f"{'prolonged' if given else 'made'} until {body['endsAt'][11:16]}")
        return 200, {"silenceID": made}

    def _expire(self, known: str) -> None:
        self.silences[known]["status"] = {"state": "expired"}

    @property
    def active(self) -> list[dict[str, Any]]:
        """Those that silence something now."""
        return [each for each in self.silences.values() if each["status"]["state"] != "expired"]
