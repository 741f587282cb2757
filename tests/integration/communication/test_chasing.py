"""Nobody has to chase: who is asked is asked where they look, once a morning, and never at night."""

import pytest

from changes.effects import SendDigest
from changes.model import Person
from language import _, use_language
from tests.support.days import moment
from tests.support.running import CHANGE, Bot
from tests.support.teams import (
    CLAIRE,
    LUC,
    NADIA,
    PIERRE,
    TEAM,
    Message,
    Somebody,
    actions,
    chat_of,
    text_of,
    verbs,
    words,
)


def in_chat(bot: Bot, who: Somebody) -> list[Message]:
    """What stands in the personal chat of that person, as it is now."""
    return [each for each in bot.teams.messages.values() if each.conversation == chat_of(who)]


async def test_what_waits_is_one_card_with_the_most_urgent_first_and_the_requester_sees_the_own_open_changes(
    bot: Bot,
) -> None:
    await bot.requested({"title": "The later one", "date": "2027-04-16"})
    await bot.requested({"title": "The earlier one"})
    await bot.advance(moment(4, 2))
    await bot.type(PIERRE, "/change mine")
    text = text_of(in_chat(bot, PIERRE)[-1])
    assert text.index("The earlier one") < text.index("The later one")
    assert "by Tue 13 Apr 2027, 09:00 (CEST)" in text
    await bot.press(PIERRE, "look")
    waits = in_chat(bot, PIERRE)[-1]
    assert "The earlier one" in text_of(waits)
    assert "precheck.approve" in verbs(waits.card), "it is answered there"
    await bot.type(PIERRE, "/change show CHG-2027-0002")
    assert "What happened" in bot.overview()
    await bot.type(NADIA, "/change miennes")
    own = text_of(in_chat(bot, NADIA)[-1])
    assert "Nothing to do right now" in own
    assert "The later one" in own
    await bot.type(CLAIRE, "/change mine")
    assert "The later one" not in text_of(in_chat(bot, CLAIRE)[-1])


async def says_something(bot: Bot, *people: Somebody) -> None:
    """They have the bot in their personal chats."""
    for who in people:
        await bot.type(who, "/change help")


def cards_with(bot: Bot, verb: str) -> list[str]:
    """In which conversations a card with that button stands now."""
    return [each.conversation for each in bot.teams.messages.values() if verb in verbs(each.card)]


async def test_who_is_asked_has_the_card_in_the_personal_chat_too_and_a_press_there_decides(bot: Bot) -> None:
    await says_something(bot, PIERRE)
    await bot.at_precheck()
    assert cards_with(bot, "precheck.approve").count(chat_of(PIERRE)) == 1
    assert len(cards_with(bot, "precheck.approve")) == 2
    copy = in_chat(bot, PIERRE)[-1]
    assert "your pre-check" in copy.activity["summary"]
    await bot.teams.press(PIERRE, "precheck.approve", on=copy)
    await bot.settle()
    assert (await bot.change()).precheck is not None
    assert cards_with(bot, "precheck.approve") == []


# docs/process.md, P20, P21
async def test_a_card_decided_in_the_channel_shows_the_decision_in_the_personal_chat_too(bot: Bot) -> None:
    await says_something(bot, PIERRE)
    await bot.at_go()
    [channel] = [each for each in bot.teams.messages.values() if each.card and is_go(each) and not personal(each)]
    [copy] = [each for each in in_chat(bot, PIERRE) if is_go(each)]
    await bot.teams.press(PIERRE, "go.give", on=channel)
    await bot.settle()
    assert cards_with(bot, "go.give") == []
    assert "Pierre André" in text_of(copy)
    before = len([call for call in bot.teams.calls if call.kind == "post"])
    answer = await bot.teams.execute(
        PIERRE, "go.give", {"verb": "go.give", "change": CHANGE, "revision": 1, "message": "go:1"}, copy
    )
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    await bot.settle()
    assert len([call for call in bot.teams.calls if call.kind == "post"]) == before
    assert len([entry for entry in bot.teams.texts() if "gave **GO**" in entry]) == 1


def personal(message: Message) -> bool:
    return message.conversation.startswith("personal-")


def is_go(message: Message) -> bool:
    return "go.give" in verbs(message.card)


