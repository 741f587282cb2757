"""What follows outside from each event: who is told what, which cards change, what the provider is asked for."""

from datetime import datetime

from changes import events as e
from changes.effects import (
    BeginRestore,
    BeginSnapshot,
    CardKind,
    Effect,
    FollowByHand,
    Line,
    News,
    NoticeKind,
    Preflight,
    SendNotice,
    ShowCard,
    ShowStatus,
    Tell,
    message_of,
)
from changes.lifecycle.restoring import OVERWRITTEN
from changes.model import Change, Person, SnapshotStatus, Window
from changes.policy import Service
from changes.timeline import StepKind, nag_number

SNAPSHOT_LINES = {
    "half": Line.SNAPSHOT_HALF,
    "late": Line.SNAPSHOT_LATE,
    "waiting": Line.SNAPSHOT_WAITING,
    "blind": Line.SNAPSHOT_BLIND,
}
ALL_NAGGED_FROM = 3
RESTORE_LINES = {"half": Line.RESTORE_HALF, "late": Line.RESTORE_LATE, "blind": Line.RESTORE_BLIND}


def effects(entry: e.Entry, before: Change | None, change: Change, service: Service) -> tuple[Effect, ...]:
    """What has to happen because of `entry`, which made `change` out of `before`."""
    made = _Maker(entry, before, change, service)
    made.of(entry.event)
    return tuple(made.list)


def status_effect(change: Change, seq: int) -> ShowStatus:
    """The live card follows every change of plan or state."""
    return ShowStatus(f"{change.id}:{seq}:status", change.id)


