"""What affected people read of a decision: a text of its own, seen before it goes; the reason stays within."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from changes.model import State
from changes.notification import NoticeKind
from language.sentences import ROOT
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, CLAIRE, NADIA, PIERRE, actions, find_action, inputs_of, parts, verbs, words

REASON = "The vendor has withdrawn his plugin."
FRENCH, ENGLISH = "La mise à jour n’est pas prête.", "The update is not ready."


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot, with a service that speaks French and English."""
    settings = (ROOT / "local" / "services.toml").read_text(encoding="utf-8").replace('["en", "fr"]', '["fr", "en"]')
    (tmp_path / "services.toml").write_text(settings, encoding="utf-8")
    async with running(tmp_path, START, CHANGE_SERVICES=str(tmp_path / "services.toml")) as bot:
        yield bot


def panel(bot: Bot, verb: str) -> dict[str, Any]:
    """The panel with that button, on the newest card that has it."""
    opened = [each["card"] for each in actions(bot.teams.with_button(verb).card or {}) if "card" in each]
    return next(each for each in opened if any(verb == action.get("verb") for action in each["actions"]))


def drafted(bot: Bot, verb: str, kind: NoticeKind) -> tuple[str, str]:
    """What people would read of it, in French and in English, as the panel of the button is filled in."""
    fields = inputs_of(panel(bot, verb))
    return fields[f"{kind}_fr"]["value"], fields[f"{kind}_en"]["value"]


def announced(bot: Bot, title: str) -> str:
    """The one notice with that French title, in the channel."""
    [text] = {each.text for each in bot.teams.standing_in(CHANNEL) if title in each.text.partition("\n")[0]}
    return text


async def test_why_it_is_cancelled_stays_in_the_thread_and_people_read_what_was_written_for_them(bot: Bot) -> None:
    await bot.scheduled()
    own = ("Aucune autre date n’est prévue.", "No other date is planned.")
    assert drafted(bot, "change.withdraw", NoticeKind.CANCELLED) == own
    shown = " ".join(words(panel(bot, "change.withdraw")))
    assert "n’aura pas lieu" in shown
    assert "will not take place" in shown
    await bot.press(PIERRE, "change.withdraw", reason=REASON, cancelled_fr=FRENCH, cancelled_en=own[1])
    text = announced(bot, "Maintenance annulée")
    assert FRENCH in text
    assert own[1] in text
    assert REASON not in text
    assert any(REASON in each for each in bot.teams.texts() if "annul" in each or "cancelled" in each)


async def test_a_typed_reason_reaches_the_thread_and_nobody_affected(bot: Bot) -> None:
    await bot.scheduled()
    await bot.type(NADIA, f"/change postpone {CHANGE} {REASON}")
    text = announced(bot, "Maintenance reportée")
    assert "Les travaux ne peuvent pas avoir lieu à cette date." in text
    await bot.type(NADIA, f"/change cancel {CHANGE} {REASON}")
    assert REASON not in text + announced(bot, "Maintenance annulée")


async def test_a_cancelled_change_whose_new_date_was_promised_is_told_with_a_text_of_its_own(bot: Bot) -> None:
    await bot.scheduled()
    await bot.type(NADIA, f"/change postpone {CHANGE} {REASON}")
    assert "jeu. 15 avr. 2027" in " ".join(words(panel(bot, "change.withdraw")))
    await bot.press(NADIA, "change.withdraw", reason=REASON, cancelled_en=ENGLISH)
    assert ENGLISH in announced(bot, "Maintenance annulée")


async def test_where_nobody_was_told_a_date_nothing_is_asked_for_them(bot: Bot) -> None:
    await bot.requested()
    assert list(inputs_of(panel(bot, "change.withdraw"))) == ["reason"]
    await bot.press(NADIA, "change.withdraw", reason=REASON, cancelled_en=ENGLISH)
    assert not any(ENGLISH in text for text in bot.teams.texts())


