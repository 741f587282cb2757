"""Everything that a card is drawn from."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from application.ports import Drafts, NoticeTexts, Operation, UnitOfWork
from application.queries.directory import Directory
from application.queries.durations import duration_estimates
from application.queries.neighbours import minute_of, neighbours, spans_shown
from application.queries.past import similar_changes
from application.templates.following import as_handed_in
from changes.approvals.quorum import OpenStage, asked_stage, is_usual, stuck_stage
from changes.delivery_log import DeliveryRecord
from changes.events import Entry
from changes.labels import time_of
from changes.lifecycle.decisions.standard import Standing
from changes.model import (
    AWAITING_IMPLEMENTATION,
    IMPLEMENTING,
    IN_INCIDENT,
    OPEN,
    Change,
    Person,
    SnapshotStatus,
    State,
)
from changes.notification import CardKind, drafts_on
from changes.planning.occupancy import Booking
from changes.planning.timeline import Step, still_pending, timeline
from changes.policy import Catalogue, Service
from changes.reporting.duration_estimates import NOTHING, DurationEstimates
from changes.text.display_names import display_name
from changes.text.messages import Message, listed
from language import _, date_text, moment_text, n_, translate, window_text

_PLANNED = (State.DRAFT, State.PRECHECK_PENDING)
"""When the plan is looked at: past changes are asked what they teach about it."""
MOST_NAMED = 3
"""Of those who are asked together; they are called by name in the thread."""
_BESIDE_OTHERS = AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
"""When what others do on the server is told everywhere, and not only where the plan is looked at.

