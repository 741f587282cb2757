"""A recurring change on a moving clock: its days are dateutil's own, none skipped, doubled or drifted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st

from application.recurrence.rule import days_after, read_rule
from changes.model import Window
from changes.policy import Freeze, Service
from changes.recurrence.series import Series, WhenBlocked, last_short_notice, proceed
from tests.support.core import LEARN, plan
from tests.support.examples import examples

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NUMBERS = {"WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
ZONES = [ZoneInfo(name) for name in ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
MOST = 14
FOUR_YEARS = timedelta(days=4 * 365)


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A rule as it is typed, and the same as dateutil's own arguments, put together here from its parts."""
    frequency = draw(st.sampled_from(sorted(NUMBERS)))
    interval = draw(st.integers(1, 4))
    text, asked = f"FREQ={frequency};INTERVAL={interval}", {"freq": NUMBERS[frequency], "interval": interval}
    number = draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2]))
    day = draw(st.integers(0, 6))
    if frequency == "WEEKLY":
        return f"{text};BYDAY={CODES[day]}", asked | {"byweekday": weekday(day)}
    if frequency == "YEARLY":
        month = draw(st.integers(1, 12))
        text, asked = f"{text};BYMONTH={month}", asked | {"bymonth": month}
    if draw(st.booleans()):
        return f"{text};BYDAY={number}{CODES[day]}", asked | {"byweekday": weekday(day)(number)}
    in_month = draw(st.sampled_from([1, 15, 28, 29, 30, 31, -1]))
    return f"{text};BYMONTHDAY={in_month}", asked | {"bymonthday": in_month}


def series_of(rule: str, first: date, at: time, service: Service, blocked: WhenBlocked = WhenBlocked.SKIP) -> Series:
    return Series("SER-1", service.approver, plan(), rule, first, at, blocked, first)


def drafted(series: Series, service: Service, now: datetime, until: datetime) -> Iterator[Window]:
    """What is drafted until then: looked at when a look is due, and each draft submitted at once."""
    while now < until:
        days = tuple(islice(days_after(series.rule, series.first, series.handled), 50))
        outcome = proceed(series, days, service, (), now)
        series = outcome.series
        if outcome.draft is not None:
            yield outcome.draft
        if outcome.look is None:
            return
        now = max(now, outcome.look)


@settings(max_examples=examples(60), deadline=None)
@given(rules(), st.dates(date(2026, 1, 1), date(2031, 12, 31)), st.times(), st.sampled_from(ZONES))
def test_every_day_of_the_rule_becomes_one_draft_at_its_time_on_the_clock(
    rule: tuple[str, dict[str, object]], first: date, at: time, zone: ZoneInfo
) -> None:
    text, asked = rule
    at = at.replace(second=0, microsecond=0)
    service = replace(LEARN, zone=zone, holidays=frozenset(), freezes=(), closed=frozenset())
    after = datetime.combine(first, time())
    until = after + FOUR_YEARS
    wanted = [each.date() for each in rrule(dtstart=after, until=until, **asked) if each > after]
    if not wanted:
        return
    began = datetime.combine(first, time(), UTC) - timedelta(days=60)
    windows = list(
        drafted(series_of(read_rule(text, first), first, at, service), service, began, until.replace(tzinfo=UTC))
    )
    local = [each.start.astimezone(zone) for each in windows]
    # A draft comes weeks before its day: those of the last weeks are on their way.
    due = [day for day in wanted if day < (until - timedelta(days=40)).date()]
    assert [each.date() for each in local][: len(due)] == due
    assert all(
        each.time() == at or datetime.combine(each.date(), at, zone).astimezone(UTC).astimezone(zone).time() != at
        for each in local
    ), "only a time that the clocks leave out is another"


@settings(max_examples=examples(40), deadline=None)
@given(
    rules(),
    st.sampled_from(list(WhenBlocked)),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 25)), max_size=6),
    st.sets(st.integers(0, 700), max_size=40),
)
def test_whatever_is_in_the_way_nothing_is_doubled_nor_comes_out_of_turn_or_on_a_day_that_is_not_free(
    rule: tuple[str, dict[str, object]], blocked: WhenBlocked, frozen: list[tuple[int, int]], closed: set[int]
) -> None:
    first = date(2027, 1, 4)
    freezes = tuple(Freeze("exams", first + timedelta(days=a), first + timedelta(days=a + b)) for a, b in frozen)
    free = {first + timedelta(days=each) for each in closed}
    service = replace(LEARN, holidays=frozenset(), freezes=freezes, closed=frozenset(free))
    series = series_of(read_rule(rule[0], first), first, time(20), service, blocked)
    wanted = set(islice(days_after(series.rule, first, first), 200))
    until = datetime(2029, 1, 1, tzinfo=UTC)
    days = [
        each.start.astimezone(service.zone).date()
        for each in drafted(series, service, datetime(2026, 11, 1, tzinfo=UTC), until)
    ]
    assert days == sorted(set(days))
    assert not any(each in free or any(freeze.first <= each <= freeze.last for freeze in freezes) for each in days)
    if blocked is WhenBlocked.SKIP:
        assert set(days) <= wanted
    assert all((each.weekday() < 5) in {day.weekday() < 5 for day in wanted} for each in days)


@settings(max_examples=examples(40), deadline=None)
@given(rules(), st.integers(0, 2500).map(lambda days: datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)))
def test_after_a_pause_or_a_long_sleep_one_is_drafted_and_it_is_in_time(
    rule: tuple[str, dict[str, object]], now: datetime
) -> None:
    first = date(2025, 6, 2)
    service = replace(LEARN, holidays=frozenset(), freezes=(), closed=frozenset())
    series = series_of(read_rule(rule[0], first), first, time(20), service)
    resumed = replace(series, handled=max(first, last_short_notice(service, now)))
    window = next(drafted(resumed, service, now, now + timedelta(days=4000)))
    wanted = next(days_after(series.rule, first, resumed.handled))
    assert window.start.astimezone(service.zone).date() == wanted
    assert (wanted - service.local(now).date()).days >= service.policy.lead_days
