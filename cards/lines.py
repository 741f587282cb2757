"""The short sentences in a change's thread. What people or the provider said is shown as text."""

from collections.abc import Callable
from datetime import timedelta

from cards.text import plain
from cards.view import View
from cards.without import LOOK_FIRST
from changes.effects import CardKind, Line, Tell
from changes.labels import duration_label
from changes.model import CLOCK, SnapshotStatus
from language import N_, _, retold

Say = Callable[[Tell, View], str]


def line(effect: Tell, view: View) -> str:
    """The sentence for the effect, in Teams' markdown; who it is for is put in front by whoever sends it."""
    said = _LINES[effect.line](effect, view)
    return _("{said} *(Late: this was due earlier.)*", said=said) if effect.late else said


def invitation(card: CardKind, view: View) -> str:
    """The sentence in front of a card, for those who are asked."""
    return _(_INVITATIONS[card], id=view.change.id, title=plain(view.change.plan.title))


_INVITATIONS: dict[CardKind, str] = {
    CardKind.PRECHECK: N_("the pre-check of {id} ({title}) waits for you."),
    CardKind.GO: N_("GO or NO-GO for {id} ({title})?"),
    CardKind.PROGRESS: N_("it is time for the data snapshot of {id} ({title})."),
    CardKind.DAY: N_("it is time for {id} ({title})."),
    CardKind.CUTOFF: N_("the window of {id} ({title}) ends soon. How does it go on?"),
    CardKind.INCIDENT: N_("{id} ({title}) is an incident now."),
    CardKind.HANDOVER: N_("{id} ({title}) goes to the incident process. Here is everything that is known."),
    CardKind.REVIEW: N_("how did {id} ({title}) go?"),
}


def _with(text: str, effect: Tell) -> str:
    """The sentence, and what was said as its reason; only people are quoted, the bot says it in its own words."""
    if not effect.detail:
        return text
    return (
        f"{text} {plain(retold(effect.detail))}"
        if effect.by == CLOCK
        else _("{text} “{quote}”", text=text, quote=plain(effect.detail))
    )


def _by(effect: Tell, view: View) -> str:
    return f"**{plain(view.name(effect.by))}**"


def _approver(view: View) -> str:
    return plain(view.name(view.service.approver))


def _prepare(effect: Tell, view: View) -> str:
    asks = _("the pre-check of {id} is in two days. Is everything prepared?", id=view.change.id)
    edit = _("`/change edit {id}` changes the plan.", id=view.change.id)
    return " ".join(each for each in (asks, _missing(view), edit) if each)


def _missing(view: View) -> str:
    plan = view.change.plan
    if not plan.risks and not plan.rollback:
        return _("Still missing: the risks and the way back.")
    if not plan.risks:
        return _("Still missing: the risks.")
    return "" if plan.rollback else _("Still missing: the way back.")


def _go_given(effect: Tell, view: View) -> str:
    said = _(
        "{by} gave **GO** for {id}. It takes place {window_label}.",
        by=_by(effect, view),
        id=view.change.id,
        window_label=view.window_label,
    )
    return _with(said, effect)


def _finished(effect: Tell, view: View) -> str:
    started, finished = view.change.snapshot.started_at, view.change.snapshot.finished_at
    name = plain(effect.detail)
    if not started or not finished:
        return _("the snapshot {name} is finished. The start is unlocked.", name=name)
    took = duration_label(round((finished - started).total_seconds() / 60))
    return _("the snapshot {name} is finished after {took}. The start is unlocked.", name=name, took=took)


def _completed(effect: Tell, view: View) -> str:
    return _("{id} is completed. The review follows on the next working day.", id=view.change.id)


def _plan_edited(effect: Tell, view: View) -> str:
    return _(
        "{by} changed the plan of {id}. Decisions about the old plan are void; they are asked for again.",
        by=_by(effect, view),
        id=view.change.id,
    )


def _no_snapshot(view: View) -> str:
    if view.change.snapshot.cause in LOOK_FIRST:
        return _(
            "nobody knows whether there is a snapshot, and the start stays locked. Look first; the card above waits."
        )
    return _("there is no snapshot, and the start stays locked. The card above says how to go on.")


def _no_restore(view: View) -> str:
    restore = view.change.restore
    if restore is not None and restore.cause in LOOK_FIRST:
        return _("nobody knows whether the data was restored. Look first; the card above waits.")
    return _("there was no restore, and nothing was overwritten. The card above says how to go on.")


