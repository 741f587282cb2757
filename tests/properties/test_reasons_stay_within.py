"""Whatever becomes of a change: a reason that somebody typed is read by those who see to it, and by nobody else."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import count
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes.effects import SendNotice
from changes.model import Plan
from changes.notification import NOTICE_LANGUAGES, NoticeKind
from notices import NoticeRenderer
from tests.properties.test_lifecycle import walk
from tests.support.core import LEARN, Story
from tests.support.examples import examples

T = TypeVar("T", c.Command, Plan)
WORDING, EVERY_LANGUAGE = NoticeRenderer(), replace(LEARN, languages=NOTICE_LANGUAGES)
TYPED = {"reason", "comment", "note", "text", "waiver", "detail", "why", "what", "risks", "rollback"}
"""The fields that hold what somebody typed, of a command or of a plan; its title and its user impact are public."""
FOR_PEOPLE = {"UpdateIncident", "Start", "AcceptTest"}
"""Whose text is asked for with the words that people affected read it."""
MARK = re.compile(r"(\w+?)xx\d+xx")


def marked(given: T, number: int, of: str = "") -> T:
    """The command or the plan with a word of its own behind each text, which says where it was typed."""
    name = of or type(given).__name__
    other: dict[str, object] = {}
    for each in fields(given):
        value = getattr(given, each.name)
        if isinstance(value, Plan):
            other[each.name] = marked(value, number, name)
        elif each.name in TYPED and isinstance(value, str) and value.strip():
            other[each.name] = f"{value} {name}xx{number}xx"
        elif each.name == "public":
            given_to = value or ({"en": "You read this."} if number % 2 else {})
            other[each.name] = {language: f"{text} Publicxx{number}xx" for language, text in given_to.items()}
    return replace(given, **other)  # type: ignore[arg-type]


def walked(seed: int) -> Story:
    numbers = count()

    def written(command: c.Command) -> c.Command:
        return marked(command, next(numbers))

    return walk(seed, written)


def told(story: Story) -> Iterator[tuple[SendNotice, str]]:
    """Each notice, as everybody affected reads it in every language."""
    for effect, (change, _) in zip(story.caused, story.became, strict=True):
        if isinstance(effect, SendNotice):
            yield effect, WORDING.post(effect, change, EVERY_LANGUAGE)


def leaks(story: Story) -> list[str]:
    allowed = FOR_PEOPLE | {"Public"}
    found = [(notice.kind, text, MARK.findall(text)) for notice, text in told(story)]
    return [f"{kind} says {marks}: {text}" for kind, text, marks in found if not set(marks) <= allowed]


@settings(max_examples=examples(100))
@given(st.integers(0, 2**32))
def test_no_reason_stands_in_a_notice_unless_it_was_given_as_public_text(seed: int) -> None:
    assert leaks(walked(seed))[:1] == []


def test_the_walks_send_every_kind_of_notice_and_type_every_kind_of_reason() -> None:
    kinds, public, typed = set[NoticeKind](), set[NoticeKind](), set[str]()
    for seed in range(150):
        story = walked(seed)
        for notice, text in told(story):
            kinds.add(notice.kind)
            public |= {notice.kind} if "Public" in MARK.findall(text) else set()
        typed |= {mark for entry in story.entries for mark in MARK.findall(str(entry.event))}
    assert kinds == set(NoticeKind)
    assert {"Cancel", "Postpone", "RefuseGo", "Extend", "DeclareIncident", "HandOver", "Edit", "Move"} <= typed
    assert {NoticeKind.EXTENSION, NoticeKind.INCIDENT_START, NoticeKind.INCIDENT_UPDATE} <= public
