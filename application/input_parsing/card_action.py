"""Turns a pressed button into a command. Whatever a device sends is read with care; it never carries a right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from application.input_parsing.cleaning import clean
from application.input_parsing.durations import read_duration
from application.input_parsing.recurrence import INPUTS as RECURRENCE
from changes import commands as c
from changes import plan_fields
from changes.errors import NotFound, ValidationFailed
from changes.labels import TO_IMPROVE, WENT_WELL
from changes.model import Outcome, Person, Recovery
from changes.notification import NOTICE_LANGUAGES, PUBLIC_FIELDS, NoticeKind, PublicTexts, public_field
from language import _, invalid

SOMEBODY_ELSE = "somebody_else"
"""The id of the input in which people are searched whom the form does not list: who is found there implements it."""
INPUTS = (
    plan_fields.INPUTS
    | PUBLIC_FIELDS
    | RECURRENCE
    | {
        *("comment", "waiver", "extra_minutes", "incident", "test", "note", "result", "vps_name", "snapshot_name"),
        *("went_well", "to_improve", SOMEBODY_ELSE),
        "template",
        *("task", "task_note"),
    }
)
"""The ids of every input of every card."""
FILL = "form.fill"
"""The verb of the buttons that fill in fields of the form."""
BY_DIALOG = frozenset({"change.edit", "change.move", FILL, "card.refresh", "look", "admin", "command"})
"""Buttons that are no commands: a dialog goes on, or the card is only looked at."""
OFFERS = ("date", "time", "minutes", "unlock")
"""What a button of the form fills in, each as `fill_…` in its data: clients put the inputs beside it.

`unlock` says that what a template locks is to be edited.
"""
LONGEST = 4000
"""Maximum length of one field or message, in characters: more than any field or command can hold."""
LARGEST_NUMBER = 10**9


@dataclass(frozen=True, slots=True)
class CardAction:
    """A pressed button: what it says, about which revision of which change, and what was entered beside it.

    `typed` is the command that a button which only looks stands for. `fills` is what a button of the form puts into
    its fields, perhaps nothing; None for every other button.
    """

    verb: str
    change: str
    revision: int
    command: c.Command | None
    inputs: Mapping[str, str]
    message: str = ""
    typed: str = ""
    fills: Mapping[str, str] | None = None


def parse_action(data: Mapping[str, object], by: Person) -> CardAction:
    """The press in the data of a button.

    Raises NotFound for a button that does not exist, ValidationFailed for bad inputs.
    """
    verb, change = _text(data, "verb"), _text(data, "change")
    if verb not in _COMMANDS and verb not in BY_DIALOG:
        raise NotFound("This card is out of date. Type `/change list` for fresh cards.")
    if not change:
        raise NotFound("This button does not say which change it is about. Type `/change list` for fresh cards.")
    texts = {name: value for name, value in data.items() if name in INPUTS and isinstance(value, str)}
    if problems := {name: problem for name, text in texts.items() if (problem := length_problem(text))}:
        raise ValidationFailed(problems)
    inputs = {name: _text(data, name) for name in INPUTS if data.get(name) is not None}
    if somebody := inputs.pop(SOMEBODY_ELSE, ""):
        inputs["implementer"] = somebody
    make = _COMMANDS.get(verb)
    command = make(by, inputs) if make else None
    revision, typed = _revision(data.get("revision")), _text(data, "typed")
    return CardAction(verb, change, revision, command, inputs, _text(data, "message"), typed, _fills(verb, data))


def _fills(verb: str, data: Mapping[str, object]) -> Mapping[str, str] | None:
    given = {name: _text(data, f"fill_{name}") for name in OFFERS}
    return {name: value for name, value in given.items() if value} if verb == FILL else None


def length_problem(text: str) -> str:
    """The sentence that refuses a text longer than LONGEST characters; empty for any other."""
    if len(text) <= LONGEST:
        return ""
    return _(
        "That is {length} characters at once, more than I can take: shorten it to {limit}, or link to the details. "
        "Nothing was changed.",
        length=len(text),
        limit=LONGEST,
    )


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_NUMBER:
        return str(value)
    return clean(value[:LONGEST]) if isinstance(value, str) else ""


def _revision(value: object) -> int:
    """The revision as an int; -1, which is always stale, when it is invalid."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < LARGEST_NUMBER else -1
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else -1


