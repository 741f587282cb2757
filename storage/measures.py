"""By what a change is counted and learned from, as columns and back."""

from datetime import timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from changes.model import Change, Outcome, State, Window
from changes.reporting.metrics import ChangeMetrics, measure_in
from changes.reporting.statistics import counted_in

MEASURES = (
    *("id", "service", "state", "starts_at", "ends_at", "extended", "short_notice", "lead_days", "overrun"),
    *("outcome", "took", "snapshot_took", "restore_took", "tests_took"),
)
"""The columns that `metrics_of` reads."""


def measures_of(change: Change, zone: tzinfo) -> dict[str, object]:
    """By what the change is counted."""
    measured = measure_in(change, zone)
    return {
        "month": counted_in(change, zone),
        "outcome": measured.outcome.value if measured.outcome else None,
        "short_notice": measured.short_notice,
        "lead_days": measured.lead_days,
        "extended": measured.extended,
        "overrun": measured.overrun,
        "took": measured.took,
        "snapshot_took": measured.snapshot,
        "restore_took": measured.restore,
        "tests_took": measured.tests,
    }


def metrics_of(row: sa.Row[Any]) -> ChangeMetrics:
    """The change in numbers, without when its work began and ended."""
    return ChangeMetrics(
        row.id,
        row.service,
        State(row.state),
        Window(row.starts_at, row.ends_at - timedelta(minutes=row.extended)),
        row.short_notice,
        row.lead_days,
        took=row.took,
        overrun=row.overrun,
        outcome=Outcome(row.outcome) if row.outcome else None,
        extended=row.extended,
        snapshot=row.snapshot_took,
        restore=row.restore_took,
        tests=row.tests_took,
    )
