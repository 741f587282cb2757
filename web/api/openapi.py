"""The OpenAPI 3.1 document, made of the table of operations and its models, and a plain page to read it."""

from functools import cache
from html import escape
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from http_server import API
from version import version
from web.api.models import CHANGE_ID, ProblemModel
from web.api.operation import Operation
from web.api.operations import OPERATIONS
from web.api.reading import KEY

_REFERENCE = "#/components/schemas/{model}"
_ALWAYS = {
    400: "It cannot be read",
    401: "No token, or none that is good",
    403: "The token's scope, or its person's rights, are too small",
    404: "There is nothing there",
    405: "That cannot be done there",
    413: "The body is too large",
    415: "The body is not plain JSON",
    422: "Fields are wrong, each with a sentence",
    503: "The database cannot be used: try again",
}
_OF_A_BODY = {408: "The body did not arrive in time", 409: "The change is not where that can be done"}
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "code,pre{font-family:monospace}pre{overflow:auto;background:#f3f3f3;padding:1rem}"
)


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    taken = {each for operation in OPERATIONS for each in (operation.body, operation.query) if each is not None}
    given = {each.gives for each in OPERATIONS} | {ProblemModel}
    of_taken = models_json_schema([(each, "validation") for each in _by_name(taken)], ref_template=_REFERENCE)[1]
    of_given = models_json_schema([(each, "serialization") for each in _by_name(given)], ref_template=_REFERENCE)[1]
    schemas = of_taken["$defs"] | of_given["$defs"]
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(f"/{each.path}", {})[each.method.lower()] = _operation(each, schemas)
    queries = {each.query.__name__ for each in OPERATIONS if each.query is not None}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Change bot",
            "version": version(),
            "description": "What pipelines and other tools ask. Decisions are people's: they are taken in Teams.",
        },
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
    """The document for people: what can be done, and what is sent and answered."""
    said = document()
    parts = [f"<h1>{escape(said['info']['title'])}: the API</h1><p>{escape(said['info']['description'])}</p>"]
    parts.append(f'<p>For programs: <a href="{API}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>')
    for path, methods in said["paths"].items():
        for method, each in methods.items():
            parts.append(f"<h2><code>{method.upper()} {API}{escape(path)}</code></h2><p>{escape(each['summary'])}.</p>")
            parts.append(f"<p>{escape(each['description'])}</p><ul>")
            parts += [f"<li>{_parameter(parameter)}</li>" for parameter in each["parameters"]]
            parts.append("</ul>")
            if "requestBody" in each:
                parts.append(f"<p>Sent: {_linked(each['requestBody'])}</p>")
            answer = next(answer for status, answer in each["responses"].items() if status.startswith("2"))
            parts.append(f"<p>Answered: {_linked(answer)}</p>")
    for name, schema in said["components"]["schemas"].items():
        parts.append(f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{escape(schema.get("description", ""))}</p><ul>')
        parts += [
            f"<li><code>{escape(field)}</code>{' (required)' if field in schema.get('required', ()) else ''}"
            f" {escape(its.get('description', ''))}</li>"
            for field, its in schema.get("properties", {}).items()
        ]
        parts += [f"<li><code>{escape(str(value))}</code></li>" for value in schema.get("enum", ())]
        parts.append("</ul>")
    head = f'<meta charset="utf-8"><title>The API of the Change bot</title><style>{_STYLE}</style>'
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!doctype html><html lang="en"><head>{head}{viewport}</head><body><main>{"".join(parts)}</main></body></html>'
    )


def _operation(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": each.summary, "content": _content(each.gives)}
    parameters = [_in_path(name) for name in ("id",) if f"{{{name}}}" in each.path]
    if each.query is not None:
        parameters += _in_query(schemas[each.query.__name__])
    if each.conditional:
        parameters.append(_header("If-None-Match", "An entity tag that is known: 304 where it is still right."))
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    statuses = dict(_ALWAYS)
    if each.method == "POST":
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
        said = "Whatever is sent again with the same key, within seven days, happens once."
        parameters.append(_header("Idempotency-Key", said, pattern=KEY))
        statuses |= _OF_A_BODY
    if each.name == "submitChange":
        parameters.append(_header("If-Match", "The entity tag that was read."))
        statuses[412] = "Something has happened to the change since"
    if each.status == 201:
        answer["headers"]["Location"] = {"schema": {"type": "string"}}
    problems = {
        str(status): {"description": said, "content": _content(ProblemModel, "application/problem+json")}
        for status, said in sorted(statuses.items())
    }
    unchanged = {"304": {"description": "Nothing has changed"}} if each.conditional else {}
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"Needs a token with the scope {' or '.join(each.scopes)}.",
        "parameters": parameters,
        "responses": {str(each.status): answer, **unchanged, **problems},
    }
    if each.body is not None:
        found["requestBody"] = {"required": True, "content": _content(each.body)}
    return found


def _by_name(models: set[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(models, key=lambda each: each.__name__)


def _content(model: type[BaseModel], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": CHANGE_ID}}


def _in_query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": {key: value for key, value in _not_null(its).items() if key != "description"},
            "description": its.get("description", ""),
        }
        for name, its in schema["properties"].items()
    ]


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, and never null."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return schema if len(options) != 1 else {"description": schema.get("description", ""), **options[0]}


def _header(name: str, said: str, **more: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"} | more, "description": said}


def _parameter(its: dict[str, Any]) -> str:
    needed = ", required" if its["required"] else ""
    return f"<code>{escape(its['name'])}</code> ({its['in']}{needed}) {escape(its.get('description', ''))}"


def _linked(part: dict[str, Any]) -> str:
    name = next(iter(part["content"].values()))["schema"]["$ref"].rpartition("/")[2]
    return f'<a href="#{escape(name)}">{escape(name)}</a>'
