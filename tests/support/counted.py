"""Counts changes in Python, as the database does in SQL."""

from collections import Counter
from collections.abc import Iterable, Mapping

from changes.model import State
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.periods import Period
from changes.reporting.statistics import Counts, GroupCount


def counted(measured: Iterable[ChangeMetrics], services: Mapping[str, Service]) -> Counts:
    """The changes that were handed in."""
    handed_in = [each for each in measured if each.state is not State.DRAFT and each.lead_days is not None]
    late = [each for each in handed_in if each.state is State.COMPLETED and (each.overrun or 0) > 0]
    groups = Counter(
        (
            each.service,
            Period.quarter_of(services[each.service].local(each.planned.start).date()),
            each.state,
            each.outcome,
            each.short_notice,
            each in late,
        )
        for each in handed_in
    )
    return Counts(
        tuple(GroupCount(*kind, number) for kind, number in groups.items()),
        Counter(each.lead_days for each in handed_in if each.lead_days is not None),
        Counter(each.overrun for each in late if each.overrun is not None),
    )
