"""The core alone, with its people and a due loop: no store, no Teams, no clock but the one that is passed in.

A change that stands somewhere in the process is built by `tests.support.builder.a_change`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import holidays
import pytest

from changes import commands as c
from changes.effects import Effect, PostThreadMessage, SendNotice, UpsertCard
from changes.errors import CommandRejected
from changes.events import Entry, Event
from changes.lifecycle import decide, effects, evolve
from changes.model import SYSTEM, Change, Person, Plan, Window, instant
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking
from changes.planning.steps import Step
from changes.planning.timeline import pending
from changes.policy import Service
from changes.snapshots import Server
from infomaniak.vps_api.entry import VPS_API

ZURICH = ZoneInfo("Europe/Zurich")
NADIA, PIERRE, CLAIRE, LUC = (Person(name[0].lower(), name) for name in ("Nadia", "Pierre", "Claire", "Luc"))
LEARN = Service(
    key="learn",
    name="ISC Learn Platform",
    zone=ZURICH,
    approver=PIERRE,
    deputies=(CLAIRE,),
    vps=Server("Hannibal", VPS_API.provider),
    holidays=holidays.country_holidays("CH", subdiv="VS"),
)
E = TypeVar("E", bound=Effect)
V = TypeVar("V", bound=Event)
REQUESTED = datetime(2027, 3, 15, 10, 0, tzinfo=ZURICH)


def night(hour: int, minute: int = 0) -> datetime:
    """A time of 15 April 2027, on which the change has its window; the early hours are those of the next day."""
    return at(2027, 4, 15 if hour > 11 else 16, hour, minute)


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

    @property
    def last(self) -> datetime:
        """The moment of what happened last."""
        return self.entries[-1].at

    def do(
        self, command: c.Command, now: datetime | None = None, bookings: tuple[Booking, ...] = ()
    ) -> tuple[Event, ...]:
        """Carry the command out; raises what `decide` raises, and then nothing has happened."""
        beside, now = bookings or self.bookings, instant(now or self.last)
        events = decide(self.change, command, now, self.service, beside, "CHG-2027-0001")
        for event in events:
            entry = Entry(len(self.entries) + 1, now, command.by, "test", event)
            before, self.change = self.change, evolve(self.change, entry)
            self.was.append(before)
            self.entries.append(entry)
            self.caused += effects(entry, before, self.change, self.service, beside)
        self.became += [(self.now_it_is, beside)] * (len(self.caused) - len(self.became))
        return events

    def then(self, now: datetime | None, *commands: c.Command) -> Self:
        """The story after the commands, all at one moment: without one, that of what happened last."""
        for command in commands:
            self.do(command, now)
        return self

    def refuses(
        self,
        command: c.Command,
        said: str = "",
        now: datetime | None = None,
        error: type[CommandRejected] = CommandRejected,
        bookings: tuple[Booking, ...] = (),
    ) -> Any:
        """The refusal of the command, in whose sentence the pattern `said` is found; nothing has happened."""
        before = self.change
        with pytest.raises(error, match=said or None) as refused:
            self.do(command, now, bookings)
        assert self.change == before
        return refused.value

    def waiting(self) -> tuple[Step, ...]:
        """The steps that are still to come."""
        return pending(self.now_it_is, self.service)

    def until(self, now: datetime) -> Self:
        """Let everything that falls due up to `now` happen, each at its own time but never in the past."""
        last = self.last if self.entries else now
        while due := [step for step in pending(self.now_it_is, self.service) if step.due <= now]:
            last = max(last, due[0].due)
            self.do(c.FireStep(SYSTEM, due[0].key), last)
        return self

    def at_once(self, now: datetime) -> Self:
        """Let everything that is due happen now: the process was down before."""
        while due := [step for step in pending(self.now_it_is, self.service) if step.due <= now]:
            self.do(c.FireStep(SYSTEM, due[0].key), now)
        return self

    def said(self, kind: type[E]) -> list[E]:
        """What was caused of that kind."""
        return [effect for effect in self.caused if isinstance(effect, kind)]

    def lines(self, *wanted: ThreadMessage) -> list[PostThreadMessage]:
        """The lines in the thread, of those kinds or all."""
        return [each for each in self.said(PostThreadMessage) if not wanted or each.line in wanted]

    def notices(self, *wanted: NoticeKind) -> list[SendNotice]:
        """The notices to affected people, of those kinds or all."""
        return [each for each in self.said(SendNotice) if not wanted or each.kind in wanted]

    def cards(self, *wanted: CardKind) -> list[UpsertCard]:
        """The cards that were shown or edited, of those kinds or all."""
        return [each for each in self.said(UpsertCard) if not wanted or each.card in wanted]

    def happened(self, *kinds: type[V]) -> list[V]:
        """The events of those kinds, in order."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kinds)]
