"""Whatever happened to whatever changes, the numbers hold together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from changes.model import Outcome, State, Window
from changes.reporting.duration_estimates import MOST, estimate_durations
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.periods import Period
from changes.reporting.statistics import by_quarter, by_service, summarise
from tests.support.core import LEARN, ZURICH
from tests.support.counted import counted

SERVICES = {"learn": LEARN, "mail": replace(LEARN, key="mail")}
MINUTES = st.integers(1, 3000)


@st.composite
def changes(draw: st.DrawFn) -> ChangeMetrics:
    """A change in any state; only a completed one has an overrun."""
    state = draw(st.sampled_from(State))
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 20_000)))
    made = ChangeMetrics(
        "CHG-2027-0001",
        draw(st.sampled_from(sorted(SERVICES))),
        state,
        Window(start, start + timedelta(minutes=90)),
        short_notice=draw(st.booleans()),
        lead_days=None if state is State.DRAFT else draw(st.integers(0, 90)),
        snapshot=draw(st.none() | MINUTES),
    )
    if state is not State.COMPLETED:
        return made
    return replace(
        made, took=draw(MINUTES), overrun=draw(st.integers(-90, 3000)), outcome=draw(st.sampled_from(Outcome))
    )


@given(st.lists(changes()))
def test_every_change_handed_in_is_counted_once(measured: list[ChangeMetrics]) -> None:
    whole = summarise(counted(measured, SERVICES))
    assert whole.handed_in == sum(each.state is not State.DRAFT for each in measured)
    for groups in (by_service(counted(measured, SERVICES)), by_quarter(counted(measured, SERVICES))):
        assert sum(found.handed_in for found in groups.values()) == whole.handed_in
        assert sum(found.late for found in groups.values()) == whole.late
        assert all(found.handed_in for found in groups.values())
    assert whole.successful + whole.fixed + whole.rolled_back == whole.completed
    assert 0 <= whole.open <= whole.handed_in
    assert whole.cancelled <= whole.given_up


@given(st.lists(changes()))
def test_shares_and_averages_lie_where_they_can(measured: list[ChangeMetrics]) -> None:
    whole = summarise(counted(measured, SERVICES))
    for part in (whole.success, whole.on_time, whole.short_notice_share):
        assert part is None or 0 <= part <= 1
    assert (whole.success is None) == (whole.completed == 0)
    overruns = [each.overrun for each in measured if each.overrun is not None and each.overrun > 0]
    for average in (whole.mean_overrun, whole.median_overrun):
        assert average is None if not overruns else min(overruns) <= (average or 0) <= max(overruns)


@given(st.integers(2000, 2199), st.integers(0, 4))
def test_the_days_of_a_period_are_in_it_and_quarters_make_up_the_year(year: int, quarter: int) -> None:
    first, after = Period(year, quarter).bounds(ZURICH)
    last = (after - timedelta(seconds=1)).astimezone(ZURICH)
    assert first.astimezone(ZURICH).year == last.year == year
    if quarter:
        assert (
            Period.quarter_of(first.astimezone(ZURICH).date())
            == Period.quarter_of(last.date())
            == Period(year, quarter)
        )
        assert Period.read(str(Period(year, quarter))) == Period(year, quarter)
        following = Period(year, quarter + 1) if quarter < 4 else Period(year + 1, 1)
        assert following.bounds(ZURICH)[0] == after


@given(st.lists(changes()), st.integers(0, 100_000))
def test_one_outlier_moves_an_estimate_no_further_than_its_neighbour(measured: list[ChangeMetrics], wild: int) -> None:
    """The median stays within what was measured without it, once there are enough."""
    known = [each for each in measured if each.snapshot is not None][: MOST - 1]
    before = estimate_durations(known).snapshot
    if before is None:
        return
    newest = max(each.planned.end for each in known)
    outlier = replace(known[0], snapshot=wild + 1, planned=Window(newest, newest + timedelta(minutes=90)))
    after = estimate_durations([*known, outlier]).snapshot
    assert after is not None
    durations = [each.snapshot for each in known if each.snapshot is not None]
    assert min(durations) <= after.minutes <= max(durations)
    assert estimate_durations(list(reversed(known))).snapshot == before or len(
        {each.planned.start for each in known}
    ) < len(known)
