"""Nothing goes to a dead address: a channel is deleted or replaced, a card is deleted, the bot is out of its team."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from changes.model import State
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import (
    CHANNEL,
    CLAIRE,
    GROUP,
    LUC,
    NADIA,
    PIERRE,
    TEAM,
    Message,
    Somebody,
    actions,
    chat_of,
    find_action,
    transcript,
    words,
    words_below_the_call,
)

NEW = "19:changes-anew@thread.tacv2"
MOST_ACTS = 20


# ── how far the change is when it happens ──────────────────────────────────────────────────────────────────────────


async def stages(
    bot: Bot, here: Callable[[], str] = lambda: CHANNEL, *, corrected: bool = False
) -> AsyncGenerator[str]:
    """From the pre-check to the review, through all that can go wrong, by the buttons that stand `here` then."""
    await bot.at_precheck()
    yield "pre-check asked"
    if corrected:
        await press(bot, PIERRE, "precheck.correct", here(), comment="Test the exams too.")
        yield "corrections"
        await press(bot, NADIA, "change.edit", here())
        await press(bot, NADIA, "change.edit", here(), **(FORM | {"risks": "Plug-ins may not load: see the list."}))
    await press(bot, PIERRE, "precheck.approve", here())
    yield "pre-checked"
    await bot.advance(moment(4, 8))
    yield "GO asked"
    await press(bot, PIERRE, "go.give", here())
    yield "scheduled"
    await bot.advance(moment(4, 15, 19, 20))
    yield "snapshotting"
    await bot.advance(moment(4, 15, 22))
    yield "ready"
    await press(bot, NADIA, "window.start", here())
    yield "in progress"
    await press(bot, NADIA, "trouble.report", here(), reason="Nobody can log in.")
    yield "trouble"
    await bot.advance(moment(4, 15, 23))
    yield "cutoff asked"
    await press(bot, NADIA, "incident.declare", here(), reason="Still nobody can log in.")
    yield "incident"
    await press(bot, NADIA, "restore.ask", here())
    yield "restore asked"
    await press(bot, PIERRE, "restore.confirm", here(), vps_name="Hannibal")
    yield "restoring"
    await act(bot, here())
    await act(bot, here())
    yield "completed"
    await bot.advance(moment(4, 19))
    yield "review asked"
    await act(bot, here())


# ── what people do, by the buttons that stand where they are ───────────────────────────────────────────────────────


def offered(bot: Bot, where: str, verb: str, **chosen: str) -> list[Message]:
    """The messages there with such a button."""
    return [
        message
        for message in bot.teams.standing_in(where)
        if any(
            action.get("verb") == verb and all(str(action["data"].get(name)) == chosen[name] for name in chosen)
            for action in actions(message.card or {})
        )
    ]


async def press(bot: Bot, who: Somebody, verb: str, where: str, **inputs: str) -> None:
    chosen = {name: inputs[name] for name in ("test", "result") if name in inputs}
    there = offered(bot, where, verb, **chosen)
    assert there, f"no {verb} in {where}: {[transcript(each) for each in bot.teams.standing_in(where)]}"
    await bot.teams.press(who, verb, on=there[-1], inputs=inputs)
    await bot.settle()


async def record_tests(bot: Bot, where: str) -> None:
    """Every test that has no result yet passes."""
    for number in (await bot.change()).open_tests:
        await press(bot, NADIA, "test.result", where, test=str(number), result="pass")


async def record_tests_in_the_incident(bot: Bot, where: str) -> None:
    """The same on the incident's card, whichever of the tests it has room for."""
    for number in (await bot.change()).open_tests:
        shown = offered(bot, where, "incident.tried")[-1]
        data = find_action(shown.card or {}, "incident.tried", {})["data"]
        await bot.teams.execute(NADIA, "test.result", data | {"test": number, "result": "pass"}, shown)
        await bot.settle()


async def act(bot: Bot, where: str) -> None:
    """The next thing that is done about the change."""
    change = await bot.change()
    match change.state:
        case State.GO_PENDING:
            await press(bot, PIERRE, "go.give", where)
        case State.SCHEDULED | State.SNAPSHOTTING:
            await bot.advance(moment(4, 15, 22))
        case State.READY:
            await press(bot, NADIA, "window.start", where)
        case State.TROUBLE:
            await press(bot, NADIA, "trouble.solved", where)
        case State.IN_PROGRESS | State.EXTENDED:
            await record_tests(bot, where)
            await press(bot, NADIA, "change.complete", where)
        case State.INCIDENT:
            await record_tests_in_the_incident(bot, where)
            await press(bot, NADIA, "incident.close", where)
        case State.RESTORING:
            await bot.advance(bot.clock.now() + timedelta(minutes=61))
        case State.COMPLETED:
            await bot.advance(max(moment(4, 19), bot.clock.now()))
            await press(bot, NADIA, "review.save", where, comment="It went well.")
        case other:
            raise AssertionError(f"nobody knows what to do when it is {other}")


