"""Whoever is turned away is written down: who, about which change, what they wanted, and what they were told."""

import re
from dataclasses import replace
from pathlib import Path

import httpx

from application.ports import AccessDenial
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE

SECRET = "The password of the database is on the wiki"


async def refused(bot: Bot) -> list[AccessDenial]:
    """All of it, the oldest first."""
    async with bot.app.store.units() as unit:
        return list((await unit.refusals.latest())[::-1])


async def test_five_refused_presses_are_five_lines_that_outlive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.at_go()
        for who in (LUC, NADIA, LUC, NADIA, LUC):
            await bot.press(who, "go.give", comment=SECRET)
        before = await refused(bot)
        assert [each.person.name for each in before] == [LUC.name, NADIA.name, LUC.name, NADIA.name, LUC.name]
        assert {(each.change, each.what, each.via) for each in before} == {(CHANGE, "go.give", "card")}
        assert before[0].sentence == f"Only Pierre André or a deputy can decide about {CHANGE}."
        assert before[0].at.replace(microsecond=0) == moment(4, 8, 9)
        assert SECRET not in str(before)
    async with running(tmp_path) as bot:
        assert await refused(bot) == before


async def test_a_press_that_arrives_twice_is_one_line(bot: Bot) -> None:
    await bot.at_go()
    for _ in range(2):
        await bot.teams.press(LUC, "go.give", activity_id="once")
    assert len(await refused(bot)) == 1


async def test_a_typed_command_and_an_answer_in_a_dialog_are_written_down_without_what_was_typed(bot: Bot) -> None:
    await bot.requested()
    await bot.type(LUC, f"/change cancel {CHANGE} {SECRET}")
    await bot.type(CLAIRE, f"/change postpone {CHANGE}")
    assert [each.what for each in await refused(bot)] == ["cancel"], "nobody was turned away yet: a reason is asked for"
    no_deputies(bot)
    await bot.type(CLAIRE, SECRET)
    await bot.type(CLAIRE, "cancel")
    await bot.type(LUC, f"/change edit {CHANGE}")
    found = await refused(bot)
    assert [(each.person.name, each.change, each.what, each.via) for each in found] == [
        (who.name, CHANGE, what, "chat") for who, what in ((LUC, "cancel"), (CLAIRE, "postpone"), (LUC, "edit"))
    ]
    assert SECRET not in str(found)


async def test_whoever_may_not_is_turned_away_before_a_reason_is_asked_for(bot: Bot) -> None:
    await bot.requested()
    await bot.type(LUC, f"/change postpone {CHANGE}")
    assert bot.teams.texts()[-1].startswith("Only the requester, the implementer, the approver or a deputy can")
    assert [(each.person.name, each.what) for each in await refused(bot)] == [(LUC.name, "postpone")]


async def test_what_only_an_admin_may_is_written_down_without_a_change(bot: Bot) -> None:
    await bot.type(LUC, "change bind learn", "channel")
    assert bot.teams.texts()[-1] == "Only an admin can bind a service to a channel."
    await bot.type(LUC, "/change feed")
    assert [(each.person.name, each.change, each.what) for each in await refused(bot)] == [
        (LUC.name, "", "bind"),
        (LUC.name, "", "feed"),
    ]


async def test_a_form_that_somebody_else_sends_in_is_written_down_without_its_fields(bot: Bot) -> None:
    await bot.requested()
    change = await bot.change()
    form = {**FORM, "title": SECRET, "change": CHANGE, "revision": change.revision}
    await bot.teams.execute(LUC, "change.edit", form, bot.teams.with_button("change.withdraw"))
    found = await refused(bot)
    assert [(each.person.name, each.what, each.via) for each in found] == [(LUC.name, "change.edit", "card")]
    assert SECRET not in str(found)
    assert await bot.change() == change


async def test_an_old_card_a_missing_reason_and_a_wrong_moment_are_not_written_down(bot: Bot) -> None:
    await bot.at_go()
    card = bot.teams.with_button("go.give")
    await bot.teams.execute(LUC, "go.give", {"change": CHANGE, "revision": 1}, card)
    await bot.press(PIERRE, "go.refuse", reason="")
    await bot.type(NADIA, f"/change start {CHANGE}")
    await bot.type(NADIA, "/change show CHG-2027-0099")
    await bot.teams.execute(LUC, "go.maybe", {"change": CHANGE, "revision": 1}, card)
    assert await refused(bot) == []


async def test_a_link_shows_a_draft_only_as_long_as_the_person_it_was_made_for_may_read_it(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    await bot.press(NADIA, "change.edit", **FORM)
    await bot.type(CLAIRE, f"/change export {CHANGE}")
    address = re.findall(r"http://127\.0\.0\.1:\d+/[^\s)]+", bot.teams.calls[-1].message.text)[0]
    async with httpx.AsyncClient() as client:
        assert (await client.get(address)).status_code == 200
        no_deputies(bot)
        assert (await client.get(address)).status_code == 404
    (found,) = await refused(bot)
    assert (found.person.name, found.change, found.what, found.via) == (CLAIRE.name, CHANGE, "export", "link")


def no_deputies(bot: Bot) -> None:
    """The service's deputies are taken out of its settings."""
    services = bot.app.catalogue.services
    assert isinstance(services, dict)
    services["learn"] = replace(services["learn"], deputies=())