async def test_postponed_on_its_day_it_is_told_with_a_text_of_its_own(bot: Bot) -> None:
    await bot.scheduled()
    await bot.advance(moment(4, 15, 19, 30))
    await bot.type(NADIA, f"/change failed {CHANGE} No room.")
    own = ("Les travaux ne peuvent pas avoir lieu à cette date.", "The work cannot be done on that date.")
    assert drafted(bot, "change.postpone", NoticeKind.POSTPONED) == own
    await bot.press(NADIA, "change.postpone", reason=REASON, postponed_fr=FRENCH, postponed_en=ENGLISH)
    assert (await bot.change()).state is State.POSTPONED
    text = announced(bot, "Maintenance reportée")
    assert FRENCH in text
    assert ENGLISH in text
    assert REASON not in text


async def test_the_form_that_moves_an_announced_date_shows_what_people_read_of_it_and_keeps_it(bot: Bot) -> None:
    await bot.scheduled()
    opened = await bot.press(NADIA, "change.edit")
    fields = inputs_of(opened["value"])
    assert fields["postponed_fr"]["value"] == "Les travaux ne peuvent pas avoir lieu à cette date."
    written = {"postponed_fr": FRENCH, "postponed_en": ENGLISH}
    answer = await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-05-20", "title": " "} | written))
    assert inputs_of(answer["value"])["postponed_fr"]["value"] == FRENCH, "a wrong field empties no other"
    answer = await bot.press(
        NADIA, "change.edit", **(FORM | {"date": "2027-05-20"} | written | {"postponed_en": "x" * 501})
    )
    assert "shorten it to 500" in " ".join(words(answer["value"]))
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-05-20"} | written))
    assert (await bot.change()).plan.window.start.astimezone(ZURICH).day == 20
    text = announced(bot, "Maintenance reportée")
    assert FRENCH in text
    assert ENGLISH in text


async def test_the_form_asks_for_nothing_where_no_date_was_announced(bot: Bot) -> None:
    await bot.requested()
    opened = await bot.press(NADIA, "change.edit")
    assert not [name for name in inputs_of(opened["value"]) if name.startswith("postponed_")]


LATE_FR, LATE_EN = "La copie est presque finie.", "The copy is almost finished."
HOLDING = ("Nous y travaillons et vous informerons dès que nous en saurons davantage.", "We are working on it")


async def test_what_goes_by_itself_at_the_end_of_the_window_is_seen_before_and_says_what_was_kept(bot: Bot) -> None:
    await bot.started()
    await bot.advance(moment(4, 15, 23, 5))
    french, english = drafted(bot, "holding.keep", NoticeKind.HOLDING)
    assert (french, english.startswith(HOLDING[1])) == (HOLDING[0], True)
    shown = " ".join(words(panel(bot, "holding.keep")))
    assert "23:30" in shown
    assert "n’est pas encore terminée" in shown
    assert "is not finished yet" in shown
    kept = await bot.press(NADIA, "holding.keep", holding_fr=LATE_FR, holding_en=LATE_EN)
    await bot.type(CLAIRE, f"/change notice {CHANGE} holding")
    assert LATE_FR in bot.teams.texts()[-1], "what would be posted now"
    assert inputs_of(kept["value"])["holding_fr"]["value"] == LATE_FR
    again = await bot.press(PIERRE, "holding.keep", holding_fr=LATE_FR, holding_en=LATE_EN)
    assert "Nadia Favre" in str(again["value"]), "it is kept already, by her"
    assert not any(LATE_FR in each.text for each in bot.teams.standing_in(CHANNEL)), "nothing goes before its time"
    await bot.advance(moment(4, 15, 23, 31))
    text = announced(bot, "Maintenance pas encore terminée")
    assert LATE_FR in text
    assert LATE_EN in text
    assert HOLDING[0] not in text
    cards = [each.card for each in bot.teams.messages.values() if each.card]
    assert not any("holding.keep" in verbs(card) for card in cards), "it has gone, so nothing is left to change"


async def test_whoever_comes_too_late_with_another_text_is_not_told_that_it_is_kept(bot: Bot) -> None:
    await bot.started()
    await bot.advance(moment(4, 15, 23, 5))
    card = bot.teams.with_button("holding.keep")
    data = find_action(card.card or {}, "holding.keep", {})["data"]
    await bot.press(PIERRE, "holding.keep", holding_fr=LATE_FR)
    await bot.advance(moment(4, 15, 23, 31))
    late = await bot.teams.execute(NADIA, "holding.keep", data | {"holding_en": LATE_EN}, card)
    assert "its holding notice has gone out" in str(late["value"])
    assert "Pierre" not in str(late["value"])


