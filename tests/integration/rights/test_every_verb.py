"""Forged buttons from outside: every verb, in every stage, by people who may not; nothing changes and they read why."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG
from changes.model import Change, State
from tests.support.days import moment
from tests.support.running import CHANGE, ZURICH, Bot
from tests.support.teams import LUC, NADIA, PIERRE, Message, Somebody

MESSAGE = "application/vnd.microsoft.activity.message"
SAM, EVA = (
    Somebody(f"29:{number}", name, f"00000000-0000-0000-0000-0000000000{20 + number}")
    for number, name in ((4, "Sam Keller"), (5, "Eva Moret"))
)
"""An admin, and somebody with no part in the change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who besides the stranger may not, and what they all read; the admin neither, unless it is said."""

    wrong: tuple[Somebody, ...]
    says: str
    admin: bool = False


EDIT = Rule(
    (LUC,),
    f"Only Nadia Favre, who requested {CHANGE}, the approver, a deputy or an admin can do that.",
    admin=True,
)
DECIDE = Rule((NADIA, LUC), f"Only Pierre André or a deputy can decide about {CHANGE}.")
RUN = Rule((NADIA,), f"Only the implementer (Luc Bonvin), the approver or a deputy can do that for {CHANGE}.")
REPORT = Rule((NADIA,), "Only the implementer (Luc Bonvin), the approver or a deputy reports on its snapshot.")
TASK = Rule((), "Only whoever has the task, the requester, the implementer, the approver or a deputy can do that.")
RULES: Mapping[str, Rule] = {
    "change.submit": Rule((LUC, PIERRE), f"Only Nadia Favre can submit {CHANGE}."),
    "change.edit": EDIT,
    "form.fill": EDIT,
    "change.move": EDIT,
    "change.withdraw": EDIT,
    "change.postpone": Rule(
        (), f"Only the requester, the implementer, the approver or a deputy can postpone {CHANGE}."
    ),
    "precheck.approve": DECIDE,
    "precheck.correct": DECIDE,
    "go.give": DECIDE,
    "go.refuse": DECIDE,
    "snapshot.waive": DECIDE,
    "snapshot.started": REPORT,
    "snapshot.finished": REPORT,
    "snapshot.failed": REPORT,
    "snapshot.retry": RUN,
    "window.start": RUN,
    "test.result": RUN,
    "tests.pass": RUN,
    "test.accept": Rule((NADIA, LUC), f"Only Pierre André or a deputy can allow that for {CHANGE}, with a reason."),
    "change.complete": RUN,
    "trouble.report": RUN,
    "trouble.solved": RUN,
    "window.extend": RUN,
    "holding.keep": RUN,
    "incident.declare": RUN,
    "incident.tried": RUN,
    "incident.update": RUN,
    "incident.handover": RUN,
    "incident.close": RUN,
    "restore.ask": RUN,
    "restore.withdraw": RUN,
    "restore.confirm": Rule(
        (NADIA, LUC), "A restore needs two people: Pierre André or a deputy confirms it, not who asked for it."
    ),
    "restore.done": REPORT,
    "restore.failed": REPORT,
    "review.save": Rule(
        (), f"Only the requester, the implementer, the approver or a deputy can write the review of {CHANGE}."
    ),
    **dict.fromkeys(("task.done", "task.reopen"), TASK),
}
NONE = f"There is no change {CHANGE}. /change list shows those there are."
"""What whoever may not see a draft reads instead: not that it is there, nor whose it is."""
INPUTS = {
    "reason": "Because.",
    "comment": "Fine.",
    "extra_minutes": "30",
    "vps_name": "Hannibal",
    "snapshot_name": "CHG",
}
MORE: Mapping[str, Mapping[str, object]] = {
    "test.result": {"test": 0, "result": "pass"},
    "test.accept": {"test": 0},
    "incident.tried": {"result": "fix"},
    "snapshot.finished": {"result": "data"},
    **{each: {"task": 0} for each in ("task.done", "task.reopen")},
}


async def stored(bot: Bot) -> tuple[Change, int]:
    found = await bot.unit.changes.load(CHANGE)
    assert found is not None
    return found.change, found.version


async def forge(bot: Bot, who: Somebody, verb: str, **more: object) -> dict[str, Any]:
    """Press a button that no card of theirs has, with the right change and the present revision."""
    data: dict[str, Any] = {
        "change": CHANGE,
        "revision": (await bot.change()).revision,
        **INPUTS,
        **MORE.get(verb, {}),
        **more,
    }
    # What a forged button stands on says nothing.
    card = Message("forged", next(iter(bot.teams.messages.values())).conversation, {})
    return await bot.teams.execute(who, verb, data, card)


async def stages(bot: Bot) -> AsyncIterator[State]:
    """From the draft to the review, with everybody in their own part."""
    await bot.drafted({"implementer": LUC.object_id})
    yield State.DRAFT
    await bot.press(NADIA, "change.submit")
    await bot.advance(moment(4, 1, 9))
    yield State.PRECHECK_PENDING
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(4, 8, 9))
    yield State.GO_PENDING
    await bot.press(PIERRE, "go.give")
    await bot.advance(datetime(2027, 4, 15, 19, 30, tzinfo=ZURICH))
    yield State.SNAPSHOTTING
    await bot.advance(moment(4, 15, 22))
    yield State.READY
    await bot.press(LUC, "window.start")
    yield State.IN_PROGRESS
    await forge(bot, LUC, "incident.declare")
    await forge(bot, LUC, "restore.ask")
    yield State.INCIDENT
    await forge(bot, PIERRE, "restore.confirm")
    yield State.RESTORING
    await bot.advance(datetime(2027, 4, 15, 23, 25, tzinfo=ZURICH))
    await forge(bot, LUC, "test.result")
    await forge(bot, LUC, "test.result", test=1)
    await forge(bot, LUC, "change.complete")
    yield State.COMPLETED


def test_there_is_a_rule_for_every_button_that_does_something() -> None:
    """But for the admin's, which is about no change: tests/integration/delivery/test_admin.py has it.

    One that stands for any command asks as that command does: tests/integration/input/test_short_ids.py.
    """
    assert set(RULES) == set(_COMMANDS) | (BY_DIALOG - {"card.refresh", "look", "admin", "command"})


async def test_a_forged_button_changes_nothing_in_any_stage_and_its_presser_reads_who_may(bot: Bot) -> None:
    pressed: list[tuple[str, str]] = []
    async for stage in stages(bot):
        before = await stored(bot)
        assert before[0].state is stage
        for verb, rule in RULES.items():
            for who in (EVA, *(() if rule.admin else (SAM,)), *rule.wrong):
                answer = await forge(bot, who, verb)
                pressed.append((who.object_id, verb))
                says = NONE if stage is State.DRAFT and who in (EVA, LUC) else rule.says
                assert (answer["type"], answer["value"]) == (MESSAGE, says), f"{who.name}, {verb}, {stage}"
        await bot.settle()
        assert await stored(bot) == before, stage
    assert [(each.person.id, each.what) for each in (await bot.unit.access_denials.latest(10_000))[::-1]] == pressed


async def test_authority_is_checked_for_each_button_with_the_persons_own_identity(bot: Bot) -> None:
    """docs/process.md, P3. Whatever a payload says of who presses it, it is the person whom Teams vouches for."""
    await bot.at_go()
    before = await stored(bot)
    said = {"id": PIERRE.id, "name": PIERRE.name, "aadObjectId": PIERRE.object_id}
    claims: list[dict[str, object]] = [
        {name: value}
        for name in ("by", "person", "approver", "userId", "user", "from", "aadObjectId", "requester", "implementer")
        for value in (PIERRE.object_id, PIERRE.name, said)
    ]
    claims.append({"admin": True, "role": "approver", "via": "clock", "may": True, "deputies": [EVA.object_id]})
    for claim in claims:
        answer = await forge(bot, EVA, "go.give", **claim)
        assert (answer["type"], answer["value"]) == (MESSAGE, DECIDE.says), claim
    assert await stored(bot) == before
    assert {(each.person.id, each.person.name) for each in await bot.unit.access_denials.latest(10_000)} == {
        (EVA.object_id, EVA.name)
    }
    # And the other way round: a claim takes nothing from who may.
    await forge(bot, PIERRE, "go.give", by=EVA.object_id, person=EVA.object_id)
    last = (await bot.unit.changes.history(CHANGE))[before[1]]
    assert last.by.id == PIERRE.object_id
