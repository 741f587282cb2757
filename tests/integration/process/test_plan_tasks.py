"""Tasks beside the work (docs/process.md, P130 to P133): from the request to the end, over the bot's own door."""

from datetime import datetime

import pytest

from changes.model import State
from tests.support.running import CHANGE, ZURICH, Bot
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, inputs_of, shown, verbs, words

TASKS = """-10d @Claire Rey: Order the certificate 15m !
–2j @luc Tell the helpdesk
+0m Take the node out 10min !
+30m @Claire Rey: Switch DNS 15m"""
TYPED = [
    "-10d @Claire Rey: Order the certificate 15m !",
    "-2d @Luc Bonvin: Tell the helpdesk",
    "+0m Take the node out 10m !",
    "+30m @Claire Rey: Switch DNS 15m",
]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 4, day, hour, minute, 10, tzinfo=ZURICH)


def said(bot: Bot, part: str) -> list[str]:
    return [text for text in bot.teams.texts() if part in text]


async def typed(bot: Bot) -> list[str]:
    return [each.typed for each in (await bot.change()).plan.tasks]


async def prechecked(bot: Bot, tasks: str = TASKS) -> None:
    """It is 1 April; a change with tasks is handed in and pre-checked, and its people have written to the bot."""
    for each in (CLAIRE, LUC):
        await bot.type(each, "/change help")
    await bot.requested({"tasks": tasks})
    await bot.advance(at(1, 9))
    await bot.press(PIERRE, "precheck.approve")


async def test_four_tasks_are_carried_to_the_end(bot: Bot) -> None:
    await prechecked(bot)
    assert await typed(bot) == TYPED
    await bot.type(CLAIRE, "/change mine")
    assert "You have a task in it" in shown(bot.teams.with_button("look").card)
    await bot.advance(at(5, 9))
    (due,) = said(bot, "1. Order the certificate")
    assert due.startswith("<at>Claire Rey</at>: due for"), due
    await bot.advance(at(8, 9))
    assert len(said(bot, "1. Order the certificate")) == 4, "on every working day once"
    held = bot.teams.with_button("go.refuse")
    assert "go.give" not in verbs(held.card)
    assert "GO opens once these tasks are ticked off: 1. Order the certificate." in shown(held.card)
    await bot.type(PIERRE, f"/change go {CHANGE}")
    assert bot.teams.texts()[-1].startswith(f"GO has to wait for these tasks of {CHANGE}: 1. Order the certificate.")
    answer = await bot.press(CLAIRE, "task.done", task="0")
    assert "go.give" in verbs(bot.teams.with_button("go.refuse").card), answer
    await bot.press(PIERRE, "go.give")
    await bot.advance(at(13, 9))
    assert said(bot, "2. Tell the helpdesk")[0].startswith("<at>Luc Bonvin</at>")
    await bot.type(LUC, f"/change tâche {CHANGE} fait 2")
    assert bot.teams.texts()[-1].startswith(f"Tasks of {CHANGE}: 2 of 4 done.")
    await bot.advance(at(15, 22, 2))
    await bot.press(NADIA, "window.start")
    await bot.press(NADIA, "tests.pass")
    await bot.type(NADIA, f"/change done {CHANGE}")
    assert "cannot be completed before these tasks are done: 3. Take the node out." in bot.teams.texts()[-1]
    await bot.advance(at(15, 22, 18))
    await bot.press(NADIA, "task.done", task="2")
    day = words(bot.teams.with_button("change.complete").card)
    assert "Runbook: 3 of 4 done (8 min late)" in day
    assert any("blocking) – done 22:18, Nadia Favre (8 min late)\n○ 4. 22:30" in each for each in day)
    await bot.advance(at(15, 22, 31))
    assert said(bot, "4. Switch DNS")[0].startswith("<at>Claire Rey</at>")
    await bot.press(NADIA, "change.complete")
    assert said(bot, "is completed")[0].endswith("Tasks still open: 4. Switch DNS.")
    assert (await bot.change()).state is State.COMPLETED


async def test_who_may_not_is_told_and_a_second_tick_says_who_was_first(bot: Bot) -> None:
    await prechecked(bot)
    refused = await bot.press(LUC, "task.done", task="0")
    assert "Only whoever has the task" in str(refused["value"])
    old = bot.teams.with_button("task.done")
    await bot.press(CLAIRE, "task.done", task="0")
    again = await bot.teams.press(PIERRE, "task.done", on=old, inputs={"task": "0"})
    assert "Already done by Claire Rey" in str(again["value"])
    assert len((await bot.change()).task_marks) == 1
    for wrong in ("9", "-1", "abc", "1e9", ""):
        await bot.teams.press(NADIA, "task.done", inputs={"task": wrong})
    for line in ("done 7", "done", "fait", "waive 1 x", "what 1", "undo 3"):
        before = len(bot.teams.texts())
        await bot.type(LUC, f"/change task {CHANGE} {line}")
        assert len(bot.teams.texts()) == before + 1
    assert len((await bot.change()).task_marks) == 1
    await bot.type(CLAIRE, f"/change task {CHANGE} undo 1")
    assert not (await bot.change()).task_marks


