"""The other ways a change can go before and on its day: NO-GO, postponed, short notice, waived, in a group chat."""

from changes.model import State
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import GROUP, NADIA, PIERRE, find_action, words


async def test_a_no_go_needs_a_reason_and_the_change_can_be_given_another_date(bot: Bot) -> None:
    await bot.at_go()
    answer = await bot.press(PIERRE, "go.refuse", reason=" ")
    assert answer["value"] == "Say why it is a NO-GO."
    card = bot.teams.with_button("go.refuse")
    await bot.press(PIERRE, "go.refuse", reason="Exams were moved to that week.")
    assert (await bot.change()).state is State.NO_GO
    assert "Exams were moved to that week." in " ".join(words(card.card))
    await bot.type(NADIA, f"/change move {CHANGE} 20.5.2027 22h")
    moved = await bot.change()
    assert moved.state is State.SUBMITTED
    assert moved.precheck is None
    assert moved.go is None


async def test_short_notice_needs_a_reason_and_the_approver_waives_the_lead_time_with_the_precheck(bot: Bot) -> None:
    answer = await bot.drafted({"date": "2027-03-24"})
    assert "This is short notice (less than 21 days): say why it cannot wait" in str(answer["value"])
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-03-24", "reason": "The certificate expires."}))
    await bot.press(NADIA, "change.submit")
    card = bot.teams.with_button("precheck.approve")
    assert "This also waives the lead time." in " ".join(words(card.card))
    await bot.type(NADIA, "/as pierre")  # in local mode: with his rights, until it ends
    await bot.press(NADIA, "precheck.approve")
    await bot.type(NADIA, "/as me")
    assert bot.teams.texts()[-1] == "You are yourself again: **Nadia Favre**."
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert "Pierre André approved the pre-check and waived the lead time" in bot.overview()


async def test_a_service_can_live_in_a_group_chat_where_there_are_no_threads(bot: Bot) -> None:
    await bot.type(NADIA, "change bind learn", GROUP)
    await bot.scheduled()
    places = {call.message.conversation for call in bot.teams.calls[1:] if "personal" not in call.message.conversation}
    assert places == {GROUP}
    assert not [call for call in bot.teams.calls if call.kind == "thread"]


async def test_a_client_without_execute_sends_the_same_press_as_a_message_and_is_understood(bot: Bot) -> None:
    await bot.at_go()
    card = bot.teams.with_button("go.give")
    fallback = find_action(card.card or {}, "go.give", {})["fallback"]
    press = bot.teams.activity(PIERRE, card.conversation) | {"type": "message", "value": fallback["data"]}
    await bot.teams.deliver(press)
    await bot.settle()
    assert (await bot.change()).state is State.SCHEDULED


async def test_nobody_is_asked_before_the_service_has_a_channel_and_the_draft_is_kept(bot: Bot) -> None:
    await bot.unit.bindings.drop("learn")
    await bot.drafted()
    answer = await bot.press(NADIA, "change.submit")
    assert "An admin has to type @Change bot bind learn" in str(answer["value"])
    assert (await bot.change()).state is State.DRAFT
    await bot.type(NADIA, "change bind learn", "channel")
    await bot.press(NADIA, "change.submit")
    assert (await bot.change()).state is State.SUBMITTED
