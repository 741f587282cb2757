"""What users of neighbouring tools stumble over, seen from outside; each test is named by its sentence."""

from datetime import datetime
from pathlib import Path

import pytest

from changes.events import StepSkipped
from changes.model import State
from changes.planning.steps import StepKind
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, START, ZURICH, Bot, running
from tests.support.teams import NADIA, PIERRE, actions, text_of
from tests.support.two_services import evening


def sent(bot: Bot, notice: str) -> list[datetime]:
    """When the notice went out."""
    return [call.at for call in bot.teams.calls if notice in call.message.text]


# docs/process.md, P73
async def test_finished_early_the_end_notice_goes_at_once(bot: Bot) -> None:
    await bot.started()
    await bot.advance(evening(22, 20))
    for test in ("0", "1"):
        await bot.press(NADIA, "test.result", test=test, result="pass")
    await bot.type(NADIA, f"/change done {CHANGE}")
    [ended] = sent(bot, "Maintenance finished")
    assert ended.astimezone(ZURICH).strftime("%H:%M") == "22:20"
    await bot.advance(evening(2, 0, 16))
    assert len(sent(bot, "Maintenance finished")) == 1
    assert not sent(bot, "Maintenance not finished yet")


# docs/process.md, P24, P28
async def test_one_time_and_zone_label_stands_everywhere_and_cancelled_no_reminder_comes_but_who_was_told_hears_of_it(
    bot: Bot,
) -> None:
    await bot.scheduled()
    await bot.type(NADIA, "/change list")
    await bot.type(NADIA, f"/change show {CHANGE}")
    label = "Thu 15 Apr 2027, 22:00–23:30 (CEST)"
    shown = [text_of(call.message) for call in bot.teams.calls]
    notice = [text for text in shown if "Planned maintenance" in text and "GO / NO-GO" not in text]
    assert len(notice) == 1
    assert label in notice[0]
    assert sum(label in text for text in shown) >= 5
    assert not any("20:00" in text for text in shown), "the server's own zone shows somewhere"
    assert (await bot.change()).plan.window.start.isoformat() == "2027-04-15T20:00:00+00:00"
    await bot.type(NADIA, f"/change cancel {CHANGE} The vendor postponed the release.")
    seen = len(bot.teams.calls)
    assert any("Maintenance cancelled" in text for text in bot.teams.texts())
    await bot.advance(moment(4, 20, 12))
    assert len(bot.teams.calls) == seen


# docs/process.md, P18, P63
async def test_a_window_left_open_stays_in_progress_and_nags_its_implementer_then_the_approver(bot: Bot) -> None:
    await bot.started()
    await bot.advance(evening(0, 20, 16))
    nags = [text for text in bot.teams.texts() if "is still open" in text]
    assert [text.partition(": CHG")[0] for text in nags] == ["<at>Nadia Favre</at>"]
    await bot.advance(evening(0, 50, 16))
    nags = [text for text in bot.teams.texts() if "is still open" in text]
    assert nags[-1].startswith("<at>Nadia Favre</at> and <at>Pierre André</at>:")
    await bot.advance(evening(12, 0, 17))  # every half hour, at night too: nothing of a window waits until morning
    nags = [text for text in bot.teams.texts() if "is still open" in text]
    assert nags[-1].startswith("<at>Nadia Favre</at>, <at>Pierre André</at> and <at>Claire Rey</at>:")
    assert len(set(nags)) == len(nags) == 73
    assert (await bot.change()).state is State.IN_PROGRESS, "nothing is completed by the passing of time"
    assert any("is over and it is still in progress" in text for text in bot.teams.texts())
    assert len(sent(bot, "Maintenance not finished yet")) == 1


# docs/process.md, P85
async def test_a_new_change_is_announced_even_while_another_is_in_progress(bot: Bot) -> None:
    await bot.prechecked()
    await bot.requested({"title": "Second change", "date": "2027-04-22"})
    await bot.advance(moment(4, 8, 9))
    await bot.press(PIERRE, "precheck.approve")
    await bot.press(PIERRE, "go.give")
    await bot.advance(evening(22, 0))
    await bot.press(NADIA, "window.start")
    await bot.press(PIERRE, "go.give")
    assert (await bot.change()).state is State.IN_PROGRESS
    announced = [text for text in bot.teams.texts() if "Planned maintenance" in text]
    assert len(announced) == 2
    assert "Second change" in announced[1]


