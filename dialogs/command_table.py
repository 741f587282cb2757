"""Every command that is typed with a change's id, and at most one text behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from application.input_parsing.durations import take_duration
from application.input_parsing.windows import take_window
from changes import commands as c
from changes.errors import ValidationFailed
from changes.policy import Service
from changes.text import first_word
from dialogs.command_makers import Make, accept, assign, bare, close, extend, finished, holding, move, one_text, tried
from language import N_

Rest = Callable[[str, Service, date], str | None]
_DONE = N_("Done:")
STAYS_IN_THREAD = N_("Your answer stays in the thread.")
AFFECTED = N_("People affected read your answer.")


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
class CommandSpec:
    """How a command is typed and answered.

    `asks` is the question for its text, where the refusal of one without it is not the question already, and
    `readers` says who reads the answer; `done` says what was done, in front of where the change stands then.
    `rest` gives the text behind what stands before it, or None where that is not there.
    """

    make: Make
    done: str = _DONE
    asks: str = ""
    readers: str = ""
    rest: Rest = lambda argument, _service, _today: argument


COMMANDS: Mapping[str, CommandSpec] = {
    "submit": CommandSpec(bare(c.Submit)),
    "move": CommandSpec(move, N_("Moved to {window}."), rest=_behind_a_window),
    "assign": CommandSpec(
        assign,
        N_("The requester of {id} is {requester} now, and the implementer {implementer}."),
        N_("Who takes over {id}? Give the name."),
        rest=_behind_a_word,
    ),
    "cancel": CommandSpec(one_text(c.Cancel), asks=N_("Why is {id} cancelled?"), readers=STAYS_IN_THREAD),
    "postpone": CommandSpec(one_text(c.Postpone), asks=N_("Why is {id} postponed?"), readers=STAYS_IN_THREAD),
    "allow": CommandSpec(
        one_text(c.AllowConflict),
        N_("The overlap of {id} is accepted. {requester} can submit it now."),
        N_("Why may {id} overlap?"),
        STAYS_IN_THREAD,
    ),
    "approve": CommandSpec(one_text(c.ApprovePrecheck), N_("Pre-check approved.")),
    "correct": CommandSpec(
        one_text(c.RequestCorrections),
        N_("Corrections requested."),
        N_("Which changes does {id} need?"),
        STAYS_IN_THREAD,
    ),
    "go": CommandSpec(one_text(c.GiveGo), N_("GO given.")),
    "nogo": CommandSpec(one_text(c.RefuseGo), N_("NO-GO recorded."), N_("Why is {id} a NO-GO?"), STAYS_IN_THREAD),
    "started": CommandSpec(bare(c.NoteSnapshotStarted), N_("Noted: the snapshot is being taken manually.")),
    "finished": CommandSpec(
        finished,
        N_("Noted: the snapshot is complete."),
        N_("What is the snapshot's name, and what does it hold? For example: `{id} data`."),
    ),
    "failed": CommandSpec(
        one_text(c.NoteSnapshotFailed),
        N_("Noted: the snapshot failed."),
        N_("What went wrong with the snapshot of {id}?"),
        STAYS_IN_THREAD,
    ),
    "retry": CommandSpec(one_text(c.RetrySnapshot), N_("The snapshot is tried again.")),
    "waive": CommandSpec(
        one_text(c.WaiveSnapshot),
        N_("Noted: it may start without a snapshot."),
        N_("Why may {id} start without a snapshot?"),
        STAYS_IN_THREAD,
    ),
    "start": CommandSpec(one_text(c.Start)),
    "accept": CommandSpec(
        accept,
        N_("Test {number} is accepted as is."),
        N_("Why may {id} end although this test did not pass?"),
        AFFECTED,
        _behind_a_word,
    ),
    "done": CommandSpec(bare(c.Complete)),
    "trouble": CommandSpec(one_text(c.ReportTrouble), asks=N_("What does not work in {id}?"), readers=STAYS_IN_THREAD),
    "solved": CommandSpec(bare(c.SolveTrouble), N_("Noted: the issue is resolved.")),
    "extend": CommandSpec(
        extend,
        N_("{id} ends {ends} now, and everyone affected is told."),
        N_("Why does {id} need more time?"),
        STAYS_IN_THREAD,
        _behind_minutes,
    ),
    "holding": CommandSpec(
        holding,
        N_("Noted: the holding notice of {id} says that."),
        N_("What do people read if {id} is not over by the end of its window?"),
        AFFECTED,
    ),
    "incident": CommandSpec(
        one_text(c.DeclareIncident), asks=N_("What is the issue, and its user impact?"), readers=STAYS_IN_THREAD
    ),
    "tried": CommandSpec(
        tried,
        N_("Recovery attempt logged."),
        N_("Action and result?"),
        STAYS_IN_THREAD,
        rest=_behind_a_word,
    ),
    "update": CommandSpec(
        one_text(c.UpdateIncident),
        N_("Incident update recorded; everyone affected is told."),
        N_("What is the current state of the incident of {id}?"),
        AFFECTED,
    ),
    "handover": CommandSpec(
        one_text(c.HandOver),
        N_("Handed over to the incident process."),
        N_("Why is {id} handed over, and what is known?"),
        STAYS_IN_THREAD,
    ),
    "close": CommandSpec(close, N_("The incident is closed.")),
    "restore": CommandSpec(
        bare(c.AskRestore),
        N_(
            "You requested the restore of {id}. A second person must confirm it, on the incident "
            "card or with `/change confirm {id} {server}`."
        ),
    ),
    "confirm": CommandSpec(
        one_text(c.ConfirmRestore),
        N_("Restore confirmed."),
        N_("Type {server} to confirm the restore of {id}: its data will be overwritten."),
    ),
    "norestore": CommandSpec(bare(c.WithdrawRestore), N_("The restore request is withdrawn.")),
    "restored": CommandSpec(bare(c.NoteRestoreDone), N_("Noted: the data is restored.")),
    "notrestored": CommandSpec(
        one_text(c.NoteRestoreFailed),
        N_("Noted: the restore failed."),
        N_("What went wrong with the restore of {id}?"),
        STAYS_IN_THREAD,
    ),
    "review": CommandSpec(
        one_text(c.SaveReview),
        N_("Review saved."),
        N_("What went well with {id}, and what should be done better next time?"),
        STAYS_IN_THREAD,
    ),
}
"""The commands that are typed with a change's id, and at most one text behind it."""
