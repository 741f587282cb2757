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
    return list((await bot.unit.access_denials.latest())[::-1])


async def test_five_refused_presses_are_five_lines_though_one_arrives_twice_and_outlive_a_restart(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.at_go()
        for number, who in enumerate((LUC, NADIA, LUC, NADIA, LUC, LUC)):
            at_last = f"press {min(number, 4)}"
            await bot.teams.press(who, "go.give", inputs={"comment": SECRET}, activity_id=at_last)
        before = await refused(bot)
        assert [each.person.name for each in before] == [LUC.name, NADIA.name, LUC.name, NADIA.name, LUC.name]
        assert {(each.change, each.what, each.via) for each in before} == {(CHANGE, "go.give", "card")}
        assert before[0].sentence == f"Only Pierre André or a deputy can decide about {CHANGE}."
        assert before[0].at.replace(microsecond=0) == moment(4, 8, 9)
        assert SECRET not in str(before)
    async with running(tmp_path) as bot:
        assert await refused(bot) == before


async def test_an_old_or_a_decided_card_is_drawn_anew_instead_of_acting_even_for_a_deputy(bot: Bot) -> None:
    await bot.at_go()
    card, before = bot.teams.with_button("go.give"), await bot.change()
    answer = await bot.teams.execute(PIERRE, "go.give", {"change": CHANGE, "revision": 1}, card)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert f"{CHANGE} has changed since this card was shown" in str(answer["value"])
    assert await bot.change() == before
    await bot.press(PIERRE, "go.give", comment="")
    decided = await bot.change()
    press = {"change": CHANGE, "revision": before.revision, "reason": "no"}
    answer = await bot.teams.execute(CLAIRE, "go.refuse", press, card)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert "Pierre André" in str(answer["value"])
    assert await bot.change() == decided
    await bot.requested({"date": "2027-05-20"}, CLAIRE)
    await bot.advance(moment(5, 6, 9))
    answer = await bot.press(CLAIRE, "precheck.approve", comment="fine by me")
    assert "You requested, edited or implement CHG-2027-0002: somebody else has to decide" in str(answer["value"])


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


async def test_whoever_may_not_is_turned_away_before_a_reason_is_asked_for_also_where_only_an_admin_may(
    bot: Bot,
) -> None:
    await bot.requested()
    decide = f"Only Pierre André or a deputy can decide about {CHANGE}."
    for line, where, said in (
        (f"/change postpone {CHANGE}", "personal", "Only the requester, the implementer, the approver or a deputy can"),
        ("/change go 1", "personal", decide),
        ("/change nogo 1", "personal", decide),
        ("/change nogo 1 No.", "personal", decide),
        ("/change approve 1", "personal", decide),
        ("/change assign 1 implementer me", "personal", f"Only Pierre André, a deputy or an admin can hand {CHANGE}"),
        ("change bind learn", "channel", "Only an admin can bind a service to a channel."),
        ("/change feed", "personal", "Only an admin"),
    ):
        await bot.type(LUC, line, where)
        assert bot.teams.texts()[-1].startswith(said), line
    written = [(each.person.name, each.change, each.what) for each in await refused(bot)]
    assert written == [
        *((LUC.name, CHANGE, what) for what in ("postpone", "go", "nogo", "nogo", "approve", "assign")),
        *((LUC.name, "", what) for what in ("bind", "feed")),
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
    await bot.drafted()
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
