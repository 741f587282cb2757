"""What the simulated provider does beside what its backends are tested with: it is played over HTTP, and remembers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from local.simulator import FAULTS, Simulator, start
from tests.support.provider import NOON, Clock

SNAPSHOTS = "/1/vps/4711/snapshot"
BODY = {"name": "one", "disk": "data"}
HEADERS = {"Authorization": "Bearer any"}


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, headers=HEADERS) as opened:
        yield opened


async def test_what_is_wrong_or_unknown_is_refused_as_documented(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    for path in ("/1/accounts/1/products", "/1/vps/1/snapshot", "/1/async/tasks/nobody"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post(f"{SNAPSHOTS}/none/restore")).status_code == 404
    for body in ({}, {"name": "one"}, {"name": "", "disk": "data"}, {"name": 1, "disk": "data"}):
        assert (await client.post(SNAPSHOTS, json=body)).status_code == 422
    async with httpx.AsyncClient(base_url=simulator.url) as stranger:
        assert (await stranger.get("/1/accounts")).status_code == 401
    assert simulator.snapshots == ()
    await client.post(SNAPSHOTS, json={**BODY, "disk": "system"})
    clock.move(minutes=150)
    assert (await client.get(SNAPSHOTS)).json()["data"][0]["status"] == "error", "as on the real one"


async def test_every_fault_can_be_played_by_name_over_http_and_calmed(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    for name in FAULTS:
        assert (await client.post("/_simulator/fault", json={"name": name})).status_code == 200
        assert name in (await client.get("/_simulator/faults")).json()["data"]
    assert simulator.calls == []
    wishes: list[object] = [{"name": "flood"}, {}, [], {"name": "hang", "on": "moon"}, {"name": "hang", "times": 0}]
    for wish in wishes:
        answer = await client.post("/_simulator/fault", json=wish)
        assert answer.status_code == 422, wish
        assert "accepted-but-never-done" in answer.json()["error"]["description"]
    simulator.clear_faults()
    await client.post("/_simulator/fault", json={"name": "unauthorised", "times": None})
    assert {(await client.get(SNAPSHOTS)).status_code for _ in range(3)} == {401}
    await client.post("/_simulator/calm")
    await client.post("/_simulator/fault", json={"name": "error-500", "on": "create"})
    assert [(await client.get(SNAPSHOTS)).status_code, (await client.post(SNAPSHOTS, json=BODY)).status_code] == [
        200,
        500,
    ]


async def test_the_sixty_first_call_of_a_minute_is_refused_until_the_minute_is_over_or_the_clock_is_set_back(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    async def statuses(calls: int) -> set[int]:
        return {(await client.get(SNAPSHOTS)).status_code for _ in range(calls)}

    simulator.inject_fault("sixty-a-minute")
    assert await statuses(60) == {200}
    one_more = await client.post(SNAPSHOTS, json=BODY)
    assert (one_more.status_code, "Retry-After" in one_more.headers, simulator.snapshots) == (429, False, ())
    for minutes, calls, answers in ((0.98, 1, {429}), (0.02, 60, {200}), (0, 1, {429}), (-60, 1, {200})):
        clock.move(minutes=minutes)
        assert await statuses(calls) == answers, minutes
    simulator.clear_faults()
    assert await statuses(61) == {200}


@pytest.mark.parametrize(("fault", "status"), [(None, "available"), ("restore-fails", "restore_failed")])
async def test_after_a_restart_a_restored_snapshot_is_listed_as_before_and_goes_on(
    tmp_path: Path, clock: Clock, fault: str | None, status: str
) -> None:
    kept = tmp_path / "var" / "simulator.json"
    first = await start(clock, kept)
    async with httpx.AsyncClient(base_url=first.url, headers=HEADERS) as client:
        await client.post(SNAPSHOTS, json=BODY)
        clock.move(minutes=150)
        if fault:
            first.inject_fault(fault)
        await client.post(f"{SNAPSHOTS}/one/restore")
        before = (await client.get(SNAPSHOTS)).json()
    await first.stop()
    second = await start(clock, kept)
    assert second.snapshots == first.snapshots
    assert [file.name for file in kept.parent.iterdir()] == ["simulator.json"]
    async with httpx.AsyncClient(base_url=second.url, headers=HEADERS) as client:
        assert (await client.get(SNAPSHOTS)).json() == before
        clock.move(minutes=60)
        [ended] = (await client.get(SNAPSHOTS)).json()["data"]
        task = (await client.get(f"/1/async/tasks/{ended['task_uuid']}")).json()["data"]
    await second.stop()
    assert before["data"][0]["status"] == "restoring"
    assert (ended["status"], ended["restored_at"]) == (status, task["finished_at"])
    assert ended["finished_at"] == int((NOON + timedelta(minutes=150)).timestamp())


async def test_a_file_that_is_not_the_simulators_and_a_clock_without_a_zone_are_refused(
    tmp_path: Path, clock: Clock
) -> None:
    kept = tmp_path / "other.json"
    for text in ("{}", "[]", "not json", '{"snapshots": [{}]}', '{"snapshots": [{"vps_id": 1}]}'):
        kept.write_text(text)
        with pytest.raises(ValueError, match="delete the file"):
            await start(clock, kept)
        assert kept.read_text() == text
    with pytest.raises(ValueError, match="zone"):
        await start(lambda: NOON.replace(tzinfo=None))
