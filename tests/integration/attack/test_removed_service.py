"""A service that was taken out of the settings: a sentence says what to do, the others go on, nothing is lost."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG
from bot.commands.command_words import VERBS
from changes.effects import Preflight, UpsertStatusCard
from changes.model import SnapshotStatus, State
from tests.integration.attack.test_private_changes import NAMES_NO_CHANGE
from tests.integration.rights.test_every_verb import INPUTS, MORE
from tests.support.running import START, Bot, running
from tests.support.teams import LUC, NADIA, PIERRE, Message, words
from tests.support.two_services import FORUM_CHANGE, FORUM_FORM, LEARN, both_with_go, evening, services

LEARN_ALONE = (Path(__file__).parents[3] / "local" / "services.toml").read_text(encoding="utf-8")
SAYS = (
    f"The service forum of {FORUM_CHANGE} is no longer in the settings, so nothing can be done with {FORUM_CHANGE} "
    f"now. An admin has to put it back in services.toml and restart the bot; then {FORUM_CHANGE} goes on."
)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    (tmp_path / "only.toml").write_text(LEARN_ALONE, encoding="utf-8")
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as bot:
        yield bot


async def restarted(bot: Bot, *, without_forum: bool) -> None:
    """The bot is started again with both services in its settings, or without the forum."""
    file = str(bot.folder / "only.toml") if without_forum else services(bot.folder)
    bot.given = {"CHANGE_SERVICES": file}
    await bot.restart()


async def addresses(bot: Bot, line: str) -> list[str]:
    await bot.type(NADIA, line)
    return re.findall(r"http://127\.0\.0\.1:\d+(/[^\s)]+)", bot.teams.calls[-1].message.text)


async def get(bot: Bot, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://127.0.0.1:{bot.app.port}{path}")


def nothing_broke(caplog: pytest.LogCaptureFixture) -> bool:
    return [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_every_command_button_and_link_about_its_changes_says_what_to_do_and_nothing_breaks(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await both_with_go(bot)
    exports, feeds = await addresses(bot, f"/change export {FORUM_CHANGE}"), await addresses(bot, "/change feed")
    await bot.type(LUC, "/change new")
    await bot.press(LUC, "change.edit", **FORUM_FORM | {"date": "2027-06-10"})  # its summary stays open
    await restarted(bot, without_forum=True)

    before = len(bot.teams.calls)
    lines = [f"/change {name} {FORUM_CHANGE} Because of it." for name in VERBS if name not in NAMES_NO_CHANGE]
    for line in lines:
        await bot.teams.type(PIERRE, line)
    await bot.settle()
    assert [call.message.text for call in bot.teams.calls[before:]] == [SAYS] * len(lines)

    for name in sorted(NAMES_NO_CHANGE):
        before = len(bot.teams.calls)
        await bot.type(NADIA, f"/change {name}")
        said = [f"{call.message.text}{words(call.message.card)}" for call in bot.teams.calls[before:]]
        assert said, name
        assert not any("Something went wrong" in each for each in said), name

    revision = (await bot.change(FORUM_CHANGE)).revision
    for verb in sorted(set(_COMMANDS) | BY_DIALOG - {"look", "admin"}):
        typed = {"typed": f"cancel {FORUM_CHANGE} No need."}
        data = {**typed, **INPUTS, **MORE.get(verb, {}), "change": FORUM_CHANGE, "revision": revision}
        answer = await bot.teams.execute(PIERRE, verb, data, Message("old", "personal-29:1", {}))
        assert answer["value"] == SAYS, verb

    answer = await bot.teams.press(LUC, "change.submit")  # on the summary that was open
    assert answer["value"] == SAYS.replace(FORUM_CHANGE, "CHG-2027-0003")
    await bot.type(LUC, "cancel")
    assert bot.teams.texts()[-1] != SAYS, "nobody is caught in a dialog about it"

    for path in exports:
        page = await get(bot, path)
        assert page.status_code == 404
        assert SAYS in unescape(page.text)
    events = {str(each["uid"]) for each in Calendar.from_ical((await get(bot, feeds[0])).content).walk("VEVENT")}
    assert {f"{LEARN}@change-bot", f"{FORUM_CHANGE}@change-bot"} <= events, "whoever subscribed still sees the window"
    assert nothing_broke(caplog)


async def test_the_other_changes_go_on_and_its_own_do_once_it_is_back(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await both_with_go(bot)
    await bot.advance(evening(18, 0))
    forum, learn = await bot.change(FORUM_CHANGE), await bot.change(LEARN)
    assert (forum.snapshot.status, learn.snapshot.status) == (SnapshotStatus.RUNNING, SnapshotStatus.NONE)
    waits = [UpsertStatusCard("waits", FORUM_CHANGE), Preflight("looks", FORUM_CHANGE)]
    await bot.unit.outbox.add(waits, bot.clock.now())
    # Nothing of it was carried out before the process ended.
    await restarted(bot, without_forum=True)

    await bot.advance(evening(22, 5))
    assert (await bot.change(LEARN)).state is State.READY
    await bot.press(NADIA, "window.start")
    assert (await bot.change(LEARN)).state is State.IN_PROGRESS
    assert await bot.change(FORUM_CHANGE) == forum, "nothing was decided about it"
    [dead] = await bot.unit.outbox.dead()
    count, _oldest = await bot.unit.outbox.waiting()
    assert (dead.effect.key, dead.error) == ("waits", SAYS)
    assert count == 1, "what a provider is asked for waits for the service"
    await bot.type(NADIA, "/change admin")
    assert SAYS in " | ".join(words(bot.teams.calls[-1].message.card))

    await restarted(bot, without_forum=False)
    await bot.type(NADIA, "/change admin again all")
    await bot.advance(evening(22, 20))
    assert await bot.unit.outbox.dead() == ()
    assert (await bot.unit.outbox.waiting())[0] == 0
    assert (await bot.change(FORUM_CHANGE)).snapshot.status is SnapshotStatus.FINISHED
    assert nothing_broke(caplog)
