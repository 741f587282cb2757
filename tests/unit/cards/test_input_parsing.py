"""How people write dates, times, lists and names: docs/input.toml row by row, and what a table cannot say."""

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.dates import read_date
from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.lists import read_tests
from application.input_parsing.people import people_called, read_person
from application.input_parsing.ranges import read_days
from application.input_parsing.times import read_time
from application.input_parsing.windows import take_window
from changes.errors import CommandRejected, ValidationFailed
from changes.model import Person
from tests.cards.subjects import NADIA, PEOPLE
from tests.support.input_table import DOCS, READERS, TABLE, document, rows

TODAY = date(2027, 3, 15)
ZURICH = ZoneInfo("Europe/Zurich")


@given(text=st.text(st.sampled_from("ab;-*•1.) \n\t"), max_size=20))
def test_tests_that_were_read_are_read_again_as_the_same(text: str) -> None:
    tests = read_tests(text)
    assert read_tests("\n".join(tests)) == tests


def test_a_name_that_several_have_asks_for_the_whole_name_and_that_is_enough() -> None:
    with pytest.raises(ValidationFailed, match="Pierre André and Pierre Morel"):
        read_person("pierre", NADIA, (*PEOPLE, Person("p2", "Pierre Morel")))
    assert read_person("Luc", NADIA, (Person("l1", "Luc"), Person("l2", "Lucie"))) == Person("l1")


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("ÈVE", ["ève"]),
        ("E\u0300v", ["Zoé Ève", "Élodie ÈVE-Straße", "ève"]),
        ("STRASSE", ["Élodie ÈVE-Straße"]),
        ("ève\u2011straße", ["Élodie ÈVE-Straße"]),
        ("anna", ["Anna"]),
        ("%", ["100% Ann_a"]),
        ("n_a", ["100% Ann_a"]),
        ("", []),
        ("nobody", []),
    ],
)
def test_people_are_called_by_their_very_name_or_by_what_is_in_it(typed: str, called: list[str]) -> None:
    names = ["Zoé Ève", "Anna", "Élodie ÈVE-Straße", "ève", "100% Ann_a", "Marianna", ""]
    found = people_called(typed, [Person(f"p{number}", name) for number, name in enumerate(names)])
    assert [person.name for person in found] == called


@given(text=st.text(max_size=30))
def test_any_text_is_understood_or_refused_with_a_sentence(text: str) -> None:
    readers: tuple[Callable[[str], object], ...] = (
        lambda each: read_date(each, TODAY),
        lambda each: read_days(each, TODAY),
        lambda each: device_date(each, TODAY, ZURICH),
        read_time,
        lambda each: device_time(each, ZURICH),
        lambda each: take_window(f"15.4.2027 20:00 {each}", TODAY, ZURICH),
        lambda each: take_window(each, TODAY, ZURICH),
        read_duration,
    )
    for reader in readers:
        try:
            reader(text)
        except ValidationFailed as refused:
            if not refused.sentence.endswith("."):
                raise


@pytest.mark.parametrize(
    ("kind", "row"), [pytest.param(kind, row, id=f"{kind}: {row['typed']!a}") for kind, row in rows()]
)
def test_what_is_typed_is_read_as_the_table_says(kind: str, row: Mapping[str, str]) -> None:
    read = READERS[kind]
    if "means" in row:
        assert read(row["typed"]) == row["means"]
        return
    with pytest.raises(CommandRejected) as refused:
        read(row["typed"])
    assert row["refused"] in refused.value.sentence


def test_every_kind_of_the_table_has_a_reader_and_every_language_its_rows() -> None:
    assert {table["kind"] for table in TABLE["value"]} == READERS.keys()
    for kind in ("date", "time", "duration", "days", "window"):
        (table,) = (each for each in TABLE["value"] if each["kind"] == kind)
        assert {row["language"] for row in table["rows"]} == {"all", "en", "fr", "de"}


def test_the_documentation_of_inputs_is_made_from_the_table_that_the_tests_read() -> None:
    assert DOCS.read_text(encoding="utf-8") == document(), "run `python -m tests.support.tables`"
