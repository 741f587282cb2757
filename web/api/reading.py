"""Reads what a request says: each part becomes a model, or a problem that names the fields that are wrong."""

import json
import re
from typing import Any, NoReturn, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from http_server import Unreadable, read_body
from web.api.problems import Problem, of_fields

MOST_ERRORS = 20
LONGEST_NAME = 100
"""Maximum length of a field's name as it is quoted, in characters."""
KEY = "^[!-~]{1,255}$"
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_UNKNOWN = "There is no such field."
_Model = TypeVar("_Model", bound=BaseModel)


def read_query(model: type[_Model], request: web.Request) -> _Model:
    """The query of the address. Raises Problem: 422."""
    given: dict[str, Any] = {}
    several = {name for name, field in model.model_fields.items() if "list" in str(field.annotation)}
    try:
        query = request.query
    except ValueError as broken:  # more parameters than anybody has
        raise Problem(400, "The query cannot be read.") from broken
    for name in query:
        values = query.getall(name)
        if name not in several and len(values) > 1:
            raise of_fields({name[:LONGEST_NAME]: "Give it once only."})
        given[name] = values if name in several else values[0]
    return _checked(model, given)


async def read_json(model: type[_Model], request: web.Request) -> tuple[_Model, bytes]:
    """The body, and as it was sent. Raises Problem: 400, 408, 413, 415, 422."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "Send the body as application/json.", headers={"Accept": "application/json"})
    body = await bytes_of(request)
    try:
        raw = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as broken:
        raise Problem(400, "The body is not JSON, or has a field twice.") from broken
    return _checked(model, raw), body


async def bytes_of(request: web.Request) -> bytes:
    """The body as it was sent. Raises Problem: 400, 408, 413."""
    try:
        return await read_body(request)
    except Unreadable as broken:
        raise Problem(broken.status, str(broken)) from broken


def idempotency_key(request: web.Request) -> str | None:
    """The key by which a repeated request is known; None without one. Raises Problem: 400."""
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    if len(given) > 1 or not re.fullmatch(KEY, given[0]):
        raise Problem(400, "Idempotency-Key is one value of 1 to 255 visible ASCII characters.")
    return given[0]


def matches(header: str, tag: str) -> bool:
    """Whether the list of entity tags has this one, or any: proxies that compress make weak ones of ours."""
    return header.strip() == "*" or tag.strip('"') in _TAG.findall(header)


def _checked(model: type[_Model], raw: object) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        found: dict[str, str] = {}
        for each in wrong.errors(include_url=False, include_input=False, include_context=False)[:MOST_ERRORS]:
            name = ".".join(str(part) for part in each["loc"])[:LONGEST_NAME] or "body"
            said = each["msg"].removeprefix("Value error, ")
            found[_printable(name)] = _UNKNOWN if each["type"] == "extra_forbidden" else f"{said}."
        raise of_fields(found) from None


def _printable(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands there twice")
    return found