async def carry_to_the_end(bot: Bot, where: str) -> None:
    for _act in range(MOST_ACTS):
        if (await bot.change()).review:
            return
        await act(bot, where)
    raise AssertionError(f"it never ends: {await bot.change()}")


def said_twice(bot: Bot, where: str) -> list[str]:
    """What stands there more than once: the same line, or two cards of one kind."""
    seen = Counter(each.text or words_below_the_call(each)[0] for each in bot.teams.standing_in(where))
    return [text for text, number in seen.items() if number > 1]


async def bind(bot: Bot, where: str = NEW) -> None:
    await bot.type(NADIA, "change bind learn", where)


async def dead_letters(bot: Bot) -> list[str]:
    return [f"{type(each.effect).__name__}: {each.error}" for each in await bot.unit.outbox.dead()]


async def have_chats(bot: Bot, *people: Somebody) -> None:
    for who in people:
        await bot.type(who, "/change help")


# ── a channel that is replaced ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("told", [False, True], ids=["at once", "later, and Teams says that it is gone"])
async def test_a_channel_replaced_at_every_stage_the_change_ends_all_the_same(bot: Bot, told: bool) -> None:
    channels = [CHANNEL]
    await have_chats(bot, *((NADIA, PIERRE) if told else ()))
    async for stage in stages(bot, lambda: channels[-1], corrected=True):
        bot.teams.delete_channel(channels[-1])
        if told:
            gone = {"eventType": "channelDeleted", "channel": {"id": channels[-1]}}
            event = {"type": "conversationUpdate", "channelData": gone}
            await bot.teams.deliver(bot.teams.activity(NADIA, channels[-1]) | event)
            await bot.advance(bot.clock.now() + timedelta(minutes=2))
        channels.append(f"19:changes-anew-{len(channels)}@thread.tacv2")
        await bind(bot, channels[-1])
        assert len(live(bot, channels[-1])) == (0 if stage == "completed" else 1), stage
        assert said_twice(bot, channels[-1]) == [], stage
        assert bot.teams.standing_in(channels[-2]) == [], stage
    change = await bot.change()
    assert (change.state, bool(change.outcome), bool(change.review)) == (State.COMPLETED, True, True)
    assert told or await dead_letters(bot) == []


# ── the bot is out of the team ─────────────────────────────────────────────────────────────────────────────────────


def in_chat(bot: Bot, who: Somebody) -> list[str]:
    """What was posted in the chat of that person, in order: the line, or the heading of the card."""
    posts = [call.message for call in bot.teams.calls if call.kind == "post"]
    return [each.text or words(each.card)[0] for each in posts if each.conversation == chat_of(who)]


@pytest.mark.parametrize("told", [False, True], ids=["and nobody says so", "and Teams says so"])
async def test_with_the_bot_out_of_the_team_everybody_concerned_is_told_in_their_own_chat_once(
    bot: Bot, told: bool
) -> None:
    await have_chats(bot, NADIA, LUC, PIERRE)
    await bot.requested({"implementer": LUC.object_id})
    await bot.advance(moment(4, 1))
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(4, 8))
    bot.teams.calls.clear()
    bot.teams.throw_out()
    if told:
        await bot.teams.deliver(bot.teams.activity(CLAIRE, TEAM) | {"type": "installationUpdate", "action": "remove"})
    await press(bot, PIERRE, "go.give", chat_of(PIERRE))
    [said] = [each for each in in_chat(bot, NADIA) if "**GO**" in each]
    assert CHANGE in said
    assert "cannot be reached" not in said, "it is said there wherever the service is bound"
    await bot.advance(moment(4, 15, 22, 16))
    [late] = [each for each in in_chat(bot, LUC) if "should have started by now" in each]
    assert CHANGE in late
    assert "ISC Learn Platform in Teams cannot be reached" in late, "which change, and why it is said in a chat"
    before = [in_chat(bot, who) for who in (LUC, PIERRE)], await dead_letters(bot)
    await again_all(bot)
    assert before == ([in_chat(bot, who) for who in (LUC, PIERRE)], await dead_letters(bot)), "nobody hears it twice"
    await press(bot, LUC, "window.start", chat_of(LUC))
    for number in range(2):
        await press(bot, LUC, "test.result", chat_of(LUC), test=str(number), result="pass")
    await press(bot, LUC, "change.complete", chat_of(LUC))
    assert (await bot.change()).state is State.COMPLETED
    implementer, requester, approver = (in_chat(bot, who) for who in (LUC, NADIA, PIERRE))
    for said, people in (
        ("gave **GO** for", (implementer, requester)),
        ("The work can start from 22:00 on", (implementer,)),
        ("Implementation", (implementer,)),
        ("is completed", (requester, approver)),
    ):
        for chat in people:
            assert sum(said in each for each in chat) == 1, (said, chat)
    letters = await dead_letters(bot)
    why = "is not bound to a channel" if told else "no longer in this conversation"
    assert letters
    assert all(why in each for each in letters)


