"""A private change is spoken of in its asker's own chat only, refusals and questions too: from outside, in production.

Every command and every button with its id, in a channel and in a group chat, by whom it is for and whom it is not.
"""

import asyncio
import json
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG
from bot.commands.command_words import VERBS
from bot.commands.queries import QUERIES
from bot.messenger.private_answers import ANSWERED, NO_CHAT
from changes.effects import PlayRehearsal, Reply
from changes.model import State
from changes.reporting.search import Search
from storage.codec import decode_effect
from storage.engine import READ_ONLY
from storage.tables import outbox
from tests.integration.attack.conftest import heard, since, stored
from tests.integration.attack.test_invisible_drafts import WITH
from tests.integration.attack.test_one_spelling import CLAIRE, LUC, NADIA, PIERRE
from tests.integration.rights.test_every_verb import INPUTS, MORE
from tests.support.production import House, begin_request
from tests.support.running import FORM
from tests.support.teams import CHANNEL, GROUP, Message, Somebody

NAMES_NO_CHANGE = {
    *("new", "list", "mine", "absent", "calendar", "feed", "stats", "bind", "language", "admin", "help", "series"),
    "template",
}
"""Nor does what stands at once behind `template`: an id of a change stands further behind, if at all."""
ENDS_IT = {"submit", "cancel", "allow"}
"""After these the draft is in the channel, or gone: they are typed last, by whom it is for."""


@pytest.fixture
async def draft(house: House, draft: str) -> str:
    """Nadia's draft; Pierre, who decides, has a chat with the bot too, and Luc, whom it is not for."""
    for each in (PIERRE, LUC):
        await house.teams.type(each, "/change help")
    await since(house, LUC, 0)
    return draft


async def private(house: House, change: str) -> bool:
    found = await stored(house, change)
    return found.is_private and found.state is State.DRAFT


@dataclass(slots=True)
class Answers:
    """Reads answers as they were decided, before they go to Teams, which takes only so many a second."""

    house: House
    read: int = 0

    async def new(self, who: Somebody) -> tuple[list[str], list[str]]:
        """What is on its way since the last look: to others, and to the person's own chat."""
        others: list[str] = []
        alone: list[str] = []
        query = select(outbox.c.id, outbox.c.kind, outbox.c.body).where(outbox.c.id > self.read).order_by(outbox.c.id)
        async with self.house.app.store.engine.connect() as connection:
            rows = (await (await connection.execution_options(**{READ_ONLY: True})).execute(query)).all()
        for number, kind, body in rows:
            self.read = number
            said = decode_effect(kind, body)
            if isinstance(said, PlayRehearsal):
                continue  # an order to the bot itself, which nobody reads
            if not isinstance(said, Reply):
                others.append(kind)
                continue
            is_own = said.conversation["id"] == f"personal-{who.id}"
            text = said.activity.get("text") or json.dumps(said.activity, ensure_ascii=False)
            (alone if is_own else others).append(str(text))
        return others, alone


def lines(change: str) -> dict[str, tuple[str, ...]]:
    """Every command that names a change, alone and with what has to stand behind the id."""
    rests = {name: ("", WITH.get(name, "Because of it.")) for name in VERBS if name not in NAMES_NO_CHANGE}
    named = {name: tuple(f"change {name} {change} {rest}".rstrip() for rest in both) for name, both in rests.items()}
    return {**named, "template": (f"change template use {change}", f"change template save {change} Kept")}


async def heard_to_the_end(answers: Answers, who: Somebody) -> None:
    """A rehearsal is played beside everything else: whoever ordered it hears all of it later, and nobody else."""
    async with asyncio.timeout(30):
        alone: list[str] = []
        while not any("End of" in each for each in alone):
            others, alone = await answers.new(who)
            assert not others
            await asyncio.sleep(0.02)


async def test_no_command_that_names_a_private_change_is_answered_among_others(house: House, draft: str) -> None:
    answers = Answers(house)
    await answers.new(NADIA)
    for both in (both for name, both in lines(draft).items() if name not in ENDS_IT):
        for who, text, where in ((PIERRE, both[0], "channel"), (PIERRE, both[1], GROUP), (NADIA, both[1], "channel")):
            await house.teams.type(who, text, where)
            others, alone = await answers.new(who)
            assert others == [ANSWERED], (who.name, text, where)
            assert alone, text
            if "I am rehearsing" in alone[0]:
                await heard_to_the_end(answers, who)
    assert await private(house, draft)


async def test_what_ends_or_publishes_a_private_change_is_confirmed_or_refused_in_ones_own_chat(
    house: House, draft: str
) -> None:
    others, alone = await heard(house, PIERRE, f"change submit {draft}", "channel")
    assert (others, alone[0].text) == ([ANSWERED], f"Only Nadia Favre can submit {draft}.")
    others, alone = await heard(house, NADIA, f"change allow {draft} Because of it.", "channel")
    assert (others, len(alone)) == ([ANSWERED], 1)
    others, alone = await heard(house, NADIA, f"change cancel {draft}", GROUP)
    assert others == [ANSWERED]
    assert draft in alone[-1].text
    assert not await private(house, draft)