Inputs = Mapping[str, str]
SNAPSHOT_OF: Mapping[str, tuple[bool, bool]] = {
    "data": (True, False),
    "data_checked": (True, True),
    "system": (False, False),
}
"""What a finished snapshot is of, as a card says it: whether of the data, and whether its early end was checked."""


def _extend(by: Person, inputs: Inputs) -> c.Command:
    minutes = read_duration(inputs.get("extra_minutes", ""), "extra_minutes")
    return c.Extend(by, minutes, inputs.get("reason", ""), read_public(NoticeKind.EXTENSION, inputs))


def _keep_holding(by: Person, inputs: Inputs) -> c.Command:
    return c.KeepHolding(by, read_public(NoticeKind.HOLDING, inputs))


def _declare(by: Person, inputs: Inputs) -> c.Command:
    reason = inputs.get("incident") or inputs.get("reason", "")  # so on cards of earlier versions
    return c.DeclareIncident(by, reason, read_public(NoticeKind.INCIDENT_START, inputs))


def _update(by: Person, inputs: Inputs) -> c.Command:
    return c.UpdateIncident(by, inputs.get("reason", ""), read_public(NoticeKind.INCIDENT_UPDATE, inputs))


def _refuse(by: Person, inputs: Inputs) -> c.Command:
    return c.RefuseGo(by, inputs.get("reason", ""), read_public(NoticeKind.POSTPONED, inputs))


def _cancel(by: Person, inputs: Inputs) -> c.Command:
    return c.Cancel(by, inputs.get("reason", ""), read_public(NoticeKind.CANCELLED, inputs))


def _postpone(by: Person, inputs: Inputs) -> c.Command:
    return c.Postpone(by, inputs.get("reason", ""), read_public(NoticeKind.POSTPONED, inputs))


def read_public(kind: NoticeKind, inputs: Inputs) -> PublicTexts:
    """What was written for affected people, by language; a language without it says its own sentence."""
    given = {each: inputs.get(public_field(kind, each), "") for each in NOTICE_LANGUAGES}
    return {language: text for language, text in given.items() if text}


def _review(by: Person, inputs: Inputs) -> c.Command:
    """What went well and what did not, as the one text that is kept; on cards of earlier versions it was one field.

    Its labels are kept as they are, in no language of the writer: each card says them in its own.
    """
    parts = ((WENT_WELL, inputs.get("went_well", "")), (TO_IMPROVE, inputs.get("to_improve", "")))
    text = "\n".join(f"{name} {said}" for name, said in parts if said)
    return c.SaveReview(by, text or inputs.get("comment", ""))


def _finished(by: Person, inputs: Inputs) -> c.Command:
    """A system snapshot fails at the provider: whoever took one says that it is of the data."""
    result = inputs.get("result", "")
    if result not in SNAPSHOT_OF:
        raise invalid("result", "Say whether it is a snapshot of the data or of the system.")
    of_data, checked = SNAPSHOT_OF[result]
    return c.NoteSnapshotFinished(by, inputs.get("snapshot_name", ""), of_data, checked)


def _index(inputs: Inputs, name: str) -> int:
    """Which test or which task was chosen. Raises NotFound for none."""
    index = inputs.get(name, "")
    if not (index.isascii() and index.isdigit() and len(index) < 4):
        raise NotFound("This button does not say which test or task it is about. Type `/change list` for fresh cards.")
    return int(index)


def _record_test(by: Person, inputs: Inputs) -> c.Command:
    index, result = _index(inputs, "test"), inputs.get("result", "")
    if result not in ("pass", "fail"):
        raise NotFound("This button does not say whether the test passed. Type `/change list` for fresh cards.")
    return c.RecordTest(by, index, result == "pass", inputs.get("note") or inputs.get("comment", ""))