async def test_what_need_not_be_done_is_ticked_off_with_a_note(bot: Bot) -> None:
    await prechecked(bot, "-10d @Claire Rey: Order the certificate !\n-1h Copy the files !")
    await bot.advance(at(8, 9))
    await bot.press(LUC, "task.done", task="0", task_note="It is not needed.")
    assert not (await bot.change()).task_marks, "not by whoever has no part in it"
    await bot.press(PIERRE, "task.done", task="0", task_note="The old one lasts.")
    await bot.type(NADIA, f"/change task {CHANGE}")
    assert "Pierre André: The old one lasts." in bot.teams.texts()[-1]
    await bot.press(PIERRE, "go.give")
    before = len(said(bot, "1. Order the certificate. Tick"))
    await bot.advance(at(15, 22, 1))
    assert len(said(bot, "1. Order the certificate. Tick")) == before, "nobody is reminded of it"
    (locked,) = said(bot, "it is time for")
    assert "2. Copy the files" in locked, locked
    await bot.type(NADIA, f"/change start {CHANGE}")
    assert "cannot start before these tasks are done: 2. Copy the files." in bot.teams.texts()[-1]
    await bot.advance(at(15, 22, 16))
    assert "2. Copy the files" in said(bot, "it is time for")[-1]
    await bot.press(NADIA, "task.done", task="1")
    await bot.press(NADIA, "window.start")
    assert (await bot.change()).state is State.IN_PROGRESS


async def test_an_edit_keeps_the_ticks_of_the_same_tasks_and_no_others(bot: Bot) -> None:
    await prechecked(bot)
    for number in (1, 2):
        await bot.type(PIERRE, f"/change task {CHANGE} done {number}")
    moved = ["-1d @Luc Bonvin: Tell the helpdesk", *TYPED[2:], TYPED[0]]
    await bot.type(NADIA, f"/change edit {CHANGE}")
    form = bot.teams.with_button("change.edit")
    assert inputs_of(form.card)["tasks"]["value"] == "\n".join(TYPED), "typed again it gives the same"
    fields = {name: str(each.get("value", "")) for name, each in inputs_of(form.card).items()}
    await bot.press(NADIA, "change.edit", **(fields | {"tasks": "\n".join(moved)}))
    assert (await bot.change()).open_tasks == (0, 1, 2)
    await bot.type(NADIA, f"/change task {CHANGE} add -1d @Claire: Copy the files !")
    assert (await typed(bot))[-1] == "-1d @Claire Rey: Copy the files !"
    assert (await bot.change()).open_tasks == (0, 1, 2, 4)


HOSTILE = [
    ("@ghost", "-2d @Ghost: haunt", "Line 1: I have not met “Ghost” yet."),
    ("twice", "-2d x\n-2d x", "The same task stands there twice"),
    ("thirty", "\n".join(f"-{n}d task {n}" for n in range(1, 31)), "30 tasks are too many"),
    ("long", f"-2d {'x' * 101}", "Task 1: 100 characters at most"),
    ("late", "+2h after the end", "Task 1: 100 characters at most, due between 90 days before the window and its end"),
    ("early", "-91d before anybody thinks of it", "due between 90 days before the window"),
    *(
        (odd, f"-2d fine\n{odd} x", "Line 2: begin with when it is due")
        for odd in ("whenever", "2d", "-2", "- 2d", "-2x")
    ),
    ("nothing", "-2d @Claire: 5m !", "Line 1: say what is to be done."),
]


@pytest.mark.parametrize(("tasks", "sentence"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
async def test_what_is_not_understood_is_named_by_its_line(bot: Bot, tasks: str, sentence: str) -> None:
    answer = await bot.drafted({"tasks": tasks})
    assert sentence in shown(answer["value"])
    assert inputs_of(answer["value"])["tasks"]["value"] == tasks, "what was typed stays"


async def test_a_hostile_title_stays_text(bot: Bot) -> None:
    title = "<at>Pierre André</at> [click](http://x.ch) **bold** {name} `code`"
    await prechecked(bot, f"-2d {title} !")
    await bot.advance(at(13, 9))
    assert (await bot.change()).plan.tasks[0].title == title
    for each in bot.teams.messages.values():
        mentioned = [entity["mentioned"]["name"] for entity in each.entities]
        assert "<at>" not in str(each.card) or "Pierre André" in mentioned or "Nadia Favre" in mentioned
