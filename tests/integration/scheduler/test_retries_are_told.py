"""Every kind of thing that is tried again tells the log that it failed, to which change, and that it works again."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from application.ports import OutcomeUnknown, PermanentError, RetryableError
from application.ports.provider import ProviderUnreachable
from application.ports.signing_keys import KeysUnavailable
from application.queries.overdue import ALARM_AFTER
from application.retry_log import (
    INFOMANIAK,
    OURSELVES,
    SETTINGS,
    SIGN_IN,
    SIGNING_KEYS,
    TEAMS,
    TIMELINE,
    RetryLog,
)
from bot.auth.bot_auth import BotToken
from bot.auth.signing_keys import SigningKeys
from bot.connector.errors import NoToken, Throttled, Transient
from changes.effects import UpsertStatusCard
from changes.policy import Catalogue
from changes.snapshots import OperationState
from notices import GraphToken
from scheduler.worker_beats import BEAT_EVERY, LOST_AFTER, HeartbeatRecorder, WorkerMonitor
from tests.integration.scheduler.conftest import LEARN, START, Clock, World
from tests.integration.scheduler.test_steps_due import broken
from tests.support.autocommit import autocommit
from tests.support.key_server import key_server
from tests.support.recording_teams import TENANT

Story = Callable[[World], Awaitable[str]]
"""Fails and works again; the change that it is about, or an empty text."""


async def refused(world: World, answer: Exception) -> str:
    """A card is answered so, and taken when it is tried again."""
    world.refusals[UpsertStatusCard] = answer
    change = await world.submitted()
    await world.worker.run_due()
    world.refusals.clear()
    await world.later(minutes=6)
    return change.id


async def a_message_is_refused_for_now(world: World) -> str:
    return await refused(world, Throttled(status=429, retry_after=7))


async def nobody_knows_whether_it_was_taken(world: World) -> str:
    return await refused(world, OutcomeUnknown("No answer."))


async def a_message_fails_by_a_fault_of_ours(world: World) -> str:
    return await refused(world, KeyError("colour"))


async def the_provider_is_away_when_it_is_asked(world: World) -> str:
    change = await world.snapshot_due()
    world.provider.answers.append(away := ProviderUnreachable("Infomaniak cannot be reached."))
    away.status = 502
    await world.worker.run_due()
    await world.later(minutes=1)
    return change.id


async def the_provider_is_away_when_it_is_looked_at(world: World) -> str:
    change = await world.snapshot_due()
    await world.worker.run_due()
    world.provider.away = ProviderUnreachable("Infomaniak cannot be reached.")
    await world.minutes(3)
    world.provider.away = None
    await world.minutes(2)
    assert (await world.operation(change)).state is OperationState.RUNNING
    return change.id


async def a_step_fails(world: World) -> str:
    change = await world.submitted()
    world.catalogue.services.update({"learn": broken(LEARN)})  # type: ignore[attr-defined]  # it is a dict
    await world.at(START - timedelta(days=14))
    world.catalogue.services.update({"learn": LEARN})  # type: ignore[attr-defined]
    await world.later(minutes=1)
    return change.id


async def the_service_of_a_step_is_taken_out(world: World) -> str:
    change = await world.submitted()
    world.catalogue.services.clear()  # type: ignore[attr-defined]  # it is a dict
    await world.at(START - timedelta(days=14))
    world.catalogue.services.update({"learn": LEARN})  # type: ignore[attr-defined]
    await world.later(minutes=6)
    return change.id


STORIES: dict[Story, tuple[str, str, str]] = {
    a_message_is_refused_for_now: (TEAMS, "WARNING", "status 429; attempt 1; next try in 7.0 s"),
    nobody_knows_whether_it_was_taken: (TEAMS, "WARNING", "may be seen twice."),
    a_message_fails_by_a_fault_of_ours: (OURSELVES, "ERROR", "KeyError"),
    the_provider_is_away_when_it_is_asked: (INFOMANIAK, "WARNING", "status 502; attempt 1; next try in 10 s"),
    the_provider_is_away_when_it_is_looked_at: (INFOMANIAK, "WARNING", "is not seen: Infomaniak cannot be reached."),
    a_step_fails: (TIMELINE, "ERROR", "AttributeError"),
    the_service_of_a_step_is_taken_out: (SETTINGS, "WARNING", "learn"),
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_what_fails_and_works_again_is_two_lines_that_name_the_change(
    story: Story, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    place, level, words = STORIES[story]
    world.catalogue = Catalogue({"learn": LEARN})
    await world.restart()
    with caplog.at_level(logging.INFO, "application.retry_log"):
        change = await story(world)
    fails, works = [record for record in caplog.records if record.name == "application.retry_log"]
    assert (fails.levelname, works.levelname) == (level, "INFO")
    assert fails.getMessage().startswith(f"{place} fails: ")
    assert words in fails.getMessage()
    assert f"waiting: {change}" in fails.getMessage()
    assert works.getMessage().startswith(f"{place} works again after ")
    assert change in works.getMessage()
    assert world.worker.retries.outages() == {}


async def test_what_is_given_up_is_told_and_is_no_recovery(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.refusals[UpsertStatusCard] = Transient(status=503)
    change = await world.submitted()
    with caplog.at_level(logging.INFO):
        await world.worker.run_due()
        world.refusals[UpsertStatusCard] = PermanentError("No.")
        await world.later(minutes=6)
    texts = [record.getMessage() for record in caplog.records]
    assert any(change.id in text and "was given up: No." in text for text in texts)
    assert not any("works again" in text for text in texts)
    assert world.worker.retries.outages() == {}


@pytest.mark.parametrize("kind", [BotToken, GraphToken])
async def test_a_secret_that_has_expired_is_named_by_microsofts_code(
    kind: type[BotToken | GraphToken], caplog: pytest.LogCaptureFixture
) -> None:
    retries, is_expired = RetryLog(), [True]

    def answer(request: httpx.Request) -> httpx.Response:
        if "openid-configuration" in request.url.path:
            base = f"https://login.microsoftonline.com/{TENANT}"
            return httpx.Response(
                200,
                json={
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                },
            )
        if is_expired[0]:
            return httpx.Response(401, json={"error": "invalid_client", "error_codes": [7000222]})
        return httpx.Response(200, json={"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    token = kind("00000000-0000-0000-0000-00000000b070", "very-secret", TENANT, retries, client)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            with pytest.raises((NoToken, RetryableError)):
                await token()
        is_expired[0] = False
        assert await token() == "t"
    fails, works = [record.getMessage() for record in caplog.records if record.name == "application.retry_log"]
    assert fails.startswith(f"{SIGN_IN} fails: no token for https://")
    assert "invalid_client, AADSTS7000222" in fails
    assert works.startswith(f"{SIGN_IN} works again after ")
    assert works.endswith(" and 5 failed tries")


async def test_signing_keys_that_cannot_be_fetched_are_told_and_that_they_can_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, retries = Clock(datetime(2026, 11, 23, tzinfo=UTC)), RetryLog()
    with key_server() as server, caplog.at_level(logging.INFO):
        async with httpx.AsyncClient() as client:
            keys = SigningKeys(client, server.metadata_url, clock.now, retries)
            server.status = 503
            for _ in range(4):
                with pytest.raises(KeysUnavailable):
                    await keys.find("A")
                clock.go_on(minutes=2)
            server.status = 200
            assert await keys.find("A")
    fails, works = [record.getMessage() for record in caplog.records if record.name == "application.retry_log"]
    assert fails.startswith(f"{SIGNING_KEYS} fails: those of http://127.0.0.1")
    assert "(HTTPStatusError) (status 503; attempt 1; next try in 1.0 s)" in fails
    assert works.startswith(f"{SIGNING_KEYS} works again after ")


async def figures(seen: WorkerMonitor, world: World) -> dict[str, float]:
    async with world.store.units() as unit:
        return await seen.metrics(unit)


async def test_nobody_at_work_is_told_once_a_minute_has_passed_and_who_comes_back_says_how_long_it_was(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    clock, retries = world.clock, RetryLog()
    seen = WorkerMonitor(world.store.units, clock, clock.now, retries)
    beats = HeartbeatRecorder(world.store.units, "one", clock.now)
    with caplog.at_level(logging.INFO):
        await seen.look()
        assert await seen.missing() == "worker (there was none yet)"
        await beats.beat()
        assert (await seen.missing(), (await figures(seen, world))["change_workers"]) == ("", 1)
        clock.go_on(seconds=LOST_AFTER.total_seconds())
        await seen.look()
        assert caplog.records == []
        await world.submitted(clock.now() + timedelta(days=30))
        clock.go_on(days=29)
        await seen.look()
        [fails] = [record for record in caplog.records if record.name == "application.retry_log"][:1]
        assert fails.levelname == "ERROR"
        assert "the worker fails: no worker was seen for 29 d 0 h; 1 change has overdue steps" in fails.getMessage()
        caplog.clear()
        await HeartbeatRecorder(world.store.units, "two", clock.now).beat()
        await seen.look()
    texts = [record.getMessage() for record in caplog.records]
    assert texts[0] == "no worker had been at work for 29 d 0 h: what fell due meanwhile is carried out now"
    assert any(text.startswith("the worker works again after ") for text in texts)


async def test_a_step_that_is_overdue_for_three_days_is_an_alarm_though_a_worker_lives(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    clock, alarms = world.clock, list[tuple[int, datetime]]()

    async def alarm(count: int, oldest: datetime) -> None:
        alarms.append((count, oldest))

    seen = WorkerMonitor(world.store.units, clock, clock.now, RetryLog(), alarm)
    beats = HeartbeatRecorder(world.store.units, "one", clock.now)
    await world.submitted()
    world.catalogue = Catalogue({"learn": broken(LEARN)})
    await world.restart()
    due = await autocommit(world.store).due_items.next_due()
    assert due is not None
    await world.at(due + timedelta(minutes=1))
    for alarmed in (False, True):
        clock.go_on(seconds=ALARM_AFTER.total_seconds() * 0.6)
        await world.worker.run_due()
        await beats.beat()
        with caplog.at_level(logging.ERROR, "application.retry_log"):
            caplog.clear()
            await seen.look()
            assert caplog.records == [], "a worker that comes back after days catches up until the next look"
            await seen.look()
        told = [record.getMessage() for record in caplog.records]
        assert [text.startswith("keeping the dates fails: 1 change has over") for text in told] == [True] * alarmed
        assert alarms == [(1, due)] * alarmed
    assert (await figures(seen, world))["change_steps_overdue_seconds"] > ALARM_AFTER.total_seconds()


async def test_a_worker_says_that_it_is_at_work_no_oftener_than_it_must(world: World) -> None:
    beats, written = HeartbeatRecorder(world.store.units, "one", world.clock.now), list[Any]()
    for _ in range(30):
        await beats.beat()
        async with world.store.units() as unit:
            written.append(await unit.worker_beats.last())
        world.clock.go_on(seconds=1)
    assert len(set(written)) == 30 // int(BEAT_EVERY.total_seconds())
    await beats.leave()
    async with world.store.units() as unit:
        assert await unit.worker_beats.seen() == {}