class _Maker:
    """Collects the effects of one entry, numbering their keys."""

    def __init__(self, entry: e.Entry, before: Change | None, change: Change, service: Service) -> None:
        self.list: list[Effect] = []
        self._entry, self._before, self._change, self._service = entry, before, change, service

    def of(self, event: e.Event) -> None:
        before, change, service = self._before, self._change, self._service
        implementer, requester = change.plan.implementer, change.requester
        match event:
            case e.StepFired():
                self._step(event)
            case e.PrecheckAsked():
                self.card(CardKind.PRECHECK, self._deciders())
            case e.CorrectionsRequested(comment=comment):
                self.card(CardKind.PRECHECK, only_edit=True)
                self.tell(Line.CORRECTIONS_WANTED, comment, requester)
            case e.PrecheckApproved(comment=comment):
                self.card(CardKind.PRECHECK, only_edit=True)
                if not _went_on(change, event):
                    self.tell(Line.PRECHECK_APPROVED, comment, requester)
            case e.GoAsked():
                self.card(CardKind.GO, self._deciders())
            case e.GoGiven(comment=comment):
                self._decided()
                self.tell(Line.GO_GIVEN, comment, requester, implementer)
                self._announce(before)
            case e.GoRefused(reason=reason):
                self._decided()
                self.tell(Line.GO_REFUSED, reason, requester, implementer)
                self._take_back(before, NoticeKind.POSTPONED, reason)
            case e.PlanEdited():
                if before is not None and before.submitted_at is not None:
                    self._void(before)
            case e.Postponed(reason=reason, silent=silent):
                self._decided()
                line = Line.POSTPONED_SILENT if silent else Line.POSTPONED
                self.tell(line, reason, requester, implementer, service.approver)
                self._take_back(before, NoticeKind.POSTPONED, reason)
            case e.Cancelled(reason=reason):
                if before is not None and before.submitted_at is not None:
                    self._decided()
                    self.tell(Line.CANCELLED, reason, implementer, service.approver)
                    self._take_back(before, NoticeKind.CANCELLED, reason)
            case _:
                self._day(event)

    def _day(self, event: e.Event) -> None:
        change, service = self._change, self._service
        implementer, requester = change.plan.implementer, change.requester
        match event:
            case e.PreflightDone(problems=problems, good=good):
                if problems:
                    self.tell(Line.PREFLIGHT_FAILED, " ".join(problems), implementer)
                else:
                    self.tell(Line.PREFLIGHT_DONE, " ".join(good))
            case e.SnapshotRequested(name=name):
                self.add(BeginSnapshot(self._key("begin"), change.id, name))
            case e.SnapshotStarted(by_hand=by_hand):
                self.tell(Line.SNAPSHOT_STARTED)
                self._snapshot_cards()
                if by_hand:
                    self.add(FollowByHand(self._key("follow"), change.id, change.snapshot.name))
            case e.SnapshotMilestone(milestone=milestone, detail=detail):
                self.tell(SNAPSHOT_LINES[milestone], detail, *self._if_late(milestone))
                self._snapshot_cards()
            case e.SnapshotFinished(name=name):
                self._snapshot_cards()
                self.tell(Line.SNAPSHOT_FINISHED, name, implementer)
                self.card(CardKind.DAY, only_edit=True)
            case e.SnapshotFailed(reason=reason):
                self._snapshot_cards()
                self.card(CardKind.DAY, only_edit=True)
                self.tell(Line.SNAPSHOT_FAILED, reason, implementer, service.approver)
            case e.SnapshotWaived(reason=reason):
                self._snapshot_cards()
                self.tell(Line.SNAPSHOT_WAIVED, reason, implementer)
                self.card(CardKind.DAY, only_edit=True)
            case e.Started():
                self.card(CardKind.DAY)
                self.notice(NoticeKind.START)
            case e.TestRecorded():
                self.card(CardKind.DAY)
            case e.Completed():
                self.card(CardKind.DAY, only_edit=True)
                self.card(CardKind.CUTOFF, only_edit=True)
                self.card(CardKind.INCIDENT, only_edit=True)
                self.card(CardKind.HANDOVER, only_edit=True)
                self.notice(NoticeKind.END if change.incident_at is None else NoticeKind.INCIDENT_END)
            case e.Reviewed(text=text):
                self.card(CardKind.REVIEW, only_edit=True)
                self.tell(Line.REVIEWED, text)
            case _:
                self._trouble(event)
        if isinstance(event, e.Completed):
            self.tell(Line.COMPLETED, "", requester, service.approver)

    def _trouble(self, event: e.Event) -> None:
        before, change, service = self._before, self._change, self._service
        deciders = self._deciders()
        match event:
            case e.TroubleReported(in_passing=True):
                pass
            case e.TroubleReported(reason=reason):
                self.card(CardKind.DAY)
                self.tell(Line.TROUBLE, reason, service.approver)
            case e.TroubleSolved():
                self.card(CardKind.DAY)
                self.card(CardKind.CUTOFF, only_edit=True)
                self.tell(Line.SOLVED)
            case e.Extended(reason=reason, ends_at=ends_at):
                self.card(CardKind.DAY)
                self.card(CardKind.CUTOFF, only_edit=True, of=before)
                self.tell(Line.EXTENDED, reason, service.approver)
                self.notice(NoticeKind.EXTENSION, reason, Window(change.plan.window.start, ends_at))
            case e.IncidentDeclared(reason=reason):
                self.card(CardKind.DAY, only_edit=True)
                self.card(CardKind.CUTOFF, only_edit=True)
                self.card(CardKind.INCIDENT, (*deciders, change.plan.implementer))
                self.tell(Line.INCIDENT, reason)
                known = before is not None and before.incident_at is not None
                self.notice(NoticeKind.INCIDENT_UPDATE if known else NoticeKind.INCIDENT_START, reason)
            case e.RecoveryTried(note=note):
                self.card(CardKind.INCIDENT)
                self.card(CardKind.HANDOVER, only_edit=True)
                self.tell(Line.TRIED, note)
            case e.HandedOver(reason=reason):
                everyone = (service.approver, *service.deputies, change.plan.implementer, change.requester)
                self.card(CardKind.INCIDENT, only_edit=True)
                self.card(CardKind.HANDOVER, everyone)
                self.tell(Line.HANDED_OVER, reason)
                self.notice(NoticeKind.INCIDENT_UPDATE, reason, news=News.HANDED_OVER)
            case _:
                self._restore(event)

    def _restore(self, event: e.Event) -> None:
        change, deciders = self._change, self._deciders()
        implementer = change.plan.implementer
        match event:
            case e.RestoreAsked():
                self.card(CardKind.INCIDENT)
                self.tell(Line.RESTORE_ASKED, "", *deciders)
            case e.RestoreConfirmed(name=name):
                self.card(CardKind.INCIDENT)
                self.tell(Line.RESTORE_STARTED, name)
                # Whoever is affected knows before the data is overwritten (PROCESS.md, The timeline, last paragraph).
                self.notice(NoticeKind.INCIDENT_UPDATE, name, news=News.RESTORING)
                self.add(BeginRestore(self._key("restore"), change.id, name))
            case e.RestoreMilestone(milestone=milestone, detail=detail):
                self.tell(RESTORE_LINES[milestone], detail, *self._if_late(milestone))
                self.card(CardKind.INCIDENT, only_edit=True)
            case e.RestoreFinished():
                self.card(CardKind.INCIDENT, only_edit=True)
                self.card(CardKind.HANDOVER, only_edit=True)
                self.card(CardKind.DAY)
                self.tell(Line.RESTORE_FINISHED, "", implementer)
            case e.RestoreFailed(reason=reason, cause=cause):
                self.card(CardKind.INCIDENT)
                line = Line.RESTORE_FAILED if cause in OVERWRITTEN else Line.RESTORE_REFUSED
                self.tell(line, reason, *deciders, implementer)
            case _:
                return

    def _step(self, event: e.StepFired) -> None:
        change, service = self._change, self._service
        implementer, requester, approver = change.plan.implementer, change.requester, service.approver
        match event.kind:
            case StepKind.PREPARE:
                self.tell(Line.PREPARE, "", requester, late=event.late)
            case StepKind.CORRECTIONS:
                self.tell(Line.CORRECTIONS_REMINDER, _comment(change), requester)
            case StepKind.GO_NUDGE:
                self.tell(Line.GO_NUDGE, "", approver)
            case StepKind.GO_DEPUTIES:
                self.tell(Line.GO_DEPUTIES, "", *service.deputies)
            case StepKind.REMINDER:
                if _announced_before(change, event.due):
                    self.notice(NoticeKind.REMINDER, late=event.late)
                self.add(Preflight(self._key("preflight"), change.id))
            case StepKind.START if change.snapshot.settled:
                self.card(CardKind.DAY, (implementer,))
            case StepKind.START:
                self.card(CardKind.DAY, (implementer,))
                self.tell(Line.START_LOCKED, "", implementer, approver)
            case StepKind.NOT_STARTED:
                self.tell(Line.NOT_STARTED, "", implementer, approver)
            case StepKind.CUTOFF:
                self.card(CardKind.CUTOFF, (implementer,))
            case StepKind.CUTOFF_SILENCE:
                self.tell(Line.CUTOFF_SILENCE, "", implementer, approver)
            case StepKind.OVERRUN if change.started_at is None:
                self.tell(Line.NEVER_STARTED, "", implementer, approver)
            case StepKind.OVERRUN:
                self.tell(Line.OVERRUN, "", implementer, approver)
                self.notice(NoticeKind.HOLDING)
            case StepKind.OVERRUN_NAG:
                self.tell(Line.OVERRUN_NAG, "", *self._nagged(nag_number(event.key)))
            case StepKind.REVIEW:
                self.card(CardKind.REVIEW, (implementer,))
            case _:
                return

    def add(self, effect: Effect) -> None:
        self.list.append(effect)

    def card(
        self, card: CardKind, mention: tuple[Person, ...] = (), *, only_edit: bool = False, of: Change | None = None
    ) -> None:
        message = message_of(card, of or self._change)
        people = tuple(dict.fromkeys(mention))
        self.add(ShowCard(self._key(card), self._change.id, card, message, people, only_edit))

    def tell(self, line: Line, detail: str = "", *mention: Person, late: bool = False) -> None:
        people = tuple(dict.fromkeys(mention))
        by, at = self._entry.by, self._entry.at
        self.add(Tell(self._key(line), self._change.id, line, by, at, detail, people, late))

    def notice(
        self,
        kind: NoticeKind,
        detail: str = "",
        window: Window | None = None,
        *,
        late: bool = False,
        news: News = News.SAID,
    ) -> None:
        told = window or Window(self._change.plan.window.start, self._change.ends_at)
        # The reminder's key is its date, not its event: edited back and forth, it still goes once (CASES.md 11).
        key = f"{self._change.id}:reminder:{told.start:%Y%m%dT%H%M}" if kind is NoticeKind.REMINDER else self._key(kind)
        self.add(SendNotice(key, self._change.id, kind, told, self._entry.at, detail, late, news))

    def _key(self, what: str) -> str:
        return f"{self._change.id}:{self._entry.seq}:{len(self.list)}:{what}"

    def _deciders(self) -> tuple[Person, ...]:
        involved = (self._change.requester, self._change.plan.implementer)
        if self._service.approver not in involved:
            return (self._service.approver,)
        return tuple(deputy for deputy in self._service.deputies if deputy not in involved)

    def _decided(self) -> None:
        for card in (CardKind.PRECHECK, CardKind.GO):
            self.card(card, only_edit=True)
        if self._before is not None and self._before.snapshot.attempt:
            for card in (CardKind.PROGRESS, CardKind.DAY):
                self.card(card, only_edit=True, of=self._before)

    def _void(self, before: Change) -> None:
        """The old round's cards become records, and whoever knew of a decision hears that it is void (CASES.md 21)."""
        for card in (CardKind.PRECHECK, CardKind.GO):
            self.card(card, only_edit=True, of=before)
        approver = (self._service.approver,) if before.precheck or before.go else ()
        self.tell(Line.PLAN_EDITED, "", *approver)

    def _announce(self, before: Change | None) -> None:
        told = before.announced if before else None
        if told is None:
            self.notice(NoticeKind.PLANNED)
        elif told != self._change.plan.window:
            self.notice(NoticeKind.RESCHEDULED)

    def _take_back(self, before: Change | None, kind: NoticeKind, reason: str) -> None:
        if before is not None and before.announced is not None:
            self.notice(kind, reason, before.announced)

    def _snapshot_cards(self) -> None:
        # A snapshot that was refused has no card yet, and needs one for the ways on.
        wanted = self._change.snapshot.status in (SnapshotStatus.RUNNING, SnapshotStatus.FAILED)
        self.card(CardKind.PROGRESS, only_edit=not wanted)

    def _if_late(self, milestone: str) -> tuple[Person, ...]:
        return () if milestone == "half" else (self._change.plan.implementer,)

    def _nagged(self, number: int) -> tuple[Person, ...]:
        """First the implementer, then the approver too, then everybody who could answer (CASES.md 8)."""
        people = (self._change.plan.implementer, self._service.approver, *self._service.deputies)
        return people[:number] if number < ALL_NAGGED_FROM else people


def _went_on(change: Change, event: e.PrecheckApproved) -> bool:
    """In an emergency the same press gave GO, and one line is enough."""
    return change.go is not None and change.go.fingerprint == event.fingerprint


def _comment(change: Change) -> str:
    return change.corrections.comment if change.corrections else ""


def _announced_before(change: Change, due: datetime) -> bool:
    """Whether the announcement is old enough for a reminder to tell anything new."""
    return change.announced is not None and change.scheduled_at is not None and change.scheduled_at < due
