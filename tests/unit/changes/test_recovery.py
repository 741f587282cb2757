"""The arithmetic that the process itself gets wrong (docs/process.md, P68): when each way out of trouble would end."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes.model import Change, Extension, Recovery, Restore, Snapshot, SnapshotStatus, Window
from changes.planning.restore_forecast import (
    QUARTER,
    RestoreForecast,
    forecast_restore,
    restore_ends_at,
    too_short_for_restore,
    ways_out,
)
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, night, plan

CUTOFF = night(23)
END = night(23, 30)
AT_WORK = a_change("in progress").now_it_is


def reckoned(change: Change, now: datetime) -> RestoreForecast:
    found = forecast_restore(change, LEARN, now)
    assert found is not None
    return found


def test_the_last_moment_to_begin_a_restore_ends_it_with_the_window_and_moves_with_an_extension() -> None:
    found = reckoned(AT_WORK, CUTOFF)
    assert found.last_restore == night(22, 15)
    assert reckoned(AT_WORK, found.last_restore).if_restored_now == END
    longer = AT_WORK.with_(extensions=(Extension(60, "The import is slow.", NADIA, CUTOFF),))
    assert reckoned(longer, CUTOFF).last_restore == night(23, 15)
    assert (reckoned(AT_WORK, CUTOFF).suggested_minutes, reckoned(longer, CUTOFF).suggested_minutes) == (60, 15)


@settings(deadline=None)
@given(minutes=st.integers(-120, 600))
def test_the_suggested_extension_covers_restore_and_tests_in_whole_quarters_and_no_more(minutes: int) -> None:
    now = CUTOFF + timedelta(minutes=minutes)
    found = reckoned(AT_WORK, now)
    assert found.suggested_minutes % QUARTER == 0
    covered = END + timedelta(minutes=found.suggested_minutes)
    assert covered >= found.if_tests_fail_again
    one_less = covered - timedelta(minutes=QUARTER)
    assert one_less < found.if_tests_fail_again or found.suggested_minutes == QUARTER


@pytest.mark.parametrize("status", [each for each in SnapshotStatus if each is not SnapshotStatus.FINISHED])
def test_without_a_finished_snapshot_there_is_nothing_to_reckon(status: SnapshotStatus) -> None:
    change = AT_WORK.with_(snapshot=Snapshot(status))
    assert forecast_restore(change, LEARN, CUTOFF) is None
    assert Recovery.RESTORE not in [each.way for each in ways_out(change, LEARN, CUTOFF)]


@pytest.mark.parametrize(("minutes", "short"), [(60, True), (74, True), (75, False), (90, False)])
def test_a_window_that_cannot_hold_its_own_restore_and_tests_is_too_short(minutes: int, short: bool) -> None:
    assert too_short_for_restore(plan(minutes=minutes).window, LEARN) is short


def test_the_arithmetic_counts_real_time_when_the_clocks_change_in_the_window() -> None:
    night = plan(date(2027, 3, 28), 1, 75).window  # 01:00 CET to 03:15 CEST: an hour and a quarter
    assert not too_short_for_restore(night, LEARN)
    cet = timezone(timedelta(hours=1))
    assert too_short_for_restore(
        Window(datetime(2027, 3, 28, 1, tzinfo=cet), datetime(2027, 3, 28, 2, 14, tzinfo=cet)), LEARN
    )


def test_a_restore_ends_an_hour_after_it_was_confirmed_and_nothing_is_said_of_one_that_waits_or_is_over() -> None:
    waits = Restore(NADIA, CUTOFF)
    runs = Restore(NADIA, CUTOFF, PIERRE, started_at=CUTOFF)
    over = Restore(NADIA, CUTOFF, PIERRE, CUTOFF, finished_at=CUTOFF)
    ends = [restore_ends_at(AT_WORK.with_(restore=each), LEARN) for each in (None, waits, runs, over)]
    assert ends == [None, None, night(0), None]
