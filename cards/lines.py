"""The short sentences in a change's thread. What people or the provider said is shown as text."""

from collections.abc import Callable
from datetime import timedelta

from cards.text import plain
from cards.view import View
from cards.without import LOOK_FIRST
from changes.effects import CardKind, Line, Tell
from changes.labels import duration_label
from changes.model import CLOCK, SnapshotStatus

Say = Callable[[Tell, View], str]


def line(effect: Tell, view: View) -> str:
    """The sentence for the effect, in Teams' markdown; who it is for is put in front by whoever sends it."""
    said = _LINES[effect.line](effect, view)
    return f"{said} *(Late: this was due earlier.)*" if effect.late else said


def invitation(card: CardKind, view: View) -> str:
    """The sentence in front of a card, for those who are asked."""
    return _INVITATIONS[card].format(id=view.change.id, title=plain(view.change.plan.title))


_INVITATIONS: dict[CardKind, str] = {
    CardKind.PRECHECK: "the pre-check of {id} ({title}) waits for you.",
    CardKind.GO: "GO or NO-GO for {id} ({title})?",
    CardKind.PROGRESS: "it is time for the data snapshot of {id} ({title}).",
    CardKind.DAY: "it is time for {id} ({title}).",
    CardKind.CUTOFF: "the window of {id} ({title}) ends soon. How does it go on?",
    CardKind.INCIDENT: "{id} ({title}) is an incident now.",
    CardKind.HANDOVER: "{id} ({title}) goes to the incident process. Here is everything that is known.",
    CardKind.REVIEW: "how did {id} ({title}) go?",
}


def _with(text: str, effect: Tell) -> str:
    """The sentence, and what was said as its reason; only people are quoted, the bot says it in its own words."""
    if not effect.detail:
        return text
    return f"{text} {plain(effect.detail)}" if effect.by == CLOCK else f"{text} “{plain(effect.detail)}”"


def _by(effect: Tell, view: View) -> str:
    return f"**{plain(view.name(effect.by))}**"


def _approver(view: View) -> str:
    return plain(view.name(view.service.approver))


def _prepare(effect: Tell, view: View) -> str:
    plan = view.change.plan
    missing = [name for name, text in (("the risks", plan.risks), ("the way back", plan.rollback)) if not text]
    still = f" Still missing: {' and '.join(missing)}." if missing else ""
    return (
        f"the pre-check of {view.change.id} is in two days. Is everything prepared?{still} "
        f"`/change edit {view.change.id}` changes the plan."
    )


def _go_given(effect: Tell, view: View) -> str:
    said = f"{_by(effect, view)} gave **GO** for {view.change.id}. It takes place {view.window_label}."
    return _with(said, effect)


def _finished(effect: Tell, view: View) -> str:
    started, finished = view.change.snapshot.started_at, view.change.snapshot.finished_at
    took = ""
    if started and finished:
        took = f" after {duration_label(round((finished - started).total_seconds() / 60))}"
    return f"the snapshot {plain(effect.detail)} is finished{took}. The start is unlocked."


def _completed(effect: Tell, view: View) -> str:
    return f"{view.change.id} is completed. The review follows on the next working day."


def _plan_edited(effect: Tell, view: View) -> str:
    return (
        f"{_by(effect, view)} changed the plan of {view.change.id}. Decisions about the old plan are void; "
        "they are asked for again."
    )


def _no_snapshot(view: View) -> str:
    if view.change.snapshot.cause in LOOK_FIRST:
        return "nobody knows whether there is a snapshot, and the start stays locked. Look first; the card above waits."
    return "there is no snapshot, and the start stays locked. The card above says how to go on."


def _no_restore(view: View) -> str:
    restore = view.change.restore
    if restore is not None and restore.cause in LOOK_FIRST:
        return "nobody knows whether the data was restored. Look first; the card above waits."
    return "there was no restore, and nothing was overwritten. The card above says how to go on."


def _waiting(effect: Tell, view: View) -> str:
    begin_by = view.change.plan.window.start - timedelta(minutes=view.service.vps.snapshot_minutes)
    late = "By now the start will be late" if view.now > begin_by else f"It has to begin by {view.when(begin_by)}"
    return f"nobody has begun the data snapshot of {plain(view.service.vps.name)} yet. {late}: the card above says how."


def _locked(effect: Tell, view: View) -> str:
    how = "failed" if view.change.snapshot.status is SnapshotStatus.FAILED else "is not finished"
    return (
        f"it is time for {view.change.id}, and its snapshot {how}: the start is locked. Wait, try again, postpone it, "
        f"or let {view.deciders} waive the snapshot, on the cards above."
    )


def _since(view: View) -> str:
    return duration_label(max(0, round((view.now - view.change.ends_at).total_seconds() / 60)))


