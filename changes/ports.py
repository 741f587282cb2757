"""What the core needs of the world outside: storage, a clock, and somebody to carry out effects.

DeliveryError
├── Later       not now: try again after a while
│   ├── RateLimited  nothing was tried: there is no room for it yet
│   └── OutcomeUnknown  it was handed over and nobody said whether it was taken
└── Never       not this way, for good: an admin has to see it
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from changes.effects import Effect, NoticeKind, SendNotice
from changes.events import Entry
from changes.model import Change, Person
from changes.policy import Service
from changes.search import EVERYTHING, Search
from changes.snapshots import FailureReason, OperationState
from changes.timeline import Step

Json = Mapping[str, object]


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class DeliveryError(Exception):
    """An effect was not carried out."""


class RetryableError(DeliveryError):
    """Try again, not before `seconds` have passed (None: the worker's own back-off)."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class RateLimited(RetryableError):
    """Nothing was tried, and that counts as no attempt: too much was sent there already."""


class OutcomeUnknown(RetryableError):
    """It was handed over and nobody said whether it was taken: trying again may bring it twice."""


class PermanentError(DeliveryError):
    """Trying again gives the same answer."""


@dataclass(frozen=True, slots=True)
class VersionedChange:
    """A change as it lies in the store; `version` is the number of its entries."""

    change: Change
    version: int


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that waits in the due table; carrying it out has failed `failures` times so far."""

    change: str
    key: str
    due: datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect that waits to be carried out since then; `attempts` have failed so far."""

    id: int
    lane: str
    effect: Effect
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An effect that was given up, and why."""

    id: int
    effect: Effect
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a message that was posted can be edited. `thread` is the conversation id under which replies to it go."""

    service_url: str
    conversation: str
    activity: str
    thread: str


@dataclass(frozen=True, slots=True)
class Binding:
    """The conversation that belongs to a service: a channel (posts become threads) or a group chat.

    A team has two names: `team` is its thread id, `group` the id of its Microsoft 365 group (CASES.md 27).
    """

    service: str
    service_url: str
    conversation: str
    is_channel: bool
    tenant: str = ""
    team: str = ""
    bot: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class UserProfile:
    """A person the bot has met: the Entra object id, the name and the id Teams knows them by (`29:…`).

    `language` is the one their Teams speaks, or the one they chose.
    """

    person: Person
    mri: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PersonalConversation:
    """The personal chat of a person with the bot, where the bot may write to them."""

    person: Person
    service_url: str
    conversation: str
    bot: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days, both included, on which a person decides nothing."""

    id: int
    person: Person
    first: date
    last: date


class DeliveryChannel(StrEnum):
    """How somebody is told."""

    TEAMS = "teams"
    PERSONAL = "personal"
    MAIL = "mail"


class DeliveryStatus(StrEnum):
    """What came of telling somebody."""

    SENT = "sent"
    FAILED = "failed"
    WAITING = "waiting"
    """Nothing went out yet; it is tried again."""
    ASKED = "asked"
    """It was handed over and nobody said yet whether it was taken: it is looked for before it is tried again."""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A line of the ledger: who was told what, when, by which way and with what result.

    `key` is unique: one notice to one recipient. `notice` is a NoticeKind or what else was sent, `to` a channel's
    service, a person's name or an address, `why` the reason of a failure or of this way.
    """

    key: str
    change: str
    notice: str
    to: str
    way: DeliveryChannel
    result: DeliveryStatus
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class AccessDenial:
    """Somebody wanted what they may not.

    `change` is empty where no change was meant; `what` is the button's verb or the command's word, never what a person
    typed besides; `via` is `chat`, `card` or `link`; `sentence` is the bot's own, in English.
    """

    at: datetime
    person: Person
    change: str
    what: str
    via: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A long operation at the provider, recorded before it is asked for.

    `kind` is `snapshot` or `restore`; `handle` is empty until the provider accepted it; `looked_at` is the last look.
    `percent` is None when nothing is known; `estimated` says that it was reckoned from the expected duration.
    `unseen_since` is the first of the latest looks that showed nothing of it, `cause` why it failed, `backend` who is
    asked.
    """

    key: str
    change: str
    kind: str
    name: str
    asked_at: datetime
    handle: str = ""
    state: OperationState = OperationState.QUEUED
    percent: int | None = None
    estimated: bool = True
    looked_at: datetime | None = None
    milestones: tuple[str, ...] = ()
    detail: str = ""
    cause: FailureReason | None = None
    backend: str = ""
    unseen_since: datetime | None = None


class Wording(Protocol):
    """The texts that go to affected people."""

    def post(self, notice: SendNotice, change: Change, service: Service) -> str:
        """The notice in every language of the service, in Teams' markdown."""
        ...

    def subject(self, notice: SendNotice, change: Change, service: Service) -> str:
        """What the notice is, in one plain line in the first language of the service."""
        ...

    def preview(self, kind: NoticeKind, change: Change, service: Service, now: datetime) -> str:
        """The very text that `kind` would send out now."""
        ...


class ChangeStore(Protocol):
    """Changes with their audit trail."""

    async def new_id(self, year: int) -> str:
        """The next free id, for example `CHG-2026-0007`."""
        ...

    async def load(self, change_id: str) -> VersionedChange | None:
        """The change, or None."""
        ...

    async def numbered(self, number: int) -> tuple[Change, ...]:
        """The changes with that number, one a year at most, the newest year first."""
        ...

    async def save(
        self,
        change: Change,
        expected: int,
        entries: Sequence[Entry],
        steps: Sequence[Step],
        effects: Sequence[Effect],
        now: datetime,
    ) -> None:
        """Append the entries, replace the stored state and the pending steps by `steps`, add the effects to the outbox.

        `expected` is the version that was loaded, 0 for a new change. Raises ConcurrencyConflict when another was
        saved since.
        """
        ...

    async def sharing(
        self, services: Sequence[str], since: datetime, excluding: str = "", *, booking: bool = False
    ) -> tuple[Change, ...]:
        """The changes of these services in one of the BOOKED states, and those completed whose window ended after
        `since`, the earliest window first. With `booking` nobody else can book on them until this unit of work ends.
        """
        ...

    async def find(self, search: Search = EVERYTHING, *, limit: int | None = None) -> tuple[Change, ...]:
        """Every change that matches, or the `limit` of them that are on the search's page: whoever gives one says so to
        the reader, and selects nothing from what comes back. The earliest window comes first unless `newest_first`.
        """
        ...

    async def count(self, search: Search) -> int:
        """How many changes match, on all pages."""
        ...

    async def versions(self, search: Search) -> tuple[tuple[str, int], ...]:
        """The ids of those that match with the number of their entries, in the order of `find`: whether any has changed
        since is known without reading them.
        """
        ...

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        """The audit trail, oldest first."""
        ...


class StepStore(Protocol):
    """The due table."""

    async def claim(self, now: datetime) -> DueStep | None:
        """The earliest step due at `now`, locked until the unit of work ends; None when there is none free."""
        ...

    async def hold(self, change_id: str, until: datetime) -> None:
        """One of the change's steps failed: all of them wait until then, or until the change is saved."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next step falls due, or is tried again."""
        ...

    async def drop(self, change_id: str, key: str) -> None:
        """Remove a step that turned out to be void."""
        ...

    async def replace(self, change_id: str, steps: Sequence[Step]) -> None:
        """The change's steps are these, from now on."""
        ...


class Outbox(Protocol):
    """Effects between the commit that decided them and the call that carries them out."""

    async def add(self, effects: Sequence[Effect], now: datetime) -> None:
        """Append effects; one whose key is there already is ignored."""
        ...

    async def claim(self, now: datetime, owner: str, lease_seconds: float, limit: int = 20) -> tuple[OutboxEntry, ...]:
        """Lease the first waiting parcel of each free lane, when it may go out at `now`."""
        ...

    async def owners(self) -> frozenset[str]:
        """Those who have leased something."""
        ...

    async def release(self, owners: Collection[str]) -> int:
        """End the leases of those owners, who will never carry anything out again; how many there were."""
        ...

    async def done(self, parcel: int, now: datetime) -> None:
        """It was carried out."""
        ...

    async def retry(self, parcel: int, not_before: datetime, error: str) -> None:
        """It failed and may be tried again; its lane waits."""
        ...

    async def postpone(self, parcel: int, not_before: datetime) -> None:
        """It was not tried, and its lane waits."""
        ...

    async def dead_letter(self, parcel: int, error: str, now: datetime) -> None:
        """It failed for good; the lane goes on without it."""
        ...

    async def dead(self) -> tuple[DeadLetter, ...]:
        """What was given up, oldest first."""
        ...

    async def requeue(self, parcel: int, now: datetime) -> bool:
        """Try again what was given up, as if it were new; whether there was such a one."""
        ...

    async def forget(self, parcel: int, now: datetime) -> bool:
        """Let go what was given up: it is carried out no more; whether there was such a one."""
        ...

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many effects wait, and since when the oldest does."""
        ...

    async def next_attempt(self) -> datetime | None:
        """When the next waiting parcel may go out; None when nothing waits."""
        ...


class OperationStore(Protocol):
    """Long operations at the provider."""

    async def put(self, operation: Operation) -> None:
        """Save it under its key."""
        ...

    async def get(self, key: str) -> Operation | None:
        """The operation, or None."""
        ...

    async def running(self) -> tuple[Operation, ...]:
        """Those that are not over, oldest first."""
        ...

    async def latest(self, change_id: str, kind: str) -> Operation | None:
        """The last one asked for by the change."""
        ...

    async def since(self, moment: datetime) -> tuple[Operation, ...]:
        """Those that are not over, and all that were asked for since then, the newest first."""
        ...


class Messages(Protocol):
    """Where the bot's messages are, by change and message key (`status`, `precheck:1`, `day`, …)."""

    async def get(self, change_id: str, message: str) -> MessageRef | None:
        """Where that message is."""
        ...

    async def put(self, change_id: str, message: str, ref: MessageRef) -> None:
        """Remember it."""
        ...

    async def copies(self, change_id: str, message: str) -> tuple[str, ...]:
        """The ids of those in whose chat that message stands too, as `message@id`, in their order."""
        ...


class Bindings(Protocol):
    """Which conversation belongs to which service."""

    async def get(self, service: str) -> Binding | None:
        """The service's conversation."""
        ...

    async def put(self, binding: Binding) -> None:
        """Bind, replacing what was bound."""
        ...

    async def at(self, place: str) -> tuple[Binding, ...]:
        """The services bound to that conversation, or to one of the team that has that thread id or group id."""
        ...

    async def drop(self, service: str) -> None:
        """Unbind."""
        ...


class People(Protocol):
    """Everybody the bot has met."""

    async def meet(self, acquaintances: Sequence[UserProfile]) -> None:
        """Remember them; an empty name or mri never overwrites a known one."""
        ...

    async def get(self, person_id: str) -> UserProfile | None:
        """Who that is."""
        ...

    async def everybody(self) -> tuple[UserProfile, ...]:
        """All, by name."""
        ...


class Chats(Protocol):
    """The personal chats in which the bot is installed."""

    async def get(self, person_id: str) -> PersonalConversation | None:
        """The person's chat, or None where the bot is not installed."""
        ...

    async def put(self, chat: PersonalConversation) -> None:
        """Remember it, as it is now."""
        ...

    async def drop(self, conversation: str) -> None:
        """The bot was removed there."""
        ...


class Absences(Protocol):
    """When people are away."""

    async def add(self, person: Person, first: date, last: date) -> Absence:
        """Note that the person is away on these days, both included."""
        ...

    async def of(self, people: Sequence[Person], since: date) -> tuple[Absence, ...]:
        """Their absences that are not over on that day, the earliest first."""
        ...

    async def drop(self, absence: int) -> None:
        """Forget it."""
        ...


class DeliveryLog(Protocol):
    """Who was told what."""

    async def note(self, told: DeliveryRecord) -> None:
        """Write the line; a later one for the same key replaces it."""
        ...

    async def get(self, key: str) -> DeliveryRecord | None:
        """The line of that key, or None."""
        ...

    async def of(self, change_id: str) -> tuple[DeliveryRecord, ...]:
        """Everything about that change, in the order in which it was told."""
        ...

    async def mailed_since(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        """Every mail of any change whose line was written at `since` or later, the earliest first."""
        ...


MOST_COUNTED = 1000
"""Refusals are counted up to here: whoever is refused that often is no matter of paging any more."""


class AccessDenialLog(Protocol):
    """Who wanted what they may not: kept for a year, and of a person who is forgotten without what names them."""

    async def note(self, refused: AccessDenial) -> None:
        """Write it down."""
        ...

    async def latest(self, limit: int = 50, offset: int = 0) -> tuple[AccessDenial, ...]:
        """The last ones, the newest first, without the first `offset` of them."""
        ...

    async def count(self) -> int:
        """How many there are, counted up to MOST_COUNTED: a year's are kept."""
        ...

    async def of(self, change_id: str) -> tuple[AccessDenial, ...]:
        """Everything about that change, oldest first."""
        ...


class Dialogs(Protocol):
    """The state of each conversation with each person, as plain JSON."""

    async def load(self, key: str) -> tuple[Json, int]:
        """The state and its etag; `({}, 0)` when there is none."""
        ...

    async def save(self, key: str, state: Json, etag: int) -> None:
        """Replace the state; an empty one is removed.

        Raises ConcurrencyConflict when the etag is no longer the stored one.
        """
        ...


class ProcessedActivities(Protocol):
    """Incoming activities that were seen before."""

    async def answer(self, key: str) -> Json | None:
        """The answer given to that delivery (an empty one for a message), or None when it is new."""
        ...

    async def remember(self, key: str, answer: Json, now: datetime) -> None:
        """Record it. Raises ConcurrencyConflict when the same delivery was recorded meanwhile."""
        ...


class KeyValueStore(Protocol):
    """Small values of the installation, such as the offset of the movable clock."""

    async def get(self, name: str) -> str | None:
        """The value, or None."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Set it."""
        ...


class RateLimitStore(Protocol):
    """When something was sent where."""

    async def queue_up(self) -> None:
        """From here until the end of the unit of work nobody else looks for room."""
        ...

    async def latest(self, place: str, number: int) -> datetime | None:
        """When the `number`-th sending to the place was, counted from the last; an empty place means all of them."""
        ...

    async def note(self, place: str, at: datetime) -> None:
        """Something is sent there."""
        ...

    async def bring_back(self, now: datetime) -> None:
        """What was sent later than `now`, by a clock that has been set back since, counts as sent now."""
        ...

    async def hold(self, place: str, until: datetime) -> None:
        """The place asked for nothing before then: what was asked for earlier does not count any more."""
        ...

    async def held_until(self, place: str) -> datetime | None:
        """When the place may be sent something again, as it asked; None where it asked for nothing."""
        ...


class Retention(Protocol):
    """Housekeeping."""

    async def tidy(self, now: datetime) -> None:
        """Remove what nobody needs any more."""
        ...


class Moments(Protocol):
    """The moments in what waits, which say nothing any more once the clock has been set back."""

    async def latest(self) -> datetime | None:
        """The latest moment at which anything was sent or put in line, as the clock of then had it."""
        ...

    async def bring_back(self, now: datetime, by: timedelta, lease_seconds: float) -> None:
        """The clock was set back to `now`, by that much: whatever waits for a moment to come waits so much less.

        A lease ends at the latest `lease_seconds` from now, and never earlier because of that: whoever holds it may
        still be sending.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction: committed when the `async with` block ends well, rolled back when it raises.

    A write that lost against another transaction raises ConcurrencyConflict, at the write or at the commit.
    """

    changes: ChangeStore
    steps: StepStore
    outbox: Outbox
    operations: OperationStore
    messages: Messages
    bindings: Bindings
    people: People
    chats: Chats
    absences: Absences
    ledger: DeliveryLog
    refusals: AccessDenialLog
    dialogs: Dialogs
    deliveries: ProcessedActivities
    settings: KeyValueStore
    sendings: RateLimitStore
    tidying: Retention
    moments: Moments

    async def __aenter__(self) -> Self:
        """Begin."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back on an error."""
        ...


class Looks(Protocol):
    """Makes units of work that only read: nobody waits for them."""

    def __call__(self, seconds: float) -> UnitOfWork:
        """A new one, not begun yet, that has so many seconds for everything.

        It raises TooSlow, and DatabaseUnavailable.
        """
        ...


class WorkerLock(Protocol):
    """What a worker holds as long as it lives, so that others know when it has died."""

    @property
    def owner(self) -> str:
        """The name under which this worker leases: no other life of any process has it."""
        ...

    @property
    def held(self) -> bool:
        """Whether this worker may begin anything."""
        ...

    async def acquire(self) -> bool:
        """Take the lock; whether it is held now. Raises DatabaseUnavailable."""
        ...

    async def dead(self, owners: Collection[str]) -> frozenset[str]:
        """Those of the owners who have certainly died. Raises DatabaseUnavailable."""
        ...

    async def release(self) -> None:
        """Give the lock back: this worker will not begin anything again."""
        ...


class UnitOfWorkFactory(Protocol):
    """Makes units of work."""

    def __call__(self, patience: float | None = None) -> UnitOfWork:
        """A new one, not begun yet.

        It raises DatabaseUnavailable when it cannot begin within `patience` seconds; without it, it waits as a worker
        may.
        """
        ...