async def test_no_button_about_a_private_change_is_answered_among_others(house: House, draft: str) -> None:
    looks = [{"verb": "look", "typed": f"{name} {draft}"} for name in QUERIES if name not in NAMES_NO_CHANGE]
    looks += [{"verb": "command", "typed": f"{name} {draft} Because."} for name in ("show", "edit", "approve")]
    verbs = [{"verb": verb} for verb in sorted(set(_COMMANDS) | BY_DIALOG - {"look", "admin", "command"})]
    answers = Answers(house)
    await answers.new(PIERRE)
    for each in [*looks, *verbs, {"verb": "change.edit", **FORM, "date": "2031-04-16"}]:
        verb = str(each["verb"])
        data = {**INPUTS, **MORE.get(verb, {}), **each, "change": draft, "revision": 0, "message": "precheck:1"}
        if verb == "command":
            data["message"] = ""  # of no question: such a button is always open
        answer = await house.teams.execute(PIERRE, verb, data, Message("any", CHANNEL, {}))
        others, _alone = await answers.new(PIERRE)
        assert answer["value"], "the presser is answered"
        assert not others, verb

        # A client that knows no Action.Execute sends the same as a message, and is answered by messages.
        await house.teams.deliver(house.teams.activity(PIERRE, GROUP) | {"type": "message", "value": data})
        others, alone = await answers.new(PIERRE)
        assert others == [ANSWERED], verb
        assert alone, verb
    assert await private(house, draft)


async def test_a_question_about_a_private_change_is_asked_and_answered_in_ones_own_chat(
    house: House, draft: str
) -> None:
    await house.teams.press(NADIA, "change.submit")
    await since(house, NADIA, 0)
    await begin_request(house, LUC)
    await house.teams.press(LUC, "change.edit", inputs=FORM | {"title": "At the same time", "date": "2031-04-15"})
    second = draft.replace("0001", "0002")
    assert await private(house, second)

    others, alone = await heard(house, PIERRE, f"change allow {second}", "channel")
    assert others == [ANSWERED]
    assert "`cancel` leaves it as it is" in alone[-1].text, "it is a question"
    others, _alone = await heard(house, PIERRE, "No secret of the question's", "channel")
    assert second not in str(others)
    assert await private(house, second), "in the channel nobody was asked anything"
    others, alone = await heard(house, PIERRE, "cancel", "personal")
    assert (others, [each.text for each in alone]) == ([], [f"Nothing was changed in {second}."])


async def test_without_a_chat_of_ones_own_nothing_is_done_to_a_private_change_and_nothing_is_said_of_it(
    house: House, draft: str
) -> None:
    everything = lines(draft)
    for name in ("submit", "move", "cancel", "go"):
        for text in everything[name]:
            others, alone = await heard(house, CLAIRE, text, "channel")
            assert others == [NO_CHAT], text
            assert not alone
    assert await private(house, draft)


async def test_a_request_that_was_begun_among_others_goes_on_there_and_an_old_clients_form_does_not(
    house: House,
) -> None:
    await begin_request(house, LUC, "channel")
    inputs = FORM | {"title": "Begun among others", "date": "2031-05-15"}
    before = len(house.teams.calls)
    sent = house.teams.activity(LUC, "channel")
    form = {"verb": "change.edit", "change": "new", "revision": 0, **inputs}
    await house.teams.deliver(sent | {"type": "message", "value": form})
    others, alone = await since(house, LUC, before)
    assert others == [NO_CHAT]
    assert not alone

    answer = await house.teams.press(LUC, "change.edit", inputs=inputs)
    assert "Begun among others" in json.dumps(answer["value"])
    before = len(house.teams.calls)
    answer = await house.teams.press(LUC, "change.submit")
    others, _alone = await since(house, LUC, before)
    assert "has been submitted" in json.dumps(answer["value"])
    assert any("Begun among others" in each for each in others), "from here on it is everybody's"


async def test_the_words_that_end_a_request_begun_among_others_are_taken_there_and_no_others(house: House) -> None:
    thread = f"{CHANNEL};messageid=7"
    await begin_request(house, LUC, thread)
    await house.teams.press(LUC, "change.edit", inputs=FORM | {"title": "Begun here", "date": "2031-05-15"})
    [change] = [each.id for each in await house.unit.changes.find(Search(requester=LUC.object_id))]
    for text in (f"change show {change}", f"change edit {change}", f"change move {change}", f"change go {change}"):
        others, _alone = await heard(house, LUC, text, thread)
        assert others == [NO_CHAT], text
    others, _alone = await heard(house, LUC, f"change submit {change}", GROUP)
    assert others == [NO_CHAT], "it was begun elsewhere"
    others, _alone = await heard(house, LUC, f"change submit {change}", thread)
    assert NO_CHAT not in others
    assert not await private(house, change)
