"""Bodies of every kind, signed and not, plain and compressed: nothing breaks, and strangers cost next to nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.integration.attack import fuzz, raw
from tests.integration.attack.process import Served, serving, signed
from tests.support.key_server import APP_ID, ISSUER
from tests.support.teams import Teams

MOST_S = 0.002
"""Seconds of processor time that one refused stranger may cost."""
AT_ONCE = 8
FORGED = raw.unsigned({"alg": "RS256", "kid": "A"}, {"iss": ISSUER, "aud": APP_ID, "exp": 2**32})
STRANGERS = ["", "Bearer garbage", FORGED, raw.unsigned({"alg": "none", "kid": "A"}, {"iss": ISSUER}, "")]
"""What they bring as their authorization."""
Make = Callable[[int, Teams], fuzz.Body]


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with Teams("", lambda: datetime.now(UTC)) as started:  # noqa: TID251  # only for the record
        started.marks_were_typed = True  # by the fuzz
        yield started


def strangers(served: Served, numbers: range, make: Make, teams: Teams) -> tuple[Counter[int], float]:
    """Send them one after the other, each over a connection of its own: the statuses, and what one has cost."""
    statuses = Counter[int]()
    before = served.spent()
    for number in numbers:
        made, authorization = make(number, teams), STRANGERS[number % len(STRANGERS)]
        headers = made.headers | ({"Authorization": authorization} if authorization else {})
        statuses[raw.status_of(raw.exchange(served.port, raw.request(made.content, headers)))] += 1
    return statuses, (served.spent() - before) / len(numbers)


async def from_teams(served: Served, numbers: range, make: Make, teams: Teams) -> Counter[int]:
    """Send them as Teams does, some at once: the statuses."""
    statuses, left = Counter[int](), iter(numbers)
    authorization = {"Authorization": signed(serviceurl=teams.service_url)}

    async def send(client: httpx.AsyncClient) -> None:
        for number in left:
            made = make(number, teams)
            answer = await client.post("/api/messages", content=made.content, headers=made.headers | authorization)
            statuses[answer.status_code] += 1
            foreign = answer.status_code == 501 and fuzz.is_foreign_invoke(made.content)
            assert answer.status_code < 500 or foreign, (number, made.content, answer.text)
            assert "Traceback" not in answer.text

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", timeout=60) as client:
        await asyncio.gather(*(send(client) for _ in range(AT_ONCE)))
    return statuses


async def test_no_body_gives_an_error_of_ours_or_a_traceback_and_no_stranger_costs_two_milliseconds(
    tmp_path: Path, teams: Teams, pytestconfig: pytest.Config
) -> None:
    count = pytestconfig.getoption("--bodies")
    fifth = range(count // 5)
    with serving(tmp_path) as served:
        began = time.monotonic()
        plain, plain_s = await asyncio.to_thread(strangers, served, fifth, fuzz.body, teams)
        packed, packed_s = await asyncio.to_thread(strangers, served, fifth, fuzz.compressed, teams)
        packed_by_teams = await from_teams(served, range(count // 10), fuzz.compressed, teams)
        by_teams = await from_teams(served, range(count // 2), fuzz.body, teams)
        faults = served.faults()
    for what, statuses, cost in (
        ("strangers, plain", plain, f", {plain_s * 1000:.2f} ms each"),
        ("strangers, compressed", packed, f", {packed_s * 1000:.2f} ms each"),
        ("Teams, compressed", packed_by_teams, ""),
        ("Teams, plain", by_teams, ""),
    ):
        print(f"{what}: {statuses.total()} bodies, {dict(sorted(statuses.items()))}{cost}")  # noqa: T201
    print(f"in {time.monotonic() - began:.0f} s")  # noqa: T201

    assert faults == []
    assert set(plain) == {401}
    assert set(packed) == set(packed_by_teams) == {415}
    assert set(by_teams) <= {200, 400, 401, 403, 413, 501}
    assert by_teams[200] > count / 20  # many get all the way in
    assert max(plain_s, packed_s) < MOST_S
