"""What the bot wrote down is read in French by whoever reads French, with its dates, wherever it is shown."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from application.ports import AccessDenial
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.effects import UpsertStatusCard
from changes.labels import moment_label
from changes.model import Person
from changes.text.messages import Message
from tests.support.days import moment
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.talking import last
from tests.support.teams import CLAIRE, NADIA, PIERRE

GO = "Nobody gave GO by {limit}, and silence is never GO."
NO_GO = "Personne n’a donné le GO avant le mar. 13 avr. 2027, 09:00 (CEST), et le silence n’est jamais un GO."
IN_THE_MAKING = "est en préparation depuis le {} 2027, "


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        bot.teams.locales |= {who.name: "fr-CH" for who in (NADIA, PIERRE, CLAIRE)}
        yield bot


async def test_why_a_change_was_postponed_by_itself(bot: Bot) -> None:
    await bot.at_go()
    await bot.advance(moment(4, 14, 10))
    await bot.type(NADIA, "/change show 1")
    assert f"Reporté automatiquement : {NO_GO}"[:60] in bot.overview()


async def test_what_stands_in_the_way_of_a_snapshot_and_why_there_is_none(bot: Bot) -> None:
    async def shown_after_somebody_began_one_at(day: int, hour: int) -> str:
        await bot.advance(moment(4, day, hour))
        assert bot.app.simulator is not None
        bot.app.simulator.inject_fault("operation-in-progress")
        await bot.advance(moment(4, day, hour + 1))
        await bot.type(NADIA, "/change export 1")
        async with httpx.AsyncClient() as browser:
            return (await browser.get(re.findall(r"http[^)]+", last(bot))[0])).text

    await bot.prechecked()
    assert IN_THE_MAKING.format("mer. 7 avr.") in await shown_after_somebody_began_one_at(7, 8)
    await bot.advance(moment(4, 8, 9))
    await bot.press(PIERRE, "go.give")
    shown = await shown_after_somebody_began_one_at(15, 19)
    assert IN_THE_MAKING.format("jeu. 15 avr.") in shown, shown


async def test_what_only_an_admin_reads_and_who_was_told(bot: Bot) -> None:
    said = Message(GO, limit=moment_label(moment(4, 13, 9), ZURICH))
    await bot.requested()
    line = DeliveryRecord("n", CHANGE, "planned", "a@x.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED, START, said)
    async with bot.app.store.units() as unit:
        await unit.delivery_log.note(line)
        await unit.access_denials.note(AccessDenial(START, Person("c", "Claire Rey"), CHANGE, "go.give", "chat", said))
        await unit.outbox.add([UpsertStatusCard("k", CHANGE)], START)
        [entry] = await unit.outbox.claim(bot.clock.now(), "me", 60)
        await unit.outbox.dead_letter(entry.id, said, bot.clock.now())
    await bot.type(NADIA, "/change ledger 1")
    assert f"échoué | {NO_GO}" in last(bot)
    await bot.type(NADIA, "/change admin")
    assert f"une carte dans le canal | {NO_GO}" in last(bot)
    assert f" (CET) · {NO_GO}" in last(bot)
