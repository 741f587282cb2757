"""The short sentences in a change's thread. What people or the provider said is shown as text."""

from collections.abc import Callable
from datetime import timedelta

from cards.text import plain
from cards.view import View
from cards.without import LOOK_FIRST
from changes.deadlines import earliest_start, snapshot_begins_by, snapshot_due, snapshot_too_late
from changes.effects import CardKind, Line, Tell
from changes.labels import duration_label, minutes_from
from changes.model import AT_WORK, BROKEN, CLOCK, Change, Kind, Outcome, SnapshotStatus, State
from changes.nudges import gives_up_at
from changes.occupancy import broken
from changes.timeline import StepKind, days_until, timeline
from language import N_, _, n_, retold

Say = Callable[[Tell, View], str]


def line(effect: Tell, view: View) -> str:
    """The sentence for the effect, in Teams' markdown; who it is for is put in front by whoever sends it."""
    said = _LINES[effect.line](effect, view)
    return _("{said} *(Late: this was due earlier.)*", said=said) if effect.late else said


def invitation(card: CardKind, view: View) -> str:
    """The sentence in front of a card, for those who are asked."""
    return _(_invited(card, view.change), id=view.change.id, title=_title(view))


def carried_on(view: View) -> str:
    """The sentence in front of a card that stands anew, because it was lost or the service was bound elsewhere."""
    return _("{id} ({title}) continues here. Your answer is needed on its card.", id=view.change.id, title=_title(view))


def in_person(effect: Tell, view: View) -> str:
    """The line for one person in their own chat, where nothing around it says what it is about."""
    said = line(effect, view)
    if view.change.id not in said:
        said = _("{id} ({title}): {said}", id=view.change.id, title=_title(view), said=said)
    why = _(
        "The conversation of {service} in Teams cannot be reached, so you read this here.",
        service=plain(view.service.name),
    )
    return f"{said}\n\n*{why}*"


def _title(view: View) -> str:
    return plain(view.change.plan.title)


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
_EMERGENCY = N_("{id} ({title}) is an emergency: GO or NO-GO? That is the pre-check too.")
_STANDS = N_("here is the card of {id} ({title}), as it stands.")
_PREPARED = N_("{id} ({title}): the incident process is prepared, in case the restore does not solve it.")
_ASKS: dict[CardKind, frozenset[State]] = {
    CardKind.PRECHECK: frozenset({State.PRECHECK_PENDING}),
    CardKind.GO: frozenset({State.GO_PENDING}),
    CardKind.PROGRESS: frozenset({State.SNAPSHOTTING}),
    CardKind.DAY: frozenset({State.READY}),
    CardKind.CUTOFF: AT_WORK,
    CardKind.INCIDENT: frozenset({State.INCIDENT}),
    CardKind.HANDOVER: BROKEN,
    CardKind.REVIEW: frozenset({State.COMPLETED}),
}
"""In which states a card asks what its invitation says; a card that is shown again later only stands there."""


def _invited(card: CardKind, change: Change) -> str:
    if change.state not in _ASKS[card] or (card is CardKind.REVIEW and change.review):
        return _STANDS
    if card is CardKind.PRECHECK and change.plan.kind is Kind.EMERGENCY:
        return _EMERGENCY
    if card is CardKind.HANDOVER and change.handed_over_at is None:
        return _PREPARED
    return _INVITATIONS[card]


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
    due = {step.kind: step.due for step in timeline(view.change, view.service)}
    days = days_until(due[StepKind.PRECHECK], effect.at, view.service)
    asks = (
        _("the pre-check of {id} is today. Is everything prepared?", id=view.change.id)
        if days <= 0
        else n_(
            "the pre-check of {id} is tomorrow. Is everything prepared?",
            "the pre-check of {id} is in {n} days. Is everything prepared?",
            days,
            id=view.change.id,
        )
    )
    edit = _("`/change edit {id}` changes the plan.", id=view.change.id)
    return " ".join(each for each in (asks, _missing(view), edit) if each)


def _missing(view: View) -> str:
    plan = view.change.plan
    if not plan.risks and not plan.rollback:
        return _("Still missing: the risks and the rollback plan (“none known” is an answer).")
    if not plan.risks:
        return _("Still missing: the risks (“none known” is an answer).")
    return "" if plan.rollback else _("Still missing: the rollback plan (“none known” is an answer).")


