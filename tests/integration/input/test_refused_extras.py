"""An extra that Teams refuses never takes the message with it: a mention, a summary, the card, the call to it."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from application.ports import UserProfile
from bot.messenger.message_factory import mentioning
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import State
from changes.text.messages import Message as Sentence
from tests.support.days import moment
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import CHANNEL, NADIA, PIERRE, Message, entities_of, place, words

Rule = Callable[[dict[str, Any]], str]
SOEHNE = replace(PIERRE, name="Pierre & <Söhne>")


def no_mentions(activity: dict[str, Any]) -> str:
    return "no mentions" if entities_of(activity) else ""


def no_summary(activity: dict[str, Any]) -> str:
    return "no summary" if activity.get("summary") else ""


def no_cards(activity: dict[str, Any]) -> str:
    return "no cards" if activity.get("attachments") else ""


async def left_out(bot: Bot) -> list[DeliveryRecord]:
    """What the ledger says went out with less than it was to have."""
    assert await bot.unit.outbox.dead() == ()
    return [each for each in await bot.unit.delivery_log.of(CHANGE) if each.notice == "reduced"]


def posted(bot: Bot, where: str) -> list[Message]:
    return [call.message for call in bot.teams.calls if place(call.message) == where]


def only_announced(bot: Bot) -> None:
    """Leave out of the record what this Teams took only without the sentence for its notification."""
    bot.teams.calls = [each for each in bot.teams.calls if each.message.activity.get("summary")]


async def test_a_name_is_escaped_as_teams_reads_it_and_what_is_refused_all_the_same_is_left_out(tmp_path: Path) -> None:
    own = f"personal-{PIERRE.id}"
    async with running(tmp_path, START) as bot:
        await bot.type(SOEHNE, "/change help")
        bot.teams.refuses = no_summary
        await bot.at_precheck()
        asked = next(each for each in posted(bot, CHANNEL) if each.entities)
        # On a card a mention is found by its text as it stands there: what Markdown or XML would change is left out.
        assert asked.entities[0]["mentioned"] == {"id": PIERRE.id, "name": "Pierre Söhne"}
        assert asked.line.startswith("<at>Pierre Söhne</at>: ")
        told = mentioning(Sentence("x"), [UserProfile(SOEHNE.person, SOEHNE.id)])
        assert told["entities"][0]["mentioned"] == {"id": PIERRE.id, "name": SOEHNE.name}
        assert told["text"] == "<at>Pierre &amp; &lt;Söhne&gt;</at>: x"
        assert any(each.card for each in posted(bot, own)), "without its summary"
        assert (DeliveryChannel.PERSONAL, SOEHNE.name) in [(each.way, each.to) for each in await left_out(bot)]
        for each in await left_out(bot):
            assert each.why.startswith("Teams refused the summary for notifications, so it was left"), (
                "and nothing else"
            )

        bot.teams.refuses = no_mentions
        await bot.press(SOEHNE, "precheck.approve")
        await bot.advance(moment(4, 8))
        (asked,) = [each for each in posted(bot, CHANNEL) if "GO or NO-GO for" in str(words(each.card)[:1])]
        assert words(asked.card)[0].startswith("**Pierre Söhne**: ")
        assert "<at>" not in str(asked.activity)
        assert place(bot.teams.with_button("go.give")) in (CHANNEL, own)
        assert any(each.way is DeliveryChannel.TEAMS and "no mentions" in each.why for each in await left_out(bot))
        await bot.type(NADIA, f"/change ledger {CHANGE}")
        shown = " ".join(words(bot.teams.calls[-1].message.card))
        assert "card or message" in shown
        assert "Teams refused the mentions, so the names stand there without a notification." in shown

        bot.teams.refuses = no_cards
        await bot.type(SOEHNE, f"/change show {CHANGE}")
        text = posted(bot, own)[-1].text
        assert "GO or NO-GO?" in text or "Update to version 5" in text
        assert f"`/change go {CHANGE}`" in text
        await bot.type(SOEHNE, f"/change go {CHANGE}")
        assert (await bot.change()).state is State.SCHEDULED
        assert any("so its text was sent without buttons" in each.why for each in await left_out(bot))
        only_announced(bot)


async def test_where_the_call_on_it_is_not_taken_it_is_noted_once_and_the_card_is_posted_all_the_same(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.advance(moment(4, 1) - timedelta(hours=1))
        bot.teams.refuses = no_mentions
        await bot.advance(moment(4, 1))
        asked = bot.teams.with_button("precheck.approve")
        assert place(asked) == CHANNEL
        assert words(asked.card)[0].startswith("**Pierre André**: your pre-check of")
        (note,) = [each for each in await left_out(bot) if each.why.startswith("Teams refused the mentions")]
        assert note.result is DeliveryStatus.SENT


async def test_where_the_card_is_not_taken_whoever_is_called_to_it_is_called_to_its_text(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.advance(moment(4, 1) - timedelta(hours=1))
        bot.teams.refuses = no_cards
        await bot.advance(moment(4, 1))
        (asked,) = [each for each in posted(bot, CHANNEL) if "your pre-check of" in each.text]
        assert asked.text.startswith("<at>Pierre André</at>: your pre-check of")
        assert [each["mentioned"]["name"] for each in asked.entities] == [PIERRE.name]
        assert f"`@Change bot approve {CHANGE}`" in asked.text
        only_announced(bot)


async def test_that_the_database_does_not_answer_is_heard_without_a_summary_too(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        bot.teams.refuses = no_summary
        with contextlib.closing(sqlite3.connect(tmp_path / "changes.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await bot.teams.type(NADIA, "/change help")
            assert bot.teams.texts()[-1].startswith("Another program holds my database")
            other.execute("ROLLBACK")
        only_announced(bot)
