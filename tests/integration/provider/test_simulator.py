"""The simulated provider itself: that it speaks as documented, lives by the clock, remembers, and fails on demand."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from local.simulator import FAULTS, Simulator, start
from tests.support.provider import NOON, Clock

SNAPSHOTS = "/1/vps/4711/snapshot"
BODY = {"name": "one", "disk": "data"}


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, headers={"Authorization": "Bearer any"}) as opened:
        yield opened


async def test_the_account_lists_hannibal_and_its_siblings(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/1/accounts/1234/products")).json()

    servers = {row["customer_name"]: row["id"] for row in answer["data"] if row["service_name"] == "vps"}
    assert answer["result"] == "success"
    assert servers == {"Hannibal": 4711, "Hasdrubal": 4712, "Mago": 4713}


async def test_listings_come_in_pages(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/1/accounts/1234/products", params={"page": 2, "per_page": 3})).json()

    assert (answer["total"], answer["page"], answer["pages"], answer["items_per_page"]) == (4, 2, 2, 3)
    assert [row["customer_name"] for row in answer["data"]] == ["Mago"]


async def test_an_accepted_write_answers_with_a_truth_value_and_no_task(client: httpx.AsyncClient) -> None:
    answer = await client.post(SNAPSHOTS, json=BODY)

    assert (answer.status_code, answer.json()) == (200, {"result": "asynchronous", "data": True})


async def test_a_task_tells_its_state_in_unix_times_and_no_percentage(client: httpx.AsyncClient, clock: Clock) -> None:
    await client.post(SNAPSHOTS, json=BODY)
    uuid = (await client.get(SNAPSHOTS)).json()["data"][0]["task_uuid"]
    running = (await client.get(f"/1/async/tasks/{uuid}")).json()["data"]
    clock.move(minutes=150)
    executed = (await client.get(f"/1/async/tasks/{uuid}")).json()["data"]

    assert (running["status"], running["finished_at"]) == ("running", None)
    assert executed["status"] == "executed"
    assert executed["finished_at"] - executed["created_at"] == 150 * 60
    assert set(executed) == {
        "uuid",
        "status",
        "created_at",
        "updated_at",
        "executed_at",
        "finished_at",
        "response",
        "error",
    }


async def test_a_server_does_one_operation_at_a_time(client: httpx.AsyncClient, clock: Clock) -> None:
    await client.post(SNAPSHOTS, json=BODY)
    meanwhile = await client.post(SNAPSHOTS, json={**BODY, "name": "two"})
    other = await client.post("/1/vps/4712/snapshot", json=BODY)
    clock.move(minutes=150)
    afterwards = await client.post(SNAPSHOTS, json={**BODY, "name": "two"})

    assert [r.status_code for r in (meanwhile, other, afterwards)] == [409, 200, 200]
    assert meanwhile.json()["error"]["code"] == "operation_in_progress"


async def test_a_system_snapshot_fails_as_it_does_on_the_real_provider(client: httpx.AsyncClient, clock: Clock) -> None:
    await client.post(SNAPSHOTS, json={**BODY, "disk": "system"})
    clock.move(minutes=150)

    assert (await client.get(SNAPSHOTS)).json()["data"][0]["status"] == "error"


@pytest.mark.parametrize("body", [{}, {"name": "one"}, {"name": "", "disk": "data"}, {"name": 1, "disk": "data"}])
async def test_a_snapshot_without_a_name_or_a_disk_is_refused(
    client: httpx.AsyncClient, simulator: Simulator, body: dict[str, object]
) -> None:
    answer = await client.post(SNAPSHOTS, json=body)

    assert answer.status_code == 422
    assert simulator.snapshots == ()


async def test_a_call_without_a_token_is_refused(simulator: Simulator) -> None:
    async with httpx.AsyncClient(base_url=simulator.url) as stranger:
        answer = await stranger.get("/1/accounts")

    assert (answer.status_code, answer.json()["result"]) == (401, "error")


async def test_what_is_unknown_is_not_found(client: httpx.AsyncClient) -> None:
    paths = ["/1/accounts/1/products", "/1/vps/1/snapshot", "/1/async/tasks/nobody"]

    assert [(await client.get(path)).status_code for path in paths] == [404, 404, 404]
    assert (await client.post(f"{SNAPSHOTS}/none/restore")).status_code == 404


async def test_every_call_is_counted_also_one_that_goes_wrong(client: httpx.AsyncClient, simulator: Simulator) -> None:
    simulator.inject_fault("error-500")
    await client.post(SNAPSHOTS, json=BODY)
    await client.get(SNAPSHOTS)

    assert simulator.calls == [("POST", SNAPSHOTS), ("GET", SNAPSHOTS)]
    assert (simulator.count("create"), simulator.count("restore")) == (1, 0)


async def test_a_fault_meets_as_many_calls_as_it_was_played_for(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    simulator.inject_fault("throttled", times=2)
    limited = [(await client.get(SNAPSHOTS)).status_code for _ in range(3)]
    simulator.inject_fault("error-503", times=None)
    always = [(await client.get(SNAPSHOTS)).status_code for _ in range(3)]
    simulator.clear_faults()

    assert (limited, always) == ([429, 429, 200], [503, 503, 503])
    assert (await client.get(SNAPSHOTS)).status_code == 200


async def test_a_fault_waits_for_the_kind_of_call_it_is_meant_for(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    simulator.inject_fault("error-500", on="create")

    assert (await client.get(SNAPSHOTS)).status_code == 200
    assert (await client.post(SNAPSHOTS, json=BODY)).status_code == 500


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_every_fault_can_be_played_by_name_over_http(
    client: httpx.AsyncClient, simulator: Simulator, name: str
) -> None:
    played = await client.post("/_simulator/fault", json={"name": name})

    assert played.status_code == 200
    assert name in (await client.get("/_simulator/faults")).json()["data"]
    assert simulator.calls == []


@pytest.mark.parametrize(
    "wish", [{"name": "flood"}, {}, [], {"name": "hang", "on": "moon"}, {"name": "hang", "times": 0}]
)
async def test_an_unknown_fault_is_refused_with_the_names_of_those_there_are(
    client: httpx.AsyncClient, wish: object
) -> None:
    answer = await client.post("/_simulator/fault", json=wish)

    assert answer.status_code == 422
    assert "accepted-but-never-done" in answer.json()["error"]["description"]


async def test_the_control_calms_what_it_played(client: httpx.AsyncClient) -> None:
    await client.post("/_simulator/fault", json={"name": "unauthorised", "times": None})
    before = (await client.get(SNAPSHOTS)).status_code
    await client.post("/_simulator/calm")

    assert (before, (await client.get(SNAPSHOTS)).status_code) == (401, 200)


async def test_an_operation_of_someone_else_ends_by_the_clock(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    simulator.inject_fault("operation-in-progress")
    refused = await client.post(SNAPSHOTS, json=BODY)
    clock.move(minutes=150)
    accepted = await client.post(SNAPSHOTS, json=BODY)

    assert (refused.status_code, accepted.status_code) == (409, 200)


async def test_the_sixty_first_call_of_a_minute_is_refused_until_the_minute_is_over(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    simulator.inject_fault("sixty-a-minute")
    allowed = {(await client.get(SNAPSHOTS)).status_code for _ in range(60)}
    one_more = await client.post(SNAPSHOTS, json=BODY)
    clock.move(minutes=0.98)
    still = (await client.get(SNAPSHOTS)).status_code
    clock.move(minutes=0.02)
    again = {(await client.get(SNAPSHOTS)).status_code for _ in range(60)}
    too_many = (await client.get(SNAPSHOTS)).status_code

    assert (allowed, one_more.status_code, still, again, too_many) == ({200}, 429, 429, {200}, 429)
    assert "Retry-After" not in one_more.headers
    assert simulator.snapshots == ()


async def test_a_new_minute_begins_when_the_clock_is_set_back_and_none_counts_when_all_is_calm(
    client: httpx.AsyncClient, simulator: Simulator, clock: Clock
) -> None:
    simulator.inject_fault("sixty-a-minute")
    refused = [(await client.get(SNAPSHOTS)).status_code for _ in range(61)][-1]
    clock.move(minutes=-60)
    before = (await client.get(SNAPSHOTS)).status_code
    simulator.clear_faults()
    calm = {(await client.get(SNAPSHOTS)).status_code for _ in range(61)}

    assert (refused, before, calm) == (429, 200, {200})


@pytest.mark.parametrize(("fault", "status"), [(None, "available"), ("restore-fails", "restore_failed")])
async def test_after_a_restart_a_restored_snapshot_is_listed_as_before_and_goes_on(
    tmp_path: Path, clock: Clock, fault: str | None, status: str
) -> None:
    kept, headers = tmp_path / "simulator.json", {"Authorization": "Bearer any"}
    first = await start(clock, kept)
    async with httpx.AsyncClient(base_url=first.url, headers=headers) as client:
        await client.post(SNAPSHOTS, json=BODY)
        clock.move(minutes=150)
        if fault:
            first.inject_fault(fault)
        await client.post(f"{SNAPSHOTS}/one/restore")
        before = (await client.get(SNAPSHOTS)).json()
    await first.stop()
    second = await start(clock, kept)
    async with httpx.AsyncClient(base_url=second.url, headers=headers) as client:
        after = (await client.get(SNAPSHOTS)).json()
        clock.move(minutes=60)
        [ended] = (await client.get(SNAPSHOTS)).json()["data"]
        task = (await client.get(f"/1/async/tasks/{ended['task_uuid']}")).json()["data"]
    await second.stop()

    assert after == before
    assert before["data"][0]["status"] == "restoring"
    assert ended["status"] == status
    assert ended["restored_at"] == task["finished_at"]
    assert ended["finished_at"] == int((NOON + timedelta(minutes=150)).timestamp())


async def test_a_restart_remembers_snapshots_and_restores(tmp_path: Path, clock: Clock) -> None:
    kept = tmp_path / "var" / "simulator.json"
    first = await start(clock, kept)
    headers = {"Authorization": "Bearer any"}
    async with httpx.AsyncClient(base_url=first.url, headers=headers) as client:
        await client.post(SNAPSHOTS, json=BODY)
        clock.move(minutes=150)
        await client.post(f"{SNAPSHOTS}/one/restore")
    await first.stop()

    second = await start(clock, kept)
    await second.stop()

    assert second.snapshots == first.snapshots
    assert [(s.name, s.status(clock())) for s in second.snapshots] == [("one", "restoring")]
    assert [file.name for file in kept.parent.iterdir()] == ["simulator.json"]


@pytest.mark.parametrize("text", ["{}", "[]", "not json", '{"snapshots": [{}]}', '{"snapshots": [{"vps_id": 1}]}'])
async def test_a_file_that_is_not_the_simulators_is_refused(tmp_path: Path, clock: Clock, text: str) -> None:
    kept = tmp_path / "other.json"
    kept.write_text(text)

    with pytest.raises(ValueError, match="delete the file"):
        await start(clock, kept)
    assert kept.read_text() == text


async def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        await start(lambda: NOON.replace(tzinfo=None))


async def test_stopping_lets_go_of_a_call_that_hangs(clock: Clock) -> None:
    running = await start(clock)
    running.inject_fault("hang")
    async with httpx.AsyncClient(base_url=running.url, headers={"Authorization": "Bearer any"}) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(SNAPSHOTS, timeout=0.1)
    await running.stop()

    assert json.dumps(running.calls) == json.dumps([["GET", SNAPSHOTS]])
