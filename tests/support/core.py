"""The core alone, with its people and a due loop: no store, no Teams, no clock but the one that is passed in."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from changes import commands as c
from changes.effects import Effect, PostThreadMessage, SendNotice, UpsertCard
from changes.events import Entry, Event
from changes.lifecycle import decide, effects, evolve
from changes.model import SYSTEM, Change, Person, Plan, Window, instant
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking
from changes.planning.timeline import Step, pending
from changes.policy import Service
from changes.snapshots import Server

ZURICH = ZoneInfo("Europe/Zurich")
NADIA, PIERRE, CLAIRE, LUC = (Person(name[0].lower(), name) for name in ("Nadia", "Pierre", "Claire", "Luc"))
LEARN = Service(
    key="learn",
    name="ISC Learn Platform",
    zone=ZURICH,
    approver=PIERRE,
    deputies=(CLAIRE,),
    vps=Server("Hannibal", "vps_api"),
    holidays=holidays.country_holidays("CH", subdiv="VS"),
)
REQUESTED = datetime(2027, 3, 15, 10, 0, tzinfo=ZURICH)


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A wall-clock time in Sion."""
    return datetime(year, month, day, hour, minute, tzinfo=ZURICH)


def plan(day: date = date(2027, 4, 15), hour: int = 22, minutes: int = 90, **other: object) -> Plan:
    """A plan that can be handed in on 15 March 2027."""
    facts: dict[str, object] = {
        "title": "Update to version 5",
        "what": "The platform is updated.",
        "tests": ("Log in", "Open a course"),
        "implementer": NADIA,
        "risks": "Plug-ins may not load.",
        "rollback": "Restore the data snapshot.",
    }
    window = Window.on(day, time(hour), minutes, ZURICH)
    return Plan(service="learn", window=window, **(facts | other))  # type: ignore[arg-type]


@dataclass
class Story:
    """One change and everything that happened to it, beside the `bookings` of others."""

    service: Service = LEARN
    change: Change | None = None
    entries: list[Entry] = field(default_factory=list)
    caused: list[Effect] = field(default_factory=list)
    was: list[Change | None] = field(default_factory=list)
    """What the change was before each entry."""
    bookings: tuple[Booking, ...] = ()
    became: list[tuple[Change, tuple[Booking, ...]]] = field(default_factory=list)
    """For each of the effects, what the change was when the command that caused it had been carried out, and the
    others beside it.
    """

    @property
    def now_it_is(self) -> Change:
        assert self.change is not None
        return self.change

    def do(self, command: c.Command, now: datetime, bookings: tuple[Booking, ...] = ()) -> tuple[Event, ...]:
        """Carry the command out; raises what `decide` raises, and then nothing has happened."""
        beside, now = bookings or self.bookings, instant(now)
        events = decide(self.change, command, now, self.service, beside, "CHG-2027-0001")
        for event in events:
            entry = Entry(len(self.entries) + 1, now, command.by, "test", event)
            before, self.change = self.change, evolve(self.change, entry)
            self.was.append(before)
            self.entries.append(entry)
            self.caused += effects(entry, before, self.change, self.service, beside)
        self.became += [(self.now_it_is, beside)] * (len(self.caused) - len(self.became))
        return events

    def waiting(self) -> tuple[Step, ...]:
        """The steps that are still to come."""
        return pending(self.now_it_is, self.service)

    def until(self, now: datetime) -> None:
        """Let everything that falls due up to `now` happen, each at its own time but never in the past."""
        last = self.entries[-1].at if self.entries else now
        while due := [step for step in pending(self.now_it_is, self.service) if step.due <= now]:
            last = max(last, due[0].due)
            self.do(c.FireStep(SYSTEM, due[0].key), last)

    def at_once(self, now: datetime) -> None:
        """Let everything that is due happen now: the process was down before."""
        while due := [step for step in pending(self.now_it_is, self.service) if step.due <= now]:
            self.do(c.FireStep(SYSTEM, due[0].key), now)

    def said(self, kind: type[Effect]) -> list[Effect]:
        """What was caused of that kind."""
        return [effect for effect in self.caused if isinstance(effect, kind)]

    def lines(self, *wanted: ThreadMessage) -> list[PostThreadMessage]:
        """The lines in the thread, of those kinds or all."""
        return [
            each for each in self.caused if isinstance(each, PostThreadMessage) and (not wanted or each.line in wanted)
        ]

    def notices(self, *wanted: NoticeKind) -> list[SendNotice]:
        """The notices to affected people, of those kinds or all."""
        return [each for each in self.caused if isinstance(each, SendNotice) and (not wanted or each.kind in wanted)]

    def cards(self, *wanted: CardKind) -> list[UpsertCard]:
        """The cards that were shown or edited, of those kinds or all."""
        return [each for each in self.caused if isinstance(each, UpsertCard) and (not wanted or each.card in wanted)]

    def happened(self, *kinds: type[Event]) -> list[Event]:
        """The events of those kinds, in order."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kinds)]


def requested(wanted: Plan | None = None, now: datetime = REQUESTED) -> Story:
    """A change that was handed in."""
    story = Story()
    story.do(c.Draft(NADIA, wanted or plan()), now)
    story.do(c.Submit(NADIA), now)
    return story


def at_precheck(wanted: Plan | None = None) -> Story:
    """A change whose pre-check is asked for."""
    story = requested(wanted)
    story.until(at(2027, 4, 1))
    return story


def at_go(wanted: Plan | None = None) -> Story:
    """A change whose GO is asked for."""
    story = at_precheck(wanted)
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 8))
    return story


def scheduled(wanted: Plan | None = None) -> Story:
    """A change with GO."""
    story = at_go(wanted)
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 12))
    return story


def ready() -> Story:
    """A change whose snapshot is finished, a quarter of an hour before its window."""
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 45))
    return story


def in_progress() -> Story:
    """A change whose work has begun, at 22:00 on 15 April 2027."""
    story = ready()
    story.until(at(2027, 4, 15, 22))
    story.do(c.Start(NADIA), at(2027, 4, 15, 22) + timedelta(seconds=30))
    return story


def after_tests(story: Story, now: datetime, *failed: int) -> Story:
    """The story after its implementer has recorded every test: those `failed`, and the others passed."""
    for index in range(len(story.now_it_is.plan.tests)):
        story.do(c.RecordTest(story.now_it_is.plan.implementer, index, passed=index not in failed), now)
    return story


HALF_PAST = at(2027, 4, 15, 22, 30)


def an_incident(now: datetime = HALF_PAST) -> Story:
    """A change that was declared an incident half an hour after its start."""
    story = in_progress()
    story.until(now)
    story.do(c.DeclareIncident(NADIA, "Nobody can log in."), now)
    return story