def _waiting(effect: Tell, view: View) -> str:
    begin_by = view.change.plan.window.start - timedelta(minutes=view.service.vps.snapshot_minutes)
    name = plain(view.service.vps.name)
    if view.now > begin_by:
        return _(
            "nobody has begun the data snapshot of {name} yet. By now the start will be late: the card above says how.",
            name=name,
        )
    return _(
        "nobody has begun the data snapshot of {name} yet. It has to begin by {begin_by}: the card above says how.",
        name=name,
        begin_by=view.when(begin_by),
    )


def _locked(effect: Tell, view: View) -> str:
    failed = view.change.snapshot.status is SnapshotStatus.FAILED
    locked = (
        _("it is time for {id}, and its snapshot failed: the start is locked.", id=view.change.id)
        if failed
        else _("it is time for {id}, and its snapshot is not finished: the start is locked.", id=view.change.id)
    )
    ways = _(
        "Wait, try again, postpone it, or let {deciders} waive the snapshot, on the cards above.",
        deciders=view.deciders,
    )
    return f"{locked} {ways}"


def _since(view: View) -> str:
    return duration_label(max(0, round((view.now - view.change.ends_at).total_seconds() / 60)))


_LINES: dict[Line, Say] = {
    Line.PREPARE: _prepare,
    Line.OVERLAP_ALLOWED: lambda e, v: _with(
        _("{by} lets the overlap of {id} stand. Now hand it in: `/change edit {id}`.", by=_by(e, v), id=v.change.id), e
    ),
    Line.CORRECTIONS_WANTED: lambda e, v: _with(
        _("{by} asks for corrections of {id}. `/change edit {id}` opens the plan.", by=_by(e, v), id=v.change.id), e
    ),
    Line.CORRECTIONS_REMINDER: lambda e, v: _with(
        _("the corrections of {id} are still open. `/change edit {id}` opens the plan.", id=v.change.id), e
    ),
    Line.PRECHECK_APPROVED: lambda e, v: _with(
        _("{by} approved the pre-check of {id}.", by=_by(e, v), id=v.change.id), e
    ),
    Line.GO_GIVEN: _go_given,
    Line.GO_REFUSED: lambda e, v: _with(
        _("{by} said **NO-GO** for {id}. `/change edit {id}` gives it another date.", by=_by(e, v), id=v.change.id), e
    ),
    Line.NOBODY_DECIDES: lambda e, v: _(
        "nobody can give GO for {id} as things are: all who may are away or take part in it. Find another date "
        "with `/change move {id}`, or ask one of them to be there.",
        id=v.change.id,
    ),
    Line.STANDS_IN: lambda e, v: _(
        "{approver} is away: please answer for {id} in their place, on the card above.",
        approver=_approver(v),
        id=v.change.id,
    ),
    Line.GO_NUDGE: lambda e, v: _("GO or NO-GO for {id}? The card above waits for your answer.", id=v.change.id),
    Line.GO_DEPUTIES: lambda e, v: _(
        "{approver} has not answered yet: GO or NO-GO for {id}? Deputies can press the card above.",
        approver=_approver(v),
        id=v.change.id,
    ),
    Line.PLAN_EDITED: _plan_edited,
    Line.PLAN_CHANGED: lambda e, v: _("{by} changed the plan of {id}.", by=_by(e, v), id=v.change.id),
    Line.MOVED: lambda e, v: _(
        "{by} moved {id} to {window_label}. The pre-check still holds, because only the date is another; GO has to "
        "be given for the new one.",
        by=_by(e, v),
        id=v.change.id,
        window_label=v.window_label,
    ),
    Line.POSTPONED: lambda e, v: _with(_("{by} postponed {id}.", by=_by(e, v), id=v.change.id), e),
    Line.POSTPONED_SILENT: lambda e, v: _with(
        _("{id} is postponed. `/change edit {id}` gives it another date.", id=v.change.id), e
    ),
    Line.CANCELLED: lambda e, v: _with(_("{by} cancelled {id}.", by=_by(e, v), id=v.change.id), e),
    Line.PREFLIGHT_DONE: lambda e, v: _with(
        _("The snapshot of {name} tomorrow was checked beforehand:", name=plain(v.service.vps.name)), e
    ),
    Line.PREFLIGHT_FAILED: lambda e, v: _with(
        _(
            "please see to it today: tomorrow's snapshot of {name} would not work as things are:",
            name=plain(v.service.vps.name),
        ),
        e,
    ),
    Line.SNAPSHOT_STARTED: lambda e, v: _(
        "The data snapshot of {name} has begun; it takes about {minutes}.",
        name=plain(v.service.vps.name),
        minutes=duration_label(v.service.vps.snapshot_minutes),
    ),
    Line.SNAPSHOT_HALF: lambda e, v: _("The snapshot is about half done."),
    Line.SNAPSHOT_LATE: lambda e, v: _("the snapshot takes longer than expected. Nothing has failed so far."),
    Line.SNAPSHOT_WAITING: _waiting,
    Line.SNAPSHOT_BLIND: lambda e, v: _(
        "{detail} Look at Infomaniak's dashboard and say on the card above how the snapshot stands.",
        detail=plain(retold(e.detail)),
    ),
    Line.SNAPSHOT_FINISHED: _finished,
    Line.SNAPSHOT_FAILED: lambda e, v: _with(_no_snapshot(v), e),
    Line.SNAPSHOT_WAIVED: lambda e, v: _with(
        _("{by} lets {id} start without a snapshot.", by=_by(e, v), id=v.change.id), e
    ),
    Line.START_LOCKED: _locked,
    Line.STARTED: lambda e, v: _("{by} started {id}.", by=_by(e, v), id=v.change.id),
    Line.NOT_STARTED: lambda e, v: _("{id} should have started by now. Press *Start*, or postpone it.", id=v.change.id),
    Line.NEVER_STARTED: lambda e, v: _(
        "the window of {id} is over and nobody started it. `/change postpone {id}` gives it up.", id=v.change.id
    ),
    Line.TROUBLE: lambda e, v: _with(_("{by} reports trouble with {id}.", by=_by(e, v), id=v.change.id), e),
    Line.SOLVED: lambda e, v: _("{by} says the trouble with {id} is solved.", by=_by(e, v), id=v.change.id),
    Line.EXTENDED: lambda e, v: _with(
        _("{by} extended {id}: it ends {ends_at} now.", by=_by(e, v), id=v.change.id, ends_at=v.when(v.change.ends_at)),
        e,
    ),
    Line.CUTOFF_SILENCE: lambda e, v: _(
        "{id} ends {ends_at}. Solved, more time, or an incident? The card above waits.",
        id=v.change.id,
        ends_at=v.when(v.change.ends_at),
    ),
    Line.OVERRUN: lambda e, v: _(
        "the window of {id} is over and it is still in progress. Everyone affected was told to be patient; now say "
        "how it goes on.",
        id=v.change.id,
    ),
    Line.OVERRUN_NAG: lambda e, v: _(
        "{id} is still open, {since} after its end. Complete it, extend it, or declare an incident.",
        id=v.change.id,
        since=_since(v),
    ),
    Line.INCIDENT: lambda e, v: _with(_("{by} declared an incident for {id}.", by=_by(e, v), id=v.change.id), e),
    Line.RESTORE_ASKED: lambda e, v: _(
        "{by} asks to restore the snapshot of {id}. Somebody else has to confirm it on the card above.",
        by=_by(e, v),
        id=v.change.id,
    ),
    Line.RESTORE_STARTED: lambda e, v: _(
        "{by} confirmed the restore of {detail}; it takes about {minutes}.",
        by=_by(e, v),
        detail=plain(e.detail),
        minutes=duration_label(v.service.vps.restore_minutes),
    ),
    Line.RESTORE_HALF: lambda e, v: _("The restore is about half done."),
    Line.RESTORE_LATE: lambda e, v: _("the restore takes longer than expected. Nothing has failed so far."),
    Line.RESTORE_BLIND: lambda e, v: _(
        "{detail} Look at Infomaniak's dashboard and say on the card above how the restore stands.",
        detail=plain(retold(e.detail)),
    ),
    Line.RESTORE_REFUSED: lambda e, v: _with(_no_restore(v), e),
    Line.RESTORE_FINISHED: lambda e, v: _("the data is restored. Run the tests again."),
    Line.RESTORE_FAILED: lambda e, v: _with(_("the restore failed. The incident process takes over."), e),
    Line.TRIED: lambda e, v: _with(_("{by} says what was tried:", by=_by(e, v)), e),
    Line.HANDED_OVER: lambda e, v: _with(_("{id} was handed over to the incident process.", id=v.change.id), e),
    Line.COMPLETED: _completed,
    Line.REVIEWED: lambda e, v: _with(_("{by} wrote the review of {id}.", by=_by(e, v), id=v.change.id), e),
}
