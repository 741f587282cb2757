"""The gate that a pipeline asks, through a change's day."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.api import program
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.services import demo_services
from tests.support.teams import NADIA


async def test_it_opens_with_the_start_and_closes_with_the_end_whatever_was_extended(bot: Bot) -> None:
    async with program(bot) as client:

        async def gate(**query: str) -> dict[str, Any]:
            answer = await client.get("gate", params={"service": "learn", **query})
            found: dict[str, Any] = answer.json()
            return found

        nothing = await gate()
        assert (nothing["allowed"], nothing["change"]) == (False, None)
        assert (await gate(needs_window="false"))["allowed"] is True
        await bot.ready()
        closed = await gate()
        assert closed["allowed"] is False
        assert "but was not started" in closed["reasons"][0]
        await bot.press(NADIA, "window.start")
        opened = await gate()
        assert (opened["allowed"], opened["change"]) == (True, CHANGE)
        late = "2027-04-15T23:45:00+02:00"
        assert (await gate(at=late))["allowed"] is False
        await bot.type(NADIA, f"/change extend {CHANGE} 30 It is slow.")
        assert (await gate(at=late))["allowed"] is True
        assert (await gate(at="2027-04-16T00:00:00+02:00"))["allowed"] is False
        await bot.type(NADIA, f"/change incident {CHANGE} Nobody can log in.")
        assert "is an open incident" in (await gate())["reasons"][0]
        assert (await gate(needs_window="false"))["allowed"] is False


async def test_a_change_that_is_still_at_work_long_after_its_window_is_said(bot: Bot) -> None:
    await bot.started()
    async with program(bot) as client:
        moment = (datetime(2027, 4, 25, 12, tzinfo=ZURICH)).isoformat()
        answer = (await client.get("gate", params={"service": "learn", "at": moment})).json()
    assert answer["reasons"] == [
        f"The window of {CHANGE} ended on Thu 15 Apr 2027, 23:30 (CEST): extend it, or complete the change."
    ]


async def test_it_is_closed_in_a_freeze_by_the_clock_of_the_service(tmp_path: Path) -> None:
    services = demo_services(tmp_path, ("from = 2027-01-18\nto = 2027-02-05", "from = 2027-03-16\nto = 2027-03-28"))
    async with (
        running(tmp_path, START, CHANGE_SERVICES=services) as bot,
        program(
            bot,
        ) as client,
    ):
        for moment, allowed in (
            (datetime(2027, 3, 15, 23, 59, 59, tzinfo=ZURICH), True),
            (datetime(2027, 3, 16, 0, 0, tzinfo=ZURICH), False),
            (datetime(2027, 3, 28, 23, 59, 59, tzinfo=ZURICH), False),  # the day on which the clocks go forward
            (datetime(2027, 3, 28, 23, 59, 59, tzinfo=ZURICH) + timedelta(seconds=1), True),
        ):
            query = {"service": "learn", "at": moment.isoformat(), "needs_window": "false"}
            answer = (await client.get("gate", params=query)).json()
            assert answer["allowed"] is allowed, answer
        [service] = (await client.get("services")).json()["services"]
        assert service["freezes"] == [{"name": "January exams", "first": "2027-03-16", "last": "2027-03-28"}]