def _go_given(effect: Tell, view: View) -> str:
    said = _(
        "{by} gave **GO** for {id}. It takes place {window_label}.",
        by=_by(effect, view),
        id=view.change.id,
        window_label=view.window_label,
    )
    return _with(" ".join(each for each in (said, _starts_later(effect, view), _go_late(view)) if each), effect)


def _starts_later(effect: Tell, view: View) -> str:
    """That its snapshot does not let the work begin with the window, where it does not."""
    earliest = earliest_start(view.change, view.service, effect.at)
    if earliest <= view.change.plan.window.start:
        return ""
    return _(
        "Its snapshot lets the work start {earliest} at the earliest; {deciders} can waive it: `/change waive {id}`.",
        earliest=view.when(earliest),
        deciders=view.deciders,
        id=view.change.id,
    )


def _finished(effect: Tell, view: View) -> str:
    started, finished = view.change.snapshot.started_at, view.change.snapshot.finished_at
    name, start = plain(effect.detail), view.change.plan.window.start
    then = _("The work can start from {when} on.", when=view.when(max(start, finished or start)))
    if not started or not finished or started == finished:
        return _("the snapshot {name} is finished. {then}", name=name, then=then)
    took = duration_label(minutes_from(started, finished))
    return _("the snapshot {name} is finished after {took}. {then}", name=name, took=took, then=then)


def _completed(effect: Tell, view: View) -> str:
    if view.change.outcome is Outcome.ROLLED_BACK:  # the change itself did not take place: nobody reads that it is done
        return _(
            "{id} has ended: the data is as it was before the change. The review follows on the next working day.",
            id=view.change.id,
        )
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
    begin_by = snapshot_begins_by(view.change, view.service)
    name = plain(view.service.vps.name)
    if view.now > begin_by:
        return _(
            "nobody has begun the data snapshot of {name} yet. The start will be late: begun now it lets the work "
            "start {earliest}. The card above says how.",
            name=name,
            earliest=view.when(earliest_start(view.change, view.service, view.now)),
        )
    return _(
        "nobody has begun the data snapshot of {name} yet. It has to begin by {begin_by}: the card above says how.",
        name=name,
        begin_by=view.when(begin_by),
    )


def _locked(effect: Tell, view: View) -> str:
    match view.change.snapshot.status:
        case SnapshotStatus.FAILED:
            locked = _("it is time for {id}, and its snapshot failed: the start is locked.", id=view.change.id)
        case SnapshotStatus.HELD:
            locked = _(
                "it is time for {id}, and its snapshot waits for {other}: the start is locked.",
                id=view.change.id,
                other=plain(view.change.snapshot.detail),
            )
        case _:
            locked = _("it is time for {id}, and its snapshot is not finished: the start is locked.", id=view.change.id)
    return f"{locked} {_ways_to_unlock(view)}"


def _ways_to_unlock(view: View) -> str:
    """What can be done about it: waiting only where the snapshot ends before the window does, and so on."""
    snapshot, ends_at = view.change.snapshot, view.change.ends_at
    if snapshot.started_at is not None and snapshot.status is SnapshotStatus.RUNNING:
        end = snapshot.started_at + timedelta(minutes=view.service.vps.snapshot_minutes)
        if end < ends_at:
            return _(
                "It ends at about {end}. Wait for it, postpone the change, or let {deciders} waive the snapshot, on "
                "the cards above.",
                end=view.when(max(end, view.now)),
                deciders=view.deciders,
            )
        return _(
            "It ends at about {end} only, after the window: postpone the change, or let {deciders} waive the snapshot, "
            "on the cards above.",
            end=view.when(end),
            deciders=view.deciders,
        )
    if view.now >= snapshot_too_late(view.change, view.service):
        return _("Postpone it, or let {deciders} waive the snapshot, on the cards above.", deciders=view.deciders)
    if snapshot.status is SnapshotStatus.FAILED:
        return _(
            "Try again, postpone it, or let {deciders} waive the snapshot, on the cards above.", deciders=view.deciders
        )
    return _("Wait, postpone it, or let {deciders} waive the snapshot, on the cards above.", deciders=view.deciders)


