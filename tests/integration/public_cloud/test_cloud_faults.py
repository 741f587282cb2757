"""Faults that meet the very first call, which signs in and looks round: the others are in provider/test_faults."""

import pytest

from application.ports.provider import ProviderError, ProviderUncertain
from changes.snapshots import Server
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from local.simulator import FAULTS, Simulator
from tests.support.cloud import connect_to

HANNIBAL = Server("Hannibal", PUBLIC_CLOUD.provider)
NAME = "CHG-2027-0001-1"
AT_ONCE = {"operation-in-progress", "volume-attached", "sixty-a-minute"}
"""These meet no call of their own."""


@pytest.mark.parametrize(
    "name", sorted(name for name, fault in FAULTS.items() if fault.target == "any" and name not in AT_ONCE)
)
async def test_a_first_call_that_goes_wrong_changes_nothing_and_the_next_one_is_answered(
    simulator: Simulator, name: str
) -> None:
    backend = PublicCloud(connect_to(simulator), answer_seconds=0.3)
    simulator.inject_fault(name, times=None)
    with pytest.raises(ProviderError) as met:
        await backend.create_snapshot(HANNIBAL, NAME)
    simulator.clear_faults()
    assert not isinstance(met.value, ProviderUncertain)
    assert simulator.count("create") == 0
    assert await backend.find_snapshot(HANNIBAL, NAME) is None
    await backend.close()
