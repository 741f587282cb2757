"""Whatever the core can say survives the store exactly."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports import Operation
from changes import effects, events
from changes.effects import Effect, UpsertStatusCard
from changes.events import Event, Postponed
from changes.events.names import EVENTS
from changes.model import Change, Window
from changes.recurrence.series import Series
from changes.templates import Template
from changes.text.messages import Message
from storage import codec
from storage.errors import UnknownType
from storage.stored_names import EFFECTS, FORMER, stored_name
from tests.contract.subjects import parts

_zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=_zones)  # noqa: DTZ001  (gets its zone)
_windows = st.builds(
    lambda start, minutes: Window(start, start + timedelta(minutes=minutes)), _moments, st.integers(1, 10**5)
)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


_plain_facts = st.text() | st.integers() | st.booleans() | st.dates(date(1, 1, 1))
_places = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)


def _messages(facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Message]:
    def built(words: str, facts: dict[str, Any]) -> Message:
        own = words.replace("{", "{{").replace("}", "}}")
        return Message(own.join(["", *(f"{{{name}}}" for name in facts), ""]), **facts)

    return st.builds(built, st.text(max_size=20), st.dictionaries(_places, facts, max_size=3))


messages = _messages(st.recursive(_plain_facts, _messages, max_leaves=4))


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that the annotation allows."""
    if hint is str:
        return st.text() | messages
    if hint is datetime:
        return _moments
    if hint is Window:
        return _windows
    if hint is object:
        return _json
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([anything(each) for each in args])
    if origin is tuple and args[-1] is not ...:
        return st.tuples(*map(anything, args))
    if origin is tuple:
        return st.lists(anything(args[0]), max_size=3).map(tuple)
    if origin in (dict, Mapping):
        return st.dictionaries(anything(args[0]), anything(args[1]), max_size=3)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{each.name: anything(hints[each.name]) for each in fields(hint)})
    return st.from_type(hint)


def test_every_event_and_effect_of_the_core_has_a_stored_name_of_its_own() -> None:
    for base, known, module in ((Event, EVENTS, events), (Effect, EFFECTS, effects)):
        written = {
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, base) and each is not base and not each.__subclasses__()
        }
        assert written == set(known.values())
        assert len(set(known.values())) == len(known)
    assert not set(EVENTS) & set(EFFECTS)


@pytest.mark.parametrize("former", sorted(FORMER))
def test_what_was_stored_under_the_name_of_its_class_is_read_whatever_the_class_is_called_now(former: str) -> None:
    name = FORMER[former]

    @settings(max_examples=1, database=None)
    @given(anything(EVENTS[name] if name in EVENTS else EFFECTS[name]))
    def is_read(value: Any) -> None:
        decode = codec.decode_event if name in EVENTS else codec.decode_effect
        assert decode(former, codec.encode(value)) == value
        assert stored_name(value) == name

    is_read()


STORED: dict[str, tuple[Any, Callable[[str], Any]]] = {
    **{name: (kind, partial(codec.decode_event, name)) for name, kind in EVENTS.items()},
    **{name: (kind, partial(codec.decode_effect, name)) for name, kind in EFFECTS.items()},
    "change": (Change, codec.decode_change),
    "operation": (Operation, partial(codec.decode, Operation)),
    "series": (Series, partial(codec.decode, Series)),
    "template": (Template, partial(codec.decode, Template)),
}


@pytest.mark.parametrize("name", STORED)
def test_it_comes_back_as_it_was(name: str) -> None:
    kind, decode = STORED[name]

    @settings(max_examples=12, deadline=None)
    @given(anything(kind))
    def comes_back(value: Any) -> None:
        body = codec.encode(value)
        back = decode(body)
        assert (type(back), back) == (type(value), value)
        assert codec.encode(back) == body  # names of people too, which do not count when people are compared

    comes_back()


@given(messages)
def test_a_message_keeps_its_template_and_its_facts_with_their_types(message: Message) -> None:
    back = codec.decode_event("postponed", codec.encode(Postponed(message, silent=True)))
    assert isinstance(back, Postponed)
    assert parts(back.reason) == parts(message)


@pytest.mark.parametrize("facts", ["{}", '{"day":{"date":"yesterday"}}', '{"day":{"template":"{x}","facts":{}}}', "7"])
def test_a_damaged_message_is_not_guessed_at(facts: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        codec.decode_event("postponed", f'{{"reason":{{"template":"By {{day}}.","facts":{facts}}},"silent":true}}')


def test_what_a_newer_version_wrote_is_refused_by_its_name() -> None:
    with pytest.raises(UnknownType, match="events called Teleported"):
        codec.decode_event("Teleported", "{}")
    with pytest.raises(UnknownType, match="effects called Fly"):
        codec.decode_effect("Fly", "{}")


@pytest.mark.parametrize("damaged", ["", "{", '{"key":1,"change":"CHG-2026-0001"}', '{"key":"k"}'])
def test_a_damaged_body_is_not_guessed_at(damaged: str) -> None:
    with pytest.raises(ValueError, match="UpsertStatusCard"):
        codec.decode_effect("show_status", damaged)


def test_a_value_that_is_not_what_its_type_says_is_not_stored() -> None:
    with pytest.raises(ValueError, match="serializ"):
        codec.encode(UpsertStatusCard(key=7, change="CHG-2026-0001"))  # type: ignore[arg-type]
