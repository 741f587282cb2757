"""What is wrong in services.toml, as sentences: each place as somebody finds it in the file, and what to write."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from infomaniak.registry import PROVIDERS, not_installed
from settings import values
from settings.policy_table import contradictions
from settings.services_schema import ServicesTable
from settings.serving_context import ServingContext
from settings.values import shown

MOST_NAMED = 20
"""More names make no sentence any more."""


def sentences(error: ValidationError, document: Mapping[str, Any]) -> list[str]:
    """A sentence for each place, however many readings of it were tried."""
    found = {_place(each["loc"], document): _wrong(dict(each)) for each in reversed(error.errors())}
    return [_said_of(where, what) for where, what in reversed(found.items())]


def beside_each_other(document: Mapping[str, Any], serving: ServingContext | None, file: str) -> Iterator[str]:
    """What each place alone does not show: two services of one name, numbers that contradict, what a backend lacks.

    Everything here is as somebody wrote it: what is not of the type that it should be is passed over.
    """
    listed = document.get("service")
    services = [
        (number, each)
        for number, each in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    ]
    for what in ("key", "name"):
        given = [text.strip() for _, each in services if isinstance(text := each.get(what), str)]
        seen = [each.casefold() for each in given]
        if twice := next((each for each in given if seen.count(each.casefold()) > 1), ""):
            yield f"two services have the same {what}, {shown(twice)}; give each its own"
    for number, each in services:
        head, policy, vps = _head(number, document), _tabled(each, "policy"), _tabled(each, "vps")
        for name, wrong in contradictions(policy):
            yield f"{head}: policy.{name} is {policy[name]}; {wrong}"
        backend = vps.get("backend")
        if isinstance(backend, str) and backend in PROVIDERS:
            missing = [serving.missing(backend, document, file) if serving else "", not_installed(backend)]
            yield from (f"{head}: vps.backend is {shown(backend)}; that needs {each}" for each in missing if each)


def _tabled(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _said_of(where: str, what: str) -> str:
    return f"{where} {what}" if where and what.startswith("is ") else f"{where}: {what}" if where else what


def _place(loc: tuple[int | str, ...], document: Mapping[str, Any]) -> str:
    """Where that is, as somebody finds it in the file: `learn: mail 2.address`."""
    parts = [each for each in loc if not (isinstance(each, str) and each in ("str", "bool", "int", "[key]"))]
    head = ""
    if parts[:1] == ["service"] and len(parts) > 1 and isinstance(number := parts[1], int):
        head, parts = _head(number, document), parts[2:]
    text = ""
    for part in parts:
        text += f" {part + 1}" if isinstance(part, int) else f".{values.ascii_invisible(part)[:60]}"
    text = text.removeprefix(".")
    return f"{head}: {text}" if head and text else head or text


def _head(number: int, document: Mapping[str, Any]) -> str:
    """What that service is called in a sentence: its key, where it has one."""
    table = document["service"][number]
    key = table.get("key") if isinstance(table, dict) else None
    named = isinstance(key, str) and key.replace("-", "_").isidentifier() and len(key) <= 40
    return str(key) if named else f"service {number + 1}"


def _wrong(error: dict[str, Any]) -> str:
    kind, given, facts = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "missing":
            return "is missing; write it"
        case "extra_forbidden" | "unexpected_keyword_argument":
            known = _known(error["loc"][:-1])
            name = str(error["loc"][-1])
            if len(error["loc"]) > 1 and name in _fields(ServicesTable):
                return "it stands in the wrong place; write it above the first [[service]]"
            near = values.nearest(name, known)
            there = f"write one of {', '.join(known)}" if len(known) < MOST_NAMED else "docs/settings.md lists them all"
            return f"there is no such setting; {f'did you mean {near}?' if near else there}"
        case "literal_error" | "enum":
            expected = facts["expected"].replace(" or ", ", ")
            near = values.nearest(given, expected.replace("'", "").split(", ")) if isinstance(given, str) else ""
            said = f"write one of {expected}" + (f"; did you mean {near}?" if near else "")
        case "too_short":
            said = f"write at least {facts['min_length']}" if facts["min_length"] > 1 else "write at least one"
        case "list_type":
            said = 'write a list in brackets, like ["a", "b"]'
        case "model_type" | "dataclass_type" | "model_attributes_type":
            said = "write a table of settings, as deploy/services.example.toml does"
        case "mapping_type" | "dict_type":
            said = "write a table, as deploy/services.example.toml does"
        case "bool_type":
            said = "write true or false, without quotes"
        case "string_type":
            said = "write a text in quotes"
        case _:
            said = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return said if isinstance(given, dict | list) and kind == "value_error" else f"is {shown(given)}; {said}"


def _known(loc: tuple[int | str, ...]) -> list[str]:
    table: Any = ServicesTable
    for part in loc:
        if isinstance(part, str):
            table = _table(_fields(table).get(part))
    return list(_fields(table))


def _fields(table: Any) -> dict[str, Any]:
    if isinstance(table, type) and issubclass(table, BaseModel):
        return {each.alias or name: each.annotation for name, each in table.model_fields.items()}
    return {each.name: each.type for each in fields(table)} if is_dataclass(table) else {}


def _table(annotation: Any) -> Any:
    """The table in an annotation, however deep in lists and alternatives."""
    if is_dataclass(annotation) or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return annotation
    return next((found for each in get_args(annotation) if (found := _table(each)) is not None), None)
