"""What the cards of the day offer, pressed from outside: nothing that is refused, and a way on from everything."""

from changes.model import State
from tests.support.running import Bot
from tests.support.teams import NADIA, PIERRE, actions, words


def offered(bot: Bot, heading: str) -> set[str]:
    """The verbs on the newest card under that heading."""
    cards = [each.card for each in bot.teams.messages.values() if each.card and heading in words(each.card)]
    return {each["verb"] for each in actions(cards[-1]) if "verb" in each}


def shown(bot: Bot, heading: str) -> str:
    cards = [each.card for each in bot.teams.messages.values() if each.card and heading in words(each.card)]
    return " | ".join(words(cards[-1]))


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
