"""Reads what a request says: each part becomes a model, or a problem that names the fields that are wrong."""

import re
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from http_server import Unreadable, read_body
from web.api.problems import Problem, of_fields

MOST_ERRORS = 20
LONGEST_NAME = 100
"""Maximum length of a field's name as it is quoted, in characters."""
KEY = "^[!-~]{1,255}$"


def read_query(model: type[BaseModel], request: web.Request) -> BaseModel:
    """The query of the address. Raises Problem: 422."""
    lists = {"state"}
    given: dict[str, Any] = {name: request.query.getall(name) for name in request.query}
    if twice := [name for name, values in given.items() if len(values) > 1 and name not in lists]:
        raise of_fields({_quoted(name): "Give it once only." for name in twice})
    return _checked(model, {name: values if name in lists else values[0] for name, values in given.items()})


async def read_json(model: type[BaseModel] | None, request: web.Request) -> tuple[BaseModel | None, bytes]:
    """The body, and as it was sent; none where there is no model. Raises Problem: 400, 408, 413, 415, 422."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if model is not None and kind != "application/json":
        raise Problem(415, "Send the body as application/json.", Accept="application/json")
    try:
        body = await read_body(request)
    except Unreadable as broken:
        raise Problem(broken.status, str(broken)) from broken
    if model is None:
        if body:
            raise Problem(400, "This takes no body.")
        return None, body
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as broken:
        raise Problem(400, "The body is not JSON.") from broken
    return _checked(model, raw), body


def idempotency_key(request: web.Request) -> str:
    """The key by which a repeated request is known; empty without one. Raises Problem: 400."""
    given = request.headers.getall("Idempotency-Key", [])
    if given and (len(given) > 1 or not re.fullmatch(KEY, given[0])):
        raise Problem(400, "Idempotency-Key is one value of 1 to 255 visible ASCII characters.")
    return "".join(given)


def _checked(model: type[BaseModel], raw: object) -> BaseModel:
    try:
        return model.model_validate(raw, from_attributes=False)
    except ValidationError as wrong:
        found: dict[str, str] = {}
        for each in wrong.errors(include_url=False, include_input=False, include_context=False)[:MOST_ERRORS]:
            is_unknown, said = each["type"] == "extra_forbidden", each["msg"].removeprefix("Value error, ")
            name = _quoted(".".join(map(str, each["loc"])) or "body")
            found[name] = "There is no such field." if is_unknown else f"{said}."
        raise of_fields(found) from None


def _quoted(name: str) -> str:
    return name[:LONGEST_NAME].encode("ascii", "backslashreplace").decode()
