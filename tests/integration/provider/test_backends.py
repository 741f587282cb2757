"""What both of Infomaniak's backends promise, each against the simulated provider, by a clock that the test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from application.ports.provider import ProviderRefused, ProviderUnreachable, SnapshotBackend
from changes.snapshots import FailureReason, OperationState, Server
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from infomaniak.vps_api.backend import VpsApi
from infomaniak.vps_api.client import open_client
from infomaniak.vps_api.configuration import VpsApiSettings
from infomaniak.vps_api.entry import VPS_API
from local.simulator import Simulator
from tests.support.cloud import connect_to
from tests.support.provider import Clock

NAME = "CHG-2027-0001-1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A backend, the server it is asked about, and what its provider calls a restore that fails or a bad token."""

    backend: SnapshotBackend
    server: Server
    failing: str
    token: str

    async def state(self, handle: str) -> OperationState:
        return (await self.backend.get_status(self.server, handle)).state


@pytest.fixture(params=["vps_api", "public_cloud"])
async def asked(request: pytest.FixtureRequest, simulator: Simulator) -> AsyncIterator[Asked]:
    if request.param == "vps_api":
        server = Server("Hannibal", VPS_API.provider, reference="4711")
        async with open_client(simulator.url, "any", answer_seconds=1.0) as client:
            backend = VpsApi(client, VpsApiSettings("1234"))
            yield Asked(backend, server, "restore-fails", "INFOMANIAK_TOKEN")
        return
    cloud = PublicCloud(connect_to(simulator), answer_seconds=0.5)
    yield Asked(cloud, Server("Hannibal", PUBLIC_CLOUD.provider), "volume-error", "credential")
    simulator.clear_faults()
    await cloud.close()


async def finished_snapshot(asked: Asked, clock: Clock) -> None:
    await asked.backend.create_snapshot(asked.server, NAME)
    clock.move(minutes=150)


async def test_a_snapshot_of_the_data_runs_for_two_and_a_half_hours_and_is_found_by_its_name_whoever_began_it(
    asked: Asked, simulator: Simulator, clock: Clock
) -> None:
    begun = await asked.backend.create_snapshot(asked.server, NAME)
    clock.move(minutes=149)
    running = await asked.backend.get_status(asked.server, begun.handle)
    found = await asked.backend.find_snapshot(asked.server, NAME)
    clock.move(minutes=1)
    done = await asked.backend.get_status(asked.server, begun.handle)

    assert (running.state, running.percent, running.finished_at) == (OperationState.RUNNING, None, None)
    assert found is not None
    assert (found.state, found.handle) == (OperationState.RUNNING, begun.handle)
    assert (done.state, done.percent, done.finished_at) == (OperationState.SUCCEEDED, None, clock.now)
    assert [(each.name, each.disk) for each in simulator.snapshots] == [(NAME, "data")]
    simulator.inject_fault("operation-in-progress")
    theirs = await asked.backend.find_snapshot(asked.server, f"dashboard-{clock.now:%Y%m%d-%H%M}")
    assert theirs is not None
    assert theirs.state is OperationState.RUNNING
    assert await asked.backend.find_snapshot(asked.server, "CHG-2027-0002-1") is None
    assert simulator.count("create") == 1


async def test_a_snapshot_that_fails_is_a_failure_and_one_never_done_is_not_listed(
    asked: Asked, simulator: Simulator, clock: Clock
) -> None:
    simulator.inject_fault("accepted-but-never-done")
    never = await asked.backend.create_snapshot(asked.server, NAME)
    clock.move(minutes=600)
    seen = await asked.backend.get_status(asked.server, never.handle)
    simulator.inject_fault("snapshot-fails")
    begun = await asked.backend.create_snapshot(asked.server, "CHG-2027-0002-1")
    clock.move(minutes=80)

    assert (seen.state, seen.listed) == (OperationState.UNKNOWN, False)
    assert NAME in seen.detail
    assert await asked.state(begun.handle) is OperationState.FAILED


@pytest.mark.parametrize("fails", [False, True])
async def test_a_restore_is_found_while_it_runs_and_by_how_it_ended_and_an_older_one_is_not(
    asked: Asked, simulator: Simulator, clock: Clock, fails: bool
) -> None:
    await finished_snapshot(asked, clock)
    since = clock.now
    for name in (NAME, "CHG-other"):
        assert await asked.backend.find_restore(asked.server, name, since) is None, "none was asked for yet"
    if fails:
        simulator.inject_fault(asked.failing)
    begun = await asked.backend.restore(asked.server, NAME)
    clock.move(minutes=10)
    running = await asked.backend.find_restore(asked.server, NAME, since)
    clock.move(minutes=50)
    ended = await asked.backend.find_restore(asked.server, NAME, since)

    assert running is not None
    assert ended is not None
    assert (begun.state, running.state) == (OperationState.RUNNING, OperationState.RUNNING)
    assert ended.state is (OperationState.FAILED if fails else OperationState.SUCCEEDED)
    assert {await asked.state(each.handle) for each in (begun, running)} == {ended.state}
    assert fails or ended.finished_at == clock.now
    assert simulator.count("restore") == 1
    clock.move(minutes=1)
    assert await asked.backend.find_restore(asked.server, NAME, clock.now) is None
    if not fails:
        await asked.backend.restore(asked.server, NAME)
        again = await asked.backend.find_restore(asked.server, NAME, clock.now)
        assert again is not None
        assert again.state is OperationState.RUNNING
        clock.move(minutes=61)
        simulator.inject_fault("accepted-but-never-done", on="restore")
        never = await asked.backend.restore(asked.server, NAME)
        clock.move(minutes=60)
        assert await asked.state(never.handle) is OperationState.UNKNOWN, "an earlier one's end is not its own"


async def test_what_cannot_be_meant_is_refused_and_nothing_is_asked_for(
    asked: Asked, simulator: Simulator, clock: Clock
) -> None:
    for disk in ("system", "SYSTEM", "all", ""):
        with pytest.raises(ProviderRefused, match="data disk only"):
            await asked.backend.create_snapshot(replace(asked.server, disk=disk), NAME)
    with pytest.raises(ProviderRefused, match=r"by-hand:x|not an operation"):
        await asked.backend.get_status(asked.server, "by-hand:x")
    with pytest.raises(ProviderRefused, match=NAME) as absent:
        await asked.backend.restore(asked.server, NAME)
    assert absent.value.cause is FailureReason.NOT_FOUND
    assert (simulator.count("create"), simulator.count("restore")) == (0, 0)
    await finished_snapshot(asked, clock)
    await asked.backend.restore(asked.server, NAME)
    for ask in (asked.backend.create_snapshot, asked.backend.restore):
        with pytest.raises(ProviderRefused) as busy:
            await ask(asked.server, NAME)
        assert busy.value.cause is FailureReason.BUSY


async def test_the_preflight_looks_only_and_names_what_is_wrong_with_the_token_but_blames_no_server_that_is_away(
    asked: Asked, simulator: Simulator
) -> None:
    assert (await asked.backend.preflight(asked.server)).problems == ()
    assert {method for method, path in simulator.calls if "/identity/" not in path} == {"GET"}
    for fault, word in (("unauthorised", asked.token), ("forbidden", "right")):
        simulator.inject_fault(fault, times=None)
        seen = await asked.backend.preflight(asked.server)
        assert word in " ".join(seen.problems), fault
        assert seen.good == ()
        simulator.clear_faults()
    simulator.inject_fault("error-503", times=None)
    with pytest.raises(ProviderUnreachable):
        await asked.backend.preflight(asked.server)
