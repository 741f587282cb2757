"""Sentences and dates in the language of the moment."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from changes import commands as c
from changes.errors import ValidationFailed, WrongState
from changes.labels import moment_label, window_label
from changes.model import Window
from changes.text.messages import Message, joined
from language import (
    _,
    as_text,
    current_language,
    date_text,
    in_chat,
    moment_text,
    n_,
    of_locale,
    translate,
    use_language,
    window_text,
)
from notices.template_context import facts
from tests.support.builder import a_change
from tests.support.core import PIERRE, at, night

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fr-CH", "fr"), ("FR", "fr"), ("en-GB", "en"), ("de-CH", "en"), ("", "en"), (None, "en"), ("frisian", "en")],
)
def test_the_bot_speaks_the_language_of_teams_or_english(locale: str | None, language: str) -> None:
    assert of_locale(locale) == language


def test_a_sentence_is_said_in_the_language_of_the_moment_or_else_in_english() -> None:
    with use_language("fr"):
        assert _("Snapshot in progress") == "Snapshot en cours"
        assert current_language() == "fr"
        with use_language("en"):
            assert _("Snapshot in progress") == "Snapshot in progress"
        assert n_("{n} notice", "{n} notices", 2) == "2 avis"
    assert (_("Snapshot in progress"), current_language()) == ("Snapshot in progress", "en")
    with use_language("rm"):
        assert _("Snapshot in progress") == "Snapshot in progress"


def test_what_the_core_said_is_translated_with_everything_in_it() -> None:
    stands = Message("is scheduled")
    refusal = WrongState(
        "{id} {stands}: {instead}.", id="CHG-1", stands=stands, instead=Message("it cannot be started")
    )
    with use_language("fr"):
        assert translate(refusal) == "CHG-1 est planifié\N{NO-BREAK SPACE}: il ne peut pas être démarré."
        assert translate(ValidationFailed({"title": Message("Give the change a short title.")})) == (
            "Donnez un titre court au changement."
        )
        assert translate("Rita's own words") == "Rita's own words"
    assert refusal.sentence == "CHG-1 is scheduled: it cannot be started."


@pytest.mark.parametrize("odd", ["", "{", "{0}", "}{", "a {b} c", "\\", "(?P<x>.*)", "😀 {id}"])
def test_odd_texts_stay_as_they_are(odd: str) -> None:
    with use_language("fr"):
        assert translate(odd) == odd
        accepted = f"{odd} a accepté le chevauchement\N{NO-BREAK SPACE}: {odd}"
        assert _("{by} accepted the overlap: {reason}", by=odd, reason=odd) == accepted


def test_why_a_change_was_given_up_stays_peoples_words_or_ours_in_the_thread() -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), c.Postpone(PIERRE, "Cancel"))
    with use_language("fr"):
        assert translate(story.now_it_is.closing_reason) == "Cancel"
    story = a_change("scheduled").until(night(3))
    change, notice = story.now_it_is, story.notices()[-1]
    french, german = "Les travaux ne peuvent pas avoir lieu à cette date.", "Die Arbeiten können an diesem Datum nicht"
    for language, own in (("fr", french), ("de", german)):
        assert facts(language, notice, change, story.service)["detail"].startswith(own)
    with use_language("fr"):
        assert translate(change.closing_reason).startswith("Il n’a pas été démarré")


def test_a_sentence_of_ours_in_a_notice_is_said_in_the_language_of_the_notice_with_its_dates() -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), c.Postpone(PIERRE, "Cancel"))
    limit = moment_label(at(2027, 4, 13, 9), ZURICH)
    said = Message("Nobody gave GO by {limit}, and silence is never GO.", limit=limit)
    notice = replace(story.notices()[-1], detail=said)
    assert {each: facts(each, notice, story.now_it_is, story.service)["detail"] for each in ("en", "fr", "de")} == {
        "en": "Nobody gave GO by Tue 13 Apr 2027, 09:00 (CEST), and silence is never GO.",
        "fr": "Personne n’a donné le GO avant le mar. 13 avr. 2027, 09:00 (CEST), et le silence n’est jamais un GO.",
        "de": "Bis Di 13. Apr. 2027, 09:00 (CEST) hat niemand GO gegeben, und Schweigen ist nie ein GO.",
    }


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
