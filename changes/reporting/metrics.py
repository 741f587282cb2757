"""Metrics of one change: the plan against what happened. All durations are whole minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from changes import events as e
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.events import Entry
from changes.model import Change, Outcome, SnapshotStatus, State, Window
from changes.planning.restore_forecast import minutes_between
from changes.policy import Service


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it went out: when it first reached somebody; how many were told, by mail and if `posted` in Teams
    too; and how many could not be.
    """

    notice: str
    first: datetime
    sent: int
    failed: int
    posted: bool = False


@dataclass(frozen=True, slots=True)
class ChangeMetrics:
    """One change in numbers; None is what never happened or nobody can know.

    `planned` is the window without extensions: an end within an extension was late all the same. `overrun` is how long
    after the planned end the work ended; less than 0 when it ended before. `snapshot`, `restore` and `tests` are how
    long those took. `lead_days` are the calendar days between the request and the window, as the service counts them.
    """

    change: str
    service: str
    state: State
    planned: Window
    short_notice: bool
    lead_days: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    took: int | None = None
    overrun: int | None = None
    outcome: Outcome | None = None
    extended: int = 0
    snapshot: int | None = None
    restore: int | None = None
    tests: int | None = None

    @property
    def on_time(self) -> bool | None:
        """Whether the work ended within the planned window; None where no work ended."""
        return None if self.overrun is None else self.overrun <= 0


@dataclass(frozen=True, slots=True)
class Setbacks:
    """Setbacks found in the history that the change's present state no longer shows.

    `tests` are the indexes of the tests that failed at some time, `snapshots` and `restores` how many attempts failed,
    `postponed` how often the window was given up.
    """

    tests: tuple[int, ...] = ()
    snapshots: int = 0
    restores: int = 0
    postponed: int = 0


def measure(change: Change, service: Service) -> ChangeMetrics:
    """The change in numbers, as far as it has come."""
    return measure_in(change, service.zone)


def measure_in(change: Change, zone: tzinfo) -> ChangeMetrics:
    """The change in numbers; its service counts days in the `zone`."""
    began, ended, requested = change.started_at, change.ended_at, change.requested_at
    planned = change.plan.window
    worked = change.state is State.COMPLETED and began is not None and ended is not None
    lead = (planned.start.astimezone(zone).date() - requested.astimezone(zone).date()).days if requested else None
    return ChangeMetrics(
        change.id,
        change.plan.service,
        change.state,
        planned,
        change.short_notice,
        lead,
        began,
        ended,
        took=minutes_between(began, ended) if worked else None,
        overrun=minutes_between(planned.end, ended) if worked else None,
        outcome=change.outcome,
        extended=change.extended_minutes,
        snapshot=_snapshot(change),
        restore=_restore(change),
        tests=_tests(change),
    )


def count_setbacks(history: Iterable[Entry]) -> Setbacks:
    """The setbacks of the change, from its audit trail."""
    tests: set[int] = set()
    snapshots = restores = postponed = 0
    for entry in history:
        match entry.event:
            case e.TestRecorded(index=index, passed=False):
                tests.add(index)
            case e.SnapshotFailed():
                snapshots += 1
            case e.RestoreFailed():
                restores += 1
            case e.Postponed():
                postponed += 1
            case _:
                pass
    return Setbacks(tuple(sorted(tests)), snapshots, restores, postponed)


def notices(ledger: Sequence[DeliveryRecord]) -> tuple[Notice, ...]:
    """Each notice once, in the order in which they first went out, with how many were told of it."""
    found: dict[str, Notice] = {}
    for line in sorted(ledger, key=lambda line: line.at):
        before = found.get(line.notice, Notice(line.notice, line.at, 0, 0))
        sent, failed = line.result is DeliveryStatus.SENT, line.result is DeliveryStatus.FAILED
        # A time at which nobody was reached is no time at which it went out.
        first = before.first if before.sent or not sent else line.at
        posted = before.posted or (sent and line.way is DeliveryChannel.TEAMS)
        found[line.notice] = Notice(line.notice, first, before.sent + sent, before.failed + failed, posted)
    return tuple(sorted(found.values(), key=lambda notice: notice.first))


def _snapshot(change: Change) -> int | None:
    taken = change.snapshot
    if taken.status is not SnapshotStatus.FINISHED:
        return None
    # Without a start of its own it was only found finished, and nobody knows how long it took.
    return minutes_between(taken.started_at, taken.finished_at) or None


def _restore(change: Change) -> int | None:
    restore = change.restore
    if restore is None or restore.failed:
        return None
    return minutes_between(restore.started_at, restore.finished_at) or None


def _tests(change: Change) -> int | None:
    """From the restore before them, else from the first result, to the last one.

    The first result comes when its test is over, so this is a little less than the tests really took. None when all
    were recorded within a minute: that was the writing down, not the testing.
    """
    results = [result.at for result in change.tests if result is not None]
    if change.open_tests or not results:
        return None
    restored = change.restore.finished_at if change.restored and change.restore else None
    return minutes_between(restored or min(results), max(results)) or None
