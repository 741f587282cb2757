"""Questions of two people in one thread, before and after a restart, and of the version before."""

import re
from collections.abc import Mapping

import pytest

from tests.support.running import Bot
from tests.support.talking import number, requested, said
from tests.support.teams import CHANNEL, NADIA, PIERRE

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = f"personal-{NADIA.id}|{NADIA.id}"


async def open_before(bot: Bot, dialog: str, state: Mapping[str, object]) -> None:
    """A dialog as the version before left it in the store."""
    async with bot.app.store.units() as unit:
        _, etag = await unit.dialogs.load(KEY)
        await unit.dialogs.save(KEY, {"stack": [{"id": dialog, "state": state}]}, etag)


async def test_two_people_in_one_thread_are_asked_apart(bot: Bot) -> None:
    first, second = await requested(bot), await requested(bot)
    thread = f"{CHANNEL};messageid=77"
    await said(bot, f"cancel {number(first)}", where=thread)
    await said(bot, f"cancel {number(second)}", who=PIERRE, where=thread)

    await said(bot, "Nadia says so", where=thread)
    await said(bot, "Pierre says so", who=PIERRE, where=thread)

    assert "Nadia says so" in str(await bot.change(first.id))
    assert "Pierre says so" in str(await bot.change(second.id))


@pytest.mark.parametrize("answer", ["The vendor is late", "Test 2 failed"])
async def test_a_restart_between_a_question_and_its_answer_loses_neither(bot: Bot, answer: str) -> None:
    change = await requested(bot)
    await said(bot, f"cancel {number(change)}")
    await bot.restart()
    if "reads like a command" in await said(bot, answer):
        await bot.restart()
        await said(bot, answer)

    assert answer in str(await bot.change(change.id))


@pytest.mark.parametrize(
    ("what", "typed", "answer"), [("cancel", "", "The vendor is late"), ("move", "16.3.2027 21:00", "90 users wait")]
)
async def test_a_question_of_the_version_before_is_answered(bot: Bot, what: str, typed: str, answer: str) -> None:
    change = await requested(bot)
    asked = {"question": "Why?", "asked_at": bot.clock.now().isoformat()}
    await open_before(bot, "reason", {"change": change.id, "what": what, "typed": typed} | asked)

    heard = await said(bot, "help", answer)

    assert answer in str(await bot.change(change.id)), heard
    await said(bot, f"/change cancel {number(change)} It is over")


ANSWERS = {
    "service": "learn",
    "title": "An old one",
    "what": "The platform",
    "why": "",
    "date": "2028-03-02",
    "time": "22:00",
    "minutes": "90",
    "tests": "Log in",
    "risks": "None known",
    "rollback": "None known",
    "implementer": "",
    "affected": "",
    "notify": "",
    "kind": "normal",
    "reason": "",
}
ASKED = {
    "called": "An old one",
    "modified": "The platform",
    "day": "2.3.2028",
    "At what time": "22:00",
    "How long": "90",
    "tests": "Log in",
}
"""What is answered to the question with these words; to any other nothing."""


@pytest.mark.parametrize("asking", [*list(ANSWERS)[1:], "summary"])
async def test_a_request_of_the_version_before_is_carried_on(bot: Bot, asking: str) -> None:
    fields = list(ANSWERS)
    before = fields if asking == "summary" else fields[: fields.index(asking)]
    state: dict[str, object] = {"change": "new", "revision": 0, "asking": asking}
    state["answers"] = {each: ANSWERS[each] for each in before}
    await open_before(bot, "request", state)

    heard = asked = await said(bot, "help")
    for _ in ANSWERS:
        if "Is this right?" in asked or "hand it in" in asked:
            break
        asked = await said(bot, next((ASKED[each] for each in ASKED if each in asked.splitlines()[-1]), "-"))
        heard += asked
    heard += await said(bot, "submit")

    drafted = re.findall(r"CHG-2027-\d{4}", heard)
    assert drafted, heard
    assert (await bot.change(drafted[-1])).plan.title == "An old one"
    await said(bot, "cancel", f"/change cancel {drafted[-1]} It is over")
