"""When each way out of trouble would end (docs/process.md, P68).

A restore takes longer than the half hour that is left at the cutoff, so every place that offers one asks here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from changes.labels import minutes_from
from changes.model import Change, Recovery, SnapshotStatus, Window
from changes.policy import Service

QUARTER = 15
"""Suggested extensions are whole quarters of an hour, in minutes."""


@dataclass(frozen=True, slots=True)
class RestoreForecast:
    """The forecast of a restore that begins at one moment. `lost` is the span of newest data that it would undo."""

    last_restore: datetime
    if_restored_now: datetime
    if_tests_fail_again: datetime
    suggested_minutes: int
    lost: timedelta


def forecast_restore(change: Change, service: Service, now: datetime) -> RestoreForecast | None:
    """The reckoning at `now`; None when the change has no snapshot that could be restored."""
    snapshot = change.snapshot
    if snapshot.status is not SnapshotStatus.FINISHED:
        return None
    restore, tests = durations(service)
    # Somebody may first have to see the tests fail once more.
    covering = now + tests + restore + tests
    taken = snapshot.started_at or snapshot.finished_at or now
    return RestoreForecast(
        last_restore=latest_restore_start(change, service),
        if_restored_now=now + restore + tests,
        if_tests_fail_again=covering,
        suggested_minutes=_quarters(covering - change.ends_at),
        lost=max(timedelta(), now - taken),
    )


def durations(service: Service) -> tuple[timedelta, timedelta]:
    """The durations of a restore, and of the tests after it."""
    return timedelta(minutes=service.vps.restore_minutes), timedelta(minutes=service.policy.tests_minutes)


def restore_span(service: Service) -> timedelta:
    """The duration of a restore with its tests."""
    restore, tests = durations(service)
    return restore + tests


def latest_restore_start(change: Change, service: Service) -> datetime:
    """The last moment at which a restore that begins then ends, with its tests, within the window as extended."""
    return change.ends_at - restore_span(service)


def restore_ends_at(change: Change, service: Service) -> datetime | None:
    """When the restore under way is expected to have ended, tests not included; None when none is."""
    restore = change.restore
    if restore is None or restore.started_at is None or not restore.open:
        return None
    return restore.started_at + durations(service)[0]


def too_short_for_restore(window: Window, service: Service) -> bool:
    """Whether even a restore begun right at the start would end, with its tests, after the window."""
    restore, tests = durations(service)
    return window.start + restore + tests > window.end


@dataclass(frozen=True, slots=True)
class RecoveryOption:
    """One recovery and when it would end if begun now, tests included; None when nobody can say."""

    way: Recovery
    name: str
    ends_at: datetime | None


def ways_out(change: Change, service: Service, now: datetime) -> tuple[RecoveryOption, ...]:
    """The recoveries of an incident, with their ends side by side: keep fixing, each backup, the snapshot."""
    _, tests = durations(service)
    found = [RecoveryOption(Recovery.FIX, "", None)]
    found += [
        RecoveryOption(Recovery.FILES, backup.name, now + timedelta(minutes=backup.minutes) + tests)
        for backup in service.backups
    ]
    reckoning = forecast_restore(change, service, now)
    if reckoning is not None:
        found.append(RecoveryOption(Recovery.RESTORE, change.snapshot.name, reckoning.if_restored_now))
    return tuple(found)


def _quarters(missing: timedelta) -> int:
    minutes = missing // timedelta(minutes=1)  # a few seconds past the minute are no reason for a quarter more
    return max(QUARTER, -(-minutes // QUARTER) * QUARTER)


def minutes_between(started: datetime | None, finished: datetime | None) -> int | None:
    """Whole minutes from the one to the other, or None when one of them is not known."""
    return None if started is None or finished is None else minutes_from(started, finished)
