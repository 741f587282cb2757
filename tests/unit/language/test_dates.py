"""Every date has its weekday, in the reader's language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from changes.labels import moment_label, window_label
from changes.model import Window
from changes.text.messages import Message, joined
from language import _, as_text, date_text, in_chat, moment_text, use_language, window_text

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


def test_a_moment_is_no_date_its_time_and_zone_would_be_lost() -> None:
    with pytest.raises(TypeError, match="moment_label"):
        Message("{when}", when=EVENING)
