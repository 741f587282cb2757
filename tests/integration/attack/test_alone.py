"""What only its asker may read goes to their own chat wherever they ask: from outside, in production mode."""

import re

from bot.messenger.private_answers import ANSWERED, NO_CHAT
from tests.integration.attack.conftest import SECRET, heard, since, stored
from tests.integration.attack.test_one_spelling import CLAIRE, LUC, NADIA
from tests.support.production import House
from tests.support.running import FORM
from tests.support.teams import CHANNEL, GROUP, Message, words

ABOUT_THE_DRAFT = ("show {id}", "notice {id} planned", "edit {id}", "test {id}", "export {id}", "ledger {id}")
ABOUT_ONESELF = ("mine", "list mine", "list drafts", "calendar link", "calendar link new")
FOR_ADMINS = ("admin", "feed")


async def test_what_only_its_asker_may_read_is_posted_nowhere_but_in_their_own_chat(house: House, draft: str) -> None:
    for each in (*ABOUT_THE_DRAFT, *ABOUT_ONESELF, *FOR_ADMINS):
        where = "channel" if each in ABOUT_THE_DRAFT[:5] else GROUP
        others, alone = await heard(house, NADIA, f"change {each.format(id=draft)}", where)

        assert others == [ANSWERED], each
        wanted = {"admin": ".", "feed": "/calendar/", "calendar": "/calendar/link/"}.get(
            each.partition(" ")[0], f"{SECRET}|/export/|Tests of {draft}"
        )
        assert re.search(wanted, str([one.activity for one in alone])), each


async def test_the_form_that_was_asked_for_in_the_channel_is_filled_in_and_saved_in_ones_own_chat(
    house: House, draft: str
) -> None:
    await heard(house, NADIA, f"change edit {draft}", "channel")
    form = [each for each in house.teams.messages.values() if each.conversation.startswith("personal")][-1]
    await house.teams.press(NADIA, "command", on=form)
    inputs = FORM | {"title": "Now they may", "date": "2031-04-15"}
    answer = await house.teams.press(NADIA, "change.edit", on=form, inputs=inputs)
    assert "Review your request" in words(answer["value"])
    assert (await stored(house, draft)).plan.title == "Now they may"


async def test_in_the_channel_a_list_holds_nobodys_drafts_and_a_change_of_all_is_shown_as_ever(
    house: House, draft: str
) -> None:
    for each in ("list", "list all", "list nobody shall know"):
        others, alone = await heard(house, NADIA, f"change {each}", "channel")
        assert (len(others), alone) == (1, []), each
        assert SECRET not in others[0]
    await house.teams.press(NADIA, "change.submit")
    await house.app.worker.run_due()
    others, alone = await heard(house, NADIA, f"change show {draft}", "channel")
    assert not alone
    assert SECRET in str(others)


async def test_where_there_is_no_personal_chat_nothing_is_done_and_a_sentence_says_how_to_open_one(
    house: House,
) -> None:
    before = await house.unit.settings.get("feed:token")
    for each in ("admin", "feed", "feed new", "calendar link new", "mine", "list mine"):
        assert await heard(house, CLAIRE, f"change {each}", "channel") == ([NO_CHAT], []), each
    assert await house.unit.settings.get("feed:token") == before
    others, alone = await heard(house, CLAIRE, "change absent 2031-07-12 2031-07-30", "channel")
    assert "Sat 12 Jul 2031" in str(others), "an absence is no secret, and is noted where it is typed"
    assert not alone


async def test_who_may_not_hears_so_where_they_asked_and_gets_nothing_anywhere(house: House, draft: str) -> None:
    await heard(house, LUC, "/change help", "personal")
    refused = dict.fromkeys(FOR_ADMINS, "Only an admin")
    refused |= {each.format(id=draft): "There is no change" for each in ABOUT_THE_DRAFT[:2]}
    for each, sentence in refused.items():
        others, alone = await heard(house, LUC, f"change {each}", "channel")
        assert [one.startswith(sentence) for one in others] == [True], others
        assert not alone


async def test_a_button_on_a_card_in_the_channel_answers_in_the_pressers_own_chat_too(house: House, draft: str) -> None:
    for verb, typed in (("admin", "admin"), ("look", "mine"), ("look", f"show {draft}")):
        data = {"verb": verb, "change": verb, "revision": 0, "typed": typed}
        before = len(house.teams.calls)
        answer = await house.teams.execute(NADIA, verb, data, Message("any", f"{CHANNEL};messageid=1", {}))
        others, alone = await since(house, NADIA, before)
        assert answer["type"] == "application/vnd.microsoft.activity.message"
        assert answer["value"] == ANSWERED
        assert (others, len(alone)) == ([], 1)

        # A client that knows no Action.Execute sends the same as a message.
        before = len(house.teams.calls)
        await house.teams.deliver(house.teams.activity(NADIA, "channel") | {"type": "message", "value": data})
        others, alone = await since(house, NADIA, before)
        assert (others, len(alone)) == ([ANSWERED], 1)


async def test_a_chat_that_is_gone_is_promised_no_second_answer_until_its_person_writes_there_again(
    house: House,
) -> None:
    own = f"personal-{NADIA.id}"
    for status, code in ((403, "ConversationBlockedByUser"), (403, ""), (404, "ConversationNotFound")):
        house.teams.closed[own] = (status, code)
        for answer in (ANSWERED, NO_CHAT):  # at first nobody knows
            others, _alone = await heard(house, NADIA, "change mine", "channel")
            assert others == [answer], (status, code)
        del house.teams.closed[own]
        _others, alone = await heard(house, NADIA, "/change mine", "personal")
        assert alone
        others, alone = await heard(house, NADIA, "change mine", "channel")
        assert (others, len(alone)) == ([ANSWERED], 1)
