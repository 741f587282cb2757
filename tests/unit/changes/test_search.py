"""What somebody who types `list …` wants to see."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.model import OPEN, State
from changes.reporting.search import folded, read_search
from tests.support.core import LEARN, ZURICH

SERVICES = {"learn": LEARN}
WITHOUT_DRAFTS = frozenset(OPEN) - {State.DRAFT}


def test_nothing_typed_means_the_open_changes_and_mine_ones_own_whatever_a_service_is_called() -> None:
    found = read_search("", SERVICES, "me")
    assert (found.states, found.newest_first, found.page) == (WITHOUT_DRAFTS, False, 1)
    assert State.DRAFT in read_search("mine", SERVICES, "me").states
    found = read_search("mine learn", {"mine": LEARN, "learn": LEARN}, "me")
    assert (found.person, found.service) == ("me", "learn")


@pytest.mark.parametrize("typed", ["done learn mine 2027-q2 forum page 3", "Terminés LEARN moi 2027-T2 Forum p 3"])
def test_filters_are_combined_freely_in_english_and_french(typed: str) -> None:
    found = read_search(typed, SERVICES, "me")
    assert found.states == {State.COMPLETED}
    assert (found.service, found.person, found.words, found.page) == ("learn", "me", ("forum",), 3)
    assert found.newest_first


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("2027", date(2027, 1, 1), date(2028, 1, 1)),
        ("2027-04", date(2027, 4, 1), date(2027, 5, 1)),
        ("2027-12", date(2027, 12, 1), date(2028, 1, 1)),
        ("2027-q1", date(2027, 1, 1), date(2027, 4, 1)),
        ("2027q4", date(2027, 10, 1), date(2028, 1, 1)),
    ],
)
def test_a_time_is_a_year_a_month_or_a_quarter_of_the_services_zone(typed: str, since: date, until: date) -> None:
    found = read_search(typed, SERVICES, "me")
    assert found.since is not None
    assert found.until is not None
    assert [each.astimezone(ZURICH).date() for each in (found.since, found.until)] == [since, until]
    assert set(found.states) >= {State.COMPLETED, State.SCHEDULED}


def test_words_are_looked_for_in_whatever_state_and_as_they_are_stored() -> None:
    found = read_search("forum 2027-13 0000 page", SERVICES, "me")
    assert found.words == ("forum", "2027-13", "0000", "page")
    assert set(found.states) >= {State.COMPLETED, State.CANCELLED}
    assert read_search("l\u2019\u00c9cole\u200b", SERVICES, "me").words == (folded("L\u2019\u00e9cole"),)
    assert folded("  Éte\u0301 À l\u2019École ") == folded("ete a l\u2019ecole")


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_search(typed: str) -> None:
    found = read_search(typed, SERVICES, "me")
    assert found.states
    assert found.page >= 1
