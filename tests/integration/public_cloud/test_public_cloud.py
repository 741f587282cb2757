"""The Public Cloud backend: the real openstacksdk against the simulated Keystone and Cinder, by a clock that moves."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from application.ports.provider import ProviderRefused
from changes.snapshots import FailureReason, OperationState, Server
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from local.simulator import Simulator
from local.simulator.volumes import volume_id
from tests.support.cloud import connect_to
from tests.support.provider import Clock

HANNIBAL = Server("Hannibal", PUBLIC_CLOUD.provider)
NAME = "CHG-2027-0001-1"


@pytest.fixture
async def backend(simulator: Simulator) -> AsyncIterator[PublicCloud]:
    opened = PublicCloud(connect_to(simulator), answer_seconds=3)
    yield opened
    simulator.clear_faults()
    await opened.close()


async def finished_snapshot(backend: PublicCloud, clock: Clock, name: str = NAME) -> None:
    await backend.create_snapshot(HANNIBAL, name)
    clock.move(minutes=150)


# ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_volume_that_is_attached_again_after_the_restore_is_a_success_too(
    backend: PublicCloud, simulator: Simulator, clock: Clock
) -> None:
    await finished_snapshot(backend, clock)
    begun = await backend.restore(HANNIBAL, NAME)
    clock.move(minutes=61)
    simulator.inject_fault("volume-attached")

    assert (await backend.get_status(HANNIBAL, begun.handle)).state is OperationState.SUCCEEDED


async def test_a_volume_in_error_is_a_failed_restore_though_the_snapshot_is_available(
    backend: PublicCloud, simulator: Simulator, clock: Clock
) -> None:
    await finished_snapshot(backend, clock)
    simulator.inject_fault("volume-error")
    begun = await backend.restore(HANNIBAL, NAME)
    clock.move(minutes=30)
    seen = await backend.get_status(HANNIBAL, begun.handle)
    snapshot = await backend.find_snapshot(HANNIBAL, NAME)

    assert (seen.state, seen.detail) == (OperationState.FAILED, "Infomaniak shows the volume as “error”.")
    assert snapshot is not None
    assert snapshot.state is OperationState.SUCCEEDED
    with pytest.raises(ProviderRefused, match="repair") as refusal:
        await backend.restore(HANNIBAL, NAME)
    assert refusal.value.cause is FailureReason.UNFIT
    assert simulator.count("restore") == 1


# ── what is refused before Cinder is asked, and what Cinder refuses ───────────────────────────────────────────────


@pytest.mark.parametrize("vps", [replace(HANNIBAL, disk="system"), replace(HANNIBAL, name="Hannibal-system")])
async def test_a_system_disk_is_refused_at_the_call(backend: PublicCloud, simulator: Simulator, vps: Server) -> None:
    with pytest.raises(ProviderRefused) as begin:
        await backend.create_snapshot(vps, NAME)
    with pytest.raises(ProviderRefused) as restore:
        await backend.restore(vps, NAME)

    assert {begin.value.cause, restore.value.cause} == {FailureReason.SYSTEM_DISK}
    assert (simulator.count("create"), simulator.count("restore")) == (0, 0)


async def test_a_reference_to_the_volume_one_boots_from_is_refused(backend: PublicCloud, simulator: Simulator) -> None:
    boot = replace(HANNIBAL, reference=volume_id("Hannibal", "system"))

    with pytest.raises(ProviderRefused, match="booted") as refusal:
        await backend.create_snapshot(boot, NAME)

    assert refusal.value.cause is FailureReason.SYSTEM_DISK
    assert (await backend.preflight(boot)).problems == (str(refusal.value),)
    assert simulator.count("create") == 0


async def test_two_volumes_of_one_name_are_refused_until_the_reference_says_which(
    backend: PublicCloud, simulator: Simulator
) -> None:
    world = simulator._api.world
    first, second, *others = world.machines
    world.machines = (first, replace(second, name=first.name), *others)
    with pytest.raises(ProviderRefused, match="shows 2 volumes called Hannibal"):
        await backend.create_snapshot(HANNIBAL, NAME)
    await backend.create_snapshot(Server("anything", PUBLIC_CLOUD.provider, reference=volume_id("Mago")), NAME)

    assert [s.vps_id for s in simulator.snapshots] == [4713]


@pytest.mark.parametrize("vps", [replace(HANNIBAL, name="Nobody"), replace(HANNIBAL, reference="no-such-volume")])
async def test_a_volume_that_is_not_there_is_refused(backend: PublicCloud, vps: Server) -> None:
    with pytest.raises(ProviderRefused, match=r"services\.toml") as refusal:
        await backend.create_snapshot(vps, NAME)

    assert refusal.value.cause is FailureReason.NOT_FOUND


# ── preflight ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_preflight_says_what_is_as_it_should_be(backend: PublicCloud, simulator: Simulator) -> None:
    seen = await backend.preflight(HANNIBAL)

    assert seen.problems == ()
    assert " ".join(seen.good) == (
        "Infomaniak's Public Cloud accepts the bot's credentials. "
        "The data volume of Hannibal is there, 100 GiB, and is not a system disk. "
        "No operation is running on it. 0 of 20 snapshots are used."
    )
    assert {method for method, path in simulator.calls if "/identity/" not in path} == {"GET"}


async def test_the_preflight_names_what_is_under_way_and_a_full_quota(
    backend: PublicCloud, simulator: Simulator, clock: Clock
) -> None:
    for number in range(20):
        await backend.create_snapshot(HANNIBAL, f"CHG-{number}")
        clock.move(minutes=1)
    with pytest.raises(ProviderRefused, match="quota") as refusal:
        await backend.create_snapshot(HANNIBAL, NAME)
    seen = await backend.preflight(HANNIBAL)

    assert refusal.value.cause is FailureReason.QUOTA
    assert seen.problems[0] == "The snapshot CHG-0 is “creating” at Infomaniak: wait until that has ended."
    assert seen.problems[-1].startswith("All 20 snapshots of the quota are used")