Who is at work now is all that is told of them between GO and the snapshot, and on the live card and in lines.
"""


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """A change at one moment.

    `operation` is its latest snapshot, `restoring` its latest restore, as the provider shows them; `history` and
    `ledger`, who was told what, are told only where a card needs them, and so is what `past` changes of the service
    teach. `mris` are who gets a view of their own, `neighbours` the other changes of the service and its server
    that are at work or near it in time. `drafts` are the notices that the buttons of the card send, `similar` what took
    place and is like it. `standing` is what would stand for the decisions about a draft, which then is shown as the
    standard change that it will be, and with the risk that it would have now.
    """

    change: Change
    service: Service
    now: datetime
    operation: Operation | None = None
    mris: tuple[str, ...] = ()
    restoring: Operation | None = None
    history: tuple[Entry, ...] = ()
    delivery_log: tuple[DeliveryRecord, ...] = ()
    past: DurationEstimates = NOTHING
    neighbours: tuple[Booking, ...] = ()
    drafts: Drafts = field(default_factory=dict)
    standing: Standing = None
    similar: tuple[Change, ...] = ()

    @classmethod
    async def of(
        cls,
        directory: Directory,
        catalogue: Catalogue,
        change: Change,
        now: datetime,
        *,
        refreshes: bool,
        shows_plan: bool = True,
    ) -> "ChangeContext":
        """The view of the change as everything about it is stored now.

        `refreshes`: the client asks for a fresh card by itself for those concerned. Without `shows_plan` it is for the
        live card and for lines alone: what they never tell of neighbours is not read.
        """
        plain = await cls.plain(directory, catalogue, change, now)
        unit, change, service = directory.unit, plain.change, plain.service
        mris = await directory.refresh_user_ids(change, service) if refreshes else ()
        operations = await unit.operations.latest(change.id)
        operation, restoring = operations.get("snapshot"), operations.get("restore")
        over = change.state is State.COMPLETED
        history = await unit.changes.history(change.id) if _tells_what_happened(change) else ()
        ledger = await unit.delivery_log.of(change.id) if over else ()
        near: tuple[Booking, ...] = ()
        if change.state in (OPEN if shows_plan else _BESIDE_OTHERS) or change.conflict_allowed is not None:
            is_beside = change.conflict_allowed is not None or (shows_plan and change.state is not State.SCHEDULED)
            spans = spans_shown(change, service, now) if is_beside else (minute_of(now),)
            if change.snapshot.status is SnapshotStatus.HELD:
                spans = ()  # what its snapshot was held for may have been moved since, to anywhere
            near = await neighbours(unit, catalogue, service, now, change, near=spans)
        seen = cls(change, service, now, operation, mris, restoring, tuple(history), tuple(ledger), neighbours=near)
        if change.state is not State.DRAFT:
            return seen
        standing, change = await as_handed_in(unit, change, service, near, now)
        return replace(seen, change=change, standing=standing)

    @classmethod
    async def plain(cls, directory: Directory, catalogue: Catalogue, change: Change, now: datetime) -> "ChangeContext":
        """The change with its people as they are called now, for a text that tells of nothing else."""
        service = await directory.service_of(change, catalogue.of(change))
        return cls(await directory.with_present_names(change), service, now)

    async def with_estimates(self, unit: UnitOfWork) -> "ChangeContext":
        """The same with what past changes teach, where the plan is looked at: the cards before the decision tell it."""
        if self.change.state not in _PLANNED:
            return self
        past, similar = await duration_estimates(unit, self.service, self.now), await similar_changes(unit, self.change)
        return replace(self, past=past, similar=similar)

    def with_drafts(self, card: CardKind | None, wording: NoticeTexts) -> "ChangeContext":
        """The same with the notices that the buttons of that card send; None is the change's live card."""
        change, service = self.change, self.service
        drafts = {each: wording.draft(each, change, service, self.now) for each in drafts_on(card, change)}
        return replace(self, drafts=drafts)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The change's timeline."""
        return timeline(self.change, self.service)

    @property
    def pending_steps(self) -> tuple[Step, ...]:
        """Those of them that are still to be carried out."""
        return still_pending(self.change, self.steps)

    @property
    def window_label(self) -> str:
        """The window in the service's zone."""
        return window_text(self.change.window, self.service.zone)

    @property
    def deciders(self) -> str:
        """Who is asked to decide now."""
        return self.deciders_at(self.now)

    @property
    def nobody_decides(self) -> bool:
        """Whether it is the own change of all who may decide, or of too many."""
        return stuck_stage(self.change, self.service) is not None

    def approvers(self, moment: datetime | None = None) -> str:
        """Who is asked for pre-check or GO then, or now: by name, and how many of them, where several decide."""
        stage, at = asked_stage(self.change, self.service), moment or self.now
        if is_usual(self.change, self.service) or self.nobody_decides:
            return self.deciders_at(at)
        return self.some_of(stage, stage.asked(self.service, self.service.local(at).date()))

    def some_of(self, stage: OpenStage, people: tuple[Person, ...]) -> str:
        """The first of the people by name, and how many of them all have to decide where it is not everybody."""
        who = translate(listed(map(self.name, people[:MOST_NAMED])))
        if (more := len(people) - MOST_NAMED) > 0:
            who = n_("{listed}, and one more", "{listed}, and {n} more", more, listed=who)
        return who if stage.left >= len(people) else _("{number} of {names}", number=stage.left, names=who)

    def deciders_at(self, moment: datetime) -> str:
        """Who is asked to decide then: the approver, or a deputy if it is their own change or they are away."""
        approver, involved = self.service.approver, self.change.involved
        if not self.service.deciding(involved):
            return _("the deputy whom an admin has to name")
        if approver not in self.service.asked(involved, self.service.local(moment).date()):
            return _("a deputy")
        if not self.service.deputies:
            return self.name(approver)
        return _("{approver} or a deputy", approver=self.name(approver))

    @property
    def away(self) -> str:
        """Until when the approver is away and a deputy decides, as a sentence; empty when they are there."""
        until = self.service.away_until(self.service.approver, self.service.local(self.now).date())
        if until is None or self.deciders != _("a deputy"):
            return ""
        approver = self.name(self.service.approver)
        return _("{approver} is away until {day}: a deputy decides.", approver=approver, day=until)

    @property
    def closing_reason(self) -> str:
        """Why it was given up, in the words of whoever did, or in ours."""
        return translate(self.change.closing_reason)

    def when(self, moment: datetime) -> str:
        """The moment in the service's zone."""
        return moment_text(moment, self.service.zone)

    def time(self, moment: datetime) -> str:
        """The time alone on the day on which the window begins, on any other with its date; for beside the window."""
        local = self.service.local(moment)
        if local.date() == self.service.local(self.change.plan.window.start).date():
            return Message("{time}", time=time_of(local))
        return _("{time}, {day}", time=time_of(local), day=local.date())

    def day(self, moment: datetime) -> str:
        """The moment's date in the service's zone."""
        return date_text(self.service.local(moment).date())

    def who(self, person: Person, deputy_for: Person | None) -> str:
        """The person's name, and for whom they stood in."""
        if deputy_for is None:
            return self.name(person)
        return _("{name} (deputy for {approver})", name=self.name(person), approver=self.name(deputy_for))

    def name(self, person: Person) -> str:
        """The person's name, or what they are to this change."""
        if name := display_name(person.name):
            return name
        if person == self.service.approver:
            return _("the approver")
        return _("a deputy") if person in self.service.deputies else _("somebody")


def _tells_what_happened(change: Change) -> bool:
    """Whether one of its cards is a record: of the whole, of a hand-over that stands ready, or of a cutoff's answer."""
    is_prepared = change.restore is not None and change.restore.confirmed_by is not None
    asked = change.cutoff_asked_at is not None
    return change.state is State.COMPLETED or change.handed_over_at is not None or is_prepared or asked
