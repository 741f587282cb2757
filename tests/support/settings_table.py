"""docs/settings.md, made from the models: every variable of the environment and every key of services.toml."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from settings import values
from settings.model import Settings
from settings.policy_table import MEANINGS, PAIRS, PolicyTable
from settings.services_schema import PROVIDER_TABLES, ServicesTable
from settings.signing_secrets import webhook_secrets
from settings.variables import (
    choices,
    credential,
    database,
    folder,
    header_credential,
    inside,
    tenants,
)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "settings.md"
EXAMPLE: Mapping[str, Any] = tomllib.loads((ROOT / "deploy" / "services.example.toml").read_text(encoding="utf-8"))
_INTRODUCTION = """# Settings

Made from the code by `python -m tests.support.tables`; a test compares. Step by step: [install](install.md).

What cannot be meant is refused at the start, all of it at once, a line for each; `python app.py check` says the same.

## The environment

In the environment of the process, or in a file `.env` in the folder where it starts, in UTF-8; the environment wins. A
name that begins with `CHANGE_` or `MicrosoftApp` and stands in no row here is refused (`CHANGE_DOMAIN` and
`CHANGE_UPSTREAM` are the reverse proxy's). In production, web addresses are `https://`."""
_SERVICES = """## services.toml

In UTF-8; [the example](../deploy/services.example.toml) shows every table. People are Entra object ids. What is
changed here holds once the bot is restarted."""
_POLICY = """### `[service.policy]`

Whole numbers of the process, for one service; what is left out has the value shown here."""
_PAIRS = """Some of them belong together: of each two, the first is not less than the second. A first one
that may be 0 means that there is none of it."""
_QUIET = "`day_hour` does not lie in the quiet hours."
_NAMED: Mapping[Any, str] = {
    values.host: "an address or a name",
    values.port: "a number from 0 to 65535",
    values.web_address: "a web address",
    values.mail_address: "a mail address",
    values.guid: "an Entra id",
    tenants: "Entra ids, with commas between",
    database: "an address of a database",
    credential: "a secret",
    header_credential: "a secret",
    webhook_secrets: "secrets by name",
    folder: "a folder",
    Path: "a file",
}
"""What the readers of variables take."""
_API = "Only for the backend `vps_api`; [the example](../deploy/services.example.toml) says what each is for."


def document() -> str:
    """docs/settings.md."""
    parts = [_INTRODUCTION, environment(), _SERVICES, *tables(), *provider_tables()]
    return "\n\n".join(parts) + "\n"


def environment() -> str:
    """The variables."""
    lines = ["| variable | may be | unless set | meaning | example |", "|---|---|---|---|---|"]
    for each in fields(Settings):
        meta = each.metadata
        may_be = ", ".join(f"`{word}`" for word in choices(meta["read"])) or _NAMED.get(inside(meta["read"]), "a text")
        default = "" if each.default in ("", (), None, MISSING) else f"`{each.default}`"
        example = f"`{meta['example']}`" if meta["example"] else ""
        lines.append(f"| `{meta['variable']}` | {may_be} | {default} | {_cell(meta['about'])} | {example} |")
    return "\n".join(lines)


def tables() -> Iterator[str]:
    """Each table of services.toml, from the top; that of the policy with what of it belongs together."""
    yield _table("### At the top", ServicesTable, EXAMPLE)
    for path, model, example in _inner(ServicesTable, EXAMPLE, ""):
        if model is not PolicyTable:
            yield _table(f"### `{path}`", model, example)
            continue
        lines = ["| key | unless set | meaning |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {found.default} | {_cell(str(found.description))} |"
            for name, found in model.model_fields.items()
        ]
        pairs = ["| not less | than | because |", "|---|---|---|"]
        pairs += [
            f"| `{each.larger}`{' (or 0)' if each.may_be_off else ''} | `{each.smaller}` | {each.why} |"
            for each in PAIRS
        ]
        yield "\n\n".join((_POLICY, "\n".join(lines), _PAIRS, "\n".join(pairs), _QUIET))
        assert model.model_fields.keys() == MEANINGS.keys()


def _inner(model: type[BaseModel], example: Any, path: str) -> Iterator[tuple[str, type[BaseModel], Any]]:
    for name, found in model.model_fields.items():
        table = _model_in(found.annotation)
        if table is None:
            continue
        shown = example.get(name) if isinstance(example, Mapping) else None
        listed = shown if isinstance(shown, list) else [shown]
        first = next((each for each in listed if isinstance(each, Mapping)), None)
        here = f"{path}.{name}".strip(".")
        yield (f"[[{here}]]" if get_origin(found.annotation) is list else f"[{here}]"), table, first
        yield from _inner(table, first, here)


def _table(heading: str, model: type[BaseModel], example: Any) -> str:
    lines = [heading, "", "| key | may be | unless set | meaning | example |", "|---|---|---|---|---|"]
    for name, found in model.model_fields.items():
        key = found.alias or name
        if name in PROVIDER_TABLES:
            continue
        assert found.description, f"{model.__name__}.{name} has no description"
        shown = example.get(key) if isinstance(example, Mapping) else None
        is_table = _model_in(found.annotation) is not None and not _may_be_short(shown)
        written = "" if shown is None or is_table else f"`{_toml(shown)}`"
        default = "needed" if found.is_required() else _default(found.get_default(call_default_factory=True))
        lines.append(
            f"| `{key}` | {_type(found.annotation)} | {default} | {_cell(found.description)} | {_cell(written)} |"
        )
    return "\n".join(lines)


def _may_be_short(shown: Any) -> bool:
    """Whether it is written within the line of its key: a list with something beside tables, or words by language."""
    if isinstance(shown, list):
        return not all(isinstance(each, Mapping) for each in shown)
    return isinstance(shown, Mapping) and set(shown) <= {"en", "fr", "de"}


def _default(value: Any) -> str:
    return "" if value in ("", [], None, PydanticUndefined) or isinstance(value, BaseModel) else f"`{_toml(value)}`"


def provider_tables() -> Iterator[str]:
    """Those that providers have of their own: names and defaults."""
    for key, table in PROVIDER_TABLES.items():
        lines = [f"### `[{key}]`", "", _API, "", "| key | unless set |", "|---|---|"]
        yield "\n".join([*lines, *(f"| `{name}` | `{value}` |" for name, value in _of_dataclass(table, ""))])


def _of_dataclass(table: type, path: str) -> Iterator[tuple[str, str]]:
    for each in fields(table):
        name = f"{path}{each.name}"
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if is_dataclass(default) and not isinstance(default, type):
            yield from _of_dataclass(type(default), f"{name}.")
        else:
            yield name, _toml(dict(default) if isinstance(default, Mapping) else default)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not get_origin(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)


def _type(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return "a table"
    if origin is Literal:
        return ", ".join(f"`{word}`" for each in parts for word in (get_args(each) or (each,)) if word)
    if origin in (list, Union):
        words = _type(parts[0])
        several = {"a text": "texts", "a table": "tables"}.get(words, words)
        return f"a list of {several}" if origin is list else words
    if parts:  # annotated
        return _type(parts[0])
    if annotation is str:
        return "a text"
    if annotation is bool:
        return "true or false"
    if annotation is int:
        return "a whole number"
    if annotation is date:
        return "a day"
    return "a table"


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            written = value.replace("\n", "\\n")
            return f'"{written}"'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            return "{" + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + "}"
        case _:
            return str(value)


def _cell(words: str) -> str:
    return re.sub(r"\|", r"\\|", words)


if __name__ == "__main__":
    DOCS.write_text(document(), encoding="utf-8")
