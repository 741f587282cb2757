"""Whatever is thrown at the API: a problem in a sentence, never a fault, and nothing is written by halves."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.integration.web_api.test_changes import PLAN
from tests.support.api import made_token, program, url_of
from tests.support.running import Bot

AS_JSON = {b"Content-Type": b"application/json"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
PLACES = (
    *("changes", "changes/CHG-2027-0001", "changes/CHG-2027-0001/submit", "services", "gate"),
    *("docs", "openapi.json", "", "changes/", "//", "changes/../gate", "%00", "%ff", "changes/%0d%0aX: y", "é"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**30, 1.5, "", " ", "\0", "\ud800", "x" * 6000, "2027-04-15", "22:00", [], [[]], {}, ["a"]),
    *({"a": 1}, "learn", "2027-02-30T00:00:00Z", "9999-12-31T23:59:59+14:00", "☃" * 100, "<script>", "'; DROP TABLE"),
)
FIELDS = (*PLAN, "why", "implementer", "reason", "kind", "approved", "", "__class__", "minutes ")


def odd_body(random: Random) -> bytes:
    """A plan with some fields that are not, or no JSON at all."""
    wrong = {random.choice(FIELDS): random.choice(VALUES) for _ in range(random.randrange(4))}
    fields = {name: value for name, value in PLAN.items() if random.random() > 0.03} | wrong
    body = json.dumps(random.choice((fields, fields, fields, random.choice(VALUES), [fields])))
    sent = body.encode("utf-8", "surrogatepass")
    if random.random() < 0.1:
        at = random.randrange(len(sent) + 1)
        sent = sent[:at] + random.randbytes(random.randrange(4)) + sent[at + random.randrange(3) :]
    return sent


def odd_request(random: Random) -> tuple[str, str, dict[bytes, bytes], bytes]:
    """A method, a place with a query, headers and a body."""
    method = random.choice(METHODS) if random.random() < 0.5 else "POST"
    names = ("service", "state", "since", "until", "at", "limit", "cursor", "words", "needs_window", "odd")
    texts = (
        "learn",
        "draft",
        "2027-04-15T22:00:00Z",
        "2027-04-15T22:00:00+02:00",
        "1",
        "-1",
        "true",
        "%00",
        "%ff",
        "é",
        "",
    )
    query = "&".join(f"{random.choice(names)}={random.choice(texts)}" for _ in range(random.randrange(4)))
    kinds = (b"application/json", b"application/json; charset=utf-8", b"text/plain", b"", b"application/json, x")
    headers = {b"Content-Type": random.choice(kinds) if random.random() < 0.3 else kinds[0]}
    if random.random() < 0.3:
        headers[b"Idempotency-Key"] = random.choice((b"a", b"\xff", b"", b"x" * 300, b"b c"))
    if random.random() < 0.3:
        headers[random.choice((b"If-Match", b"If-None-Match"))] = random.choice(
            (b"*", b'"1"', b"W/", b'"', b"\xff", b'","')
        )
    if random.random() < 0.05:
        headers[b"Authorization"] = random.choice((b"Bearer \xff", b"\xff", b"Bearer", b"Bearer chg_\xc3\xbc"))
    place = random.choice(PLACES) if random.random() < 0.5 else "changes"
    return method, f"{place}?{query}" if query else place, headers, odd_body(random)


async def test_odd_requests_are_refused_with_a_problem_and_write_nothing(
    bot: Bot, request: pytest.FixtureRequest
) -> None:
    number, created = request.config.getoption("requests"), set[str]()
    async with program(bot) as client:
        for seed in range(number):
            random = Random(f"{request.config.getoption('seed')} {seed}")
            method, place, headers, body = odd_request(random)
            if seed % 50 == 0:
                method, place, headers, body = "POST", "changes", dict(AS_JSON), json.dumps(PLAN).encode()
            answer = await client.request(method, f"{url_of(bot)}/{place}", headers=headers, content=body)
            said = (seed, method, place, answer.status_code, answer.text[:300])
            assert answer.status_code < 500, said
            assert answer.status_code in (200, 201, 304) or "problem+json" in answer.headers["content-type"], said
            if answer.status_code == 201:
                created.add(answer.json()["id"])
    assert {each.id for each in await bot.unit.changes.find()} == created
    assert created, "between them are requests as people send them"


async def test_what_the_document_allows_is_answered_as_it_says_and_what_it_does_not_is_refused(
    bot: Bot, request: pytest.FixtureRequest
) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="installed with requirements/dev.txt")
    token = await made_token(bot)
    async with httpx.AsyncClient() as client:
        document = (await client.get(f"{url_of(bot)}/openapi.json")).json()
    operations = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    assert len(operations) == sum(map(len, document["paths"].values()))
    each_of = max(1, request.config.getoption("requests") // (4 * len(operations)))
    for operation in operations:
        for mode in schemathesis.GenerationMode:
            run = thrown(operation.as_strategy(generation_mode=mode), each_of, url_of(bot), token)
            await asyncio.to_thread(run)


def thrown(strategy: Any, number: int, url: str, token: str) -> Callable[[], None]:
    """Sends so many of these requests, and holds what is answered against the document."""

    checks = pytest.importorskip("schemathesis.specs.openapi.checks")

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def run(case: Any) -> None:
        answer = case.call(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        assert answer.status_code < 500, answer.text
        if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # which schemathesis takes for no refusal
            return
        # A document cannot say which days a calendar has, nor when a window is free.
        left_out = [checks.positive_data_acceptance]
        case.validate_response(answer, headers={"Authorization": f"Bearer {token}"}, excluded_checks=left_out)

    found: Callable[[], None] = run
    return found
