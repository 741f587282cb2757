"""Reads the activities that Teams posts as the SDK does, in a third of the time.

The SDK looks at the type of every field that there could be. Here those alone are read that are there, and as soon as
one is not as Teams sends it the activity is left to the SDK, whose answer to odd ones is the one that counts.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bot.sdk import Activity, Attachment, ChannelAccount, ConversationAccount, Entity

LONGEST = 4000
"""Bytes of a body that is read here: it has fewer values, so nobody need count them."""
DEEPEST = 50
"""Maximum number of lists and objects in it, and so of levels: fewer than any reader of JSON can take."""
_MAY_BE_UNSTORABLE = re.compile(rb"\\u|\x00|\xed")
"""How a null character or half a surrogate pair stands in JSON: escaped, or raw in one of the encodings it may have."""

_MOMENT = re.compile(
    r"[12]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-](?:0\d|1[0-4]):\d\d)", re.ASCII
)
"""A time as Teams writes it; there are more ways, of which the SDK knows its own."""


class Unusual(Exception):
    """Something is not as Teams sends it, and may be wrong."""


def is_usual(body: bytes) -> bool:
    """Whether the body is short and flat, and has no character that cannot be stored."""
    brackets = body.count(b"{") + body.count(b"[")
    return len(body) <= LONGEST and brackets <= DEEPEST and _MAY_BE_UNSTORABLE.search(body) is None


def read_usual(raw: Mapping[str, Any]) -> Activity:
    """The activity from a body that `is_usual`, equal to the SDK's. Raises Unusual."""
    return _read(Activity, raw)


def _read(model: type[Any], raw: Any) -> Any:
    if raw.__class__ is not dict:
        raise Unusual
    fields, readers = _FIELDS[model]
    known, more = {}, {}
    for name, value in raw.items():
        field = fields.get(name)
        if field is None:
            more[name] = value
        elif value is not None:
            known[field] = readers[field](value)
    made = model(**known)
    if more:
        made.additional_properties = more
    return made


def _text(value: object) -> object:
    if value.__class__ is not str:
        raise Unusual
    return value


def _flag(value: object) -> object:
    if value.__class__ is not bool:
        raise Unusual
    return value


def _moment(value: object) -> object:
    if value.__class__ is not str or not _MOMENT.fullmatch(str(value)):
        raise Unusual
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Unusual from error  # the SDK will say what is wrong


def _each(model: type[Any], value: Any) -> list[Any]:
    if value.__class__ is not list:
        raise Unusual
    return [None if each is None else _read(model, each) for each in value]


def _anything(value: object) -> object:
    return value


def _unusual(_: object) -> object:
    raise Unusual


_READERS: Mapping[str, Callable[[Any], object]] = {
    "str": _text,
    "bool": _flag,
    "iso-8601": _moment,
    "object": _anything,
    "ChannelAccount": partial(_read, ChannelAccount),
    "ConversationAccount": partial(_read, ConversationAccount),
    "[ChannelAccount]": partial(_each, ChannelAccount),
    "[Entity]": partial(_each, Entity),
    "[Attachment]": partial(_each, Attachment),
}
"""By the SDK's names of the types; an activity with anything of another is left to the SDK."""


def _fields(model: type[Any]) -> tuple[dict[str, str], dict[str, Callable[[Any], object]]]:
    """The model's fields by their names in JSON, and how each is read."""
    listed = model._attribute_map  # noqa: SLF001  # the SDK's own list of them
    names = {each["key"]: field for field, each in listed.items()}
    return names, {field: _READERS.get(each["type"], _unusual) for field, each in listed.items()}


_FIELDS = {model: _fields(model) for model in (Activity, ChannelAccount, ConversationAccount, Entity, Attachment)}
