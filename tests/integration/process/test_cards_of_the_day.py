"""What the cards of the day offer, pressed from outside: nothing that is refused, and a way on from everything."""

from datetime import datetime

from changes.model import State
from tests.support.running import FORM, ZURICH, Bot
from tests.support.teams import NADIA, PIERRE, actions, words


def at(hour: int, minute: int = 0, day: int = 15) -> datetime:
    return datetime(2027, 4, day, hour, minute, 10, tzinfo=ZURICH)


def offered(bot: Bot, heading: str) -> set[str]:
    """The verbs on the newest card under that heading."""
    cards = [each.card for each in bot.teams.messages.values() if each.card and heading in words(each.card)]
    return {each["verb"] for each in actions(cards[-1]) if "verb" in each}


def shown(bot: Bot, heading: str) -> str:
    cards = [each.card for each in bot.teams.messages.values() if each.card and heading in words(each.card)]
    return " | ".join(words(cards[-1]))


async def test_an_issue_that_was_solved_before_does_not_answer_the_cutoff(bot: Bot) -> None:
    await bot.started()
    await bot.press(NADIA, "trouble.report", comment="Nobody can log in.")
    await bot.advance(at(22, 10))
    await bot.press(NADIA, "trouble.solved")
    await bot.advance(at(23, 0))
    assert {"trouble.solved", "window.extend", "incident.declare"} <= offered(bot, "Cutoff reached: decision needed")
    await bot.press(NADIA, "trouble.solved")
    assert not offered(bot, "Cutoff") - {"card.refresh"}
    assert "**Nadia Favre** answered on Thu 15 Apr 2027, 23:00 (CEST): solved." in shown(bot, "Cutoff")


async def test_complete_is_offered_only_once_every_test_passed_or_is_accepted(bot: Bot) -> None:
    await bot.started()
    assert "change.complete" not in offered(bot, "Implementation")
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="fail")
    assert "Test 2 failed. Fix it and test again" in shown(bot, "Implementation")
    await bot.press(NADIA, "test.accept", test="1", waiver="It failed before, too.")
    assert "change.complete" not in offered(bot, "Implementation"), "only the approver or a deputy can accept it"
    await bot.press(PIERRE, "test.accept", test="1", waiver="It failed before, too.")
    assert "accepted by Pierre André: It failed before, too." in shown(bot, "Implementation")
    await bot.press(NADIA, "change.complete")
    assert (await bot.change()).state is State.COMPLETED


async def test_an_incident_is_tested_updated_and_resolved_on_its_own_card(bot: Bot) -> None:
    await bot.started()
    await bot.press(NADIA, "incident.declare", reason="Nobody can log in.")
    assert "incident.close" not in offered(bot, "Incident")
    await bot.press(NADIA, "incident.update", reason="We know why.", comment="Luc pulled the cable.")
    assert any("We know why." in text for text in bot.teams.texts())
    assert not any("Luc pulled the cable." in text for text in bot.teams.texts())
    await bot.press(NADIA, "incident.tried", result="fix", comment="The cable is back.")
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    assert "Every test passed: *Resolve incident* tells everyone affected that it is over." in shown(bot, "Incident")
    await bot.press(NADIA, "incident.close")
    assert (await bot.change()).state is State.COMPLETED


async def test_before_its_window_a_change_is_started_by_the_approver_with_a_reason_on_the_card(bot: Bot) -> None:
    await bot.scheduled()
    await bot.advance(at(21, 50))
    await bot.type(NADIA, "/change show 1")
    assert "Start opens at Thu 15 Apr 2027, 22:00 (CEST)." in shown(bot, "Implementation")
    await bot.press(NADIA, "window.start", reason="I am early.")
    assert (await bot.change()).state is State.READY
    await bot.press(PIERRE, "window.start", reason="Everybody is out.")
    assert (await bot.change()).early_reason == "Everybody is out."


async def test_a_snapshot_that_comes_too_late_is_waived_with_go(bot: Bot) -> None:
    soon = {"date": "2027-03-15", "time": "11:00", "kind": "emergency", "reason": "A hole is used."}
    await bot.requested(FORM | soon)
    card = bot.teams.with_button("go.give")
    assert "A snapshot takes 2 h 30 min" in " | ".join(words(card.card))
    assert "GO without snapshot" in [each["title"] for each in actions(card.card or {})]
    await bot.press(PIERRE, "go.give", waiver="The hole is used right now.")
    change = await bot.change()
    assert change.snapshot.detail == "The hole is used right now."
    assert change.snapshot.waived_by is not None
