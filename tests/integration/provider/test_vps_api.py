"""The VPS API backend against the simulated provider, over HTTP, by a clock that the test moves."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from aiohttp import web

from application.ports.provider import ProviderError, ProviderRefused, ProviderUnreachable, SnapshotBackend
from changes.snapshots import FailureReason, OperationState, Server
from infomaniak.vps_api.backend import VpsApi
from infomaniak.vps_api.client import open_client
from infomaniak.vps_api.configuration import Paths, VpsApiSettings, Words
from infomaniak.vps_api.entry import VPS_API
from local.simulator import Simulator
from tests.support.provider import NOON, Clock

HANNIBAL = Server("Hannibal", VPS_API.provider, reference="4711")
NAME = "CHG-2027-0001-1"
BEGUN = "Mon 15 Mar 2027, 13:00 (CET), perhaps begun by somebody on the dashboard"


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(simulator.url, "any", answer_seconds=1.0) as opened:
        yield opened


@pytest.fixture
def backend(client: httpx.AsyncClient) -> VpsApi:
    return VpsApi(client, VpsApiSettings(account_id="1234"))


async def finished_snapshot(backend: SnapshotBackend, clock: Clock) -> None:
    await backend.create_snapshot(HANNIBAL, NAME)
    clock.move(minutes=150)


# ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_end_of_an_earlier_restore_is_not_taken_for_the_end_of_this_one(
    backend: VpsApi, simulator: Simulator, clock: Clock
) -> None:
    await finished_snapshot(backend, clock)
    simulator.inject_fault("restore-fails")
    first = (await backend.restore(HANNIBAL, NAME)).handle
    clock.move(minutes=60)
    simulator.inject_fault("accepted-but-never-done", on="restore")
    second = (await backend.restore(HANNIBAL, NAME)).handle

    assert (await backend.get_status(HANNIBAL, first)).state is OperationState.FAILED
    assert (await backend.get_status(HANNIBAL, second)).state is OperationState.UNKNOWN


async def test_without_an_account_or_a_reference_the_server_is_found_by_its_name(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    backend = VpsApi(client, VpsApiSettings())

    await backend.create_snapshot(replace(HANNIBAL, name="hannibal", reference=""), NAME)

    assert [s.vps_id for s in simulator.snapshots] == [4711]


# ── what is refused before anything is sent ───────────────────────────────────────────────────────────────────────


async def test_a_system_snapshot_made_by_someone_else_is_neither_adopted_nor_restored(
    backend: VpsApi, client: httpx.AsyncClient, simulator: Simulator
) -> None:
    await client.post("/1/vps/4711/snapshot", json={"name": NAME, "disk": "system"})

    assert await backend.find_snapshot(HANNIBAL, NAME) is None
    with pytest.raises(ProviderRefused, match="not one of the data disk"):
        await backend.restore(HANNIBAL, NAME)
    assert simulator.count("restore") == 0


async def test_a_restore_is_refused_without_a_finished_snapshot_or_from_one_that_failed(
    backend: VpsApi, simulator: Simulator, clock: Clock
) -> None:
    simulator.inject_fault("snapshot-fails")
    await backend.create_snapshot(HANNIBAL, NAME)
    with pytest.raises(ProviderRefused, match="is not finished") as early:
        await backend.restore(HANNIBAL, NAME)
    clock.move(minutes=150)
    with pytest.raises(ProviderRefused, match=r"as “error”, .* choose another, or bring the files back") as failed:
        await backend.restore(HANNIBAL, NAME)
    assert (early.value.cause, failed.value.cause) == (FailureReason.BUSY, FailureReason.UNFIT)
    assert simulator.count("restore") == 0


@pytest.mark.parametrize(
    ("vps", "sentence"),
    [
        (replace(HANNIBAL, name="Hamilcar", reference=""), "no VPS called Hamilcar"),
        (replace(HANNIBAL, reference="1"), "no VPS with the reference 1"),
        (replace(HANNIBAL, reference="4712"), "is called Hasdrubal at Infomaniak, not Hannibal"),
    ],
)
async def test_a_server_that_is_not_the_one_meant_is_never_touched(
    backend: VpsApi, simulator: Simulator, vps: Server, sentence: str
) -> None:
    with pytest.raises(ProviderRefused, match=sentence):
        await backend.create_snapshot(vps, NAME)

    assert simulator.count("create") == 0
    assert sentence in (await backend.preflight(vps)).problems[0]


# ── preflight ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_someone_else_began_is_named_by_the_preflight_and_when_it_is_in_the_way(
    backend: VpsApi, simulator: Simulator
) -> None:
    simulator.inject_fault("operation-in-progress")

    found = await backend.preflight(HANNIBAL)

    assert found.problems == (
        "Another operation is running on Hannibal at Infomaniak: wait until it has ended.",
        f"The snapshot “dashboard-20270315-1200” has been in the making since {BEGUN}.",
    )
    assert found.good == (
        "Infomaniak accepts the token and shows Hannibal.",
        "Hannibal has 1 snapshot; how many it may have is not known.",
    )
    simulator.calls.clear()
    making = re.escape(f"The snapshot “dashboard-20270315-1200” has been in the making since {BEGUN}")
    with pytest.raises(ProviderRefused, match=making) as refused:
        await backend.create_snapshot(HANNIBAL, NAME)
    assert refused.value.cause is FailureReason.BUSY
    assert [method for method, _ in simulator.calls] == ["GET", "POST", "GET"]


async def test_preflight_says_what_is_in_order_before_it_says_that_the_snapshots_cannot_be_listed(
    client: httpx.AsyncClient,
) -> None:
    elsewhere = VpsApiSettings("1234", paths=Paths(snapshots="/2/vps/{vps_id}/snapshot"))

    found = await VpsApi(client, elsewhere).preflight(HANNIBAL)

    assert found.good == ("Infomaniak accepts the token and shows Hannibal.",)
    assert ["configured VPS paths" in problem for problem in found.problems] == [True]


@asynccontextmanager
async def answered(answer: Callable[[httpx.Request], object]) -> AsyncIterator[VpsApi]:
    """A backend whose calls are all answered so, in the envelope of a success."""

    def enveloped(request: httpx.Request) -> httpx.Response:
        said = answer(request)
        body = {"result": "success", **(said if isinstance(said, dict) else {"data": said})}
        return httpx.Response(200, text=json.dumps(body))

    async with open_client("http://127.0.0.1", "any", transport=httpx.MockTransport(enveloped)) as client:
        yield VpsApi(client, VpsApiSettings("1"))


def listed(**more: object) -> dict[str, object]:
    return {"id": 4711, "service_name": "vps", "customer_name": "Hannibal"} | more


async def test_preflight_names_maintenance_a_lock_and_a_second_server_of_that_name_on_whatever_page() -> None:
    by_name = replace(HANNIBAL, reference="")

    def in_the_way(request: httpx.Request) -> object:
        return [listed(has_maintenance=True, is_locked=True)] if request.url.path.endswith("/products") else []

    def on_two_pages(request: httpx.Request) -> object:
        page = int(request.url.params["page"])
        return {"data": [listed(id=page)], "page": page, "pages": 2}

    async with answered(in_the_way) as backend:
        obstacles = (await backend.preflight(by_name)).problems
    assert ["maintenance" in obstacles[0], "locked" in obstacles[1]] == [True, True]
    async with answered(on_two_pages) as backend:
        assert "2 VPSs called Hannibal" in (await backend.preflight(by_name)).problems[0]


async def test_preflight_says_what_is_in_order_and_counts_the_snapshots_against_the_limit(
    client: httpx.AsyncClient, backend: VpsApi, clock: Clock
) -> None:
    await finished_snapshot(backend, clock)
    assert (await backend.preflight(HANNIBAL)).good == (
        "Infomaniak accepts the token and shows Hannibal.",
        "No operation is in progress on it.",
        "Hannibal has 1 snapshot; how many it may have is not known.",
    )
    room = await VpsApi(client, VpsApiSettings("1234", snapshot_limit=2)).preflight(HANNIBAL)
    full = await VpsApi(client, VpsApiSettings("1234", snapshot_limit=1)).preflight(HANNIBAL)
    assert (room.good[-1], room.problems) == ("Hannibal has 1 snapshot, and may have 2.", ())
    assert full.problems == (
        "Hannibal has 1 snapshot, and may have no more than 1: delete one on the dashboard that is no longer needed.",
    )


async def test_a_time_that_is_not_in_unix_seconds_is_none() -> None:
    for odd in (1805112000000, "2027-03-15T12:00:00Z", True, None, -1, float("nan")):
        row = {"name": NAME, "disk": "data", "status": "available", "restored_at": odd, "finished_at": odd}

        def answer(request: httpx.Request, row: object = row) -> object:
            return [listed() if request.url.path.endswith("/products") else row]

        async with answered(answer) as backend:
            found = await backend.find_snapshot(HANNIBAL, NAME)
            assert found is not None
            assert (found.state, found.finished_at) == (OperationState.SUCCEEDED, None)
            assert await backend.find_restore(HANNIBAL, NAME, NOON) is None


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_restore_that_is_in_the_way_of_another_is_named(backend: VpsApi, clock: Clock) -> None:
    await finished_snapshot(backend, clock)
    await backend.restore(HANNIBAL, NAME)

    with pytest.raises(ProviderRefused, match=f"A restore from “{NAME}” is running, perhaps begun by") as refused:
        await backend.restore(HANNIBAL, NAME)

    assert refused.value.cause is FailureReason.BUSY


async def test_what_is_in_the_way_is_left_out_when_it_cannot_be_read_and_the_refusal_stays(
    simulator: Simulator,
) -> None:
    simulator.inject_fault("operation-in-progress")
    simulator.inject_fault("conflict", on="create")
    settings = VpsApiSettings("1234", words=Words(snapshot={}))
    asked: list[str] = []

    async def away_after_the_call(request: httpx.Request) -> None:
        if "POST" in asked:
            raise httpx.ReadTimeout("late")
        asked.append(request.method)

    async with open_client(simulator.url, "any") as client:
        with pytest.raises(ProviderRefused) as wordless:
            await VpsApi(client, settings).create_snapshot(HANNIBAL, NAME)
        client.event_hooks["request"].append(away_after_the_call)
        with pytest.raises(ProviderRefused) as unread:
            await VpsApi(client, VpsApiSettings("1234")).create_snapshot(HANNIBAL, NAME)

    assert [error.value.cause for error in (wordless, unread)] == [FailureReason.BUSY, FailureReason.BUSY]
    assert [str(error.value)[-1] for error in (wordless, unread)] == ["”", "”"]
    assert "POST" in asked


REFUSALS = ["bad-request", "unauthorised", "forbidden", "not-found", "conflict", "quota", "unprocessable"]
NOT_STARTED = ["throttled", "throttled-without-delay"]


async def test_the_delay_that_infomaniak_asks_for_is_handed_on(backend: VpsApi, simulator: Simulator) -> None:
    simulator.inject_fault("throttled")
    with pytest.raises(ProviderUnreachable, match="30 seconds") as delayed:
        await backend.find_snapshot(HANNIBAL, NAME)
    simulator.inject_fault("throttled-without-delay")
    with pytest.raises(ProviderUnreachable) as undelayed:
        await backend.find_snapshot(HANNIBAL, NAME)

    assert (delayed.value.seconds, undelayed.value.seconds) == (30.0, None)


async def test_a_failure_is_told_also_when_its_reason_cannot_be_read(
    backend: VpsApi, simulator: Simulator, clock: Clock, client: httpx.AsyncClient
) -> None:
    simulator.inject_fault("snapshot-fails")
    handle = (await backend.create_snapshot(HANNIBAL, NAME)).handle
    clock.move(minutes=75)
    settings = VpsApiSettings("1234")
    elsewhere = VpsApi(client, replace(settings, paths=replace(settings.paths, task="/nowhere/{uuid}")))

    seen = await elsewhere.get_status(HANNIBAL, handle)

    assert (seen.state, seen.detail) == (OperationState.FAILED, "Infomaniak shows the status “error”.")


async def test_a_status_word_that_is_not_configured_is_unknown_and_named(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    backend = VpsApi(client, VpsApiSettings("1234", words=Words(snapshot={})))

    seen = await backend.get_status(HANNIBAL, (await backend.create_snapshot(HANNIBAL, NAME)).handle)

    assert seen.state is OperationState.UNKNOWN
    assert "“creating”" in seen.detail


async def test_where_nobody_listens_nothing_has_happened(unused_tcp_port: int) -> None:
    async with open_client(f"http://127.0.0.1:{unused_tcp_port}", "any") as client:
        with pytest.raises(ProviderUnreachable, match="could not be reached"):
            await VpsApi(client, VpsApiSettings("1234")).create_snapshot(HANNIBAL, NAME)


async def test_an_answer_that_drips_in_is_given_up_after_the_whole_time_of_a_call() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b" ")
            await asyncio.sleep(0.02)
        return response

    app = web.Application()
    app.router.add_get("/{anything:.*}", drip)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with open_client(url, "any") as client:
            backend = VpsApi(client, VpsApiSettings("1234"), whole_call_seconds=0.2)
            with pytest.raises(ProviderUnreachable, match="did not answer in time"):
                await backend.find_snapshot(HANNIBAL, NAME)
    finally:
        await runner.cleanup()


async def test_the_token_never_appears_in_what_people_read(simulator: Simulator) -> None:
    async with open_client(simulator.url, "s3cret-token") as client:
        backend = VpsApi(client, VpsApiSettings("1234"))
        for fault in (*REFUSALS, *NOT_STARTED, "error-500", "dropped", "garbage"):
            simulator.inject_fault(fault, on="create")
            with pytest.raises(ProviderError) as caught:
                await backend.create_snapshot(HANNIBAL, NAME)
            assert "s3cret-token" not in str(caught.value)


async def test_a_token_with_a_line_break_is_refused_with_what_to_check(simulator: Simulator) -> None:
    async with open_client(simulator.url, "pasted\n") as client:
        with pytest.raises(ProviderRefused, match="INFOMANIAK_TOKEN"):
            await VpsApi(client, VpsApiSettings("1234")).create_snapshot(HANNIBAL, NAME)

    assert simulator.calls == []


async def test_an_error_in_the_envelope_of_a_good_status_is_a_refusal_in_the_providers_words() -> None:
    error = {"result": "error", "error": {"code": "x", "description": "Not\nfor   you" + "!" * 500}}
    async with answered(lambda _: error) as backend:
        with pytest.raises(ProviderRefused, match=r"“Not for you!+…”$"):
            await backend.find_snapshot(HANNIBAL, NAME)