def _start_locked(effect: Tell, view: View) -> str:
    other = broken(view.neighbours)
    if view.change.state is not State.READY or other is None:
        return _locked(effect, view)
    return _(
        "it is time for {id}, and {other} ({title}) is an incident on {server}: nothing else starts there. Wait until "
        "that has ended, postpone it, or let {deciders} start it with a reason: `/change start {id} REASON`.",
        id=view.change.id,
        other=other.change,
        title=plain(other.title),
        server=plain(view.service.vps.name),
        deciders=view.deciders,
    )


def _not_started(effect: Tell, view: View) -> str:
    if view.change.state is not State.READY or broken(view.neighbours) is not None:
        return _start_locked(effect, view)
    return _("{id} should have started by now. Press *Start*, or postpone it.", id=view.change.id)


def _snapshot_nudge(effect: Tell, view: View) -> str:
    match view.change.snapshot.status:
        case SnapshotStatus.FAILED:
            return _(
                "the snapshot of {id} has failed and nobody has said how to go on: the card above has the ways.",
                id=view.change.id,
            )
        case SnapshotStatus.HELD:
            return _held(effect, view)
        case _:
            return _waiting(effect, view)


def _held(effect: Tell, view: View) -> str:
    return _(
        "the snapshot of {id} waits for {other}, which needs {server} first. It begins by itself when that has ended; "
        "{deciders} can let it begin now, or waive it.",
        id=view.change.id,
        other=plain(view.change.snapshot.detail or effect.detail),
        server=plain(view.service.vps.name),
        deciders=view.deciders,
    )


def _snapshot_too_late(effect: Tell, view: View) -> str:
    return _(
        "it is too late for a snapshot of {id}: begun now it would end after the window. Postpone the change, or let "
        "{deciders} waive the snapshot, on the card above.",
        id=view.change.id,
        deciders=view.deciders,
    )


def _planned(effect: Tell, view: View) -> str:
    return _(
        "The snapshot of {id} begins at {when}, earlier than usual, because {other} uses {server} later. Restoring it "
        "would undo the work of {other} too.",
        id=view.change.id,
        when=view.when(snapshot_due(view.change, view.service)),
        other=plain(effect.detail) or _("another change"),
        server=plain(view.service.vps.name),
    )


def _new_date(effect: Tell, view: View) -> str:
    until = gives_up_at(view.change, view.service)
    asks = _(
        "{id} has no date yet. `/change move {id}` gives it one, `/change cancel {id}` ends it.", id=view.change.id
    )
    if until is None:
        return asks
    return f"{asks} {_('Without a date it is cancelled on {day}.', day=f'{view.service.local(until):%d.%m.%Y}')}"


def _incident_nudge(effect: Tell, view: View) -> str:
    if view.change.state is State.RESTORING:
        return _(
            "the restore of {id} should be done by now. Look at it, and say on the card above how it stands.",
            id=view.change.id,
        )
    return _(
        "{id} is still an incident: what is the next update? Tell affected people with `/change update {id} TEXT`, or "
        "log what was tried on the card above.",
        id=view.change.id,
    )


def _nobody(effect: Tell, view: View) -> str:
    if not view.service.deciding(view.change.involved):
        return _(
            "nobody can decide about {id}: everybody who may is its requester, implementer or editor. An admin has to "
            "name a deputy of {service}, or it is cancelled and somebody else requests it anew.",
            id=view.change.id,
            service=plain(view.service.name),
        )
    return _(
        "nobody can give GO for {id} as things are: all who may are away. Find another date with `/change move {id}`, "
        "or ask one of them to be there.",
        id=view.change.id,
    )


def _accepted(effect: Tell, view: View) -> str:
    """Which test, by the reason that was given for it."""
    change = view.change
    number = next((each.index for each in reversed(change.accepted) if each.reason == effect.detail), None)
    if number is None:
        return _with(_("{by} accepts a test of {id} that did not pass.", by=_by(effect, view), id=change.id), effect)
    said = _(
        "{by} accepts test {number} of {id} as it is ({test}).",
        by=_by(effect, view),
        number=number + 1,
        id=change.id,
        test=plain(change.plan.tests[number]),
    )
    return _with(said, effect)


def _solved(effect: Tell, view: View) -> str:
    """An issue that was reported, or the answer to the cutoff: that it will be done in time."""
    if view.change.cutoff_asked_at is not None:
        return _("{by} answers the cutoff of {id}: solved.", by=_by(effect, view), id=view.change.id)
    return _("{by} says the issue with {id} is solved. Run the tests again.", by=_by(effect, view), id=view.change.id)


