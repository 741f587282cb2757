"""How people write dates, times, durations, lists and names."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.reading import read_date, read_minutes, read_person, read_tests, read_time
from changes.errors import Incomplete
from changes.model import Person
from tests.cards.subjects import CLAIRE, NADIA, PEOPLE, PIERRE


@pytest.mark.parametrize("text", ["2027-04-03", " 2027-4-3 ", "3.4.2027", "03.04.2027", "03.04.27", "3/4/2027"])
def test_a_date_is_understood_as_it_is_written_here(text: str) -> None:
    assert read_date(text) == date(2027, 4, 3)


@pytest.mark.parametrize("text", ["", "tomorrow", "31.2.2027", "2027-13-01", "4 April", "2027-04-03T22:00", "٣.٤.٢٠٢٧"])
def test_another_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Incomplete, match=r"15\.4\.2027") as refused:
        read_date(text)
    assert list(refused.value.problems) == ["date"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("22:00", time(22)),
        ("22h", time(22)),
        ("22 h 30", time(22, 30)),
        ("22h30", time(22, 30)),
        ("22H30", time(22, 30)),
        ("2200", time(22)),
        ("22.30", time(22, 30)),
        ("6", time(6)),
        ("0:05", time(0, 5)),
    ],
)
def test_a_time_is_understood_as_it_is_written_here(text: str, at: time) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize("text", ["", "noon", "24:00", "22:60", "10 PM", "-1", "222"])
def test_another_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Incomplete, match="22h30") as refused:
        read_time(text)
    assert list(refused.value.problems) == ["time"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("90 min", 90),
        ("90m", 90),
        ("1h30", 90),
        ("1 h 30", 90),
        ("1h 30 min", 90),
        ("2h", 120),
        ("2 hours", 120),
    ],
)
def test_a_duration_is_understood_in_minutes_or_hours(text: str, minutes: int) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "h", "an hour", "1.5", "-30", "1:30", "²"])
def test_another_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Incomplete, match="1h30") as refused:
        read_minutes(text)
    assert list(refused.value.problems) == ["minutes"]


@pytest.mark.parametrize(
    "text",
    [
        "Log in\nOpen a course",
        "Log in; Open a course",
        "- Log in\n- Open a course\n\n",
        "* Log in\r\n• Open  a  course",
        "1. Log in\n2) Open a course",
    ],
)
def test_tests_come_one_a_line_or_between_semicolons_without_their_bullets(text: str) -> None:
    assert read_tests(text) == ("Log in", "Open a course")


def test_a_semicolon_within_a_line_of_several_stays() -> None:
    assert read_tests("Log in; log out again\nOpen a course") == ("Log in; log out again", "Open a course")


@pytest.mark.parametrize(
    "text", ["- - Log in\n* 2. Open a course", "- \nLog in; Open a course", "Log in;- Open a course"]
)
def test_bullets_within_bullets_and_empty_ones_are_left_out(text: str) -> None:
    assert read_tests(text) == ("Log in", "Open a course")


@given(text=st.text(st.sampled_from("ab;-*•1.) \n\t"), max_size=20))
def test_tests_that_were_read_are_read_again_as_the_same(text: str) -> None:
    tests = read_tests(text)
    assert read_tests("\n".join(tests)) == tests


@pytest.mark.parametrize("text", ["1.5 GB can be uploaded", "-5 degrees", "*.pdf opens"])
def test_what_only_looks_like_a_bullet_stays(text: str) -> None:
    assert read_tests(text) == (text,)


@pytest.mark.parametrize("text", [PIERRE.id, f" {PIERRE.id} ", "pierre andré", "Pierre", "andr"])
def test_a_person_is_known_by_id_name_or_part_of_the_name(text: str) -> None:
    assert read_person(text, NADIA, PEOPLE) == PIERRE


@pytest.mark.parametrize("text", ["", " ", "-", "me", "Moi", "nadia"])
def test_nobody_named_or_oneself_is_the_requester(text: str) -> None:
    assert read_person(text, NADIA, (PIERRE, CLAIRE)) == NADIA


def test_a_name_that_several_have_asks_for_the_whole_name() -> None:
    with pytest.raises(Incomplete, match="Pierre André, Pierre Morel"):
        read_person("pierre", NADIA, (*PEOPLE, Person("p2", "Pierre Morel")))


def test_a_whole_name_is_enough_where_another_only_begins_with_it() -> None:
    assert read_person("Luc", NADIA, (Person("l1", "Luc"), Person("l2", "Lucie"))) == Person("l1")


def test_somebody_the_bot_has_not_met_is_refused_with_what_to_do() -> None:
    with pytest.raises(Incomplete, match=r"have not met “Zoé” yet\. Name somebody I know") as refused:
        read_person("Zoé", NADIA, PEOPLE)
    assert list(refused.value.problems) == ["implementer"]


@given(text=st.text(max_size=30))
def test_any_text_is_understood_or_refused_with_a_sentence(text: str) -> None:
    for reader in (read_date, read_time, read_minutes):
        try:
            reader(text)
        except Incomplete as refused:
            if not refused.sentence.endswith("."):
                raise
