"""What only its asker may read goes to their own chat wherever they ask: from outside, in production mode."""

import asyncio
import json
import re

import pytest

from bot.messenger.private_answers import ANSWERED, NO_CHAT
from changes.model import State
from changes.reporting.search import Search
from tests.integration.attack.conftest import SECRET
from tests.integration.attack.test_one_spelling import CLAIRE, LUC, NADIA
from tests.integration.door.test_door import House
from tests.support.running import FORM
from tests.support.teams import CHANNEL, GROUP, Message, Somebody, words

ABOUT_THE_DRAFT = ("show {id}", "notice {id} planned", "edit {id}", "test {id}", "export {id}")
ABOUT_ONESELF = ("mine", "list mine", "list drafts")
FOR_ADMINS = ("admin", "feed")


async def draft(house: House) -> str:
    async with house.app.store.units() as unit:
        [found] = await unit.changes.find(Search(states=(State.DRAFT,)))
    return found.id


async def heard(house: House, who: Somebody, text: str, where: str) -> tuple[list[Message], list[Message]]:
    """What came of it among others, and in the person's own chat."""
    before = len(house.teams.calls)
    await house.teams.type(who, text, where)
    return await since(house, who, before)


async def since(house: House, who: Somebody, before: int) -> tuple[list[Message], list[Message]]:
    """Everything, once it was delivered: Teams takes only so many messages a second."""
    async with asyncio.timeout(20):
        while await waits(house):
            await house.app.worker.run_due()
    new = [call.message for call in house.teams.calls[before:]]
    alone = [each for each in new if each.conversation == f"personal-{who.id}"]
    return [each for each in new if each not in alone], alone


async def waits(house: House) -> bool:
    async with house.app.store.units() as unit:
        return bool((await unit.outbox.waiting())[0])


def everything(messages: list[Message]) -> str:
    return json.dumps([each.activity for each in messages], ensure_ascii=False)


@pytest.mark.parametrize(
    ("where", "commands"),
    [("channel", ABOUT_THE_DRAFT), (GROUP, ("ledger {id}", *ABOUT_ONESELF, *FOR_ADMINS))],
)
async def test_what_only_its_asker_may_read_is_posted_nowhere_but_in_their_own_chat(
    house: House, where: str, commands: tuple[str, ...]
) -> None:
    known = await draft(house)
    for each in commands:
        others, alone = await heard(house, NADIA, f"change {each.format(id=known)}", where)

        assert [(one.text, one.card) for one in others] == [(ANSWERED, None)], each
        assert alone, each
        if "{id}" in each or each in ("mine", "list mine", "list drafts"):
            assert re.search(f"{SECRET}|/export/|Tests of {known}", everything(alone)), each
        if each.startswith("feed"):
            assert "/calendar/" in everything(alone)


async def test_the_form_that_was_asked_for_in_the_channel_is_filled_in_and_saved_in_ones_own_chat(house: House) -> None:
    known = await draft(house)
    await heard(house, NADIA, f"change edit {known}", "channel")
    form = [each for each in house.teams.messages.values() if each.conversation.startswith("personal")][-1]
    inputs = FORM | {"title": "Now they may", "date": "2031-04-15"}
    answer = await house.teams.press(NADIA, "change.edit", on=form, inputs=inputs)
    assert "Is this right?" in words(answer["value"])
    async with house.app.store.units() as unit:
        stored = await unit.changes.load(known)
    assert stored is not None
    assert stored.change.plan.title == "Now they may"


async def test_in_the_channel_a_list_holds_nobodys_drafts_and_a_change_of_all_is_shown_as_ever(house: House) -> None:
    known = await draft(house)
    for each in ("list", "list all", "list nobody shall know"):
        others, alone = await heard(house, NADIA, f"change {each}", "channel")
        assert not alone, each
        assert len(others) == 1
        assert SECRET not in everything(others)
    await house.teams.press(NADIA, "change.submit")
    await house.app.worker.run_due()
    others, alone = await heard(house, NADIA, f"change show {known}", "channel")
    assert not alone
    assert SECRET in everything(others)


async def test_where_there_is_no_personal_chat_nothing_is_done_and_a_sentence_says_how_to_open_one(
    house: House,
) -> None:
    async with house.app.store.units() as unit:
        before = await unit.settings.get("feed:token")
    for each in ("admin", "feed", "feed new", "mine", "list mine"):
        others, alone = await heard(house, CLAIRE, f"change {each}", "channel")
        assert [(one.text, one.card) for one in others] == [(NO_CHAT, None)], each
        assert not alone
    async with house.app.store.units() as unit:
        assert await unit.settings.get("feed:token") == before


async def test_an_absence_is_no_secret_and_is_noted_where_it_is_typed(house: House) -> None:
    others, alone = await heard(house, CLAIRE, "change absent 2031-07-12 2031-07-30", "channel")
    assert "Sat 12 Jul 2031" in everything(others)
    assert not alone


async def test_who_may_not_hears_so_where_they_asked_and_gets_nothing_anywhere(house: House) -> None:
    await heard(house, LUC, "/change help", "personal")
    for each in ("admin", "feed"):
        others, alone = await heard(house, LUC, f"change {each}", "channel")
        assert [one.text.startswith("Only an admin") for one in others] == [True]
        assert not alone
    for each in ABOUT_THE_DRAFT[:2]:
        others, alone = await heard(house, LUC, f"change {each.format(id=await draft(house))}", "channel")
        assert "There is no change" in everything(others)
        assert not alone


async def test_a_button_on_a_card_in_the_channel_answers_in_the_pressers_own_chat_too(house: House) -> None:
    for verb, typed in (("admin", "admin"), ("look", "mine"), ("look", f"show {await draft(house)}")):
        data = {"verb": verb, "change": verb, "revision": 0, "typed": typed}
        before = len(house.teams.calls)
        answer = await house.teams.execute(NADIA, verb, data, Message("any", f"{CHANNEL};messageid=1", {}))
        others, alone = await since(house, NADIA, before)
        assert answer["type"] == "application/vnd.microsoft.activity.message"
        assert answer["value"] == ANSWERED
        assert not others
        assert len(alone) == 1

        # A client that knows no Action.Execute sends the same as a message.
        before = len(house.teams.calls)
        await house.teams.deliver(house.teams.activity(NADIA, "channel") | {"type": "message", "value": data})
        others, alone = await since(house, NADIA, before)
        assert [(one.text, one.card) for one in others] == [(ANSWERED, None)]
        assert len(alone) == 1


async def test_a_chat_that_is_gone_is_promised_no_second_answer_until_its_person_writes_there_again(
    house: House,
) -> None:
    for status, code in ((403, "ConversationBlockedByUser"), (403, ""), (404, "ConversationNotFound")):
        house.teams.closed[f"personal-{NADIA.id}"] = (status, code)
        others, _alone = await heard(house, NADIA, "change mine", "channel")
        assert [one.text for one in others] == [ANSWERED], "nobody knows yet"
        others, _alone = await heard(house, NADIA, "change mine", "channel")
        assert [one.text for one in others] == [NO_CHAT], (status, code)
        del house.teams.closed[f"personal-{NADIA.id}"]
        _others, alone = await heard(house, NADIA, "/change mine", "personal")
        assert alone
        others, alone = await heard(house, NADIA, "change mine", "channel")
        assert ([one.text for one in others], len(alone)) == ([ANSWERED], 1)
