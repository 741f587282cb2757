"""A high risk from the request to its end, seen from outside: two decide (docs/process.md, P120 to P128)."""

from datetime import datetime
from pathlib import Path

from changes.events import ApprovalGiven
from changes.model import RiskLevel, State
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, ZURICH, Bot, running
from tests.support.services import demo_services
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, Message, text_of
from tests.support.two_services import evening

HIGH = dict(
    zip(
        (f"risk_{number}" for number in range(1, 6)),
        ("everybody", "not entirely", "not at all", "people’s data", "never"),
        strict=True,
    )
)
LOW = HIGH | {"risk_1": "nobody", "risk_2": "within minutes", "risk_4": "none at all", "risk_5": "often"}


def services(folder: Path) -> str:
    """The demo's, with risk and two deputies."""
    deputies = f'deputies = ["{CLAIRE.object_id}", "{LUC.object_id}"]'
    risk = ("[service.vps]", "[service.risk]\n[service.vps]")
    return demo_services(folder, (f'deputies = ["{CLAIRE.object_id}"]', deputies), risk)


def newest(bot: Bot, title: str) -> Message:
    """The newest message in the channel on which that stands."""
    return next(
        each
        for each in reversed(list(bot.teams.messages.values()))
        if title in text_of(each) and not each.conversation.startswith("personal")
    )


async def test_a_high_risk_is_carried_to_its_end_by_two_while_one_is_away(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as bot:
        await bot.type(LUC, "/change absent 2027-03-29 2027-04-10")
        await bot.drafted()
        assert "Choose one of: 1 nobody · 2 some · 3 everybody" in text_of(bot.teams.with_button("change.edit"))
        await bot.press(NADIA, "change.edit", **FORM, **HIGH)
        review = text_of(bot.teams.with_button("change.submit"))
        for said in ("High risk", "Can it be undone? not entirely", "Pierre André and Claire Rey"):
            assert said in review, said
        await bot.press(NADIA, "change.submit")
        await bot.advance(moment(4, 1, 9))
        await _decided_by_two(bot, "precheck.approve", State.PRECHECK_PENDING)
        await bot.advance(moment(4, 8, 9))
        await _decided_by_two(bot, "go.give", State.GO_PENDING)
        change = await bot.change()
        assert change.state is State.SCHEDULED
        assert change.risk is not None
        assert change.risk.level is RiskLevel.HIGH
        assert text_of(newest(bot, "GO given")).count("gave GO on") == 2
        await bot.advance(evening(22, 0))
        await bot.press(NADIA, "window.start")
        for test in ("0", "1"):
            await bot.press(NADIA, "test.result", test=test, result="pass")
        await bot.press(NADIA, "change.complete")
        assert (await bot.change()).state is State.COMPLETED
        await bot.type(NADIA, f"/change show {CHANGE}")
        assert "others are still asked" in bot.overview()
        await bot.type(NADIA, f"/change export {CHANGE}")
        history = [each.event for each in await bot.unit.changes.history(CHANGE)]
        assert len([each for each in history if isinstance(each, ApprovalGiven)]) == 2


async def _decided_by_two(bot: Bot, verb: str, asked: State) -> None:
    """Pierre and Claire decide; Nadia may not, Pierre's second press and a card of before count nothing."""
    card = bot.teams.with_button(verb)
    for each in (NADIA, PIERRE, PIERRE):
        await bot.teams.press(each, verb, on=card)
        await bot.settle()
        assert (await bot.change()).state is asked
    assert [each.by for each in (await bot.change()).approvals][-1:] == [PIERRE.person]
    said = text_of(newest(bot, "Still asked"))
    assert "Still asked: Claire Rey." in said
    assert "**Pierre André**" in said or "Pierre André" in said
    before = len(bot.teams.calls)
    await bot.type(PIERRE, "/change mine")
    assert CHANGE not in text_of(bot.teams.calls[-1].message)
    await bot.type(CLAIRE, "/change mine")
    assert CHANGE in text_of(bot.teams.calls[-1].message)
    assert len(bot.teams.calls) > before
    await bot.press(CLAIRE, verb)


async def test_a_plan_that_changes_asks_both_again_and_the_card_of_before_decides_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as bot:
        await bot.requested(HIGH)
        await bot.advance(moment(4, 1, 9))
        card = bot.teams.with_button("precheck.approve")
        stale = dict(card.activity)
        await bot.press(PIERRE, "precheck.approve")
        await bot.type(NADIA, f"/change edit {CHANGE}")
        await bot.press(NADIA, "change.edit", **(FORM | HIGH | {"what": "The database too."}))
        assert (await bot.change()).approvals == ()
        card.activity = stale
        await bot.teams.press(CLAIRE, "precheck.approve", on=card)
        await bot.settle()
        assert (await bot.change()).approvals == ()
        await bot.press(CLAIRE, "precheck.approve")
        await bot.press(PIERRE, "precheck.approve")
        assert (await bot.change()).state is State.PRECHECKED


async def test_lowered_by_better_answers_one_decides_and_what_is_like_it_is_shown(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as bot:
        await bot.requested(LOW | {"title": "Major update of the platform"})
        for day, who, verb in ((1, PIERRE, "precheck.approve"), (8, CLAIRE, "go.give")):
            await bot.advance(moment(4, day, 9))
            await bot.press(who, verb)
        await bot.advance(evening(22, 0))
        await bot.press(NADIA, "window.start")
        for test in ("0", "1"):
            await bot.press(NADIA, "test.result", test=test, result="pass")
        await bot.press(NADIA, "change.complete")
        await bot.drafted(HIGH | {"title": "Platform: next major update", "date": "2027-06-15"})
        review = text_of(bot.teams.with_button("change.submit"))
        assert "Similar past changes" in review
        assert f"{CHANGE} Major update of the platform · Thu 15 Apr 2027 · successful" in review


async def test_questions_are_asked_one_by_one_in_the_chat_too(tmp_path: Path) -> None:
    async with running(tmp_path, datetime(2027, 3, 15, 10, tzinfo=ZURICH), CHANGE_SERVICES=services(tmp_path)) as bot:
        await bot.type(NADIA, "/change new")
        for answer in ("learn", "Title", "What", "-", "2027-04-15", "22:00", "90", "Log in", "-", "-"):
            await bot.type(NADIA, answer)
        assert "**How many people notice it?** 1 nobody · 2 some · 3 everybody" in bot.teams.texts()[-1]
        await bot.type(NADIA, "perhaps")
        assert "Choose one of: 1 nobody" in bot.teams.texts()[-1]
        for answer in ("3", "within", "In part", "none at all", "1"):
            await bot.type(NADIA, answer)
        assert "What data" not in bot.teams.texts()[-1]
        for _ in range(5):
            await bot.type(NADIA, "-")
        given = (await bot.change()).plan.risk_answers
        assert [answer for _ask, answer in given] == ["everybody", "within minutes", "in part", "none at all", "often"]


async def test_whom_the_settings_name_meanwhile_finds_it_among_their_tasks(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=demo_services(tmp_path)) as bot:
        await bot.at_precheck()
        stage = f'[[service.approval]]\nwho = ["{LUC.object_id}"]\nhow_many = "any"\n[service.vps]'
        demo_services(tmp_path, ("[service.vps]", stage))
        await bot.restart()
        for who, found in ((LUC, True), (PIERRE, False)):
            await bot.type(who, "/change mine")
            assert (CHANGE in text_of(bot.teams.calls[-1].message)) is found, who.name
