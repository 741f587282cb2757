"""Changes counted by service and quarter: how many, how well they went, how early they were asked for.

A change counts in the quarter in which its window starts on the service's own calendar, and once, however often it was
moved. How well it went is asked only of completed changes: what was cancelled or postponed was never carried out, is
counted beside them and spoils no rate. How early it was asked for is asked of every change that was handed in. Drafts
are nobody's business yet.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, median
from typing import TypeVar

from changes.model import DROPPED, Outcome, State
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.periods import Period

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


def summarise(measured: Iterable[ChangeMetrics]) -> ChangeStatistics:
    """These changes, counted together."""
    handed_in = [each for each in measured if each.state is not State.DRAFT and each.lead_days is not None]
    completed = [each for each in handed_in if each.state is State.COMPLETED]
    overruns = [each.overrun for each in completed if each.overrun is not None and each.overrun > 0]
    leads = [each.lead_days for each in handed_in if each.lead_days is not None]

    def how_many(outcome: Outcome) -> int:
        return sum(each.outcome is outcome for each in completed)

    return ChangeStatistics(
        handed_in=len(handed_in),
        completed=len(completed),
        successful=how_many(Outcome.SUCCESSFUL),
        fixed=how_many(Outcome.FIXED),
        rolled_back=how_many(Outcome.ROLLED_BACK),
        cancelled=sum(each.state is State.CANCELLED for each in handed_in),
        given_up=sum(each.state in DROPPED for each in handed_in),
        late=len(overruns),
        mean_overrun=_of(overruns, fmean),
        median_overrun=_of(overruns, median),
        short_notice=sum(each.short_notice for each in handed_in),
        median_lead_days=_of(leads, median),
    )


def by_service(
    measured: Iterable[ChangeMetrics], services: Mapping[str, Service]
) -> dict[tuple[str, Period], ChangeStatistics]:
    """A tally for each service and quarter that has a change, in that order."""
    groups: dict[tuple[str, Period], list[ChangeMetrics]] = {}
    for each in measured:
        groups.setdefault((each.service, quarter_of(each, services[each.service])), []).append(each)
    return _counted(groups)


def by_quarter(measured: Iterable[ChangeMetrics], services: Mapping[str, Service]) -> dict[Period, ChangeStatistics]:
    """A tally for each quarter that has a change, all services together, in order."""
    groups: dict[Period, list[ChangeMetrics]] = {}
    for each in measured:
        groups.setdefault(quarter_of(each, services[each.service]), []).append(each)
    return _counted(groups)


def quarter_of(measured: ChangeMetrics, service: Service) -> Period:
    """The quarter in which the planned window starts, where the service is."""
    return Period.quarter_of(service.local(measured.planned.start).date())


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None


def _of(numbers: list[int], average: Callable[[list[int]], float]) -> float | None:
    return average(numbers) if numbers else None


def _counted(groups: Mapping[Group, list[ChangeMetrics]]) -> dict[Group, ChangeStatistics]:
    counted = {group: summarise(groups[group]) for group in sorted(groups)}
    return {group: found for group, found in counted.items() if found.handed_in}
