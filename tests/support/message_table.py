"""The table of docs/messages.md, made from the code: each message, whom it calls, where, when and in which language.

`python -m tests.support.message_table` writes it anew; a test compares. A kind that nothing here gives rise to is an
error: either an occasion of it is missing, or nobody says it any more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from application.change_context import ChangeContext
from bot.messenger.personal import COPIED, ENOUGH
from bot.messenger.private_answers import ANSWERED
from bot.messenger.series import telling
from cards.overview.worklist import digest_line
from cards.thread_messages import UNREACHABLE
from changes import commands as c
from changes.deliveries import DELIVERIES, Outlet
from changes.effects import (
    Effect,
    MailNotice,
    PostThreadMessage,
    Reply,
    SendDigest,
    SendNotice,
    SyncTeamMembers,
    TellOwner,
    TellPerson,
    UpsertCard,
    UpsertPersonalCard,
    UpsertStatusCard,
)
from changes.errors import CommandRejected
from changes.model import SYSTEM
from changes.notification import IN_PERSON, NOTICES, CardKind, NoticeKind, ThreadMessage
from changes.notification.thread_messages import NUDGES, RETIRED
from changes.planning.occupancy import Booking
from tests.support.core import Story
from tests.support.first_read import first_read, template_of
from tests.support.occasions import occasions
from tests.support.scenes import NAMES, ROLES, Scene, scene
from tests.support.tables import attempts

DOCS = Path(__file__).parents[2] / "docs" / "messages.md"
MOST_CAUSES = 4
MOST_STEPS = 20
"""So many steps are let fall due in each scene; after that they repeat themselves."""
Kind = CardKind | ThreadMessage | NoticeKind | type[MailNotice]
ORDER: tuple[Kind, ...] = (*CardKind, *(each for each in ThreadMessage if each not in RETIRED), *NoticeKind, MailNotice)
"""Everything that the process says, in its own order."""
OF_THE_BOT: Mapping[type[Effect], tuple[str, ...]] = {
    UpsertStatusCard: ("–", "root of the thread", "the request; edited ever after", "the service's first"),
    UpsertPersonalCard: (
        *("whoever is asked", "own chat, beside the thread's"),
        *(f"the card {' or '.join(f'*{each.value}*' for each in sorted(COPIED))} is posted or edited", "the reader's"),
    ),
    SendDigest: (
        *(f"whoever has {ENOUGH} tasks or more", "own chat (channel where there is none)"),
        f"instead of the reminders {', '.join(each.value.replace('_', ' ') for each in sorted(NUDGES))}",
        "the reader's",
    ),
    TellPerson: (
        *("who is called in the thread", "own chat"),
        *("the conversation of the service cannot be reached", "the reader's"),
    ),
    TellOwner: (
        *("the owner of a recurring change", "own chat (channel where there is none)"),
        *("a day of it is drafted, reminded of, discarded or left out", "the reader's"),
    ),
    Reply: (
        *("whoever typed or pressed", "where they typed; own chat for what they alone may read"),
        *("a look-up, a refusal, a receipt", "the reader's"),
    ),
}
"""What the bot says beside what the process decides: who is called, where, when, and in which language."""


@dataclass(slots=True)
class Row:
    """What is known of one kind of message."""

    sentence: str
    """The shortest of those that are said: the others name what is exceptional."""
    causes: dict[str, None] = field(default_factory=dict)
    called: dict[str, None] = field(default_factory=dict)
    is_of_another: bool = False
    """Whether it stands in the thread of another change than the one that caused it."""


@cache
def said() -> dict[tuple[type, Kind], Row]:
    """Every kind of message that a person, the clock, another change or the provider gives rise to."""
    found: dict[tuple[type, Kind], Row] = {}
    for name in NAMES:
        for person in ROLES.values():
            for verb, command in attempts(person, scene(name)).items():
                there = scene(name)
                for effect in _effects(there, command, there.now):
                    _note(found, effect, f"`{verb}`", there.story)
        there = scene(name)
        for _step in range(MOST_STEPS):
            if not (due := there.story.waiting()):
                break
            now = max(due[0].due, there.now)
            for effect in _effects(there, c.FireStep(SYSTEM, due[0].key), now):
                _note(found, effect, due[0].kind.value.replace("_", " "), there.story)
    for each in occasions():
        for effect in each.effects:
            _note(found, effect, each.cause, each.story, each.beside)
    return found


def _effects(there: Scene, command: c.Command, now: datetime) -> list[Effect]:
    seen = len(there.story.caused)
    try:
        there.story.do(command, now)
    except CommandRejected:
        return []
    return there.story.caused[seen:]


def _note(
    found: dict[tuple[type, Kind], Row], effect: Effect, cause: str, story: Story, beside: tuple[Booking, ...] = ()
) -> None:
    match effect:
        case UpsertCard(only_edit=False):
            kind: Kind = effect.card
        case PostThreadMessage():
            kind = effect.line
        case SendNotice():
            kind = effect.kind
        case MailNotice():
            kind = MailNotice
        case _:
            return
    change = story.now_it_is
    sentence = first_read(effect, ChangeContext(change, story.service, story.last, neighbours=beside))
    row = found.setdefault((type(kind), kind), Row(sentence))
    row.sentence = min(row.sentence, sentence, key=len)
    row.causes[cause] = None
    row.is_of_another |= effect.change != change.id
    for person in getattr(effect, "mention", ()):
        roles = {change.plan.implementer: "implementer", change.requester: "requester"}
        roles |= {each: role for role, each in ROLES.items()}
        row.called[roles.get(person, "people of another change")] = None


def whole(found: dict[tuple[type, Kind], Row]) -> dict[tuple[type, Kind], Row]:
    """The same, where it is everything that goes out. Raises LookupError for what nothing here gives rise to."""
    speaking = {each for each, how in DELIVERIES.items() if how.outlet in (Outlet.TEAMS, Outlet.MAIL)}
    unknown = speaking - {UpsertCard, PostThreadMessage, SendNotice, MailNotice, SyncTeamMembers, *OF_THE_BOT}
    missing = [_name(kind) for kind in ORDER if (type(kind), kind) not in found] + [each.__name__ for each in unknown]
    if missing:
        raise LookupError(f"nothing here gives rise to: {', '.join(missing)}")
    if retired := [_name(kind) for kind in RETIRED if (type(kind), kind) in found]:
        raise LookupError(f"said, although a card says it instead: {', '.join(retired)}")
    return found


def rows() -> Iterator[str]:
    """The rows, in the order of the process. Raises LookupError where the table would not be whole."""
    found = whole(said())
    sentences = {
        UpsertStatusCard: ("the change's own card", "{state} · {id} · {service}"),
        UpsertPersonalCard: ("personal copy of a card", "as on the card in the thread"),
        SendDigest: ("morning digest", template_of(digest_line(0))),
        TellPerson: ("a line of the thread in person", "{said} " + UNREACHABLE.replace("`", "")),
        TellOwner: ("a recurring change", template_of(telling("", ""))),
        Reply: ("answer to whoever typed or pressed", f"what they asked for, what was done, or why not. {ANSWERED}"),
    }
    for bots, (name, sentence) in sentences.items():
        yield _row(name, sentence, *OF_THE_BOT[bots])
    for kind in ORDER:
        row = found[type(kind), kind]
        causes = list(row.causes)
        when = ", ".join(causes[:MOST_CAUSES]) + (" …" if len(causes) > MOST_CAUSES else "")
        where, language = _place(kind, row)
        if kind is MailNotice:
            when, row.called = (
                "with each announcement, where the service wants mails or Teams takes none",
                {"its recipients": None},
            )
        yield _row(_name(kind), row.sentence, ", ".join(row.called) or "–", where, when, language)
    yield _row(
        *("calendar feed", "{state}: {service}: {title}", "whoever subscribes to it"),
        *("their own calendar", "every window, as it stands when it is fetched", "the service's first"),
    )


def _row(name: str, sentence: str, *others: str) -> str:
    return f"| {' | '.join((f'**{name}**: {sentence}', *others))} |"


def _name(kind: Kind) -> str:
    if isinstance(kind, CardKind):
        return f"card *{kind.value}*"
    if isinstance(kind, NoticeKind):
        return f"announcement *{NOTICES[kind].name}*"
    return kind.value.replace("_", " ") if isinstance(kind, ThreadMessage) else "mail of an announcement"


def _place(kind: Kind, row: Row) -> tuple[str, str]:
    if kind is MailNotice:
        return "mailbox, with the calendar entry of the window", "the recipient's, or each of the service's"
    if isinstance(kind, NoticeKind):
        return "thread of the announcement", "each of the service's"
    if isinstance(kind, ThreadMessage) and kind in IN_PERSON:
        return "own chat (thread where there is none)", "the reader's"
    return f"thread{' of the other change' if row.is_of_another else ''}", "the service's first"


def document() -> str:
    """The page."""
    return "\n".join(
        [
            "# Who is told what",
            "",
            "Made from the code by `python -m tests.support.message_table`; a test compares. A card is posted once and",
            "edited afterwards; whoever acted is not called to what they did themselves. What stands in braces is",
            "filled in; a sentence may read otherwise where something else holds, and each has its translations.",
            "",
            "| message, and what is read first | who is called | where | when | language |",
            "|---|---|---|---|---|",
            *rows(),
            "",
        ]
    )


if __name__ == "__main__":
    DOCS.write_text(document(), encoding="utf-8")
