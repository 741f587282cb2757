"""Every date has its weekday, in the reader's language."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from changes.labels import moment_label, window_label
from changes.model import Window
from changes.text.messages import Message, joined
from language import _, as_text, date_text, in_chat, moment_text, translate_stored, use_language, window_text
from language.cldr import rewritten_dates

ZURICH = ZoneInfo("Europe/Zurich")
EVENING = datetime(2026, 12, 30, 19, 30, tzinfo=UTC)
WINDOW = Window(EVENING, datetime(2026, 12, 30, 20, 30, tzinfo=UTC))
LANGUAGES = {"en": "Wed 30 Dec 2026", "fr": "mer. 30 déc. 2026", "de": "Mi 30. Dez. 2026", "it": "Wed 30 Dec 2026"}


@pytest.mark.parametrize(("language", "day"), LANGUAGES.items())
def test_every_date_has_its_weekday_in_the_readers_language(language: str, day: str) -> None:
    with use_language(language):
        assert date_text(EVENING.date()) == day
        assert moment_text(EVENING, ZURICH) == f"{day}, 20:30 (CET)"
        assert window_text(WINDOW, ZURICH) == f"{day}, 20:30–21:30 (CET)"
        assert as_text(_("Started: {when}", when=moment_label(EVENING, ZURICH))).endswith(f"{day}, 20:30 (CET)")
        assert as_text(joined("x", window_label(WINDOW, ZURICH), by=" · ")) == f"x · {day}, 20:30–21:30 (CET)"
        assert in_chat(Message("{day}", day=EVENING.date())) == in_chat(day)


@pytest.mark.parametrize("month", range(1, 13))
def test_a_date_that_was_written_down_in_english_is_said_in_the_readers_language(month: int) -> None:
    stored = str(
        Message(
            "{service} is frozen from {first} to {last} ({name}): choose a date outside it.",
            service="Learn",
            first=(first := date(2027, month, 9)),
            last=(last := date(2027, month, 20)),
            name="Exams",
        )
    )
    with use_language("fr"):
        assert f"du {date_text(first)} au {date_text(last)} (Exams)" in translate_stored(stored)
    assert translate_stored(stored) == stored


def test_what_only_looks_like_a_date_of_ours_is_left_alone() -> None:
    stored = str(Message("{server} has no snapshot called {name}.", server="Hannibal", name="Thu 15 Apr 2027"))
    with use_language("fr"):
        assert "Thu 15 Apr 2027" in translate_stored(stored)
        assert translate_stored("Teams said: see Thu 15 Apr 2027.") == "Teams said: see Thu 15 Apr 2027."
    for text in ("Mon 31 Feb 2027", "Tue 15 Apr 2027", "Thu 15 April 2027", "15.04.2027 22:00 CEST"):
        assert rewritten_dates(text, "fr") == text


def test_a_moment_is_no_date_its_time_and_zone_would_be_lost() -> None:
    with pytest.raises(TypeError, match="moment_label"):
        Message("{when}", when=EVENING)
