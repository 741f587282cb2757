"""Notices before they go out, and an organisation's own words for them, from outside."""

from pathlib import Path

from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import LUC, PIERRE


async def test_anybody_sees_a_notice_before_it_goes_out_and_the_very_text_of_the_preview_goes_out(bot: Bot) -> None:
    await bot.at_go()
    await bot.type(LUC, f"/change notice {CHANGE} planned")
    whom, shown = [call.message.text for call in bot.teams.calls][-2:]
    assert "posted in Teams" in whom
    assert shown.startswith("**ISC Learn Platform: Planned maintenance**")
    assert "Thu 15 Apr 2027, 22:00–23:30 (CEST)" in shown
    await bot.type(LUC, "change avis 1 incident start")
    assert "Incident" in bot.teams.texts()[-1]
    for kind in ("", " nothing", " planned maintenances"):
        await bot.type(PIERRE, f"/change notice {CHANGE}{kind}")
        assert "There are: planned maintenance, reminder, start, end," in bot.teams.texts()[-1]
        assert "_" not in bot.teams.texts()[-1], "people read names, and no keys"
    await bot.press(PIERRE, "go.give")
    assert [text for text in bot.teams.texts() if "Planned maintenance**" in text] == [shown, shown]


async def test_an_organisation_words_a_notice_by_a_file_of_its_own_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "words" / "en").mkdir(parents=True)
    (tmp_path / "words" / "en" / "planned.md").write_text("**ISC: {{ title }}**\n\nSee you after {{ window }}!")
    async with running(tmp_path, START, CHANGE_TEMPLATES=str(tmp_path / "words")) as bot:
        await bot.scheduled()
        assert any(
            text.partition("\n\n---\n\n")[0]
            == "**ISC: Update to version 5**\n\nSee you after Thu 15 Apr 2027, 22:00–23:30 (CEST)!"
            for text in bot.teams.texts()
        )
        await bot.type(PIERRE, f"/change notice {CHANGE} end")
        assert "Maintenance finished" in bot.teams.texts()[-1]