async def test_thrown_out_during_the_work_its_card_is_in_the_chat_of_whoever_works_and_let_in_again_nothing_is_twice(
    bot: Bot,
) -> None:
    await have_chats(bot, NADIA)
    await bot.started()
    bot.teams.throw_out()
    for minute in range(1, 5):
        await bot.advance(moment(4, 15, 22, minute))
    assert in_chat(bot, NADIA).count("Implementation") == 1
    assert len(await dead_letters(bot)) == 1, "every minute that was not drawn is no letter of its own"
    bot.teams.delete(card(bot, chat_of(NADIA), "trouble.report"))
    await bot.type(NADIA, f"/change trouble {CHANGE} Nobody can log in.")
    assert len(offered(bot, chat_of(NADIA), "trouble.solved")) == 1, "a copy that somebody deleted stands anew"
    await press(bot, NADIA, "trouble.solved", chat_of(NADIA))
    await record_tests(bot, chat_of(NADIA))
    await press(bot, NADIA, "change.complete", chat_of(NADIA))
    assert (await bot.change()).state is State.COMPLETED
    assert not any("is completed" in each for each in in_chat(bot, NADIA)), "who completed it"
    bot.teams.let_in()
    await again_all(bot)
    [late] = [each for each in bot.teams.standing_in(CHANNEL) if "is completed" in each.text]
    assert [each["text"] for each in late.entities] == ["<at>Pierre André</at>"]
    assert late.text.startswith("<at>Pierre André</at>: ")
    assert await dead_letters(bot) == []
    assert not any("is completed" in each for each in in_chat(bot, NADIA))
    before = len(bot.teams.calls)
    await again_all(bot)
    assert [call for call in bot.teams.calls[before:] if call.message.conversation.startswith(CHANNEL)] == []


async def test_let_in_again_the_card_in_the_channel_and_the_one_in_the_chat_say_the_same(bot: Bot) -> None:
    await have_chats(bot, NADIA)
    await bot.started()
    bot.teams.throw_out()
    await bot.advance(moment(4, 15, 22, 2))
    bot.teams.let_in()
    await press(bot, NADIA, "test.result", CHANNEL, test="0", result="pass")
    for where in (CHANNEL, chat_of(NADIA)):
        assert not offered(bot, where, "test.result", test="0", result="pass"), where
        assert offered(bot, where, "test.result", test="1", result="pass"), where
    await bind(bot, CHANNEL)
    assert len(live(bot, CHANNEL)) == 1
    assert await dead_letters(bot) == []


async def again_all(bot: Bot) -> None:
    await bot.type(NADIA, "/change admin again all")


async def test_after_a_service_is_bound_again_no_card_waits_with_the_admins_and_none_is_posted_twice(bot: Bot) -> None:
    await bot.at_go()
    bot.teams.delete_channel()
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-16 22:00")
    assert any(each.startswith("UpsertStatusCard") for each in await dead_letters(bot))
    await bind(bot)
    assert [each for each in await dead_letters(bot) if each.startswith("Show")] == []
    await again_all(bot)
    assert len(live(bot, NEW)) == 1
    assert said_twice(bot, NEW) == []


# ── a card that somebody deleted ───────────────────────────────────────────────────────────────────────────────────


def live(bot: Bot, where: str) -> list[Message]:
    return [each for each in bot.teams.standing_in(where) if each.card and words(each.card)[0] == FORM["title"]]


def card(bot: Bot, where: str, verb: str) -> Message:
    return offered(bot, where, verb)[-1]


