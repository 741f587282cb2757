"""One change among many on a page: what stands in a day of the calendar, in the agenda, in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from sys import intern
from zoneinfo import ZoneInfo

from cards.elements.state_labels import state_look
from changes.labels import duration_label, time_of
from changes.memoization import by_identity
from changes.model import BEFORE_WORK, DROPPED, Change, ChangeType, SnapshotStatus, last_day
from changes.planning.calendar import conflicts_by_change
from changes.planning.deadlines import snapshot_due
from changes.policy import Freeze, Service
from changes.text.display_names import display_name
from changes.text.messages import strip_bidi_controls
from language import _, as_text, current_language, day_text, window_text
from language.speaking import written


@dataclass(frozen=True, slots=True)
class Entry:
    """The change in words. `style` is the colour of its state; `conflicts` are what its window collides with."""

    id: str
    title: str
    service: str
    state: str
    style: str
    window: str
    length: str
    snapshot: str
    implementer: str
    urgent: bool
    conflicts: tuple[str, ...]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """Makes them of the changes that are shown, once each."""

    services: Mapping[str, Service]
    conflicts: Mapping[str, tuple[Change | Freeze, ...]]

    @classmethod
    def among(cls, changes: Sequence[Change], services: Mapping[str, Service]) -> "Entries":
        """For changes beside which these `changes` are."""
        return cls(services, conflicts_by_change(changes, services))

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the page, that of the first service: another one is named wherever a time is."""
        return next(iter(self.services.values())).zone

    def of(self, change: Change) -> Entry:
        """The change; in UTC where its service is no longer in the settings."""
        service = self.services.get(change.plan.service)
        entry = _drawn(change, service, self.zone, intern(current_language()))
        if not (conflicts := self.conflicts.get(change.id)):
            return entry
        return replace(entry, conflicts=tuple(as_text(_conflict(each)) for each in conflicts))

    def on(self, day: date, change: Change) -> tuple[str, Entry]:
        """When the change takes place on that day of its service, and the change; its snapshot is told on the first."""
        entry = self.of(change)
        service = self.services[change.plan.service]
        start, end = service.local(change.plan.window.start), service.local(change.ends_at)
        begins, ends = start.date() == day, last_day(change.ends_at, service.zone) == day
        zoned = start.tzname() != end.tzname() or _is_elsewhere(start, self.zone)
        first, last = _time(start, zoned=zoned), _time(end, zoned=zoned)
        if begins:
            return f"{first}–{last}" if ends else as_text(_("from {time}", time=first)), entry
        return as_text(_("until {time}", time=last) if ends else _("all day")), replace(entry, snapshot="")


@by_identity(2048)
def _drawn(change: Change, service: Service | None, zone: ZoneInfo, _language: str) -> Entry:
    """Made once for all who look until something is changed: that takes much longer than reading the change."""
    look, plan = state_look(change), change.plan
    return Entry(
        change.id,
        strip_bidi_controls(plan.title),
        service.name if service else plan.service,
        as_text(look.label),
        look.style,
        as_text(window_text(change.window, service.zone if service else ZoneInfo("UTC"))),
        as_text(duration_label(change.window.minutes)),
        _snapshot(change, service, zone) if service else "",
        display_name(plan.implementer.name),
        plan.kind is ChangeType.EMERGENCY,
        (),
        change.conflict_allowed is not None,
    )


def _snapshot(change: Change, service: Service, zone: ZoneInfo) -> str:
    """When its snapshot begins; nothing once the work has begun, or where there will be none."""
    if change.state not in BEFORE_WORK - DROPPED or change.snapshot.status is SnapshotStatus.WAIVED:
        return ""
    local = service.local(change.snapshot.started_at or snapshot_due(change, service))
    said = _time(local, zoned=_is_elsewhere(local, zone))
    is_same_day = local.date() == service.local(change.plan.window.start).date()
    return said if is_same_day else f"{said}, {day_text(local.date())}"


def _time(local: datetime, *, zoned: bool) -> str:
    said = written(time_of(local))
    return f"{said} {local.tzname()}" if zoned else said


def _is_elsewhere(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the page's zone show another time, or would show this one twice that night."""
    same = local.astimezone(UTC).astimezone(zone)
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return is_twice or same.replace(tzinfo=None) != local.replace(tzinfo=None)


def _conflict(what: Change | Freeze) -> str:
    if isinstance(what, Freeze):
        return _("In the freeze period {name}", name=what.name)
    return _("Overlaps {id}: {title}", id=what.id, title=what.plan.title)
