"""The core's values as JSON and back, exactly. Events and effects are stored beside their names in stored_names."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator, core_schema

from application.ports import Operation
from changes.effects import Effect
from changes.events import Event
from changes.events.names import EVENTS
from changes.model import Change
from changes.recurrence.series import Series
from changes.templates import Template
from changes.text import Message
from storage.errors import UnknownType
from storage.stored_messages import document_of, message_of
from storage.stored_names import EFFECTS, FORMER

Stored = TypeVar("Stored", Change, Operation, Series, Template)
T = TypeVar("T", bound=Event | Effect)


def encode(value: Event | Effect | Change | Operation | Series | Template) -> str:
    """The value as compact JSON. Raises ValueError when something in it is not what its type says."""
    return _SCHEMAS[type(value)][1].to_json(value, warnings="error").decode()


@lru_cache(maxsize=512)
def decode_change(document: str) -> Change:
    """The change that was encoded. Raises ValueError when the document is damaged.

    A change is a value: one document is one change, which every card of the service looks at.
    """
    return decode(Change, document)


def decode(kind: type[Stored], document: str) -> Stored:
    """The value of that kind that was encoded. Raises ValueError when the document is damaged."""
    value: Stored = _SCHEMAS[kind][0].validate_json(document, strict=True)
    return value


def decode_event(name: str, body: str) -> Event:
    """The event that is stored as `name`. Raises UnknownType, and ValueError when the body is damaged."""
    return _decode(EVENTS, "events", name, body)


def decode_effect(name: str, body: str) -> Effect:
    """The effect that is stored as `name`. Raises UnknownType, and ValueError when the body is damaged."""
    return _decode(EFFECTS, "effects", name, body)


def dump_plain(value: Mapping[str, object]) -> str:
    """Plain JSON. Raises TypeError or ValueError for anything that JSON does not know."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def load_plain(text: str) -> dict[str, object]:
    """The object that was dumped."""
    value: dict[str, object] = json.loads(text)
    return value


def _decode(known: Mapping[str, type[T]], what: str, name: str, body: str) -> T:
    found = known.get(FORMER.get(name, name))
    if found is None:
        raise UnknownType(
            f"The database has {what} called {name}, which this version does not know: "
            "run the version that wrote them, or a newer one."
        )
    value: T = _SCHEMAS[found][0].validate_json(body, strict=True)
    return value


def _dumped(text: object) -> object:
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no text and is not serialized as one")
    return document_of(text) if isinstance(text, Message) else text


_TEXT = core_schema.union_schema(
    [
        core_schema.str_schema(),
        core_schema.no_info_after_validator_function(message_of, core_schema.dict_schema(core_schema.str_schema())),
    ],
    mode="left_to_right",
    serialization=core_schema.plain_serializer_function_ser_schema(_dumped),
)
"""A text, or the object that a Message is stored as."""
_NOT_VALUES = frozenset({"keys_schema", "default", "metadata"})


class _Schemas(dict[type, tuple[SchemaValidator, SchemaSerializer]]):
    """What reads and what writes the values of a class, made when it is first asked for."""

    def __missing__(self, kind: type) -> tuple[SchemaValidator, SchemaSerializer]:
        schema = _with_messages(TypeAdapter(kind).core_schema)
        self[kind] = SchemaValidator(schema), SchemaSerializer(schema)
        return self[kind]


def _with_messages(schema: Any) -> Any:
    match schema:
        case {"type": "str"}:
            return _TEXT
        case dict():
            return {name: each if name in _NOT_VALUES else _with_messages(each) for name, each in schema.items()}
        case list():
            return [_with_messages(each) for each in schema]
        case _:
            return schema


_SCHEMAS = _Schemas()
