"""What is tried again is told at its beginning, at growing intervals and at its end, and never once for each try."""

import logging
import re
from itertools import pairwise

import pytest

from application import retry_log
from application.retry_log import (
    GRAPH,
    LABELS,
    LONGEST_PAUSE_S,
    MOST_ITEMS,
    TAKEN_OVER_AFTER_S,
    TEAMS,
    RetryLog,
    duration,
)

DAY_S = 86_400


class Seconds:
    """Real time, as a test wants it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def heard(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> RetryLog:
    """One whose lines are all kept."""
    caplog.set_level(logging.INFO)
    return RetryLog(seconds)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_a_day_without_an_answer_is_a_line_at_once_and_then_fewer_and_fewer(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    retries, attempt = heard(seconds, caplog), 0
    at: list[float] = []
    while seconds.now < DAY_S:
        attempt += 1
        for effect in ("a", "b", "c"):
            before = len(caplog.records)
            retries.failed(
                TEAMS, "Away.", item=effect, change=f"CHG-{effect}", status=503, attempt=attempt, again_s=300
            )
            at += [seconds.now] * (len(caplog.records) - before)
        seconds.now += 300
    assert len(at) < 32, "it is read in a minute"
    assert at[:4] == [0, 300, 600, 900]
    pauses = [later - sooner for sooner, later in pairwise(at)]
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_PAUSE_S + 300, "an hour of silence would be read as an end"
    first, last = told(caplog)[0], told(caplog)[-1]
    assert first == ("WARNING", "Teams fails: Away. (status 503; attempt 1; next try in 5 min; waiting: CHG-a)")
    assert last[0] == "WARNING"
    assert last[1].startswith("Teams still fails: Away. (status 503; attempt ")
    assert "waiting: CHG-a, CHG-b, CHG-c" in last[1]

    caplog.clear()
    for effect in ("a", "b"):
        retries.worked(TEAMS, effect)
    assert told(caplog) == [], "one still waits"
    retries.worked(TEAMS, "c")
    [(level, text)] = told(caplog)
    assert level == "INFO"
    assert text == "Teams works again after 24 h 0 min and 864 failed tries; had been waiting: CHG-a, CHG-b, CHG-c"
    retries.worked(TEAMS, "c")
    assert len(told(caplog)) == 1


def test_another_status_is_told_at_once_and_each_of_two_that_alternate_once(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    retries = heard(seconds, caplog)
    for status in (503, 429, 503, 429, 503):
        retries.failed(TEAMS, "No.", item="a", status=status, again_s=1)
        seconds.now += 1
    assert [text.partition(" (")[2].partition(";")[0] for _, text in told(caplog)] == ["status 503", "status 429"]
    assert retries.failures == {(TEAMS, "503"): 3, (TEAMS, "429"): 2}


def test_what_works_for_others_is_no_recovery_and_one_place_says_nothing_of_another(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    retries = heard(seconds, caplog)
    for _ in range(50):
        retries.failed(TEAMS, "Full.", item="a", status=429, again_s=10)
        retries.worked(TEAMS, "b")
        retries.worked(GRAPH, "a")
        seconds.now += 10
    assert [level for level, _ in told(caplog)] == ["WARNING"] * 4
    assert retries.outages() == {TEAMS: 500.0}


def test_what_another_process_took_up_ends_here_too(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    retries = heard(seconds, caplog)
    retries.failed(TEAMS, "Away.", item="a", status=503, again_s=30)
    seconds.now = 30 + TAKEN_OVER_AFTER_S
    retries.settle()
    assert len(told(caplog)) == 1, "it may be on its way"
    seconds.now += 1
    assert retries.outages() == {}
    retries.settle()
    assert told(caplog)[1:] == [("INFO", "Teams has not failed again in this process after 71 s and 1 failed try")]


def test_what_is_given_up_is_no_recovery(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    retries = heard(seconds, caplog)
    retries.failed(GRAPH, "No.", item="a", status=401, again_s=1)
    retries.given_up(GRAPH, "a")
    retries.worked(GRAPH, "b")
    assert [level for level, _ in told(caplog)] == ["WARNING"]
    assert retries.outages() == {}


def test_a_fault_of_ours_has_its_traceback_once(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    retries = heard(seconds, caplog)
    for _ in range(3):
        retries.failed(TEAMS, "KeyError: 'x'", item="a", error=KeyError("x"), again_s=1)
        seconds.now += 3600
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [
        *(("ERROR", True), ("WARNING", False), ("WARNING", False))
    ]


def test_however_much_waits_little_is_remembered(seconds: Seconds) -> None:
    retries = RetryLog(seconds)
    for number in range(3 * MOST_ITEMS):
        retries.failed(TEAMS, "Away.", item=f"{number}", change=f"CHG-{number}", again_s=1)
    [outage] = retries._outages.values()
    assert len(outage.waiting) == len(outage.changes) == MOST_ITEMS


@pytest.mark.parametrize(
    ("span", "said"), [(0.44, "0.4 s"), (12.4, "12 s"), (300, "5 min"), (12_000, "3 h 20 min"), (187_200, "2 d 4 h")]
)
def test_a_duration_is_said_as_people_say_it(span: float, said: str) -> None:
    assert duration(span) == said


def test_every_place_has_a_word_of_its_own_for_monitoring() -> None:
    places = {each for name, each in vars(retry_log).items() if name.isupper() and isinstance(each, str)}
    assert set(LABELS) == places
    assert len(set(LABELS.values())) == len(places)
    assert all(re.fullmatch("[a-z_]+", each) for each in LABELS.values())


def test_what_fails_now_and_then_all_day_is_a_few_lines_and_each_recovery_ends_what_was_told(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    retries = heard(seconds, caplog)
    while seconds.now < DAY_S:
        retries.failed(TEAMS, "Away.", item="a", status=503, again_s=1)
        seconds.now += 1
        retries.worked(TEAMS, "a")
        seconds.now += 19
    lines = told(caplog)
    assert len(lines) <= 2 * 35
    assert [level for level, _ in lines] == ["WARNING", "INFO"] * (len(lines) // 2)
    assert retries.failures[TEAMS, "503"] == DAY_S / 20
    caplog.clear()
    seconds.now += DAY_S
    retries.failed(TEAMS, "Away.", item="a", status=503, again_s=1)
    assert [level for level, _ in told(caplog)] == ["WARNING"], "after a quiet day it is news again"
