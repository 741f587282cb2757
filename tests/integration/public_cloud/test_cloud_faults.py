"""Every fault that the simulator can play, met by the real openstacksdk: what it means, how often was asked."""

from collections.abc import AsyncIterator

import pytest

from application.ports.provider import ProviderError, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes.snapshots import FailureReason, Server
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from local.simulator import FAULTS, Simulator
from tests.support.cloud import connect_to
from tests.support.provider import Clock

HANNIBAL = Server("Hannibal", PUBLIC_CLOUD.provider)
NAME = "CHG-2027-0001-1"
Meant = tuple[type[ProviderError], FailureReason] | None
AWAY: Meant = (ProviderUnreachable, FailureReason.AWAY)
LOST: Meant = (ProviderUncertain, FailureReason.LOST)

WRITE_FAULTS: dict[str, Meant] = {
    "bad-request": (ProviderRefused, FailureReason.INVALID),
    "unauthorised": (ProviderRefused, FailureReason.TOKEN),
    "forbidden": (ProviderRefused, FailureReason.RIGHT),
    "not-found": (ProviderRefused, FailureReason.NOT_FOUND),
    "conflict": (ProviderRefused, FailureReason.BUSY),
    "quota": (ProviderRefused, FailureReason.QUOTA),
    "unprocessable": (ProviderRefused, FailureReason.INVALID),
    "throttled": AWAY,
    "throttled-without-delay": AWAY,
    "error-500": LOST,
    "error-500-after-accepting": LOST,
    "error-503": LOST,
    "hang": LOST,
    "hang-after-accepting": LOST,
    "dropped": LOST,
    "dropped-after-accepting": LOST,
    "garbage": LOST,
    "garbage-after-accepting": LOST,
    "accepted-but-never-done": None,
    "snapshot-fails": None,
    "restore-fails": None,
    "revert-not-latest": (ProviderRefused, FailureReason.UNFIT),
    "revert-conflict": (ProviderRefused, FailureReason.BUSY),
    "volume-error": None,
}
# These meet no call of their own (see test_public_cloud.py); the limit of calls is not Cinder's.
AT_ONCE = {"operation-in-progress", "volume-attached", "sixty-a-minute"}
READ_FAULTS: dict[str, Meant] = {
    name: AWAY if meant == LOST else meant for name, meant in WRITE_FAULTS.items() if FAULTS[name].target == "any"
}


@pytest.fixture
async def backend(simulator: Simulator) -> AsyncIterator[PublicCloud]:
    opened = PublicCloud(connect_to(simulator), answer_seconds=0.3)
    yield opened
    simulator.clear_faults()
    await opened.close()


async def outcome(asked: object) -> Meant:
    try:
        await asked  # type: ignore[misc]
    except ProviderError as error:
        return type(error), error.cause
    return None


def test_the_table_has_every_fault_there_is() -> None:
    assert set(WRITE_FAULTS) | AT_ONCE == set(FAULTS)


@pytest.mark.parametrize("name", sorted(n for n in WRITE_FAULTS if FAULTS[n].target in {"any", "write", "create"}))
async def test_a_snapshot_is_asked_for_once_whatever_goes_wrong(
    backend: PublicCloud, simulator: Simulator, name: str
) -> None:
    await backend.preflight(HANNIBAL)
    simulator.inject_fault(name, times=None, on="create")

    assert await outcome(backend.create_snapshot(HANNIBAL, NAME)) == WRITE_FAULTS[name]
    assert simulator.count("create") == 1
    carried_out = FAULTS[name].accepted or name == "snapshot-fails"
    assert len(simulator.snapshots) == carried_out


@pytest.mark.parametrize("name", sorted(n for n in WRITE_FAULTS if FAULTS[n].target in {"any", "write", "restore"}))
async def test_a_restore_is_asked_for_once_whatever_goes_wrong(
    backend: PublicCloud, simulator: Simulator, clock: Clock, name: str
) -> None:
    await backend.create_snapshot(HANNIBAL, NAME)
    clock.move(minutes=150)
    simulator.inject_fault(name, times=None, on="restore")
    # A revert that Cinder does not understand is one of a snapshot that cannot be reverted to.
    meant = (ProviderRefused, FailureReason.UNFIT) if FAULTS[name].status == 400 else WRITE_FAULTS[name]

    assert await outcome(backend.restore(HANNIBAL, NAME)) == meant
    assert simulator.count("restore") == 1
    carried_out = FAULTS[name].accepted or name in {"restore-fails", "volume-error"}
    assert len(simulator.snapshots[0].restores) == carried_out


@pytest.mark.parametrize("warm", [True, False], ids=["connected before", "at the first call"])
@pytest.mark.parametrize("name", sorted(READ_FAULTS))
async def test_a_read_that_goes_wrong_changes_nothing_and_the_next_one_is_answered(
    backend: PublicCloud, simulator: Simulator, name: str, warm: bool
) -> None:
    if warm:
        await backend.find_snapshot(HANNIBAL, NAME)
    simulator.inject_fault(name, times=None)
    met = await outcome(backend.create_snapshot(HANNIBAL, NAME))
    simulator.clear_faults()

    if warm:
        assert met == READ_FAULTS[name]
    assert met is not None
    assert met[0] is not ProviderUncertain
    assert simulator.count("create") == 0
    assert await backend.find_snapshot(HANNIBAL, NAME) is None
