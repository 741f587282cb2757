"""How the Public Cloud backend connects, waits without blocking anybody, sends once, and lets go."""

import asyncio
import time
from pathlib import Path

import openstack
import pytest
from openstack.config.loader import OpenStackConfig
from openstack.connection import Connection

from application.ports.provider import ProviderError, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes.snapshots import OperationState, Server
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from local.simulator import FAULTS, Simulator
from local.simulator.faults import Fault, Target, Way
from tests.support.cloud import connect_to

HANNIBAL = Server("Hannibal", PUBLIC_CLOUD.provider)
NAME = "CHG-2027-0001-1"
CLOUDS = """
clouds:
  isc:
    auth_type: v3applicationcredential
    auth: {{auth_url: "{url}/identity/v3", application_credential_id: x, application_credential_secret: y}}
    block_storage_connect_retries: 5
    block_storage_status_code_retries: 5
    block_storage_status_code_retry_delay: 0.01
    block_storage_connect_retry_delay: 0.01
    block_storage_retriable_status_codes: [429, 500, 503]
"""


def from_file(path: Path, text: str, cloud: str = "isc") -> Connection:
    path.write_text(text, encoding="utf-8")
    config = OpenStackConfig(config_files=[str(path)], load_envvars=False)
    return Connection(config=config.get_one(cloud=cloud))


async def test_a_cloud_that_clouds_yaml_does_not_have_is_named_when_it_is_asked() -> None:
    backend = PublicCloud(lambda: openstack.connect(cloud="nowhere", load_envvars=False))

    with pytest.raises(ProviderRefused, match=r"OS_CLOUD.*clouds\.yaml"):
        await backend.create_snapshot(HANNIBAL, NAME)
    assert "clouds.yaml" in (await backend.preflight(HANNIBAL)).problems[0]


@pytest.mark.parametrize("text", ["clouds: [", "clouds:\n  isc:\n    auth_type: v3applicationcredential\n", "{}"])
async def test_a_clouds_yaml_that_cannot_be_used_is_a_refusal_and_no_crash(tmp_path: Path, text: str) -> None:
    backend = PublicCloud(lambda: from_file(tmp_path / "clouds.yaml", text))

    with pytest.raises(ProviderRefused, match=r"clouds\.yaml"):
        await backend.create_snapshot(HANNIBAL, NAME)


@pytest.mark.parametrize("name", ["error-500", "error-503", "throttled-without-delay", "dropped", "hang"])
async def test_a_write_is_sent_once_though_clouds_yaml_asks_for_retries(
    simulator: Simulator, tmp_path: Path, name: str
) -> None:
    text = CLOUDS.format(url=simulator.url)
    backend = PublicCloud(lambda: from_file(tmp_path / "clouds.yaml", text), answer_seconds=0.3)
    await backend.preflight(HANNIBAL)
    simulator.inject_fault(name, times=None, on="create")

    with pytest.raises((ProviderUncertain, ProviderUnreachable)):
        await backend.create_snapshot(HANNIBAL, NAME)
    await backend.close()

    assert simulator.count("create") == 1


async def test_a_write_does_not_follow_a_redirect(simulator: Simulator) -> None:
    backend = PublicCloud(connect_to(simulator))
    elsewhere = Fault(Way.ANSWER, Target.CREATE, 307, headers={"Location": f"{simulator.url}/volume/v3/elsewhere"})
    simulator._deck.add(elsewhere, None, None)

    with pytest.raises(ProviderRefused):
        await backend.create_snapshot(HANNIBAL, NAME)
    await backend.close()

    assert simulator.count("create") == 1


async def test_a_token_that_has_ended_is_renewed_by_the_read_before_the_write(simulator: Simulator) -> None:
    backend = PublicCloud(connect_to(simulator))
    await backend.preflight(HANNIBAL)
    simulator.inject_fault("unauthorised", on="read")
    begun = await backend.create_snapshot(HANNIBAL, NAME)
    await backend.close()

    assert begun.state is OperationState.RUNNING
    assert sum(path == "/identity/v3/auth/tokens" for _, path in simulator.calls) == 2
    assert simulator.count("create") == 1


async def test_the_loop_goes_on_while_the_cloud_is_slow(simulator: Simulator) -> None:
    backend = PublicCloud(connect_to(simulator), answer_seconds=1.0)
    await backend.preflight(HANNIBAL)
    simulator.inject_fault("hang", on="read")
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - before)

    ticker = asyncio.create_task(tick())
    began = time.perf_counter()
    with pytest.raises(ProviderUnreachable, match="in time"):
        await backend.find_snapshot(HANNIBAL, NAME)
    took = time.perf_counter() - began
    ticker.cancel()
    await backend.close()

    assert took >= 1.0
    assert max(gaps) < took / 4
    assert len(gaps) > 20


async def test_an_answer_that_drips_in_is_given_up_after_the_whole_time(simulator: Simulator) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(15):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    auth = {
        "auth_url": f"http://127.0.0.1:{port}/identity/v3",
        "application_credential_id": "x",
        "application_credential_secret": "y",
    }
    made: list[Connection] = []

    def connect() -> Connection:
        made.append(
            openstack.connect(
                load_yaml_config=False, load_envvars=False, auth_type="v3applicationcredential", auth=auth
            )
        )
        return made[-1]

    backend = PublicCloud(connect, answer_seconds=0.5, whole_call_seconds=0.4)
    began = time.perf_counter()
    with pytest.raises(ProviderUnreachable, match="in time"):
        await backend.find_snapshot(HANNIBAL, NAME)
    took = time.perf_counter() - began
    await asyncio.sleep(1.5)  # the thread reads on until the answer ends
    for connection in made:
        connection.close()
    server.close()
    await server.wait_closed()

    assert 0.4 <= took < 1.4


async def test_closed_and_asked_again_it_connects_again(simulator: Simulator) -> None:
    backend = PublicCloud(connect_to(simulator))
    await backend.find_snapshot(HANNIBAL, NAME)
    await backend.close()
    await backend.find_snapshot(HANNIBAL, NAME)
    await backend.close()

    assert sum(path == "/identity/v3/auth/tokens" for _, path in simulator.calls) == 2


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
