"""What follows from the request and its decisions: who is asked, who is told, what is taken back."""

from changes import events as e
from changes.consequences import day
from changes.consequences.collector import EffectBuilder
from changes.effects import CardKind, NoticeKind, ThreadMessage
from changes.model import AWAITING_APPROVAL, SYSTEM, Change, ChangeType, Person, SnapshotStatus, State
from changes.notification.announcement import announced_text
from changes.planning.approver_availability import available_approvers
from changes.planning.occupancy import nearby


def of(made: EffectBuilder, event: e.Event) -> None:
    """What follows from an event before the day, or else from one of the day."""
    before, change = made.before, made.change
    implementer, requester = change.plan.implementer, change.requester
    match event:
        case e.Submitted():
            _named_at_once(made)
        case e.Reassigned():
            if change.submitted_at is not None:
                made.tell(ThreadMessage.REASSIGNED, "", *_of_the_hand_over(made))
            _ask_who_decides_now(made)
            _nobody_decides_now(made)
        case e.ConflictAllowed(reason=reason):
            made.tell(ThreadMessage.OVERLAP_ALLOWED, reason, requester)
        case e.PlanEdited():
            if before is not None and before.submitted_at is not None:
                _void(made, before)
                if before.plan.window != change.plan.window:
                    _take_back(made, NoticeKind.POSTPONED, "")
                    _named_at_once(made)
                else:
                    _nobody_decides_now(made)
        case e.Postponed(reason=reason, silent=silent):
            _decided(made)
            line = ThreadMessage.POSTPONED_SILENT if silent else ThreadMessage.POSTPONED
            made.tell(line, reason, requester, implementer, *made.in_charge())
            _take_back(made, NoticeKind.POSTPONED, "" if silent else reason)
        case e.Cancelled(reason=reason):
            if before is not None and before.submitted_at is not None:
                _decided(made)
                line = ThreadMessage.CANCELLED_SILENT if made.entry.by == SYSTEM else ThreadMessage.CANCELLED
                made.tell(line, reason, requester, implementer, *made.in_charge())
                _take_back(made, NoticeKind.CANCELLED, "" if made.entry.by == SYSTEM else reason)
        case _:
            _decisions(made, event)


def _decisions(made: EffectBuilder, event: e.Event) -> None:
    """What follows from a question to the approver or its answer, or else from an event of the day."""
    change = made.change
    implementer, requester = change.plan.implementer, change.requester
    match event:
        case e.PrecheckAsked():
            made.card(CardKind.PRECHECK, made.deciders())
        case e.CorrectionsRequested(comment=comment):
            made.card(CardKind.PRECHECK, only_edit=True)
            made.tell(ThreadMessage.CORRECTIONS_WANTED, comment, requester)
        case e.PrecheckApproved(comment=comment):
            made.card(CardKind.PRECHECK, only_edit=True)
            if change.plan.kind is ChangeType.NORMAL:  # in an emergency the same press gave GO, and one line is enough
                made.tell(ThreadMessage.PRECHECK_APPROVED, comment, requester)
        case e.GoAsked():
            made.card(CardKind.GO, made.deciders())
        case e.GoGiven(comment=comment):
            _decided(made)
            others = () if made.entry.by == made.service.approver else (made.service.approver,)
            made.tell(ThreadMessage.GO_GIVEN, comment, requester, implementer, *others)
            _announce(made)
        case e.GoRefused(reason=reason):
            _decided(made)
            made.tell(ThreadMessage.GO_REFUSED, reason, requester, implementer)
            # Why is between those who decide and those who asked (PROCESS.md, Ends); the others hear that it is so.
            _take_back(made, NoticeKind.POSTPONED, "")
        case _:
            day.of(made, event)


def _decided(made: EffectBuilder) -> None:
    for card in (CardKind.PRECHECK, CardKind.GO):
        made.card(card, only_edit=True)
    if made.before is not None and made.before.snapshot.status is not SnapshotStatus.NONE:
        for card in (CardKind.PROGRESS, CardKind.DAY):
            made.card(card, only_edit=True, of=made.before)


def _void(made: EffectBuilder, before: Change) -> None:
    """The old round's cards become records, and whoever knew of a decision hears that it is void (CASES.md 21)."""
    for card in (CardKind.PRECHECK, CardKind.GO):
        made.card(card, only_edit=True, of=before)
    approver = made.in_charge() if before.precheck or before.go else ()
    decided = before.precheck or before.go or before.corrections or before.asked_at
    line = ThreadMessage.PLAN_EDITED if decided else ThreadMessage.PLAN_CHANGED
    # Whose change it is hears that somebody else has edited it.
    theirs = () if made.entry.by == made.change.requester else (made.change.requester,)
    is_moved = made.change.precheck is not None and before.plan.window != made.change.plan.window
    made.tell(ThreadMessage.MOVED if is_moved else line, "", *theirs, *approver)


def _announce(made: EffectBuilder) -> None:
    """The date that has GO, once; a date that stands already only where something else would be read of it."""
    before = made.before
    if before is None:
        return
    if before.announced is not None and before.told == announced_text(made.change):
        # Whom the plan names since then has not read it; the others have it, and get no second one.
        made.notice(NoticeKind.PLANNED, only_mail=True)
        return
    old = before.promised
    if old is not None and old != made.change.plan.window:
        made.notice(NoticeKind.RESCHEDULED, was=old)
    else:
        made.notice(NoticeKind.PLANNED)


def _take_back(made: EffectBuilder, kind: NoticeKind, reason: str) -> None:
    """Tell those who expect a date, or whom one was promised, that nothing comes of it (PROCESS.md, Moving)."""
    if made.before is None:
        return
    expected = made.before.announced
    if kind is NoticeKind.CANCELLED:
        expected = expected or made.before.promised
    if expected is not None:
        made.notice(kind, reason, expected)


def _named_at_once(made: EffectBuilder) -> None:
    """What is said as soon as the date is known: whose windows are near, and that nobody can decide."""
    near = nearby(made.change, made.service, made.bookings, made.entry.at)
    if near:
        made.tell(ThreadMessage.NEIGHBOURS, "; ".join(f"{each.change} ({each.title})" for each in near))
    _say_if_nobody_decides(made)


def _nobody_decides_now(made: EffectBuilder) -> None:
    """It has become the own change of the last person who could decide about it."""
    waits = made.before is not None and made.change.state in AWAITING_APPROVAL
    if waits and made.before and available_approvers(made.before, made.service):
        _say_if_nobody_decides(made)


def _say_if_nobody_decides(made: EffectBuilder) -> None:
    if not available_approvers(made.change, made.service):
        made.tell(ThreadMessage.NOBODY_DECIDES, "", made.change.requester, made.change.plan.implementer)


def _ask_who_decides_now(made: EffectBuilder) -> None:
    """Whoever was asked may not decide any more: it is their own change now."""
    asked = {State.PRECHECK_PENDING: ThreadMessage.PRECHECK_NUDGE, State.GO_PENDING: ThreadMessage.GO_NUDGE}
    line = asked.get(made.change.state)
    if line is None or made.before is None:
        return
    day = made.service.local(made.entry.at).date()
    if made.deciders() and made.deciders() != made.service.asked(made.before.involved, day):
        made.tell(line, "", *made.deciders())


def _of_the_hand_over(made: EffectBuilder) -> tuple[Person, ...]:
    """Who has another part in the change than before, whoever has none any more included."""
    if made.before is None:
        return ()
    old, new = ((each.requester, each.plan.implementer) for each in (made.before, made.change))
    return tuple(person for pair in zip(new, old, strict=True) if pair[0] != pair[1] for person in pair)
