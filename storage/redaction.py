"""Takes one person out of stored values: texts, keys that are made of ids, and JSON documents as documents."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from storage.traces import Traces

FORMER = "former member"
"""What everybody who is forgotten is called, with a number behind it that tells them apart."""
_FINGERPRINT = "fingerprint"


class Redactor:
    """Replaces what names the person by `pseudonym`, and their name by `name`."""

    def __init__(self, traces: Traces, pseudonym: str, name: str) -> None:
        self.traces, self.pseudonym, self.name = traces, pseudonym, name

    def value(
        self, stored: str, *, by_people: bool, is_name: bool = False, marks: Mapping[str, str] | None = None
    ) -> str:
        """A column's text without the person, and each fingerprint in it as `marks` has it.

        `by_people`: people wrote in it, so that a single word is left as it is. `is_name`: it is somebody's name and
        nothing else.
        """
        if not marks and not self.traces.may_be_in(stored):
            return stored
        document = parsed(stored)
        if document is None:
            whole = stored.strip() if is_name else ""
            return self.name if whole in self.traces.single_names else self._text(stored, by_people=by_people)
        fresh = self._without(document, by_people, marks or {})
        return stored if fresh == document else _written(fresh, like=stored)

    def _without(self, node: Any, by_people: bool, marks: Mapping[str, str]) -> Any:
        match node:
            case dict() if (facts := _facts_of(node)) is not None:
                # The template's places are known by the names of the facts: neither is anybody's name.
                said = {name: self._fact(each, by_people, marks) for name, each in facts.items()}
                return {**node, "facts": said}
            case dict():
                theirs = is_about(node, self.traces)
                return {
                    self._text(name, by_people=True): self.name
                    if theirs and name == "name" and isinstance(each, str)
                    else marks[each]
                    if name == _FINGERPRINT and isinstance(each, str) and each in marks
                    else self._without(each, by_people, marks)
                    for name, each in node.items()
                }
            case list():
                # Nobody is told anything at an address that is gone: it leaves a list of addresses.
                mails = all(isinstance(each, str) and "@" in each for each in node)
                kept = [each for each in node if not (mails and self.traces.mails.fullmatch(each.strip()))]
                return [self._without(each, by_people, marks) for each in kept]
            case str():
                inner = parsed(node)
                if inner is None:
                    return self._text(node, by_people=by_people)
                fresh = self._without(inner, by_people, marks)
                return node if fresh == inner else _written(fresh, like=node)
            case _:
                return node

    def _fact(self, fact: Any, by_people: bool, marks: Mapping[str, str]) -> Any:
        """The fact without the person: in a sentence of the bot's a single word is their name, as in a plain one."""
        if isinstance(fact, dict) and isinstance(parts := fact.get("list"), list):
            return {"list": [self._fact(each, by_people, marks) for each in parts]}
        fresh = self._without(fact, by_people, marks)
        is_said = isinstance(fresh, str) and not by_people
        return self.traces.single.sub(self._instead, fresh) if is_said else fresh

    def _text(self, text: str, *, by_people: bool) -> str:
        traces = self.traces
        text = traces.tokens.sub(self.pseudonym, text)
        text = traces.mails.sub(self.name if " " in text or traces.mails.fullmatch(text) else self.pseudonym, text)
        text = traces.full.sub(self._instead, traces.ids.sub(self.pseudonym, text))
        # A single word is a name only within a sentence: elsewhere it may be a key that the program reads.
        return text if by_people or " " not in text else traces.single.sub(self._instead, text)

    def _instead(self, found: re.Match[str]) -> str:
        return self.name if found["own"] is not None else found[0]


def is_former(name: str) -> bool:
    """Whether somebody forgotten is called so; in earlier versions all of them were without a number."""
    return re.fullmatch(rf"{FORMER}( [0-9]+)?", name) is not None


def is_about(node: Mapping[str, Any], traces: Traces) -> bool:
    """Whether one of the object's values is an id of theirs: what it calls its name is their name."""
    return any(isinstance(each, str) and traces.is_own(each) for each in node.values())


def names_in(node: Any, traces: Traces) -> Iterator[str]:
    """Every name under which they stand in a document."""
    if isinstance(node, dict):
        facts = _facts_of(node)
        if facts is None and isinstance(node.get("name"), str) and is_about(node, traces):
            yield node["name"]
        for each in (node if facts is None else facts).values():
            yield from names_in(each, traces)
    elif isinstance(node, list):
        for each in node:
            yield from names_in(each, traces)
    elif isinstance(node, str) and (inner := parsed(node)) is not None:
        yield from names_in(inner, traces)


def _facts_of(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The facts where the object is a stored Message, of which one called `name` may be a server's."""
    facts = node.get("facts")
    return facts if node.keys() == {"template", "facts"} and isinstance(facts, dict) else None


def strings_in(stored: str) -> Iterator[str]:
    """Every text in a stored value, whether it is one or a document of them."""
    left: list[Any] = [document if (document := parsed(stored)) is not None else stored]
    while left:
        match left.pop():
            case dict() as node:
                left += node.values()
            case list() as node:
                left += node
            case str() as node if (inner := parsed(node)) is not None:
                left.append(inner)
            case str() as node:
                yield node
            case _:
                pass  # a number or a truth


def parsed(text: str) -> Any:
    """The JSON object or array that the text is; None for any other text."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None  # a title may begin like that


def _written(document: Any, like: str) -> str:
    return json.dumps(document, ensure_ascii=like.isascii(), separators=(",", ":"))
