"""How a typed command is made of what stands behind a change's id."""

from collections.abc import Awaitable, Callable

from application.input_parsing.durations import take_duration
from application.input_parsing.people import named, read_person
from application.input_parsing.windows import take_window
from application.session import UserSession
from changes import commands as c
from changes.errors import ValidationFailed
from changes.lifecycle.guards import required_text
from changes.model import Change, Outcome, Person, Recovery, Window
from changes.notification import LONGEST_PUBLIC
from changes.planning.validation import length_problem
from changes.reporting.search import comparable
from changes.text import Message, first_word, read_number
from language import invalid

Make = Callable[[UserSession, Change, str], Awaitable[c.Command]]
_WAYS = {
    **dict.fromkeys(("fix", "fixed", "correction", "corrige", "reparation"), Recovery.FIX),
    **dict.fromkeys(("files", "file", "fichiers", "fichier"), Recovery.FILES),
}
_CHECKED = frozenset({"checked", "verifie", "verifiee", "verifiees", "controle", "controlees"})
OF_DATA = {**dict.fromkeys(("data", "donnees"), True), **dict.fromkeys(("system", "systeme"), False)}
_REQUESTER = frozenset({"requester", "demandeur", "demandeuse"})
_IMPLEMENTER = frozenset({"implementer", "intervenant", "intervenante"})


def test_index(word: str, change: Change) -> int:
    """The index of the test with that number. Raises ValidationFailed with the numbers there are."""
    number, count = read_number(word), len(change.plan.tests)
    if number is None or not 1 <= number <= count:
        raise invalid(
            "test",
            "Say which test by its number, from 1 to {count}: `/change test {id}` shows them.",
            count=count,
            id=change.id,
        )
    return number - 1


def last_word(text: str) -> tuple[str, str]:
    """What stands before the last word, and the word."""
    *before, last = text.rsplit(maxsplit=1) or [""]
    return "".join(before), last


def bare(command: type[c.Command]) -> Make:
    """A command that takes nothing."""

    async def make(session: UserSession, change: Change, argument: str) -> c.Command:
        return command(session.person)

    return make


def one_text(command: Callable[[Person, str], c.Command]) -> Make:
    """A command that takes what was typed as a whole."""

    async def make(session: UserSession, change: Change, argument: str) -> c.Command:
        return command(session.person, argument)

    return make


async def close(session: UserSession, change: Change, argument: str) -> c.Command:
    """An incident that is closed by this command was fixed."""
    return c.CloseIncident(session.person, Outcome.FIXED)


async def extend(session: UserSession, change: Change, argument: str) -> c.Command:
    """`45m REASON`."""
    taken = take_duration(argument)
    if taken is None:
        raise invalid(
            "extra_minutes", "Say how much and why: `/change extend {change_id} 45m the reason`.", change_id=change.id
        )
    return c.Extend(session.person, taken.minutes, taken.rest)


async def holding(session: UserSession, change: Change, argument: str) -> c.Command:
    """What is typed is read in every language of the service."""
    service = await session.service(change.plan.service)
    said = Message("Write what everyone affected reads if {id} is not over by then.", id=change.id)
    text = required_text(argument, "text", said, LONGEST_PUBLIC)
    return c.KeepHolding(session.person, dict.fromkeys(service.languages, text))


async def move(session: UserSession, change: Change, argument: str) -> c.Command:
    """`2027-05-01 22:00 [90] [REASON]`."""
    service = await session.service(change.plan.service)
    typed = take_window(argument, service.local(session.now).date(), service.zone)
    minutes = change.plan.window.minutes if typed.minutes is None else typed.minutes
    try:
        window = Window.on(typed.day, typed.at, minutes, service.zone)
    except (ValueError, OverflowError):
        raise ValidationFailed({"minutes": length_problem(minutes)}) from None
    return c.Move(session.person, window, typed.rest)


async def assign(session: UserSession, change: Change, argument: str) -> c.Command:
    """`implementer NAME` or `requester NAME`."""
    part, name = first_word(argument)
    if comparable(part) not in _REQUESTER | _IMPLEMENTER:
        raise invalid(
            "part",
            "Say what is handed over, and to whom: `/change assign {id} implementer NAME`, or "
            "`/change assign {id} requester NAME`.",
            id=change.id,
        )
    if not named(name):
        raise invalid("name", "Say the name of the person.")
    person = read_person(name, session.person, await session.people())
    if comparable(part) in _REQUESTER:
        return c.Reassign(session.person, requester=person)
    return c.Reassign(session.person, implementer=person)


async def finished(session: UserSession, change: Change, argument: str) -> c.Command:
    """`NAME data`, `NAME data checked` or `NAME system`: the data only, and by word of who looked at it."""
    words = argument.split()
    if not words:
        raise invalid("snapshot_name", "Give the name of the snapshot.")
    checked = comparable(words[-1]) in _CHECKED
    if checked:
        words.pop()
    of_data = OF_DATA.get(comparable(words.pop())) if words else None
    if of_data is None:
        raise invalid(
            "result",
            "Say what the snapshot is of, behind its name: `/change finished {id} NAME data`, or `system` "
            "instead of `data`.",
            id=change.id,
        )
    return c.NoteSnapshotFinished(session.person, " ".join(words), of_data, checked)


async def accept(session: UserSession, change: Change, argument: str) -> c.Command:
    """`2 REASON`."""
    number, reason = first_word(argument)
    return c.AcceptTest(session.person, test_index(number, change), reason)


async def tried(session: UserSession, change: Change, argument: str) -> c.Command:
    """`fix TEXT` or `files TEXT`."""
    word, note = first_word(argument)
    way = _WAYS.get(comparable(word))
    if way is None:
        raise invalid(
            "result",
            "Give the action and its result: `/change tried {id} fix …` for a fix, or `/change "
            "tried {id} files …` for files from a backup.",
            id=change.id,
        )
    return c.NoteTried(session.person, way, note)
