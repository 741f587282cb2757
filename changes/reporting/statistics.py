"""Changes counted by service and quarter: how many, how well they went, how early they were asked for.

A change counts in the quarter in which its window starts on the service's own calendar, and once, however often it was
moved. How well it went is asked only of completed changes: what was cancelled or postponed was never carried out, is
counted beside them and spoils no rate. How early it was asked for is asked of every change that was handed in. Drafts
are nobody's business yet.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import TypeVar

from changes.model import DROPPED, Change, Outcome, State
from changes.reporting.periods import Period, month_number

Group = TypeVar("Group", Period, tuple[str, Period])


@dataclass(frozen=True, slots=True)
class ChangeStatistics:
    """Some changes, counted. A share is between 0 and 1; None where there is nothing of which to take it.

    `given_up` have no window any more, `open` are still to be carried out. `late` completed ones ended after their
    planned window; `mean_overrun` and `median_overrun` are by how many minutes those did: an early end makes up for no
    late one.
    """

    handed_in: int = 0
    completed: int = 0
    successful: int = 0
    fixed: int = 0
    rolled_back: int = 0
    cancelled: int = 0
    given_up: int = 0
    late: int = 0
    mean_overrun: float | None = None
    median_overrun: float | None = None
    short_notice: int = 0
    median_lead_days: float | None = None

    @property
    def open(self) -> int:
        """How many are still to be carried out."""
        return self.handed_in - self.completed - self.given_up

    @property
    def success(self) -> float | None:
        """The share of the completed ones that needed neither an incident nor the snapshot."""
        return share(self.successful, self.completed)

    @property
    def on_time(self) -> float | None:
        """The share of the completed ones that ended within their planned window."""
        return share(self.completed - self.late, self.completed)

    @property
    def short_notice_share(self) -> float | None:
        """The share of those handed in that were requested too late."""
        return share(self.short_notice, self.handed_in)


@dataclass(frozen=True, slots=True)
class GroupCount:
    """So many changes of a service, in a quarter, that stand and ended alike; `late` as in ChangeStatistics."""

    service: str
    quarter: Period
    state: State
    outcome: Outcome | None
    short_notice: bool
    late: bool
    number: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Changes that were handed in, counted; `leads` and `overruns` are how many have so many days or minutes.

    `overruns` are those of completed ones that ended after their planned window.
    """

    groups: tuple[GroupCount, ...] = ()
    leads: Mapping[int, int] = field(default_factory=dict)
    overruns: Mapping[int, int] = field(default_factory=dict)


def counted_in(change: Change, zone: tzinfo) -> int | None:
    """The number of the month in which the change counts, by the clock of its service; None while it does not."""
    if change.state is State.DRAFT or change.requested_at is None:
        return None
    return month_number(change.plan.window.start.astimezone(zone).date())


def summarise(counts: Counts) -> ChangeStatistics:
    """These changes, counted together."""
    return replace(
        _summed(counts.groups),
        mean_overrun=_mean(counts.overruns),
        median_overrun=_median(counts.overruns),
        median_lead_days=_median(counts.leads),
    )


def by_service(counts: Counts) -> dict[tuple[str, Period], ChangeStatistics]:
    """The numbers, without averages, of each service and quarter that has a change, in that order."""
    return _grouped(counts.groups, lambda each: (each.service, each.quarter))


def by_quarter(counts: Counts) -> dict[Period, ChangeStatistics]:
    """The numbers, without averages, of each quarter that has a change, all services together, in order."""
    return _grouped(counts.groups, lambda each: each.quarter)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None


def _summed(counts: Sequence[GroupCount]) -> ChangeStatistics:
    of: Counter[State] = Counter()
    ended: Counter[Outcome | None] = Counter()
    for each in counts:
        of[each.state] += each.number
        if each.state is State.COMPLETED:
            ended[each.outcome] += each.number
    return ChangeStatistics(
        handed_in=of.total(),
        completed=of[State.COMPLETED],
        successful=ended[Outcome.SUCCESSFUL],
        fixed=ended[Outcome.FIXED],
        rolled_back=ended[Outcome.ROLLED_BACK],
        cancelled=of[State.CANCELLED],
        given_up=sum(of[state] for state in DROPPED),
        late=sum(each.number for each in counts if each.late),
        short_notice=sum(each.number for each in counts if each.short_notice),
    )


def _grouped(counts: Sequence[GroupCount], key: Callable[[GroupCount], Group]) -> dict[Group, ChangeStatistics]:
    groups: dict[Group, list[GroupCount]] = {}
    for each in counts:
        groups.setdefault(key(each), []).append(each)
    return {group: _summed(groups[group]) for group in sorted(groups)}


def _mean(numbers: Mapping[int, int]) -> float | None:
    how_many = sum(numbers.values())
    return sum(value * number for value, number in numbers.items()) / how_many if how_many else None


def _median(numbers: Mapping[int, int]) -> float | None:
    """The middle one, or half-way between the two in the middle."""
    how_many = sum(numbers.values())
    if not how_many:
        return None
    return (_at(numbers, (how_many - 1) // 2) + _at(numbers, how_many // 2)) / 2


def _at(numbers: Mapping[int, int], place: int) -> int:
    """The number at that place, from 0, of all of them in order."""
    for value in sorted(numbers):
        place -= numbers[value]
        if place < 0:
            return value
    raise IndexError(place)
