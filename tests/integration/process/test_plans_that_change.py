"""Corrections, new dates and overlaps, from outside: who is told, what still holds, what has to be given again."""

from changes.model import State
from tests.support.days import card_with, moment
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import NADIA, PIERRE, shown


async def test_the_form_keeps_everything_and_the_card_shows_field_by_field_what_was_corrected(bot: Bot) -> None:
    await bot.at_precheck()
    assert "Changed since" not in card_with(bot, "precheck.approve")
    await bot.press(PIERRE, "precheck.correct", comment="Which plug-ins? And test the forum.")
    await bot.type(NADIA, f"/change edit {CHANGE}")
    form = str(bot.teams.with_button("change.edit").card)
    for typed in (FORM["title"], FORM["what"], FORM["why"], FORM["risks"], FORM["rollback"], FORM["affected"]):
        assert typed in form
    tests = f"{FORM['tests']}\nWrite in the forum"
    await bot.press(NADIA, "change.edit", **(FORM | {"tests": tests, "risks": "The forum's plug-in may not load."}))
    shown = card_with(bot, "precheck.approve")
    assert "Changed since the pre-check of Thu 1 Apr 2027, 09:00 (CEST)" in shown
    changed = shown.partition("Changed since")[2].partition("Implementer")[0]
    assert "Write in the forum" in changed
    assert "Plug-ins" in changed
    assert FORM["what"] not in changed


# docs/process.md, P50
async def test_overlapping_windows_are_flagged_at_request_time_naming_the_other_and_only_the_approver_lets_one_stand(
    bot: Bot,
) -> None:
    await bot.requested()
    await bot.drafted({"title": "New disks", "time": "23:00"})
    form = card_with(bot, "change.edit")
    assert "/change allow CHG-2027-0002 REASON" in form
    assert f"{CHANGE} (Update to version 5) already takes Thu 15 Apr 2027, 22:00–23:30 (CEST)" in form
    assert (
        "Free instead: Thu 15 Apr 2027, 23:30 – Fri 16 Apr 2027, 01:00 (CEST); "
        "Thu 15 Apr 2027, 20:30–22:00 (CEST); Fri 16 Apr 2027" in form
    )
    await bot.press(NADIA, "change.edit", **(FORM | {"title": "New disks", "time": "23:00"}))
    assert "already takes" in card_with(bot, "change.edit"), "that nobody allowed it is not forgotten"
    assert (await bot.change("CHG-2027-0002")).state is State.DRAFT
    await bot.type(NADIA, "/change allow 2 It is only a disk.")
    assert "Only Pierre André or a deputy can decide" in bot.teams.texts()[-1]
    await bot.type(PIERRE, "/change allow 2 They do not touch each other.")
    assert any("accepted the overlap of CHG-2027-0002" in text for text in bot.teams.texts())
    await bot.type(NADIA, "/change edit 2")
    await bot.press(NADIA, "change.edit", **(FORM | {"title": "New disks", "time": "23:00"}))
    await bot.press(NADIA, "change.submit")
    assert (await bot.change("CHG-2027-0002")).state is State.SUBMITTED
    await bot.advance(moment(4, 1))
    assert any("They do not touch each other." in shown(each.card) for each in bot.teams.messages.values())