def _accept_test(by: Person, inputs: Inputs) -> c.Command:
    # `reason` stands on the same cards for other things that affected people read.
    return c.AcceptTest(by, _index(inputs, "test"), inputs.get("waiver") or inputs.get("reason", ""))


def _tried(by: Person, inputs: Inputs) -> c.Command:
    way = next((each for each in Recovery if each == inputs.get("result")), None)
    if way is None:
        raise invalid("result", "Say what was tried: a fix, or a file restore from a backup.")
    return c.NoteTried(by, way, inputs.get("comment", ""))


def _text_command(command: type[c.Command], field: str, earlier: str = "") -> Callable[[Person, Inputs], c.Command]:
    """A command whose only argument was entered as `field` or, on cards of earlier versions, as `earlier`."""
    return lambda by, inputs: command(by, inputs.get(field) or inputs.get(earlier, ""))  # type: ignore[call-arg]


def _bare(command: type[c.Command]) -> Callable[[Person, Inputs], c.Command]:
    return lambda by, _: command(by)


_BUTTONS: Mapping[str, tuple[str, Callable[[Person, Inputs], c.Command] | None]] = {
    "card.refresh": ("show", None),
    "change.submit": ("submit", _bare(c.Submit)),
    "change.edit": ("edit", None),
    "change.move": ("move", None),
    "change.withdraw": ("cancel", _cancel),
    "change.postpone": ("postpone", _postpone),
    "precheck.approve": ("approve", _text_command(c.ApprovePrecheck, "comment")),
    "precheck.correct": ("correct", _text_command(c.RequestCorrections, "reason", "comment")),
    "go.give": ("go", lambda by, inputs: c.GiveGo(by, inputs.get("comment", ""), inputs.get("waiver", ""))),
    "go.refuse": ("nogo", _refuse),
    "snapshot.started": ("started", _bare(c.NoteSnapshotStarted)),
    "snapshot.finished": ("finished", _finished),
    "snapshot.failed": ("failed", _text_command(c.NoteSnapshotFailed, "comment", "reason")),
    "snapshot.retry": ("retry", _text_command(c.RetrySnapshot, "comment", "reason")),
    "snapshot.waive": ("waive", _text_command(c.WaiveSnapshot, "comment", "reason")),
    "window.start": ("start", _text_command(c.Start, "reason")),
    "test.result": ("test", _record_test),
    "tests.pass": ("test", _bare(c.PassTests)),
    "test.accept": ("accept", _accept_test),
    "change.complete": ("done", _bare(c.Complete)),
    "trouble.report": ("trouble", _text_command(c.ReportTrouble, "comment", "reason")),
    "trouble.solved": ("solved", _bare(c.SolveTrouble)),
    "window.extend": ("extend", _extend),
    "holding.keep": ("holding", _keep_holding),
    "incident.declare": ("incident", _declare),
    "incident.tried": ("tried", _tried),
    "incident.update": ("update", _update),
    "incident.handover": ("handover", _text_command(c.HandOver, "comment", "reason")),
    "incident.close": ("close", lambda by, _: c.CloseIncident(by, Outcome.FIXED)),
    "restore.ask": ("restore", _bare(c.AskRestore)),
    "restore.confirm": ("confirm", _text_command(c.ConfirmRestore, "vps_name")),
    "restore.withdraw": ("norestore", _bare(c.WithdrawRestore)),
    "restore.done": ("restored", _bare(c.NoteRestoreDone)),
    "restore.failed": ("notrestored", _text_command(c.NoteRestoreFailed, "comment", "reason")),
    "review.save": ("review", _review),
    "task.done": ("task", lambda by, inputs: c.FinishTask(by, _index(inputs, "task"), inputs.get("task_note", ""))),
    "task.reopen": ("task", lambda by, inputs: c.ReopenTask(by, _index(inputs, "task"))),
}
"""What can be typed instead of pressing a button, by its verb, and its command; what looks has a line of its own."""
COMMAND_FOR_VERB: Mapping[str, str] = {verb: word for verb, (word, _) in _BUTTONS.items()}
_COMMANDS = {verb: make for verb, (_, make) in _BUTTONS.items() if make}
