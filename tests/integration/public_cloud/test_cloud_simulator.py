"""The simulated Keystone and Cinder: that they speak as documented, refuse as documented, and share one world."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
from openstack.connection import Connection

from local.simulator import Simulator, start
from local.simulator.keystone import PROJECT_ID
from local.simulator.volumes import volume_id
from tests.support.cloud import connect_to
from tests.support.provider import Clock

CINDER = f"/volume/v3/{PROJECT_ID}"
DATA = volume_id("Hannibal")
BODY = {"snapshot": {"volume_id": DATA, "name": "one", "force": True}}
ACTION = f"{CINDER}/volumes/{DATA}/action"


def opened(simulator: Simulator) -> httpx.AsyncClient:
    headers = {"X-Auth-Token": "any", "OpenStack-API-Version": "volume 3.40"}
    return httpx.AsyncClient(base_url=simulator.url, headers=headers)


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(simulator) as made:
        yield made


async def taken(client: httpx.AsyncClient, clock: Clock, name: str = "one") -> str:
    answer = await client.post(f"{CINDER}/snapshots", json={"snapshot": {**BODY["snapshot"], "name": name}})
    clock.move(minutes=150)
    return str(answer.json()["snapshot"]["id"])


def revert(snapshot_id: str) -> Mapping[str, object]:
    return {"revert": {"snapshot_id": snapshot_id}}


async def states(client: httpx.AsyncClient) -> tuple[str, list[str]]:
    """The volume's status, and those of its snapshots."""
    volume = (await client.get(f"{CINDER}/volumes/{DATA}")).json()["volume"]
    listed = (await client.get(f"{CINDER}/snapshots/detail", params={"volume_id": DATA})).json()["snapshots"]
    return volume["status"], [row["status"] for row in listed]


async def test_a_revert_is_refused_for_an_older_snapshot_a_busy_volume_and_an_old_microversion(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    older, newest = await taken(client, clock), await taken(client, clock, "two")
    old_words = await client.post(ACTION, json=revert(newest), headers={"OpenStack-API-Version": "volume 3.39"})
    not_latest = await client.post(ACTION, json=revert(older))
    simulator.inject_fault("volume-attached")
    attached = await client.post(ACTION, json=revert(newest))
    simulator.clear_faults()
    unknown = await client.post(ACTION, json=revert("none"))
    first = await client.post(ACTION, json=revert(newest))
    meanwhile = await client.post(ACTION, json=revert(newest))

    answers = (old_words, not_latest, attached, unknown, first, meanwhile)
    assert [answer.status_code for answer in answers] == [404, 400, 409, 404, 202, 409]
    assert len(simulator.snapshots[1].restores) == 1


WORDS = {
    "bad-request": "badRequest",
    "unauthorised": "error",
    "forbidden": "forbidden",
    "not-found": "itemNotFound",
    "conflict": "conflictingRequest",
    "quota": "overLimit",
    "throttled": "overLimit",
    "error-500": "computeFault",
    "error-503": "serviceUnavailable",
}


async def test_a_fault_is_told_in_openstacks_words_and_a_snapshot_of_nothing_is_refused(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    for fault, key in WORDS.items():
        simulator.inject_fault(fault, on="create")
        answer = await client.post(f"{CINDER}/snapshots", json=BODY)
        assert list(answer.json()) == [key]
        assert answer.json()[key]["code"] == answer.status_code
    bodies: list[object] = [[], {"snapshot": {}}, {"snapshot": {"volume_id": "none", "name": "x", "force": True}}]
    for body in bodies:
        assert (await client.post(f"{CINDER}/snapshots", json=body)).status_code in {400, 404}
    assert simulator.snapshots == ()


async def test_finding_the_way_needs_no_token_and_everything_else_one_that_an_application_credential_gets(
    simulator: Simulator,
) -> None:
    async with httpx.AsyncClient(base_url=simulator.url) as stranger:
        open_to_all = [await stranger.get(path) for path in ("/identity", "/identity/v3", "/volume/", "/volume/v3/")]
        refused = await stranger.get(f"{CINDER}/volumes/detail")
        for content, status in (("{", 400), ('{"auth": {}}', 401), ("[]", 401)):
            answer = await stranger.post("/identity/v3/auth/tokens", content=content)
            assert answer.status_code == status
            assert "X-Subject-Token" not in answer.headers

    assert [answer.status_code for answer in open_to_all] == [300, 200, 300, 200]
    assert open_to_all[3].json()["versions"][0]["version"] == "3.70"
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, 401)


async def test_a_restart_remembers_what_the_volume_does_and_every_id(tmp_path: Path, clock: Clock) -> None:
    kept = tmp_path / "simulator.json"
    first = await start(clock, kept)
    async with opened(first) as client:
        await client.post(ACTION, json=revert(await taken(client, clock)))
        before = (await client.get(f"{CINDER}/snapshots/detail")).json()
    await first.stop()
    second = await start(clock, kept)
    async with opened(second) as client:
        after, doing = (await client.get(f"{CINDER}/snapshots/detail")).json(), await states(client)
    await second.stop()

    assert after == before
    assert doing == ("reverting", ["restoring"])


async def test_a_connection_asks_for_nothing_before_it_is_used(simulator: Simulator) -> None:
    connect = connect_to(simulator)
    connection = connect()
    assert isinstance(connection, Connection)
    connection.close()
    assert simulator.calls == []
