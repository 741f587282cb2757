"""People without an Entra id, people who left, who were renamed, who are met under two names."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from changes.model import State
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, LUC, NADIA, PIERRE, Somebody, entities_of, inputs_of, place, text_of, words

NOBODY = Somebody("29:guest", "A Guest", "")
SENTENCE = "Teams does not tell me your work account in this organisation"
PRESS = {"action": {"type": "Action.Execute", "verb": "go.give", "data": {"change": CHANGE}}, "trigger": "manual"}


def from_nobody(bot: Bot, where: str = "personal", **fields: Any) -> dict[str, Any]:
    activity = bot.teams.activity(NOBODY, where) | {"type": "message", "text": "/change list"} | fields
    del activity["from"]["aadObjectId"]
    return activity


async def test_whoever_has_no_entra_id_gets_a_sentence_wherever_they_write_or_press(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        before = len(bot.teams.calls)
        for activity in (
            from_nobody(bot),
            from_nobody(bot, "channel"),
            from_nobody(bot, text=""),
            from_nobody(bot, text=None, value={"verb": "go.give", "change": CHANGE, "revision": 1}),
        ):
            await bot.teams.deliver(activity)
            await bot.settle()
            assert bot.teams.calls[-1].message.text.startswith(SENTENCE)
            assert bot.teams.calls[-1].message.conversation == activity["conversation"]["id"]
        await bot.teams.deliver(from_nobody(bot, locale="fr-CH"))
        await bot.settle()
        assert bot.teams.texts()[-1].startswith("Teams ne m")
        press = from_nobody(bot, type="invoke", name="adaptiveCard/action", value=PRESS)
        answer = (await bot.teams.deliver(press)).json()
        assert answer["value"].startswith(SENTENCE)
        said = len(bot.teams.calls) - before
        # Another bot, a reaction, somebody who types: nobody waits for an answer, and two bots would never end.
        for more in ({"from": {"id": "28:other", "name": "Other"}}, {"type": "typing"}, {"type": "messageReaction"}):
            activity = from_nobody(bot) | more
            await bot.teams.deliver(activity)
        await bot.settle()
        assert len(bot.teams.calls) - before == said == 5
        assert NOBODY.name not in [each.person.name for each in await bot.unit.people.everybody()]
        # A policy installs the bot, and names nobody: those who are there are greeted all the same.
        installed = from_nobody(bot, type="installationUpdate", action="add", text=None)
        await bot.teams.deliver(installed)
        await bot.settle()
        assert bot.teams.texts()[-1].startswith("Hello!")


async def test_who_was_renamed_left_or_shares_a_name_is_shown_asked_and_told_apart(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.type(PIERRE, "/change help")
        await bot.requested()
        renamed = replace(NADIA, name="Nadia Rey & Fils")
        # Luc has two accounts of the same name: they are told apart, in the form and in the chat.
        twin = replace(LUC, id="29:twin", object_id="00000000-0000-0000-0000-00000000aa23")
        for each in (LUC, twin):
            await bot.type(each, "/change help")
        await bot.type(renamed, f"/change edit {CHANGE}")
        cards = [call.message.card for call in bot.teams.calls if "Input.ChoiceSet" in str(call.message.card)]
        titles = {each["value"]: each["title"] for each in inputs_of(cards[-1])["implementer"]["choices"]}
        assert titles[LUC.object_id] != titles[twin.object_id]
        assert titles[twin.object_id] == "Luc Bonvin (00aa23)"
        await bot.type(PIERRE, f"/change assign {CHANGE} implementer Luc Bonvin")
        assert "Luc Bonvin (000023) and Luc Bonvin (00aa23)" in bot.teams.texts()[-1]
        await bot.type(PIERRE, f"/change assign {CHANGE} implementer Luc Bonvin (00aa23)")
        assert (await bot.change()).plan.implementer.id == twin.object_id
        await bot.type(PIERRE, f"/change assign {CHANGE} implementer Rey & Fils Nadia")
        assert (await bot.change()).plan.implementer.id == NADIA.object_id
        # Nadia was renamed: the card shows what she is called now, the history what she was called then.
        await bot.type(renamed, f"/change show {CHANGE}")
        assert "Nadia Favre submitted it" in bot.overview()
        # Pierre left: Teams takes no mention of him and his chat is gone; what is asked is asked in the channel.
        bot.teams.closed[f"personal-{PIERRE.id}"] = (403, "ConversationBlockedByUser")
        bot.teams.refuses = lambda activity: "not a member" if PIERRE.id in str(entities_of(activity)) else ""
        await bot.advance(datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH))
        assert (await bot.change()).state is State.PRECHECK_PENDING
        assert place(bot.teams.with_button("precheck.approve")) == CHANNEL
        asked = " ".join(words(bot.teams.with_button("precheck.approve").card))
        assert "Nadia Rey & Fils" in asked.replace("&amp;", "&")
        assert "Nadia Favre" not in asked
        assert any(text_of(each).startswith("**Pierre André**") for each in bot.teams.standing_in(CHANNEL))
        assert await bot.unit.outbox.dead() == ()
        assert any(each.why.startswith("Teams refused the mentions") for each in await bot.unit.delivery_log.of(CHANGE))
