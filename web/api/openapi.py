"""The OpenAPI 3.1 document, made of the table of operations and its models, and a plain page to read it."""

import json
from functools import cache
from html import escape
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from http_server import API
from version import version
from web.api.models import CHANGE_ID, Problem
from web.api.operation import Operation
from web.api.operations import OPERATIONS
from web.api.request_parsing import KEY

_REFERENCE = "#/components/schemas/{model}"
_STYLE = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:auto;padding:1rem}pre{overflow:auto;background:#f3f3f3}"


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    taken = [each.query for each in OPERATIONS] + [each.body for each in OPERATIONS if each.body is not None]
    given = [each.gives for each in OPERATIONS] + [Problem]
    schemas = _schemas(given, "serialization") | _schemas(taken, "validation")
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(f"/{each.path}", {})[each.method.lower()] = _operation(each, schemas)
    queries = {each.query.__name__ for each in OPERATIONS}
    about = "What pipelines and other tools ask. Decisions are people's: they are taken in Teams."
    return {
        "openapi": "3.1.0",
        "info": {"title": "The API of the Change bot", "version": version(), "description": about},
        "servers": [{"url": API}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in queries},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def page() -> str:
    """The document for people."""
    said = document()
    title, about = said["info"]["title"], said["info"]["description"]
    parts = [f'<h1>{title}</h1><p>{escape(about)} For programs: <a href="{API}/openapi.json">openapi.json</a>.</p>']
    for path, methods in said["paths"].items():
        parts += [_section(f"{method.upper()} {API}{path}", each) for method, each in methods.items()]
    parts += [_section(name, schema) for name, schema in said["components"]["schemas"].items()]
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<meta charset="utf-8">{view}<title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{"".join(parts)}</main></body></html>'


def _section(title: str, part: dict[str, Any]) -> str:
    said = " ".join(part[name] for name in ("summary", "description") if name in part)
    shown = json.dumps({name: each for name, each in part.items() if name not in ("summary", "description")}, indent=1)
    return f'<h2 id="{escape(title)}">{escape(title)}</h2><p>{escape(said)}</p><pre tabindex="0">{escape(shown)}</pre>'


def _schemas(models: list[type[BaseModel]], mode: Any) -> dict[str, Any]:
    once = sorted(set(models), key=lambda each: each.__name__)
    found: dict[str, Any] = models_json_schema([(each, mode) for each in once], ref_template=_REFERENCE)[1]["$defs"]
    return found


def _operation(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    id_schema = {"type": "string", "pattern": CHANGE_ID}
    parameters = [_parameter("id", "path", "", id_schema)] if "{id}" in each.path else []
    fields = schemas[each.query.__name__]
    for name, its in fields["properties"].items():
        said, schema = its.get("description", ""), _not_null({key: its[key] for key in its if key != "description"})
        parameters.append(_parameter(name, "query", said, schema, name in fields.get("required", ())))
    if each.conditional:
        parameters.append(_parameter("If-None-Match", "header", "An entity tag: 304 where it is still right."))
    if each.method == "POST":
        said = "Whatever is sent again with the same key, within seven days, happens once."
        parameters.append(_parameter("Idempotency-Key", "header", said, {"type": "string", "pattern": KEY}))
        parameters += [_parameter("If-Match", "header", "The entity tag that was read.")] if each.body is None else []
    answer: dict[str, Any] = {"description": each.summary, "content": _content(each.gives)}
    if each.conditional or each.method == "POST":
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    refused = {"description": "It is refused, and why", "content": _content(Problem, "application/problem+json")}
    away = {**refused, "description": "It cannot be answered now: again after Retry-After seconds"}
    unchanged = {"304": {"description": "Nothing has changed"}} if each.conditional else {}
    return {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"Needs a token with the scope {' or '.join(each.scopes)}.",
        "parameters": parameters,
        **({"requestBody": {"required": True, "content": _content(each.body)}} if each.body is not None else {}),
        "responses": {str(each.status): answer, **unchanged, "4XX": refused, "503": away},
    }


def _content(model: type[BaseModel], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, and never null."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return options[0] if len(options) == 1 else schema


def _parameter(
    name: str, place: str, said: str, schema: dict[str, Any] | None = None, needed: bool = False
) -> dict[str, Any]:
    its = schema or {"type": "string"}
    return {"name": name, "in": place, "required": needed or place == "path", "description": said, "schema": its}
