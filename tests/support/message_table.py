"""The table of docs/messages.md, made from the code: each message, whom it calls, where, when and in which language.

`python -m tests.support.message_table` writes it anew; a test compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from changes import commands as c
from changes.effects import Effect, PostThreadMessage, SendNotice, UpsertCard
from changes.errors import CommandRejected
from changes.model import SYSTEM
from changes.notification import IN_PERSON, NOTICES, CardKind, NoticeKind, ThreadMessage
from tests.support.scenes import NAMES, ROLES, Scene, scene
from tests.support.tables import attempts

DOCS = Path(__file__).parents[2] / "docs" / "messages.md"
MOST_CAUSES = 4
MOST_STEPS = 20
"""So many steps are let fall due in each scene; after that they repeat themselves."""
Kind = CardKind | ThreadMessage | NoticeKind


@dataclass(slots=True)
class Message:
    """What is known of one kind of message."""

    causes: dict[str, None] = field(default_factory=dict)
    called: dict[str, None] = field(default_factory=dict)


def said() -> dict[tuple[type, Kind], Message]:
    """Every kind of message that anything a person or the clock can do in any scene gives rise to."""
    found: dict[tuple[type, Kind], Message] = {}
    for name in NAMES:
        for person in ROLES.values():
            for verb, command in attempts(person, scene(name)).items():
                there = scene(name)
                for effect in _effects(there, command, there.now):
                    _note(found, effect, f"`{verb}`", there)
        there = scene(name)
        for _step in range(MOST_STEPS):
            if not (due := there.story.waiting()):
                break
            now = max(due[0].due, there.now)
            for effect in _effects(there, c.FireStep(SYSTEM, due[0].key), now):
                _note(found, effect, due[0].kind.value.replace("_", " "), there)
    return found


def _effects(there: Scene, command: c.Command, now: datetime) -> list[Effect]:
    seen = len(there.story.caused)
    try:
        there.story.do(command, now)
    except CommandRejected:
        return []
    return there.story.caused[seen:]


def _note(found: dict[tuple[type, Kind], Message], effect: Effect, cause: str, there: Scene) -> None:
    match effect:
        case UpsertCard(only_edit=False):
            kind: Kind = effect.card
        case PostThreadMessage():
            kind = effect.line
        case SendNotice():
            kind = effect.kind
        case _:
            return
    row = found.setdefault((type(kind), kind), Message())
    row.causes[cause] = None
    change = there.story.now_it_is
    for person in getattr(effect, "mention", ()):
        roles = {change.plan.implementer: "implementer", change.requester: "requester"}
        roles |= {each: role for role, each in ROLES.items()}
        row.called[roles.get(person, "people of another change")] = None


def rows() -> Iterator[str]:
    """The rows, in the order of the process."""
    found = said()
    order: list[Kind] = [*CardKind, *ThreadMessage, *NoticeKind]
    yield "| the change's own card | – | root of the thread | the request; edited ever after | the service's first |"
    for kind in order:
        if (row := found.get((type(kind), kind))) is None:
            continue
        causes = list(row.causes)
        when = ", ".join(causes[:MOST_CAUSES]) + (" …" if len(causes) > MOST_CAUSES else "")
        where, language = _place(kind)
        yield f"| {_name(kind)} | {', '.join(row.called) or '–'} | {where} | {when} | {language} |"


def _name(kind: Kind) -> str:
    if isinstance(kind, CardKind):
        return f"card *{kind.value}*"
    if isinstance(kind, NoticeKind):
        return f"announcement *{NOTICES[kind].name}*"
    return kind.value.replace("_", " ")


def _place(kind: Kind) -> tuple[str, str]:
    if isinstance(kind, NoticeKind):
        return (
            "thread of the announcement; mail to the service's recipients",
            "each of the service's; a mail its reader's",
        )
    if isinstance(kind, ThreadMessage) and kind in IN_PERSON:
        return "own chat (thread where there is none)", "the reader's"
    return "thread", "the service's first"


def document() -> str:
    """The page."""
    return "\n".join(
        [
            "# Who is told what",
            "",
            "Made from the code by `python -m tests.support.message_table`; a test compares. A card is posted once and",
            "edited afterwards; whoever acted is not called to what they did themselves.",
            "",
            "| message | who is called | where | when | language |",
            "|---|---|---|---|---|",
            *rows(),
            "",
        ]
    )


if __name__ == "__main__":
    DOCS.write_text(document(), encoding="utf-8")
