"""What a turn and a delivery ask the database: each statement takes longer to bring there than to carry out."""

from collections import Counter
from pathlib import Path

import pytest

from bot.connector.client import Connector
from bot.messenger.messenger import Messenger
from changes.effects import Effect, PostThreadMessage, UpsertCard, UpsertPersonalCard, UpsertStatusCard
from changes.notification import CardKind
from changes.notification.thread_messages import ThreadMessage
from notices import NoticeRenderer
from tests.support.asked_statements import counted
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import NADIA, PIERRE


def twice(statements: list[tuple[str, str]]) -> list[str]:
    """The statements that were asked more than once with the same values."""
    return [statement for (statement, _), number in Counter(statements).items() if number > 1]


@pytest.mark.parametrize(("typed", "most"), [("/change list", 9), ("/change help", 5), (f"/change show {CHANGE}", 17)])
async def test_a_turn_is_one_transaction_that_asks_nothing_twice(tmp_path: Path, typed: str, most: int) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, typed)
        with counted(bot.app.store) as counts:
            await bot.type(NADIA, typed)
    [turn] = counts.with_("INSERT INTO deliveries")
    assert twice(turn) == []
    assert len(turn) <= most, "\n".join(statement for statement, _ in turn)
    assert not any("people" in statement and statement.startswith("INSERT") for statement, _ in turn)


async def test_a_press_reads_the_people_of_the_change_once(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.at_go()
        with counted(bot.app.store) as counts:
            await bot.press(PIERRE, "go.give")
    [turn] = counts.with_("INSERT INTO deliveries")
    assert len(turn) <= 21, "\n".join(statement for statement, _ in turn)
    assert sum("FROM people" in statement for statement, _ in turn) <= 3


EFFECTS: tuple[Effect, ...] = (
    UpsertStatusCard("1", CHANGE),
    UpsertCard("2", CHANGE, CardKind.GO, "go:1"),
    UpsertPersonalCard("3", CHANGE, CardKind.GO, "go:1", PIERRE.person),
    PostThreadMessage("4", CHANGE, ThreadMessage.PREFLIGHT_FAILED, PIERRE.person, START),
)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
async def test_a_delivery_reads_in_one_transaction_and_asks_nothing_twice(tmp_path: Path, effect: Effect) -> None:
    async with running(tmp_path, START) as bot:
        await bot.at_go()
        messenger = _messenger(bot)
        with counted(bot.app.store) as counts:
            await messenger(effect)
    [read] = counts.with_("FROM changes")  # the worker looks for what is due meanwhile, and not for changes
    assert twice(read) == []
    assert len(read) <= 9, "\n".join(statement for statement, _ in read)


def _messenger(bot: Bot) -> Messenger:
    app = bot.app
    return Messenger(app.store.units, app.catalogue, bot.clock, Connector(app.teams), NoticeRenderer(), refreshes=True)
