"""What follows from the request and its decisions: who is asked, who is told, what is taken back."""

from changes import events as e
from changes.consequences import day
from changes.consequences.collector import Collector
from changes.effects import CardKind, Line, NoticeKind
from changes.model import Change


def of(made: Collector, event: e.Event) -> None:
    """What follows from an event before the day, or else from one of the day."""
    before, change = made.before, made.change
    implementer, requester = change.plan.implementer, change.requester
    match event:
        case e.ConflictAllowed(reason=reason):
            made.tell(Line.OVERLAP_ALLOWED, reason, requester)
        case e.PrecheckAsked():
            made.card(CardKind.PRECHECK, made.deciders())
        case e.CorrectionsRequested(comment=comment):
            made.card(CardKind.PRECHECK, only_edit=True)
            made.tell(Line.CORRECTIONS_WANTED, comment, requester)
        case e.PrecheckApproved(comment=comment):
            made.card(CardKind.PRECHECK, only_edit=True)
            if not _went_on(change, event):
                made.tell(Line.PRECHECK_APPROVED, comment, requester)
        case e.GoAsked():
            made.card(CardKind.GO, made.deciders())
        case e.GoGiven(comment=comment):
            _decided(made)
            made.tell(Line.GO_GIVEN, comment, requester, implementer)
            made.notice(NoticeKind.PLANNED)
        case e.GoRefused(reason=reason):
            _decided(made)
            made.tell(Line.GO_REFUSED, reason, requester, implementer)
            _take_back(made, NoticeKind.POSTPONED, reason)
        case e.PlanEdited():
            if before is not None and before.submitted_at is not None:
                _void(made, before)
                if before.announced not in (None, change.plan.window):
                    made.notice(NoticeKind.RESCHEDULED, was=before.announced)
        case e.Postponed(reason=reason, silent=silent):
            _decided(made)
            line = Line.POSTPONED_SILENT if silent else Line.POSTPONED
            made.tell(line, reason, requester, implementer, *made.in_charge())
            _take_back(made, NoticeKind.POSTPONED, reason)
        case e.Cancelled(reason=reason):
            if before is not None and before.submitted_at is not None:
                _decided(made)
                made.tell(Line.CANCELLED, reason, implementer, *made.in_charge())
                _take_back(made, NoticeKind.CANCELLED, reason)
        case _:
            day.of(made, event)


def _decided(made: Collector) -> None:
    for card in (CardKind.PRECHECK, CardKind.GO):
        made.card(card, only_edit=True)
    if made.before is not None and made.before.snapshot.attempt:
        for card in (CardKind.PROGRESS, CardKind.DAY):
            made.card(card, only_edit=True, of=made.before)


def _void(made: Collector, before: Change) -> None:
    """The old round's cards become records, and whoever knew of a decision hears that it is void (CASES.md 21)."""
    for card in (CardKind.PRECHECK, CardKind.GO):
        made.card(card, only_edit=True, of=before)
    approver = made.in_charge() if before.precheck or before.go else ()
    decided = before.precheck or before.go or before.corrections or before.asked_at
    line = Line.PLAN_EDITED if decided else Line.PLAN_CHANGED
    made.tell(Line.MOVED if made.change.precheck else line, "", *approver)


def _take_back(made: Collector, kind: NoticeKind, reason: str) -> None:
    if made.before is not None and made.before.announced is not None:
        made.notice(kind, reason, made.before.announced)


def _went_on(change: Change, event: e.PrecheckApproved) -> bool:
    """In an emergency the same press gave GO, and one line is enough."""
    return change.go is not None and change.go.fingerprint == event.fingerprint