async def test_a_live_card_that_somebody_deleted_stands_again_within_a_minute_and_once(bot: Bot) -> None:
    async for stage in stages(bot):
        if stage not in ("in progress", "trouble", "incident", "restoring"):
            continue
        [gone] = live(bot, CHANNEL)
        bot.teams.delete(gone)
        for _minute in range(3):
            await bot.advance(bot.clock.now() + timedelta(minutes=1))
        [again] = live(bot, CHANNEL)
        assert again.conversation == gone.conversation, f"{stage}: its thread goes on"
        assert await dead_letters(bot) == [], stage


async def test_a_card_that_waits_and_was_deleted_stands_again_with_its_call(bot: Bot) -> None:
    await have_chats(bot, NADIA)
    await bot.started()
    gone = card(bot, CHANNEL, "test.result")
    bot.teams.delete(gone)
    await bot.type(PIERRE, f"/change extend {CHANGE} 30 The import needs longer.")
    [again] = offered(bot, CHANNEL, "test.result", test="0", result="pass")
    assert again.conversation == gone.conversation
    posts = [call.message for call in bot.teams.calls if call.kind == "post" and call.message.id == again.id]
    assert [post.line.partition(": ")[::2] for post in posts] == [
        ("<at>Nadia Favre</at>", f"{CHANGE} (Update to version 5) continues here. Your answer is needed on its card.")
    ]
    assert await dead_letters(bot) == []


async def test_a_record_that_somebody_deleted_stays_deleted(bot: Bot) -> None:
    await bot.at_go()
    bot.teams.delete(card(bot, CHANNEL, "go.give"))
    await have_chats(bot, PIERRE)
    await bot.type(NADIA, f"/change cancel {CHANGE} The vendor withdrew it.")
    assert not any("GO" in words(each.card)[0] for each in bot.teams.standing_in(CHANNEL) if each.card)
    assert await dead_letters(bot) == []


async def test_with_its_whole_thread_gone_a_change_has_a_new_one_with_the_card_that_waits_and_whom_it_waits_for(
    bot: Bot,
) -> None:
    await bot.at_go()
    [old] = live(bot, CHANNEL)
    thread = old.conversation

    async def gone(request: web.Request) -> web.Response | None:
        if request.match_info.get("conversation") != thread:
            return None
        return web.json_response({"error": {"code": "ConversationNotFound"}}, status=404)

    bot.teams.slow = gone
    before = set(bot.teams.messages)
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-15 21:00")
    await bot.advance(moment(4, 8, 9, 5))
    new = [each for each in bot.teams.standing_in(CHANNEL) if each.id not in before]
    assert thread not in {each.conversation for each in new}
    assert len({each.conversation for each in new if "is planned" not in each.text}) == 1
    [waits] = [each for each in new if each in offered(bot, CHANNEL, "go.give")]
    called = [call.message for call in bot.teams.calls if call.kind != "edit" and call.message.id == waits.id]
    assert [each["text"] for message in called for each in message.entities] == ["<at>Pierre André</at>"]
    assert "GO or NO-GO for" in called[0].line
    await press(bot, PIERRE, "go.give", CHANNEL)
    assert (await bot.change()).state is State.SCHEDULED


async def test_a_card_that_somebody_deleted_is_posted_anew_by_what_comes_next_and_once_though_it_is_put_off(
    bot: Bot,
) -> None:
    await bot.started()
    gone = card(bot, CHANNEL, "test.result")
    bot.teams.delete(gone)
    refused: list[str] = []

    async def busy(request: web.Request) -> web.Response | None:
        if request.method != "POST" or len(refused) > 1:
            return None
        refused.append(request.path)
        return web.json_response({"error": {"code": "ServiceUnavailable"}}, status=503)

    bot.teams.slow = busy
    await bot.type(NADIA, f"/change trouble {CHANGE} Nobody can log in.")
    for _second in range(20):
        await bot.advance(bot.clock.now() + timedelta(seconds=5))
    assert len(refused) == 2
    [again] = offered(bot, CHANNEL, "trouble.solved")
    assert again.conversation == gone.conversation
    assert said_twice(bot, CHANNEL) == []
    await carry_to_the_end(bot, CHANNEL)


# ── a service that is bound elsewhere, or again ────────────────────────────────────────────────────────────────────


async def test_bound_elsewhere_whoever_is_asked_is_called_there_and_the_old_cards_say_where_it_went(bot: Bot) -> None:
    await bot.at_go()
    await bind(bot)
    called = [each for each in bot.teams.standing_in(NEW) if "continues here" in each.line]
    assert [each["text"] for call in called for each in call.entities] == ["<at>Pierre André</at>"]
    assert offered(bot, CHANNEL, "go.give") == []
    assert live(bot, CHANNEL) == []
    left = [each.text for each in bot.teams.standing_in(CHANNEL) if "continues in another conversation" in each.text]
    assert len(left) == 2, "the live card and the one that waits"
    await carry_to_the_end(bot, NEW)


