"""The core's values as JSON and back, exactly. Events and effects are stored beside the name of their class."""

import json
from collections.abc import Mapping
from sys import modules
from typing import Any, TypeVar

from pydantic import TypeAdapter

from changes.effects import Effect
from changes.events import Event
from changes.model import Change
from changes.ports import Operation
from storage.errors import UnknownType

T = TypeVar("T", bound=Event | Effect)


def encode(value: Event | Effect | Change | Operation) -> str:
    """The value as compact JSON. Raises ValueError when something in it is not what its type says."""
    return _adapter(type(value)).dump_json(value, warnings="error").decode()


def decode_change(document: str) -> Change:
    """The change that was encoded. Raises ValueError when the document is damaged."""
    change: Change = _adapter(Change).validate_json(document, strict=True)
    return change


def decode_operation(document: str) -> Operation:
    """The operation that was encoded. Raises ValueError when the document is damaged."""
    operation: Operation = _adapter(Operation).validate_json(document, strict=True)
    return operation


def decode_event(name: str, body: str) -> Event:
    """The event of the class called `name`. Raises UnknownType, and ValueError when the body is damaged."""
    return _decode(Event, name, body)


def decode_effect(name: str, body: str) -> Effect:
    """The effect of the class called `name`. Raises UnknownType, and ValueError when the body is damaged."""
    return _decode(Effect, name, body)


def classes(base: type[T]) -> dict[str, type[T]]:
    """Every class below `base`, by name. A new one is found by itself."""
    found: dict[str, type[T]] = {}
    left = list(base.__subclasses__())
    while left:
        each = left.pop()
        left += each.__subclasses__()
        # dataclass(slots=True) leaves its first draft of the class behind until the garbage is collected.
        if getattr(modules[each.__module__], each.__name__, None) is not each:
            continue
        if each.__name__ in found:
            raise TypeError(f"two classes are called {each.__name__}; a stored one could not be told apart")
        found[each.__name__] = each
    return found


def dump_plain(value: Mapping[str, object]) -> str:
    """Plain JSON. Raises TypeError or ValueError for anything that JSON does not know."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def load_plain(text: str) -> dict[str, object]:
    """The object that was dumped."""
    value: dict[str, object] = json.loads(text)
    return value


def _decode(base: type[T], name: str, body: str) -> T:
    found = classes(base).get(name) if (base, name) not in _named else _named[base, name]
    if found is None:
        raise UnknownType(
            f"The database has {base.__name__.lower()}s called {name}, which this version does not know: "
            "run the version that wrote them, or a newer one."
        )
    _named[base, name] = found
    value: T = _adapter(found).validate_json(body, strict=True)
    return value


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


_named: dict[tuple[type, str], type] = {}
_adapters: dict[type, TypeAdapter[Any]] = {}
