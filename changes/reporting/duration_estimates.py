"""Estimates the durations of a change from the medians of the service's past changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from statistics import median, multimode
from zoneinfo import ZoneInfo

from changes.model import State
from changes.reporting.metrics import ChangeMetrics

FEWEST = 3
"""On fewer than this no estimate is offered: the median of two is just their mean."""
MOST = 10
"""Maximum number of latest changes that count: servers and data change."""
LOOK_BACK = timedelta(days=730)
"""Changes whose window began before that teach nothing any more."""
SLACK = 5
"""Minutes by which an end may be noticed after it came: so much more than planned means nothing."""
GRID = 15
"""Minutes to which the length of past work is rounded up: what a window is planned in."""
MOST_LENGTHS = 3
OVER = (State.COMPLETED, State.CANCELLED)
"""The changes that can teach something: of a cancelled one, how long its snapshot took."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median in minutes, and how many measurements it rests on."""

    minutes: int
    rests_on: int

    def exceeds(self, planned: int) -> bool:
        """Whether it is worth a warning that `planned` minutes are too few."""
        return self.minutes > planned + SLACK


@dataclass(frozen=True, slots=True)
class DurationEstimates:
    """What is known of a service; None where there is too little to say anything.

    `took` is how long the work takes, from the start to the end. `late` of the same changes ended after their planned
    window, by `late_by` minutes in the median of those. `lengths` are the different lengths of that work in minutes,
    rounded up, those of the latest changes; `starts` is the wall-clock time at which most of their windows began.
    """

    snapshot: Estimate | None = None
    restore: Estimate | None = None
    tests: Estimate | None = None
    took: Estimate | None = None
    late: int = 0
    late_by: int = 0
    lengths: tuple[int, ...] = ()
    starts: time | None = None


NOTHING = DurationEstimates()
_UTC = ZoneInfo("UTC")


def estimate_durations(measured: Iterable[ChangeMetrics], zone: ZoneInfo = _UTC) -> DurationEstimates:
    """The experience in these changes of one service, whose clock is that of the `zone`."""
    latest = sorted(measured, key=lambda each: (each.planned.start, each.change), reverse=True)
    worked = [each for each in latest if each.took is not None and each.overrun is not None][:MOST]
    overruns = [each.overrun for each in worked if each.overrun is not None and each.overrun > 0]
    return DurationEstimates(
        snapshot=_estimate([each.snapshot for each in latest]),
        restore=_estimate([each.restore for each in latest]),
        tests=_estimate([each.tests for each in latest]),
        took=_estimate([each.took for each in worked]),
        late=len(overruns) if len(worked) >= FEWEST else 0,
        late_by=round(median(overruns)) if overruns and len(worked) >= FEWEST else 0,
        lengths=_lengths([each.took for each in worked]),
        starts=_usual([each.planned.start.astimezone(zone).time() for each in worked]),
    )


def _lengths(took: Sequence[int | None]) -> tuple[int, ...]:
    """The different ones of the latest, the shortest first; one measurement is enough, since it is said as such."""
    rounded = dict.fromkeys(max(1, -(-each // GRID)) * GRID for each in took if each is not None)
    return tuple(sorted(list(rounded)[:MOST_LENGTHS]))


def _usual(starts: Sequence[time]) -> time | None:
    """The most frequent time; of several the one that comes first, which is the latest change's."""
    return multimode(starts)[0] if starts else None


def _estimate(minutes: Sequence[int | None]) -> Estimate | None:
    known = [each for each in minutes if each is not None][:MOST]
    return Estimate(round(median(known)), len(known)) if len(known) >= FEWEST else None