# docs/process.md, P56
@pytest.mark.parametrize(("back_at", "goes"), [((2027, 4, 14, 15, 0), True), ((2027, 4, 15, 22, 30), False)])
async def test_down_at_the_due_time_the_reminder_goes_once_if_it_is_still_useful_else_it_is_skipped_and_recorded(
    tmp_path: Path, back_at: tuple[int, int, int, int, int], goes: bool
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.scheduled()
        await bot.app.jobs.stop()  # from here on nothing is carried out any more, while time goes on
        await bot.clock.move_to(datetime(*back_at, tzinfo=ZURICH), bot.app.store.units)
        # The Connector of the first half is gone afterwards: the second half binds its own.
        await bot.unit.bindings.drop("learn")
    async with running(tmp_path) as bot:
        await bot.settle()
        await bot.settle()
        history = await bot.unit.changes.history(CHANGE)
    sent = sum("Reminder: maintenance" in text for text in bot.teams.texts())
    skipped = sum(isinstance(entry.event, StepSkipped) and entry.event.kind is StepKind.REMINDER for entry in history)
    assert (sent, skipped) == ((1, 0) if goes else (0, 1))
    told = [text.partition(": ")[2] for text in bot.teams.texts() if "the start is locked" in text]
    assert len(told) == (0 if goes else 1), "what it missed of the start is said once"


# docs/process.md, P16, P20
async def test_a_request_withdrawn_recomputes_the_state_and_voids_its_card(bot: Bot) -> None:
    await bot.at_precheck()
    card = bot.teams.with_button("precheck.approve")
    await bot.type(NADIA, f"/change cancel {CHANGE} Not needed any more.")
    assert (await bot.change()).state is State.CANCELLED
    assert not [each for each in actions(card.card or {}) if each.get("verb")]
    assert "cancelled" in text_of(card).casefold()


# docs/process.md, P19
async def test_a_plan_edited_after_go_voids_the_decision_the_card_says_so_and_it_is_asked_again(bot: Bot) -> None:
    await bot.at_go()
    card = bot.teams.with_button("go.give")
    await bot.press(PIERRE, "go.give", comment="Mind the exam on Friday.")
    await bot.type(NADIA, f"/change edit {CHANGE}")
    await bot.press(NADIA, "change.edit", **(FORM | {"what": "The platform is updated to version 6 instead."}))
    assert (await bot.change()).state is State.PRECHECK_PENDING
    assert "Superseded: **Nadia Favre** changed the plan on " in text_of(card)
    assert "**Pierre André** gave GO on " in text_of(card)
    assert "Mind the exam on Friday." in text_of(card)
    assert "version 6" in text_of(bot.teams.with_button("precheck.approve"))
    assert any("Previous approvals no longer apply" in text for text in bot.teams.texts())


# docs/process.md, P41
async def test_a_go_request_is_never_hidden_because_the_approver_is_in_the_middle_of_another_dialog(bot: Bot) -> None:
    await bot.prechecked()
    await bot.type(PIERRE, "/change new")
    await bot.type(PIERRE, "A change of my own")
    await bot.advance(moment(4, 8, 9))
    await bot.press(PIERRE, "go.give")
    assert (await bot.change()).state is State.SCHEDULED
    await bot.type(PIERRE, "help")
    assert "Description?" in bot.teams.texts()[-1], "the approver's own dialog has lost its place"


async def test_an_emergency_asks_for_precheck_and_go_in_one_card_and_its_notice_goes_at_once(bot: Bot) -> None:
    await bot.requested({"date": "2027-03-15", "time": "14:00", "kind": "emergency", "reason": "A hole is exploited."})
    await bot.press(PIERRE, "go.give")
    assert (await bot.change()).state is State.SCHEDULED
    assert sum("Planned maintenance" in text for text in bot.teams.texts()) == 1
    assert not any("Reminder: maintenance" in text for text in bot.teams.texts())
    assert sum("gave **GO**" in text for text in bot.teams.texts()) == 1, "one line says that it takes place"
    assert not any("approved the pre-check" in text for text in bot.teams.texts())
    await bot.advance(moment(3, 15, 11, 15))
    assert (await bot.change()).state is State.SNAPSHOTTING


async def test_the_start_is_locked_while_the_snapshot_runs_and_says_so(bot: Bot) -> None:
    await bot.scheduled()
    await bot.advance(datetime(2027, 4, 15, 20, 0, tzinfo=ZURICH))
    await bot.type(NADIA, f"/change start {CHANGE}")
    assert "is locked until its snapshot is finished" in bot.teams.texts()[-1]
    assert (await bot.change()).state is State.SNAPSHOTTING
