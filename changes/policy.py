"""What differs from service to service: its people, its server, its freezes and the numbers of its process."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from changes.errors import NotConfigured, NotFound
from changes.model import Change, Person, Plan, RiskRules, Stage, Window
from changes.snapshots import Server
from changes.text.messages import Message, listed


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of the process (docs/process.md, P29 to P82), each overridable for a service in `services.toml`.

    What can wait until morning is not asked from `quiet_from_hour` until `quiet_to_hour`, by the service's clock; equal
    ones mean no quiet. An interval of 0 switches the reminders off that come by it.
    """

    lead_days: int = 21
    prepare_days: int = 16
    precheck_days: int = 14
    corrections_days: int = 2
    preflight_days: int = 8
    go_days: int = 7
    notice_days: int = 7
    nudge_days: int = 1
    deputies_days: int = 2
    silence_days: int = 2
    silence_hours: int = 24
    emergency_nudge_minutes: int = 15
    emergency_deputies_minutes: int = 30
    new_date_days: int = 2
    new_date_every_days: int = 7
    new_date_approver_days: int = 14
    give_up_days: int = 56
    reminder_days: int = 1
    day_hour: int = 9
    snapshot_margin_minutes: int = 15
    snapshot_nudge_minutes: int = 10
    snapshot_approver_minutes: int = 20
    snapshot_every_minutes: int = 15
    not_started_minutes: int = 15
    not_started_approver_minutes: int = 30
    cutoff_minutes: int = 30
    cutoff_silence_minutes: int = 20
    acceptable_overrun_minutes: int = 120
    nag_minutes: int = 30
    incident_nudge_minutes: int = 30
    incident_update_minutes: int = 120
    restore_nudge_minutes: int = 5
    restore_every_minutes: int = 10
    handover_nudge_minutes: int = 120
    handover_admins_minutes: int = 24 * 60
    review_every_days: int = 7
    review_nudges: int = 3
    tests_minutes: int = 15
    quiet_from_hour: int = 21
    quiet_to_hour: int = 7


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days, both included, on which no window may lie."""

    name: str
    first: date
    last: date

    def window(self, zone: ZoneInfo) -> Window:
        """From the midnight with which its first day begins until the one with which its last day ends."""
        first, after = (datetime.combine(day, time(), zone) for day in (self.first, self.last + timedelta(days=1)))
        return Window(first, after)

    def touches(self, window: Window, zone: ZoneInfo) -> bool:
        """Whether any moment of the window lies in the freeze: one that ends at midnight is not in the next day."""
        return self.window(zone).overlaps(window)


@dataclass(frozen=True, slots=True)
class Backup:
    """Files that can be brought back without the snapshot: where they are, how, and about how many minutes it takes."""

    name: str
    minutes: int = 60
    link: str = ""
    steps: tuple[str, ...] = ()


NAS = (Backup("SSD NAS"), Backup("Small desktop NAS"))
"""The backups of docs/process.md, P71, for a service that says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that hears of a service by mail. An empty `language` means every language of the service."""

    address: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Days, both included, on which somebody decides nothing."""

    person: Person
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Tools:
    """The organisation's other programs that follow the changes of a service; webhooks by their names."""

    webhooks: tuple[str, ...] = ()
    has_silences: bool = False
    has_wiki: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose changes are carried. `holidays` are the public holidays of its canton, `away` the absences of
    those who decide, `admins` the bot's own, as data.

    `incident_link` is where its incident process is described, or empty; `approver_mail` gets what the people of `mail`
    get; `closed` are days on which nobody works, beside the holidays. `greeting` and `signature` of its mails are by
    language, and empty where the usual ones do. `risk` is how the risk of its changes is assessed, `approvals` are the
    stages of those who decide, where they are not the usual ones.
    """

    key: str
    name: str
    zone: ZoneInfo
    approver: Person
    deputies: tuple[Person, ...]
    vps: Server
    languages: tuple[str, ...] = ("en",)
    mail: tuple[Recipient, ...] = ()
    notify: tuple[str, ...] = ("teams",)
    policy: Policy = Policy()
    freezes: tuple[Freeze, ...] = ()
    backups: tuple[Backup, ...] = NAS
    incident_link: str = ""
    away: tuple[Away, ...] = ()
    admins: tuple[Person, ...] = ()
    approver_mail: str = ""
    greeting: Mapping[str, str] = field(default_factory=dict, hash=False)
    signature: Mapping[str, str] = field(default_factory=dict, hash=False)
    closed: frozenset[date] = frozenset()
    tools: Tools = Tools()
    risk: RiskRules | None = None
    approvals: tuple[Stage, ...] = ()
    holidays: Container[date] = field(default_factory=frozenset, compare=False)

    @property
    def snapshot_lead(self) -> timedelta:
        """How long before the window the snapshot begins: what it takes, and a margin."""
        return timedelta(minutes=self.vps.snapshot_minutes + self.policy.snapshot_margin_minutes)

    def local(self, moment: datetime) -> datetime:
        """`moment` as the service's own wall clock shows it."""
        return moment.astimezone(self.zone)

    def decides(self, person: Person) -> bool:
        """Whether the person is the approver or a deputy of this service."""
        return person == self.approver or person in self.deputies

    def away_until(self, person: Person, day: date) -> date | None:
        """The last day of the absence that the day lies in, or None when the person is there."""
        return next((each.last for each in self.away if each.person == person and each.first <= day <= each.last), None)

    def asked(self, involved: Container[Person], day: date) -> tuple[Person, ...]:
        """Who is asked to decide on that day about a change of the people `involved`.

        The approver; where it is their own change or they are away, the deputies who are there. If all of them are
        away, everybody who may decide; nobody where it is everybody's own change.
        """
        return self.asked_of(self.deciding(involved), day)

    def asked_of(self, may: tuple[Person, ...], day: date) -> tuple[Person, ...]:
        """Who of those that `may` decide is asked on that day, as `asked` says."""
        there = [each for each in may if self.away_until(each, day) is None]
        if self.approver in there:
            return (self.approver,)
        return tuple(there or may)

    def deciding(self, involved: Container[Person] = ()) -> tuple[Person, ...]:
        """The approver and the deputies, without the people `involved`: who may decide about a change of theirs."""
        return tuple(each for each in (self.approver, *self.deputies) if each not in involved)

    def deputy_for(self, person: Person) -> Person | None:
        """The approver, when the person decides in their place."""
        return self.approver if person != self.approver and person in self.deputies else None

    def is_working(self, day: date) -> bool:
        """Whether people work on that day: not on a weekend, a public holiday, or a closed day of the service's own."""
        return day.weekday() < 5 and day not in self.holidays and day not in self.closed


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All services, by key, and the admins."""

    services: Mapping[str, Service]
    admins: tuple[Person, ...] = ()

    def of(self, change: Change) -> Service:
        """The service of the change. Raises NotConfigured when it was taken out of the settings."""
        return self.service_of(change.plan, change.id)

    def service_of(self, plan: Plan, owner: str) -> Service:
        """The service of the plan of a change, or of a recurring one, with the id `owner`. Raises NotConfigured."""
        try:
            return self.services[plan.service]
        except KeyError:
            raise NotConfigured(
                "The service {service} of {id} is no longer in the settings, so nothing can be done with {id} now. An "
                "admin has to put it back in services.toml and restart the bot; then {id} goes on.",
                service=plan.service,
                id=owner,
            ) from None

    def service(self, key: str) -> Service:
        """The service called `key`. Raises NotFound, naming those there are."""
        try:
            return self.services[key]
        except KeyError:
            names = listed(sorted(self.services)) or Message("none")
            raise NotFound(
                "There is no service called {key}. The services are: {names}.", key=key, names=names
            ) from None