async def test_a_personal_card_is_in_the_language_of_the_person_and_the_channels_in_that_of_the_service(
    bot: Bot,
) -> None:
    await bot.teams.deliver(
        bot.teams.activity(PIERRE, "personal") | {"type": "message", "text": "/change aide", "locale": "fr-CH"}
    )
    await bot.at_precheck()
    with use_language("fr"):
        french = _("Approve")
    for message in bot.teams.messages.values():
        for action in actions(message.card or {}):
            if action.get("verb") == "precheck.approve":
                assert action["title"] == (french if personal(message) else "Approve")
    assert chat_of(PIERRE) in cards_with(bot, "precheck.approve")


async def test_the_deputies_who_are_asked_in_the_approvers_place_have_the_card_too(bot: Bot) -> None:
    await says_something(bot, CLAIRE)
    await bot.at_go()
    assert not any(is_go(each) for each in in_chat(bot, CLAIRE))
    await bot.advance(moment(4, 12))
    assert sum(is_go(each) for each in in_chat(bot, CLAIRE)) == 1


# docs/process.md, P93
async def test_a_personal_chat_that_is_gone_is_forgotten_and_holds_up_nothing(bot: Bot) -> None:
    await says_something(bot, PIERRE)
    bot.teams.gone.add(chat_of(PIERRE))
    await bot.at_precheck()
    assert len(cards_with(bot, "precheck.approve")) == 1
    assert await bot.unit.chats.get(PIERRE.object_id) is None
    assert await bot.unit.outbox.dead() == ()


async def asked_for_go(bot: Bot, *hours: int) -> None:
    """It is 7 April 2027, 09:00, and GO is asked for changes at those hours of 14 April."""
    for hour in hours:
        await bot.requested({"title": f"Update number {hour}", "date": "2027-04-14", "time": f"{hour}:00"})
    await bot.advance(moment(4, 2))
    while cards_with(bot, "precheck.approve"):
        await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(4, 7))
    bot.teams.calls.clear()


def nudges(bot: Bot) -> list[str]:
    return [text for text in bot.teams.texts() if "Its card waits for your answer" in text]


def digests(bot: Bot) -> list[Message]:
    return [call.message for call in bot.teams.calls if "Good morning" in " ".join(words(call.message.card))]


async def test_three_changes_that_wait_are_one_digest_each_morning_for_each_who_is_asked_and_no_single_nudge(
    bot: Bot,
) -> None:
    await says_something(bot, PIERRE, CLAIRE)
    await asked_for_go(bot, 10, 12, 14)
    await bot.advance(moment(4, 8))
    [digest] = digests(bot)
    assert digest.conversation == chat_of(PIERRE)
    assert all(f"Update number {day}" in text_of(digest) for day in (10, 12, 14))
    assert nudges(bot) == []
    again = SendDigest("again", CHANGE, Person(PIERRE.object_id), moment(4, 8).date())
    await bot.unit.outbox.add([again], bot.clock.now())
    await bot.settle()
    assert len(digests(bot)) == 1, "not once more when its record was lost on the way"
    await bot.advance(moment(4, 9))  # the second working day: the deputies are asked beside the approver
    assert [each.conversation for each in digests(bot)[1:]] == [chat_of(PIERRE), chat_of(CLAIRE)]
    assert not any("has not answered yet" in text for text in bot.teams.texts())


@pytest.mark.parametrize("gone", [False, True])
async def test_without_a_personal_chat_or_when_it_is_gone_the_digest_mentions_the_person_in_the_channel(
    bot: Bot, gone: bool
) -> None:
    await says_something(bot, *((PIERRE,) if gone else ()))
    await asked_for_go(bot, 10, 12)
    bot.teams.gone.add(chat_of(PIERRE))
    await bot.advance(moment(4, 8))
    [digest] = digests(bot)
    assert not personal(digest)
    assert digest.entities[0]["mentioned"]["id"] == PIERRE.id
    assert nudges(bot) == []


async def test_what_is_told_in_person_is_told_in_the_thread_once_where_the_chat_is_gone(bot: Bot) -> None:
    await bot.at_precheck()
    bot.teams.gone.add(chat_of(NADIA))
    await bot.press(PIERRE, "precheck.approve")
    [told] = [call.message for call in bot.teams.calls if "approved the pre-check of" in call.message.text]
    assert not personal(told)
    assert [each["mentioned"]["name"] for each in told.entities] == [NADIA.name]
    assert await bot.unit.outbox.dead() == ()