async def test_bound_to_a_group_chat_and_back_to_a_channel_the_change_ends_all_the_same(bot: Bot) -> None:
    places = [CHANNEL]
    async for stage in stages(bot, lambda: places[-1]):
        if stage not in ("GO asked", "in progress", "incident"):
            continue
        before = {each.id for each in bot.teams.standing_in(places[-1])}
        await bind(bot, places[-1])
        [new] = [transcript(each) for each in bot.teams.standing_in(places[-1]) if each.id not in before]
        assert "is now linked to this conversation" in new, "bound again where it was nothing is posted twice"
        places.append(GROUP if places[-1] == CHANNEL else CHANNEL)
        await bind(bot, places[-1])
        assert len(live(bot, places[-1])) == 1, stage
    assert (await bot.change()).review


async def test_a_day_card_does_not_come_early_because_the_service_was_bound(bot: Bot) -> None:
    await bot.scheduled()
    await bot.advance(moment(4, 15, 21, 50))
    bot.teams.delete_channel()
    await bind(bot)
    assert offered(bot, NEW, "window.start") == []
    await bot.advance(moment(4, 15, 22))
    assert any("it is time for" in each.line for each in bot.teams.standing_in(NEW))
    await carry_to_the_end(bot, NEW)


async def test_what_stands_at_another_address_is_edited_there_and_elsewhere_than_the_service_is_bound_stands_anew(
    bot: Bot,
) -> None:
    await bot.started()
    for message in ("status", "day:1"):  # Teams has moved the conversation
        ref = await bot.unit.messages.get(CHANGE, message)
        assert ref is not None
        await bot.unit.messages.put(CHANGE, message, replace(ref, service_url="http://127.0.0.1:9/moved/"))
    standing = len(bot.teams.standing_in(CHANNEL))
    await press(bot, NADIA, "test.result", CHANNEL, test="0", result="pass")
    assert len(bot.teams.standing_in(CHANNEL)) == standing
    assert not offered(bot, CHANNEL, "test.result", test="0", result="pass")
    before = len(bot.teams.calls)
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert all(call.message.conversation == chat_of(NADIA) for call in bot.teams.calls[before:]), "nothing is redrawn"
    binding = await bot.unit.bindings.get("learn")
    assert binding is not None
    await bot.unit.bindings.put(replace(binding, conversation=NEW))
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert len(live(bot, NEW)) == 1
    assert len(offered(bot, NEW, "trouble.report")) == 1
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert len(live(bot, NEW)) == 1
    await carry_to_the_end(bot, NEW)


async def test_back_in_a_team_in_which_the_service_is_bound_still_what_was_missed_stands_there(bot: Bot) -> None:
    await bot.scheduled()
    bot.teams.throw_out()
    await bot.advance(moment(4, 15, 22, 1))
    assert any(each.startswith("UpsertCard") for each in await dead_letters(bot))
    bot.teams.let_in()
    await bot.teams.deliver(bot.teams.activity(NADIA, "channel") | {"type": "installationUpdate", "action": "add"})
    await bot.settle()
    assert len(offered(bot, CHANNEL, "window.start")) == 1
    assert [each for each in await dead_letters(bot) if each.startswith("Show")] == []
    await carry_to_the_end(bot, CHANNEL)


async def test_a_line_that_a_chat_does_not_take_is_said_in_the_thread(bot: Bot) -> None:
    await bot.at_go()
    bot.teams.closed[chat_of(NADIA)] = (400, "BadArgument")
    await bot.press(PIERRE, "go.give")
    told = [each.text for each in bot.teams.messages.values() if each.text.startswith("<at>Nadia Favre</at>:")]
    assert len(told) == 1
    assert "gave **GO**" in told[0]
    assert len(await dead_letters(bot)) == 1, "an admin sees that her chat takes nothing"


async def test_what_neither_a_chat_nor_the_thread_takes_is_given_up_and_not_sent_to_and_fro(bot: Bot) -> None:
    await bot.at_go()
    bot.teams.closed[chat_of(NADIA)] = (400, "BadArgument")
    bot.teams.throw_out()
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 9))
    given = [each.effect.key for each in await bot.unit.outbox.dead() if "go_given" in each.effect.key]
    # Her chat, then the thread, and her chat once more, as whenever a thread takes nothing.
    assert len(given) == 3, given
