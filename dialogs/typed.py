"""What is typed after a change's id becomes a command: one table for whoever types it at once and whoever is asked.

Most commands take one text at most, a reason or a comment. What stands before it, a number or a date, is its head.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from application.input_parsing.cleaning import clean
from application.input_parsing.durations import take_duration
from application.input_parsing.people import named, read_person
from application.input_parsing.windows import take_window
from application.session import UserSession
from changes import commands as c
from changes.errors import TooLong, ValidationFailed
from changes.lifecycle.guards import STATE_PHRASES
from changes.model import Change, Outcome, Person, Recovery, Window
from changes.plan_fields import PLAN_FIELDS
from changes.policy import Service
from changes.reporting.search import comparable
from changes.text.messages import Said, joined
from changes.text.pasted import first_word
from changes.text.spelling import read_number
from language import N_, _, moment_text, translate, window_text

Make = Callable[[UserSession, Change, str], Awaitable[c.Command]]
Rest = Callable[[str, Service, date], str | None]
TEXTS = frozenset({"reason", "comment", "text", "vps_name", "snapshot_name", "name"})
"""The fields that are asked for when they were left out; anything else needs another line."""
_UNKNOWN_BEFORE = tuple(each.key for each in PLAN_FIELDS if each.may_be_unknown)
"""The fields that a plan of an earlier version may lack."""
_WITH_A_LENGTH = frozenset({"move", "extend"})
_WAYS = {
    **dict.fromkeys(("fix", "fixed", "correction", "corrige", "reparation"), Recovery.FIX),
    **dict.fromkeys(("files", "file", "fichiers", "fichier"), Recovery.FILES),
}
_CHECKED = frozenset({"checked", "verifie", "verifiee", "verifiees", "controle", "controlees"})
_OF_DATA = {**dict.fromkeys(("data", "donnees"), True), **dict.fromkeys(("system", "systeme"), False)}
_REQUESTER = frozenset({"requester", "demandeur", "demandeuse"})
_IMPLEMENTER = frozenset({"implementer", "intervenant", "intervenante"})
_DONE = N_("Done:")
_WITHIN = N_("Your answer stays in the thread.")
_AFFECTED = N_("People affected read your answer.")
_TOLD = "told"
"""Whoever expects a date, or was promised one, reads why nothing comes of it; else it stays in the thread."""


def _all(argument: str, service: Service, today: date) -> str:
    return argument


def _behind_a_word(argument: str, service: Service, today: date) -> str:
    return first_word(argument)[1]


def _behind_minutes(argument: str, service: Service, today: date) -> str | None:
    taken = take_duration(argument)
    return None if taken is None else taken.rest


def _behind_a_window(argument: str, service: Service, today: date) -> str | None:
    try:
        return take_window(argument, today, service.zone).rest
    except ValidationFailed:
        return None


@dataclass(frozen=True, slots=True)
class Typed:
    """How a command is typed and answered.

    `asks` is the question for its text, where the refusal of one without it is not the question already, and
    `readers` says who reads the answer; `done` says what was done, in front of where the change stands then.
    `rest` gives the text behind what stands before it, or None where that is not there.
    """

    make: Make
    done: str = _DONE
    asks: str = ""
    readers: str = ""
    rest: Rest = _all


async def command_of(what: str, desk: UserSession, change: Change, argument: str, answer: str = "") -> c.Command:
    """The command that was typed, and whose text was asked for. Raises ValidationFailed with what to type instead."""
    make = TYPED[what].make
    if answer:
        # The answer `30 min are lost` makes the `1 h` before it no longer.
        command = await make(desk, change, clean(argument)) if what in _WITH_A_LENGTH else None
        if isinstance(command, c.Move | c.Extend):
            return replace(command, reason=clean(answer))
    return await make(desk, change, clean(f"{argument} {answer}"))


def question(
    what: str, change: Change, service: Service, today: date, argument: str, wrong: ValidationFailed
) -> tuple[str, str]:
    """How to ask for the text that the command was refused without or that is too long, and what stands before it.

    Both are empty where something else is wrong with the command. `today` is the day with which it was read.
    """
    typed, rest = TYPED[what], TYPED[what].rest(argument, service, today)
    if rest is None or not wrong.problems.keys() <= TEXTS:
        return "", ""
    if rest:
        return (translate(wrong), argument.removesuffix(rest).strip()) if isinstance(wrong, TooLong) else ("", "")
    asked = _(typed.asks, id=change.id, server=service.vps.name) if typed.asks else translate(wrong)
    readers = typed.readers
    if readers == _TOLD:
        expected = change.announced is not None or (what == "cancel" and change.promised is not None)
        readers = _AFFECTED if expected else _WITHIN
    return joined(asked, _(readers)), argument


def explained(what: str, change: Change, argument: str, wrong: ValidationFailed) -> ValidationFailed:
    """The refusal, with how to type it where a card would have a choice or a field for it."""
    if what == "move" and (missing := [each for each in _UNKNOWN_BEFORE if each in wrong.problems]):
        last = wrong.problems[missing[-1]]
        led = Said(
            "{problem} `/change edit {id}` opens the plan: fill it in there, with the new date.",
            problem=last,
            id=change.id,
        )
        return ValidationFailed(wrong.problems | {missing[-1]: led})
    name, of = _last_word(argument)
    if what != "finished" or "result" not in wrong.problems or _OF_DATA.get(comparable(of)) is not True:
        return wrong
    again = _("Typed, that is `/change finished {id} {name} data checked`.", id=change.id, name=name.strip())
    return ValidationFailed({"result": joined(translate(wrong), again)})


def confirmation(what: str, change: Change, service: Service, argument: str) -> str:
    """What was done, and where the change stands now."""
    done = _(
        TYPED[what].done,
        id=change.id,
        number=read_number(first_word(argument)[0]) or "",
        requester=change.requester.name or _("the requester"),
        implementer=change.plan.implementer.name or _("the implementer"),
        server=service.vps.name,
        window=window_text(Window(change.plan.window.start, change.ends_at), service.zone),
        ends=moment_text(change.ends_at, service.zone),
    )
    return where_it_stands(done, change)


def where_it_stands(done: str, change: Change) -> str:
    """The sentence, and the state of the change behind it."""
    return _("{done} {id} {what}.", done=done, id=change.id, what=STATE_PHRASES[change.state])


def test_index(word: str, change: Change) -> int:
    """The index of the test with that number. Raises ValidationFailed with the numbers there are."""
    number, count = read_number(word), len(change.plan.tests)
    if number is None or not 1 <= number <= count:
        raise ValidationFailed(
            {
                "test": _(
                    "Say which test by its number, from 1 to {count}: `/change test {id}` shows them.",
                    count=count,
                    id=change.id,
                )
            }
        )
    return number - 1


def _last_word(text: str) -> tuple[str, str]:
    """What stands before the last word, and the word."""
    *before, last = text.rsplit(maxsplit=1) or [""]
    return "".join(before), last


def _bare(command: type[c.Command]) -> Make:
    async def make(desk: UserSession, change: Change, argument: str) -> c.Command:
        return command(desk.person)

    return make


def _one_text(command: Callable[[Person, str], c.Command]) -> Make:
    async def make(desk: UserSession, change: Change, argument: str) -> c.Command:
        return command(desk.person, argument)

    return make


async def _close(desk: UserSession, change: Change, argument: str) -> c.Command:
    return c.CloseIncident(desk.person, Outcome.FIXED)


async def _extend(desk: UserSession, change: Change, argument: str) -> c.Command:
    taken = take_duration(argument)
    if taken is None:
        raise ValidationFailed(
            {
                "extra_minutes": _(
                    "Say how much and why: `/change extend {change_id} 45m the reason`.", change_id=change.id
                )
            }
        )
    return c.Extend(desk.person, taken.minutes, taken.rest)


async def _move(desk: UserSession, change: Change, argument: str) -> c.Command:
    """`2027-05-01 22:00 [90] [REASON]`."""
    service = await desk.service(change.plan.service)
    typed = take_window(argument, service.local(desk.now).date(), service.zone)
    minutes = change.plan.window.minutes if typed.minutes is None else typed.minutes
    try:
        window = Window.on(typed.day, typed.at, minutes, service.zone)
    except (ValueError, OverflowError):
        raise ValidationFailed({"minutes": _("The downtime must be at least a few minutes.")}) from None
    return c.Move(desk.person, window, typed.rest)


async def _assign(desk: UserSession, change: Change, argument: str) -> c.Command:
    part, name = first_word(argument)
    if comparable(part) not in _REQUESTER | _IMPLEMENTER:
        raise ValidationFailed(
            {
                "part": _(
                    "Say what is handed over, and to whom: `/change assign {id} implementer NAME`, or "
                    "`/change assign {id} requester NAME`.",
                    id=change.id,
                )
            }
        )
    if not named(name):
        raise ValidationFailed({"name": _("Say the name of the person.")})
    person = read_person(name, desk.person, await desk.people())
    if comparable(part) in _REQUESTER:
        return c.Reassign(desk.person, requester=person)
    return c.Reassign(desk.person, implementer=person)


async def _finished(desk: UserSession, change: Change, argument: str) -> c.Command:
    """`NAME data`, `NAME data checked` or `NAME system`: the data only, and by word of who looked at it."""
    words = argument.split()
    if not words:
        raise ValidationFailed({"snapshot_name": _("Give the name of the snapshot.")})
    checked = comparable(words[-1]) in _CHECKED
    if checked:
        words.pop()
    of_data = _OF_DATA.get(comparable(words.pop())) if words else None
    if of_data is None:
        raise ValidationFailed(
            {
                "result": _(
                    "Say what the snapshot is of, behind its name: `/change finished {id} NAME data`, or `system` "
                    "instead of `data`.",
                    id=change.id,
                )
            }
        )
    return c.NoteSnapshotFinished(desk.person, " ".join(words), of_data, checked)


async def _accept(desk: UserSession, change: Change, argument: str) -> c.Command:
    number, reason = first_word(argument)
    return c.AcceptTest(desk.person, test_index(number, change), reason)


async def _tried(desk: UserSession, change: Change, argument: str) -> c.Command:
    word, note = first_word(argument)
    way = _WAYS.get(comparable(word))
    if way is None:
        raise ValidationFailed(
            {
                "result": _(
                    "Say what was tried and what came of it: `/change tried {id} fix …` for a fix, or "
                    "`/change tried {id} files …` for files from a backup.",
                    id=change.id,
                )
            }
        )
    return c.NoteTried(desk.person, way, note)


TYPED: Mapping[str, Typed] = {
    "submit": Typed(_bare(c.Submit)),
    "move": Typed(_move, N_("Moved to {window}."), rest=_behind_a_window),
    "assign": Typed(
        _assign,
        N_("The requester of {id} is {requester} now, and the implementer {implementer}."),
        N_("Who takes over {id}? Give the name."),
        rest=_behind_a_word,
    ),
    "cancel": Typed(_one_text(c.Cancel), asks=N_("Why is {id} cancelled?"), readers=_TOLD),
    "postpone": Typed(_one_text(c.Postpone), asks=N_("Why is {id} postponed?"), readers=_TOLD),
    "allow": Typed(
        _one_text(c.AllowConflict),
        N_("The overlap of {id} stands. {requester} can submit it now."),
        N_("Why may {id} overlap?"),
        _WITHIN,
    ),
    "approve": Typed(_one_text(c.ApprovePrecheck), N_("Pre-check approved.")),
    "correct": Typed(
        _one_text(c.RequestCorrections), N_("Corrections requested."), N_("What has to be corrected in {id}?"), _WITHIN
    ),
    "go": Typed(_one_text(c.GiveGo), N_("GO given.")),
    "nogo": Typed(_one_text(c.RefuseGo), N_("NO-GO recorded."), N_("Why is {id} a NO-GO?"), _WITHIN),
    "started": Typed(_bare(c.NoteSnapshotStarted), N_("Noted: the snapshot is being taken by hand.")),
    "finished": Typed(
        _finished,
        N_("Noted: the snapshot is there."),
        N_("What is the snapshot called, and what is it of? For example: `{id} data`."),
    ),
    "failed": Typed(
        _one_text(c.NoteSnapshotFailed),
        N_("Noted: the snapshot failed."),
        N_("What went wrong with the snapshot of {id}?"),
        _WITHIN,
    ),
    "retry": Typed(_one_text(c.RetrySnapshot), N_("The snapshot is tried again.")),
    "waive": Typed(
        _one_text(c.WaiveSnapshot),
        N_("Noted: it may start without a snapshot."),
        N_("Why may {id} start without a snapshot?"),
        _WITHIN,
    ),
    "start": Typed(_one_text(c.Start)),
    "accept": Typed(
        _accept,
        N_("Test {number} is accepted as it is."),
        N_("Why may {id} end although this test did not pass?"),
        _AFFECTED,
        _behind_a_word,
    ),
    "done": Typed(_bare(c.Complete)),
    "trouble": Typed(_one_text(c.ReportTrouble), asks=N_("What does not work in {id}?"), readers=_WITHIN),
    "solved": Typed(_bare(c.SolveTrouble), N_("Noted: the issue is resolved.")),
    "extend": Typed(
        _extend,
        N_("{id} ends {ends} now, and everyone affected is told."),
        N_("Why does {id} need more time?"),
        _AFFECTED,
        _behind_minutes,
    ),
    "incident": Typed(
        _one_text(c.DeclareIncident), asks=N_("What is broken, and what do people notice?"), readers=_AFFECTED
    ),
    "tried": Typed(
        _tried, N_("Noted what was tried."), N_("What was done, and what came of it?"), _WITHIN, rest=_behind_a_word
    ),
    "update": Typed(
        _one_text(c.UpdateIncident),
        N_("Incident update recorded; everyone affected is told."),
        N_("How does the incident of {id} stand?"),
        _AFFECTED,
    ),
    "handover": Typed(
        _one_text(c.HandOver),
        N_("Handed over to the incident process."),
        N_("Why is {id} handed over, and what is known?"),
        _WITHIN,
    ),
    "close": Typed(_close, N_("The incident is closed.")),
    "restore": Typed(
        _bare(c.AskRestore),
        N_(
            "You asked for the restore of {id}. Nothing happens before somebody else confirms it, on the incident's "
            "card or with `/change confirm {id} {server}`."
        ),
    ),
    "confirm": Typed(
        _one_text(c.ConfirmRestore),
        N_("Restore confirmed."),
        N_("Type {server} to confirm the restore of {id}: its data will be overwritten."),
    ),
    "norestore": Typed(_bare(c.WithdrawRestore), N_("The request for a restore is withdrawn.")),
    "restored": Typed(_bare(c.NoteRestoreDone), N_("Noted: the data is restored.")),
    "notrestored": Typed(
        _one_text(c.NoteRestoreFailed),
        N_("Noted: the restore failed."),
        N_("What went wrong with the restore of {id}?"),
        _WITHIN,
    ),
    "review": Typed(
        _one_text(c.SaveReview),
        N_("Review saved."),
        N_("What went well with {id}, and what should be done better next time?"),
        _WITHIN,
    ),
}
"""The commands that are typed with a change's id, and at most one text behind it."""
