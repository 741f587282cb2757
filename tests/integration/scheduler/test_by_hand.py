"""Snapshots and restores that a person carries out on the dashboard: guided, timed, and ended by what people say."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from application.ports import Operation
from changes import commands as c
from changes.model import Change
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.policy import Catalogue
from changes.snapshots import OperationState, Server
from infomaniak.manual import MANUAL, Manual
from storage import open_store
from tests.integration.scheduler.conftest import IVO, LEARN, World
from tests.support.autocommit import autocommit
from tests.support.walked import with_tables

ON_DASHBOARD = replace(LEARN, vps=Server("Hannibal", MANUAL.provider))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    await with_tables(url)
    catalogue = Catalogue({"learn": ON_DASHBOARD})
    made = World(url, await open_store(url), catalogue=catalogue, backends={"dashboard": Manual()})
    yield made
    await made.store.close()


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose snapshot is due: the guide stands in the thread."""
    made = await world.snapshot_due()
    await world.worker.run_due()
    return made


async def operations(world: World) -> tuple[Operation, ...]:
    return await autocommit(world.store).operations.running()


async def test_what_a_person_began_is_timed_from_then_half_done_and_late_and_its_card_is_not_redrawn_every_minute(
    world: World, change: Change
) -> None:
    await world.minutes(10)
    await world.tell(change, c.NoteSnapshotStarted(IVO))
    begun = world.clock.now()
    await world.worker.run_due()
    [operation] = await operations(world)
    assert (operation.asked_at, operation.state) == (begun, OperationState.RUNNING)
    world.carried.clear()
    await world.minutes(60)
    assert world.drawn(CardKind.PROGRESS) == [], "somebody may be writing on it"
    await world.minutes(15)
    assert world.told() == [ThreadMessage.SNAPSHOT_HALF]
    assert (await operations(world))[0].percent == 50
    await world.minutes(91)
    assert world.told()[-1] is ThreadMessage.SNAPSHOT_LATE
