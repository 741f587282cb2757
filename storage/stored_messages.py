"""Messages in the database: their template and their facts, so that they are said in whatever language they are read.

A column that holds a text is plain and readable; the Message that it is stands as JSON in a second column beside it.
"""

import json
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from changes.text import Message

_DAMAGED = (KeyError, IndexError, TypeError, AttributeError)


def document_of(message: Message) -> dict[str, object]:
    """The message as plain JSON."""
    return {"template": message.template, "facts": {name: _plain(fact) for name, fact in message.facts.items()}}


def message_of(document: Mapping[str, Any]) -> Message:
    """The message that the document is. Raises ValueError when it is damaged."""
    try:
        return Message(document["template"], **{name: _fact(each) for name, each in document["facts"].items()})
    except _DAMAGED as error:
        raise ValueError(f"a stored message is damaged: {type(error).__name__}: {error}") from error


def columns_of_text(name: str, text: str) -> dict[str, str | None]:
    """The text for the column of that name, and the Message that it is, if it is one, for the column beside it."""
    document = json.dumps(document_of(text), separators=(",", ":")) if isinstance(text, Message) else None
    return {name: str(text), f"{name}_message": document}


def text_of(text: str | None, document: str | None) -> str:
    """The text of the two columns: a Message where one was stored. Raises ValueError when that is damaged."""
    return text or "" if document is None else message_of(json.loads(document))


def _plain(fact: object) -> object:
    match fact:
        case Message():
            return document_of(fact)
        case date():
            return {"date": fact.isoformat()}
        case time():
            return {"time": fact.isoformat("minutes")}
        case timedelta():
            return {"minutes": fact // timedelta(minutes=1)}
        case tuple():
            return {"list": [_plain(each) for each in fact]}
        case str() | int():
            return fact
        case _:
            return str(fact)


def _fact(stored: Any) -> object:
    match stored:
        case {"date": day}:
            return date.fromisoformat(day)
        case {"time": moment}:
            return time.fromisoformat(moment)
        case {"minutes": minutes}:
            return timedelta(minutes=minutes)
        case {"list": parts}:
            return tuple(_fact(each) for each in parts)
        case dict():
            return message_of(stored)
        case _:
            return stored