def _reassigned(effect: Tell, view: View) -> str:
    return _(
        "{by} handed {id} over: {requester} is its requester now, and {implementer} implements it.",
        by=_by(effect, view),
        id=view.change.id,
        requester=plain(view.name(view.change.requester)),
        implementer=plain(view.name(view.change.plan.implementer)),
    )


def _go_late(view: View) -> str:
    """That people get less than a week of notice, where they do."""
    go, start = view.change.go, view.change.plan.window.start
    if go is None or days_until(start, go.at, view.service) >= view.service.policy.notice_days:
        return ""
    if start - go.at < timedelta(days=1):
        return _("It is late: people get less than a day of notice.")
    days = days_until(start, go.at, view.service)
    return n_("It is late: people get one day of notice.", "It is late: people get {n} days of notice.", days)


def _since(view: View) -> str:
    return duration_label(max(0, minutes_from(view.change.ends_at, view.now)))


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
    Line.NOBODY_DECIDES: _nobody,
    Line.REASSIGNED: _reassigned,
    Line.NEIGHBOURS: lambda e, v: _(
        "Other changes near {id}, on its server or service: {others}.", id=v.change.id, others=plain(e.detail)
    ),
    Line.PRECHECK_NUDGE: lambda e, v: (
        _LINES[Line.GO_NUDGE](e, v)
        if v.change.plan.kind is Kind.EMERGENCY
        else _("the pre-check of {id} is still open: the card above waits.", id=v.change.id)
    ),
    Line.PRECHECK_DEPUTIES: lambda e, v: (
        _LINES[Line.GO_DEPUTIES](e, v)
        if v.change.plan.kind is Kind.EMERGENCY
        else _(
            "{approver} has not answered yet: the pre-check of {id} is still open. Deputies can press the card above.",
            approver=_approver(v),
            id=v.change.id,
        )
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
    Line.NEW_DATE_NUDGE: _new_date,
    Line.CANCELLED_SILENT: lambda e, v: _with(_("{id} was cancelled automatically.", id=v.change.id), e),
    Line.PREFLIGHT_WEEK_FAILED: lambda e, v: _with(
        _(
            "to be fixed before GO: the snapshot of {name} for {id} would not work as things are:",
            name=plain(v.service.vps.name),
            id=v.change.id,
        ),
        e,
    ),
    Line.PREFLIGHT_DONE: lambda e, v: _with(
        _("Snapshot preflight of {name} passed:", name=plain(v.service.vps.name)), e
    ),
    Line.PREFLIGHT_FAILED: lambda e, v: _with(
        _(
            "to be fixed before the snapshot: that of {name} would not work as things are:",
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
    Line.SNAPSHOT_PLANNED: _planned,
    Line.SNAPSHOT_AS_USUAL: lambda e, v: _(
        "The snapshot of {id} begins at its usual time again: {when}.",
        id=v.change.id,
        when=v.when(snapshot_due(v.change, v.service)),
    ),
    Line.SNAPSHOT_HELD: _held,
    Line.SNAPSHOT_NUDGE: _snapshot_nudge,
    Line.SNAPSHOT_TOO_LATE: _snapshot_too_late,
    Line.SNAPSHOT_BESIDE: lambda e, v: _with(
        _("{by} lets the snapshot of {id} begin beside another change's work.", by=_by(e, v), id=v.change.id), e
    ),
    Line.SERVER_FREE: lambda e, v: _(
        "{other} has ended, and {server} is free: {id} can start.",
        other=plain(e.detail),
        server=plain(v.service.vps.name),
        id=v.change.id,
    ),
    Line.SNAPSHOT_BUSY: lambda e, v: _(
        "the snapshot waits until another operation of ours on {name} has ended.", name=plain(v.service.vps.name)
    ),
    Line.SNAPSHOT_BLIND: lambda e, v: _(
        "{detail} Look at Infomaniak's dashboard and say on the card above how the snapshot stands.",
        detail=plain(retold(e.detail)),
    ),
    Line.SNAPSHOT_FINISHED: _finished,
    Line.SNAPSHOT_FAILED: lambda e, v: _with(_no_snapshot(v), e),
    Line.SNAPSHOT_WAIVED: lambda e, v: _with(
        _("{by} lets {id} start without a snapshot.", by=_by(e, v), id=v.change.id), e
    ),
    Line.START_LOCKED: _start_locked,
    Line.STARTED: lambda e, v: _("{by} started {id}.", by=_by(e, v), id=v.change.id),
    Line.STARTED_EARLY: lambda e, v: _with(_("{by} started {id} before its window.", by=_by(e, v), id=v.change.id), e),
    Line.STARTED_BESIDE: lambda e, v: _with(
        _("{by} let {id} start beside an incident on the same server.", by=_by(e, v), id=v.change.id), e
    ),
    Line.NOT_STARTED: _not_started,
    Line.TEST_ACCEPTED: _accepted,
    Line.EXTENDED_INTO: lambda e, v: _(
        "{by} extended {other}: it needs {server} longer now, into the time of {id}.",
        by=_by(e, v),
        other=plain(e.detail),
        server=plain(v.service.vps.name),
        id=v.change.id,
    ),
    Line.INCIDENT_NUDGE: _incident_nudge,
    Line.INCIDENT_UPDATED: lambda e, v: _with(_("{by} told affected people:", by=_by(e, v)), e),
    Line.RESTORE_TOUCHES: lambda e, v: _(
        "{by} asks to restore {other} on {server}. That would overwrite what {id} did there, because it was started "
        "after that snapshot.",
        by=_by(e, v),
        other=plain(e.detail),
        id=v.change.id,
        server=plain(v.service.vps.name),
    ),
    Line.RESTORE_OVERWRITES: lambda e, v: _(
        "{other} is being restored on {server}: what {id} did there since that snapshot is overwritten.",
        other=plain(e.detail),
        id=v.change.id,
        server=plain(v.service.vps.name),
    ),
    Line.RESTORE_WITHDRAWN: lambda e, v: _(
        "{by} withdrew the request to restore {id}: nothing is overwritten.", by=_by(e, v), id=v.change.id
    ),
    Line.RESTORE_OFF: lambda e, v: _(
        "{other} is not being restored after all: what {id} did on {server} stays.",
        other=plain(e.detail),
        id=v.change.id,
        server=plain(v.service.vps.name),
    ),
    Line.TESTS_VOIDED: lambda e, v: _(
        "the restore of {other} has overwritten the data of {server}. Test results of {id} from before it no longer "
        "count.",
        other=plain(e.detail),
        id=v.change.id,
        server=plain(v.service.vps.name),
    ),
    Line.NEIGHBOUR_SNAPSHOT: lambda e, v: _(
        "a snapshot of {server} is taken for {other} now, by the word of {by}, while {id} uses it.",
        server=plain(v.service.vps.name),
        other=plain(e.detail),
        by=_by(e, v),
        id=v.change.id,
    ),
    Line.NEIGHBOUR_STARTED: lambda e, v: _(
        "{other} has started on {server} while {id} is at work there.",
        other=plain(e.detail),
        id=v.change.id,
        server=plain(v.service.vps.name),
    ),
    Line.RESTORE_NUDGE: lambda e, v: _(
        "the restore of {id} still waits for its confirmation, on the card above.", id=v.change.id
    ),
    Line.HANDOVER_NUDGE: lambda e, v: _(
        "{id} is still with the incident process. Say how it stands with `/change update {id} TEXT`, or close it: "
        "`/change close {id}`.",
        id=v.change.id,
    ),
    Line.REVIEW_NUDGE: lambda e, v: _("the review of {id} is not written yet: the card above waits.", id=v.change.id),
    Line.NEVER_STARTED: lambda e, v: _(
        "the window of {id} is over and nobody started it. `/change postpone {id}` gives it up.", id=v.change.id
    ),
    Line.TROUBLE: lambda e, v: _with(_("{by} reports trouble with {id}.", by=_by(e, v), id=v.change.id), e),
    Line.SOLVED: _solved,
    Line.EXTENDED: lambda e, v: _with(
        _("{by} extended {id}: it ends {ends_at} now.", by=_by(e, v), id=v.change.id, ends_at=v.when(v.change.ends_at)),
        e,
    ),
    Line.CUTOFF_SILENCE: lambda e, v: _(
        "the window of {id} ends {ends_at}. Solved, more time, or an incident? The card above waits.",
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
    Line.RESTORE_BUSY: lambda e, v: _(
        "the restore waits until another operation of ours on {name} has ended.", name=plain(v.service.vps.name)
    ),
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