async def test_a_date_that_somebody_wrote_is_none_of_the_card_s_within_a_notice(bot: Bot) -> None:
    bot.teams.marks_were_typed = True
    written = "{{DATE(2027-01-01T00:00:00Z,SHORT)}}"
    await bot.given_go({"affected": f"Out of use {written}."})
    await bot.advance(moment(4, 15, 22, 0))
    await bot.press(NADIA, "window.start")
    await bot.advance(moment(4, 15, 23, 5))
    assert written in " ".join(words(panel(bot, "holding.keep")))
    said = [each["text"] for each in parts(panel(bot, "holding.keep"), "TextBlock")]
    assert not any("{{DATE(" in text for text in said)


async def test_two_who_send_the_same_update_at_once_tell_people_once(bot: Bot) -> None:
    await bot.started()
    await bot.press(NADIA, "incident.declare", incident=REASON)
    card = bot.teams.with_button("incident.update")
    sent = find_action(card.card or {}, "incident.update", {})["data"] | {"incident_update_fr": LATE_FR}
    await bot.teams.execute(NADIA, "incident.update", sent, card)
    again = await bot.teams.execute(PIERRE, "incident.update", sent, card)
    assert "Nadia Favre" in str(again["value"]), "it is sent already, by her"
    await bot.teams.execute(PIERRE, "incident.update", sent | {"incident_update_fr": FRENCH}, card)
    await bot.settle()
    assert sum(LATE_FR in text for text in bot.teams.texts()) == 1
    assert any(FRENCH in text for text in bot.teams.texts())
    await bot.advance(moment(4, 15, 22, 5))
    await bot.teams.execute(NADIA, "incident.update", sent, card)
    await bot.settle()
    assert sum(LATE_FR in text for text in bot.teams.texts()) == 2, "it may be said again later"


async def test_a_holding_notice_for_which_nothing_was_written_says_its_own_sentence(bot: Bot) -> None:
    await bot.started()
    await bot.advance(moment(4, 15, 23, 5))
    await bot.press(NADIA, "holding.keep", holding_fr=" ", holding_en=LATE_EN)
    await bot.advance(moment(4, 15, 23, 31))
    text = announced(bot, "Maintenance pas encore terminée")
    assert HOLDING[0] in text
    assert LATE_EN in text


async def test_what_was_kept_for_one_end_is_not_said_at_another(bot: Bot) -> None:
    await bot.started()
    await bot.advance(moment(4, 15, 22, 30))
    await bot.type(NADIA, f"/change holding {CHANGE} {LATE_EN}")
    assert "the holding notice of" in bot.teams.texts()[-1]
    assert (await bot.change()).holding == {"fr": LATE_EN, "en": LATE_EN}
    await bot.press(NADIA, "window.extend", reason=REASON, extra_minutes="60")
    await bot.type(CLAIRE, f"/change notice {CHANGE} holding")
    assert "22:00 – ven. 16 avr. 2027, 00:30" in bot.teams.texts()[-1], "of the window as it is now"
    await bot.advance(moment(4, 16, 0, 5))
    assert drafted(bot, "holding.keep", NoticeKind.HOLDING)[0] == HOLDING[0]
    await bot.advance(moment(4, 16, 0, 31))
    text = announced(bot, "Maintenance pas encore terminée")
    assert HOLDING[0] in text
    assert LATE_EN not in text


async def test_a_holding_notice_is_asked_for_by_its_command_and_refused_once_it_has_gone(bot: Bot) -> None:
    await bot.started()
    await bot.type(NADIA, f"/change holding {CHANGE}")
    assert bot.teams.texts()[-1].startswith("What do people read")
    await bot.type(NADIA, LATE_EN)
    assert (await bot.change()).holding["en"] == LATE_EN
    await bot.advance(moment(4, 15, 23, 31))
    await bot.type(NADIA, f"/change holding {CHANGE} {LATE_FR}")
    assert "its holding notice has gone out" in bot.teams.texts()[-1]
