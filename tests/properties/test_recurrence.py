"""A recurring change on a moving clock: its days are dateutil's own, none skipped, doubled or drifted."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st

from application.input_parsing.recurrence import with_recurrence
from application.recurrence.rule import days_after, read_rule
from changes.model import Window
from changes.policy import Freeze, Service
from changes.recurrence.series import Series, WhenBlocked, last_short_notice, proceed
from tests.support.core import LEARN, plan
from tests.support.examples import examples

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NUMBERS = {"WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
ZONES = [ZoneInfo(name) for name in ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
FOUR_YEARS = timedelta(days=4 * 365)


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A rule as it is typed, and the same as dateutil's own arguments, put together here from its parts."""
    frequency = draw(st.sampled_from(sorted(NUMBERS)))
    interval = draw(st.integers(1, 9))
    parts, asked = [f"INTERVAL={interval}"], {"freq": NUMBERS[frequency], "interval": interval}
    numbers = draw(st.lists(st.sampled_from([1, 2, 3, 4, -1]), min_size=1, max_size=2, unique=True))
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=2, unique=True))
    month = draw(st.integers(1, 12))
    if frequency == "YEARLY":
        parts, asked = [*parts, f"BYMONTH={month}"], asked | {"bymonth": month}
    if frequency == "WEEKLY":
        parts.append(f"BYDAY={','.join(CODES[day] for day in days)}")
        asked |= {"byweekday": [weekday(day) for day in days]}
    elif draw(st.booleans()):
        parts.append(f"BYDAY={','.join(f'{number}{CODES[days[0]]}' for number in numbers)}")
        asked |= {"byweekday": [weekday(days[0])(number) for number in numbers]}
    else:
        longest = monthrange(2001, month)[1] if frequency == "YEARLY" else 31
        in_month = draw(st.sampled_from([1, 15, min(30, longest), longest, -1]))
        parts, asked = [*parts, f"BYMONTHDAY={in_month}"], asked | {"bymonthday": in_month}
    return ";".join(draw(st.permutations([f"FREQ={frequency}", *parts]))), asked


def series_of(rule: str, first: date, at: time, service: Service, blocked: WhenBlocked = WhenBlocked.SKIP) -> Series:
    change = "CHG-2027-0001"
    return Series(change, service.approver, plan(), rule, first, at, blocked, first, (change,))


def days_of(asked: dict[str, object], first: date, until: datetime) -> list[date]:
    """The days as dateutil itself has them."""
    after = datetime.combine(first, time())
    return [each.date() for each in rrule(dtstart=after, until=until, **asked) if each > after]


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


@settings(max_examples=examples(30), deadline=None)
@given(rules(), st.dates(date(2026, 1, 1), date(2031, 12, 31)), st.times(), st.sampled_from(ZONES))
def test_every_day_of_the_rule_becomes_one_draft_at_its_time_on_the_clock(
    rule: tuple[str, dict[str, object]], first: date, at: time, zone: ZoneInfo
) -> None:
    at = at.replace(second=0, microsecond=0)
    service = replace(LEARN, zone=zone, holidays=frozenset(), freezes=(), closed=frozenset())
    until = datetime.combine(first, time()) + FOUR_YEARS
    if not (wanted := days_of(rule[1], first, until)):
        return
    began = datetime.combine(first, time(), UTC) - timedelta(days=60)
    series = series_of(read_rule(rule[0]), first, at, service)
    windows = list(drafted(series, service, began, until.replace(tzinfo=UTC)))
    # A draft comes weeks before its day: those of the last weeks are on their way.
    due = [day for day in wanted if day < (until - timedelta(days=40)).date()]
    assert [each.start for each in windows][: len(due)] == [at_local(day, at, zone) for day in due]
    assert all(each.minutes == series.plan.window.minutes for each in windows)


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks show that time first; where they leave it out, counted from before (RFC 5545)."""
    naive = datetime.combine(day, at)
    offsets = sorted(naive.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    moments = [(naive - offset).replace(tzinfo=UTC) for offset in reversed(offsets)]
    shown = [each for each in moments if each.astimezone(zone).replace(tzinfo=None) == naive]
    return shown[0] if shown else moments[-1]


@settings(max_examples=examples(30), deadline=None)
@given(rules(), rules(), st.integers(1, 6), st.integers(0, 40))
def test_whoever_changes_all_that_follow_goes_on_with_dateutils_days_of_the_other_rule_and_doubles_none(
    one: tuple[str, dict[str, object]], other: tuple[str, dict[str, object]], until: int, moved: int
) -> None:
    first, now = date(2027, 1, 4), datetime(2026, 11, 1, tzinfo=UTC)
    service = replace(LEARN, holidays=frozenset(), freezes=(), closed=frozenset())
    series = series_of(read_rule(one[0]), first, time(20), service)
    *_before, last = islice(days_after(series.rule, first, first), until)
    series = replace(series, handled=last, placed=last)
    # The last one was moved by its owner, and all that follow take their rule from where it is now.
    day = last + timedelta(days=moved)
    changed = with_recurrence(series, {}, other[0], replace(series, first=day, handled=day))
    end = datetime.combine(day, time()) + timedelta(days=60 * 365)
    windows = islice(drafted(changed, service, now, end.replace(tzinfo=UTC)), 4)
    days = [each.start.astimezone(service.zone).date() for each in windows]
    if changed.rule == series.rule:
        assert days == list(islice(days_after(series.rule, first, last), 4)), "as if nothing had been changed"
    else:
        assert days == days_of(other[1], day, end)[:4]


@settings(max_examples=examples(30), deadline=None)
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
    series = series_of(read_rule(rule[0]), first, time(20), service, blocked)
    wanted = set(islice(days_after(series.rule, first, first), 300))
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


@settings(max_examples=examples(30), deadline=None)
@given(rules(), st.integers(0, 2500).map(lambda days: datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)))
def test_after_a_pause_or_a_long_sleep_one_is_drafted_and_it_is_in_time(
    rule: tuple[str, dict[str, object]], now: datetime
) -> None:
    first = date(2025, 6, 2)
    service = replace(LEARN, holidays=frozenset(), freezes=(), closed=frozenset())
    series = series_of(read_rule(rule[0]), first, time(20), service)
    resumed = replace(series, handled=max(first, last_short_notice(service, now)))
    window = next(drafted(resumed, service, now, now + timedelta(days=4000)))
    wanted = next(days_after(series.rule, first, resumed.handled))
    assert window.start.astimezone(service.zone).date() == wanted
    assert (wanted - service.local(now).date()).days >= service.policy.lead_days
