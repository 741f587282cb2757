"""Everybody is spoken to in the language of their Teams, or the one they chose; a channel in that of its service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.running import FORM, START, Bot, running
from tests.support.talking import last
from tests.support.teams import CHANNEL, NADIA, PIERRE, shown


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        bot.teams.locales["Nadia Favre"] = "fr-CH"
        yield bot


async def test_a_french_speaking_requester_gets_a_french_form_summary_and_refusals(bot: Bot) -> None:
    await bot.type(NADIA, "/change nouveau")
    assert "Nouvelle demande de changement" in shown(bot.teams.with_button("change.edit").card)
    wrong = await bot.press(NADIA, "change.edit", **(FORM | {"title": "", "minutes": "-3"}))
    assert "Veuillez corriger 2 champs." in shown(wrong["value"])
    assert "Donnez un titre court au changement." in shown(wrong["value"])
    summary = await bot.press(NADIA, "change.edit", **FORM)
    assert "Récapitulatif" in shown(summary["value"])
    await bot.press(NADIA, "change.submit")
    handed_in = "est soumis. Le pré-contrôle sera demandé à Pierre André le jeu. 1 avr."
    assert any(handed_in in text for text in bot.teams.texts())
    await bot.type(NADIA, "/change start 1")
    assert "attend la date de son pré-contrôle\N{NO-BREAK SPACE}: il ne peut pas être démarré." in last(bot)


async def test_what_everybody_reads_is_in_the_language_of_the_service_and_a_press_is_answered_in_that_of_who_pressed(
    bot: Bot,
) -> None:
    bot.teams.locales["Pierre André"] = "fr-FR"
    await bot.at_precheck()
    assert "Pre-check" in shown(bot.teams.with_button("precheck.approve").card)
    answer = await bot.press(PIERRE, "precheck.approve")
    assert "a approuvé le pré-contrôle" in shown(answer["value"])
    cards = [shown(call.message.card) for call in bot.teams.calls if call.message.conversation.startswith(CHANNEL)]
    assert any("approved the pre-check on" in card for card in cards)
    assert any("a approuvé le pré-contrôle de" in text for text in bot.teams.texts()), "the requester, in their chat"


async def test_a_language_that_was_chosen_wins_over_that_of_teams(bot: Bot) -> None:
    await bot.type(NADIA, "/change langue english")
    assert last(bot) == "Noted: I'll answer you in English."
    await bot.type(NADIA, "/change help")
    assert "I guide production changes" in last(bot)
    await bot.type(NADIA, "/change language auto")
    assert last(bot) == "C’est noté, je vous réponds en français."
    await bot.type(NADIA, "/change language klingon")
    assert "Dites laquelle" in last(bot)