def came(bot: Bot, who: Somebody, where: str) -> dict[str, object]:
    return bot.teams.activity(who, where) | {"type": "installationUpdate", "action": "add"}


def left(bot: Bot, who: Somebody, where: str) -> dict[str, object]:
    return bot.teams.activity(who, where) | {"type": "installationUpdate", "action": "remove"}


async def deliver(bot: Bot, activity: dict[str, object]) -> None:
    await bot.teams.deliver(activity)
    await bot.settle()


async def test_added_to_a_person_it_says_hello_and_what_comes_next_once_however_teams_tells_of_it(bot: Bot) -> None:
    await deliver(bot, came(bot, LUC, "personal"))
    added = {"type": "conversationUpdate", "membersAdded": [{"id": "28:bot"}]}
    await deliver(bot, bot.teams.activity(LUC, "personal") | added)
    [hello] = in_chat(bot, LUC)
    assert "/change mine" in hello.text
    assert await bot.unit.chats.get(LUC.object_id) is not None


async def test_added_to_a_team_it_says_whether_it_has_to_be_bound_and_somebody_else_who_joins_is_not_greeted(
    bot: Bot,
) -> None:
    await deliver(bot, came(bot, LUC, "19:another@thread.tacv2"))
    [hello] = [each for each in bot.teams.messages.values() if each.conversation == "19:another@thread.tacv2"]
    assert "@Change bot bind SERVICE" in hello.text
    assert "`learn`" in hello.text
    before = len(bot.teams.calls)
    await deliver(bot, came(bot, LUC, "channel"))
    [bound_already] = [each.message.text for each in bot.teams.calls[before:] if "Hello!" in str(each.message.text)]
    assert "this channel is linked to **ISC Learn Platform** already" in bound_already
    assert "`/change new`" in bound_already
    assert "bind" not in bound_already
    before = len(bot.teams.calls)
    for told in (
        {"type": "conversationUpdate", "membersAdded": [{"id": CLAIRE.id}]},
        {"type": "installationUpdate", "action": "add-upgrade"},
    ):
        await deliver(bot, bot.teams.activity(CLAIRE, "channel") | told)
    assert len(bot.teams.calls) == before


async def bound(bot: Bot) -> bool:
    return await bot.unit.bindings.get("learn") is not None


async def test_removed_from_this_team_and_no_other_posting_stops_and_the_admins_are_told_once(bot: Bot) -> None:
    await says_something(bot, NADIA)
    elsewhere = left(bot, LUC, "19:another@thread.tacv2")
    elsewhere["channelData"] = {"team": {"id": "19:another-team@thread.tacv2"}}
    for none_of_this in (left(bot, LUC, "channel") | {"action": "remove-upgrade"}, elsewhere):
        await deliver(bot, none_of_this)
        assert await bound(bot)
    await deliver(bot, left(bot, LUC, TEAM))
    gone = {"type": "conversationUpdate", "membersRemoved": [{"id": "28:bot"}]}
    await deliver(bot, bot.teams.activity(LUC, TEAM) | gone)
    assert not await bound(bot)
    [told] = [each for each in in_chat(bot, NADIA) if "has no channel any more" in each.text]
    assert "Luc Bonvin removed me" in told.text
    assert "`@Change bot bind learn`" in told.text


# docs/process.md, P94
async def test_removed_from_a_team_that_is_named_by_its_group_id_the_binding_is_found(bot: Bot) -> None:
    activity = bot.teams.activity(NADIA, "channel")
    activity["channelData"]["team"]["aadGroupId"] = "group-of-learn"
    binding = {"type": "message", "text": "<at>Change bot</at> bind learn", "textFormat": "plain"}
    mention = {"type": "mention", "mentioned": {"id": "28:bot", "name": "Change bot"}, "text": "<at>Change bot</at>"}
    await deliver(bot, activity | binding | {"entities": [mention]})
    removal = left(bot, LUC, "19:general@thread.tacv2")
    removal["channelData"] = {"team": {"aadGroupId": "group-of-learn"}}
    await deliver(bot, removal)
    assert not await bound(bot)


async def test_removed_from_a_personal_chat_nothing_goes_there_any_more(bot: Bot) -> None:
    await says_something(bot, PIERRE)
    await deliver(bot, left(bot, PIERRE, "personal"))
    before = len(in_chat(bot, PIERRE))
    await bot.at_precheck()
    assert len(in_chat(bot, PIERRE)) == before
    assert await bound(bot)