_LINES: dict[Line, Say] = {
    Line.PREPARE: _prepare,
    Line.OVERLAP_ALLOWED: lambda e, v: _with(
        f"{_by(e, v)} lets the overlap of {v.change.id} stand. Now hand it in: `/change edit {v.change.id}`.", e
    ),
    Line.CORRECTIONS_WANTED: lambda e, v: _with(
        f"{_by(e, v)} asks for corrections of {v.change.id}. `/change edit {v.change.id}` opens the plan.", e
    ),
    Line.CORRECTIONS_REMINDER: lambda e, v: _with(
        f"the corrections of {v.change.id} are still open. `/change edit {v.change.id}` opens the plan.", e
    ),
    Line.PRECHECK_APPROVED: lambda e, v: _with(f"{_by(e, v)} approved the pre-check of {v.change.id}.", e),
    Line.GO_GIVEN: _go_given,
    Line.GO_REFUSED: lambda e, v: _with(
        f"{_by(e, v)} said **NO-GO** for {v.change.id}. `/change edit {v.change.id}` gives it another date.", e
    ),
    Line.GO_NUDGE: lambda e, v: f"GO or NO-GO for {v.change.id}? The card above waits for your answer.",
    Line.GO_DEPUTIES: lambda e, v: (
        f"{_approver(v)} has not answered yet: GO or NO-GO for {v.change.id}? Deputies can press the card above."
    ),
    Line.PLAN_EDITED: _plan_edited,
    Line.MOVED: lambda e, v: (
        f"{_by(e, v)} moved {v.change.id} to {v.window_label}. The pre-check still holds, because only the date is "
        "another; GO has to be given for the new one."
    ),
    Line.POSTPONED: lambda e, v: _with(f"{_by(e, v)} postponed {v.change.id}.", e),
    Line.POSTPONED_SILENT: lambda e, v: _with(
        f"{v.change.id} is postponed. `/change edit {v.change.id}` gives it another date.", e
    ),
    Line.CANCELLED: lambda e, v: _with(f"{_by(e, v)} cancelled {v.change.id}.", e),
    Line.PREFLIGHT_DONE: lambda e, v: _with(
        f"The snapshot of {plain(v.service.vps.name)} tomorrow was checked beforehand:", e
    ),
    Line.PREFLIGHT_FAILED: lambda e, v: _with(
        f"please see to it today: tomorrow's snapshot of {plain(v.service.vps.name)} would not work as things are:", e
    ),
    Line.SNAPSHOT_STARTED: lambda e, v: (
        f"The data snapshot of {plain(v.service.vps.name)} has begun; it takes about "
        f"{duration_label(v.service.vps.snapshot_minutes)}."
    ),
    Line.SNAPSHOT_HALF: lambda e, v: "The snapshot is about half done.",
    Line.SNAPSHOT_LATE: lambda e, v: "the snapshot takes longer than expected. Nothing has failed so far.",
    Line.SNAPSHOT_WAITING: _waiting,
    Line.SNAPSHOT_BLIND: lambda e, v: (
        f"{plain(e.detail)} Look at Infomaniak's dashboard and say on the card above how the snapshot stands."
    ),
    Line.SNAPSHOT_FINISHED: _finished,
    Line.SNAPSHOT_FAILED: lambda e, v: _with(_no_snapshot(v), e),
    Line.SNAPSHOT_WAIVED: lambda e, v: _with(f"{_by(e, v)} lets {v.change.id} start without a snapshot.", e),
    Line.START_LOCKED: _locked,
    Line.STARTED: lambda e, v: f"{_by(e, v)} started {v.change.id}.",
    Line.NOT_STARTED: lambda e, v: f"{v.change.id} should have started by now. Press *Start*, or postpone it.",
    Line.NEVER_STARTED: lambda e, v: (
        f"the window of {v.change.id} is over and nobody started it. `/change postpone {v.change.id}` gives it up."
    ),
    Line.TROUBLE: lambda e, v: _with(f"{_by(e, v)} reports trouble with {v.change.id}.", e),
    Line.SOLVED: lambda e, v: f"{_by(e, v)} says the trouble with {v.change.id} is solved.",
    Line.EXTENDED: lambda e, v: _with(
        f"{_by(e, v)} extended {v.change.id}: it ends {v.when(v.change.ends_at)} now.", e
    ),
    Line.CUTOFF_SILENCE: lambda e, v: (
        f"{v.change.id} ends {v.when(v.change.ends_at)}. Solved, more time, or an incident? The card above waits."
    ),
    Line.OVERRUN: lambda e, v: (
        f"the window of {v.change.id} is over and it is still in progress. Everyone affected was told to be patient; "
        "now say how it goes on."
    ),
    Line.OVERRUN_NAG: lambda e, v: (
        f"{v.change.id} is still open, {_since(v)} after its end. Complete it, extend it, or declare an incident."
    ),
    Line.INCIDENT: lambda e, v: _with(f"{_by(e, v)} declared an incident for {v.change.id}.", e),
    Line.RESTORE_ASKED: lambda e, v: (
        f"{_by(e, v)} asks to restore the snapshot of {v.change.id}. Somebody else has to confirm it on the card above."
    ),
    Line.RESTORE_STARTED: lambda e, v: (
        f"{_by(e, v)} confirmed the restore of {plain(e.detail)}; it takes about "
        f"{duration_label(v.service.vps.restore_minutes)}."
    ),
    Line.RESTORE_HALF: lambda e, v: "The restore is about half done.",
    Line.RESTORE_LATE: lambda e, v: "the restore takes longer than expected. Nothing has failed so far.",
    Line.RESTORE_BLIND: lambda e, v: (
        f"{plain(e.detail)} Look at Infomaniak's dashboard and say on the card above how the restore stands."
    ),
    Line.RESTORE_REFUSED: lambda e, v: _with(_no_restore(v), e),
    Line.RESTORE_FINISHED: lambda e, v: "the data is restored. Run the tests again.",
    Line.RESTORE_FAILED: lambda e, v: _with("the restore failed. The incident process takes over.", e),
    Line.TRIED: lambda e, v: _with(f"{_by(e, v)} says what was tried:", e),
    Line.HANDED_OVER: lambda e, v: _with(f"{v.change.id} was handed over to the incident process.", e),
    Line.COMPLETED: _completed,
    Line.REVIEWED: lambda e, v: _with(f"{_by(e, v)} wrote the review of {v.change.id}.", e),
}
