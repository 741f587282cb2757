"""Dates, times, lengths and lists are written by the CLDR, in the reader's language, and by nobody by hand."""

import ast
import re
from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from changes.labels import duration_label
from changes.text import Message
from changes.text.messages import MOST_PARTS, listed
from language import as_text, use_language
from language.cldr import written_date
from language.sentences import ROOT
from storage.stored_messages import document_of, message_of
from tests.golden.subject import texts as notices
from tests.unit.cards.looking import plain_french_cards
from tests.unit.cards.test_french import texts

PACKAGES = (
    "application",
    "bot",
    "web",
    "cards",
    "changes",
    "dialogs",
    "notices",
    "scheduler",
    "language",
    "infomaniak",
)
NOBODY_READS = frozenset(
    {
        *("application/input_parsing/plan.py", "application/input_parsing/plan_answers.py"),
        # Values of the form's fields, as devices send them.
        *("cards/request/offers.py", "cards/request/window_inputs.py", "dialogs/corrections.py"),
        "cards/overview/calendar.py",  # a month as it is typed in a command
        *("bot/commands/absence.py", "bot/turn/installation.py", "changes/lifecycle/effect_builder.py"),
        *("scheduler/operation_reporter.py", "scheduler/status_refresher.py"),  # keys
        "cards/request/series.py",  # the value of a field
        *("notices/feed.py", "notices/graph.py"),  # iCalendar and OData
        "changes/text/messages.py",  # English itself, for what no language is known of
    }
)
YEARS = range(2025, 2030)
YEAR = re.compile(r"\b20(?:2[5-9]|3\d)\b")


def by_hand() -> Iterator[str]:
    """The modules that format a moment themselves."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                spec = (
                    ast.unparse(node.format_spec) if isinstance(node, ast.FormattedValue) and node.format_spec else ""
                )
                if "%" in spec or (isinstance(node, ast.Attribute) and node.attr == "strftime"):
                    yield path.relative_to(ROOT).as_posix()


def test_nobody_writes_a_date_or_a_time_by_hand_where_people_read_it() -> None:
    assert set(by_hand()) == NOBODY_READS


def every_date(language: str) -> set[str]:
    days = [date(year, 1, 1) + timedelta(days=number) for year in YEARS for number in range(366)]
    return {written_date(day, language) for day in days}


def unwritten(text: str, known: set[str]) -> list[str]:
    """What ends in a year and is no date that the CLDR writes; a number of a change and a quarter are no dates."""
    longest, found = max(map(len, known)), []
    for year in YEAR.finditer(text):
        before = text[max(0, year.end() - longest) : year.end()]
        around = text[max(0, year.start() - 4) : year.end() + 1]
        if "-" in around or "/" in around or re.search(r"[.]20\d\d", around):
            continue  # CHG-2027-0007, 2027-Q2, a day as it is typed
        if re.search(r"\d{1,2}\.? \w+\.? $", text[: year.start()]) and not any(
            before[begins:] in known for begins in range(len(before))
        ):
            found.append(before)
    return found


@pytest.mark.thorough
def test_every_date_on_a_card_is_the_cldrs() -> None:
    """In French, because an English date is what would be left by mistake."""
    known = every_date("fr")
    written = {text: name for name, card in plain_french_cards().items() for text in texts(card)}
    plain = {text.replace("\\", ""): name for text, name in written.items()}
    assert {name for text, name in plain.items() if unwritten(text, known)} == set()
    assert sum(len(YEAR.findall(text)) for text in plain) > 100


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_every_date_in_a_notice_is_the_cldrs(language: str) -> None:
    known = every_date(language)
    mails = [text for path, text in notices().items() if path.parent.name == language and path.suffix == ".md"]
    for text in mails:
        assert not unwritten(text.replace("\\", ""), known)
    assert any(each in text for text in mails for each in known)


def test_a_date_of_another_language_would_be_found() -> None:
    assert unwritten("le Thu 15 Apr 2027, 22:00", every_date("fr"))
    assert unwritten("le 15 avril 2027", every_date("fr"))
    assert not unwritten("le jeu. 15 avr. 2027, CHG-2027-0007", every_date("fr"))


THIN, SPACE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
WRITTEN = {
    "en": ("1 h 30 min", "2 h", "0 min", "09:05", "a", "a and b", "a, b and c"),
    "fr": (f"1{THIN}h 30{SPACE}min", f"2{THIN}h", f"0{SPACE}min", "09:05", "a", "a et b", "a, b et c"),
    "de": ("1 Std. 30 Min.", "2 Std.", "0 Min.", "09:05", "a", "a und b", "a, b und c"),
    "it": ("1 h 30 min", "2 h", "0 min", "09:05", "a", "a and b", "a, b and c"),
}


@pytest.mark.parametrize(("language", "written"), WRITTEN.items())
def test_times_lengths_and_lists_are_facts_that_each_language_writes(language: str, written: tuple[str, ...]) -> None:
    said = [
        *(duration_label(90), duration_label(120), duration_label(0), Message("{at}", at=time(9, 5))),
        *(listed("abc"[:length]) for length in (1, 2, 3)),
    ]
    with use_language(language):
        assert tuple(map(as_text, said)) == written
    again = [message_of(document_of(each)) for each in said]
    assert [each.facts for each in again] == [each.facts for each in said], "also where it was stored in between"


def test_of_a_list_without_end_as_much_is_said_as_anybody_reads() -> None:
    said = listed(str(number) for number in range(1000))
    assert str(said).endswith(f"{MOST_PARTS - 1} and …")
    with use_language("fr"):
        assert as_text(said).endswith(f"{MOST_PARTS - 1} et …")
