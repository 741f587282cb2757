"""What is rehearsed of a standard change, of tasks and of several who decide: nothing of it is held up on the stage."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.integration.process.test_high_risk import HIGH, services
from tests.integration.process.test_standard_changes import asked_for, templated
from tests.support.rehearsed import rehearse
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import NADIA, words

TASKS = "-10d @Claire Rey: Order the certificate !\n-1h Tell the helpdesk !\n+5m Take the node out !\n+80m Clean up !"


def told(messages: list[dict[str, Any]]) -> str:
    return "\n".join(
        [str(each["text"]) for each in messages]
        + [" | ".join(words(card["content"])) for each in messages for card in each.get("attachments", [])]
    )


async def test_a_standard_change_is_given_go_by_its_pre_approval_on_the_stage_too(bot: Bot) -> None:
    await templated(bot)
    change = await asked_for(bot, date(2027, 3, 24))
    before = await bot.unit.templates.get("Monthly update")
    said = told(await rehearse(bot, NADIA, f"/change rehearse {change} bad"))
    assert "The rehearsal stops here" not in said
    assert f"**GO** for {change}, given by the pre-approval of Pierre André" in said
    assert "is suspended" in said
    assert await bot.unit.templates.get("Monthly update") == before


async def test_tasks_are_ticked_off_and_two_decide_with_a_third_by_name(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as bot:
        await bot.requested(HIGH | {"tasks": TASKS})
        said = told(await rehearse(bot, NADIA, f"/change rehearse {CHANGE}"))
    assert "The rehearsal stops here" not in said
    assert "Claire Rey**: due for" in said
    assert "approved the pre-check" in said
    assert f"{CHANGE} is completed" in said
