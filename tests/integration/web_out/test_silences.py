"""The monitoring hears from when until when alarms are expected, from the start of the work until its end."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiohttp import web

from tests.integration.web_out.alertmanager import Alertmanager, document, schema_of, validate
from tests.integration.web_out.receiver import Receiver, receiving
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.services import demo_services
from tests.support.teams import NADIA
from tests.support.two_services import evening

THEIRS: dict[str, Any] = {
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "createdBy": "somebody",
    "comment": "We look at it.",
    "status": {"state": "active"},
    "matchers": [{"name": "service", "value": "learn", "isRegex": False}],
    "startsAt": "2027-04-15T19:00:00.000Z",
    "endsAt": "2027-04-15T23:00:00.000Z",
    "updatedAt": "2027-04-15T19:00:00.000Z",
    "annotations": {},
}
"""A silence that somebody has made."""


@asynccontextmanager
async def monitored(folder: Path, alertmanager: Alertmanager) -> AsyncIterator[tuple[Bot, Receiver]]:
    """A bot whose services an Alertmanager watches, and an address that is called for a plain webhook."""
    async with receiving(answer=alertmanager.answer) as receiver, receiving() as kuma:
        table = f"""
[monitoring]
alertmanager = "{receiver.url}/"
matchers = ['service="learn"', 'alertname!~"Disk.*"']
started = "{kuma.url}/started?key=1"
ended = "{kuma.url}/ended"
"""
        async with running(folder, START, CHANGE_SERVICES=demo_services(folder, more=table)) as bot:

            def now() -> datetime:
                return bot.clock.now()

            alertmanager.now = now
            yield bot, kuma
            assert alertmanager.broken == []


async def complete(bot: Bot) -> None:
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    await bot.press(NADIA, "change.complete")


async def test_a_silence_is_made_at_the_start_prolonged_with_the_window_and_lifted_at_the_end(tmp_path: Path) -> None:
    alertmanager = Alertmanager()
    async with monitored(tmp_path, alertmanager) as (bot, kuma):
        await bot.ready()
        assert (alertmanager.done, kuma.received) == ([], [])
        await bot.press(NADIA, "window.start")
        assert alertmanager.done == ["made until 21:30"]
        [silence] = alertmanager.active
        assert silence["comment"] == f"{CHANGE}: {FORM['title']}"
        assert silence["matchers"] == [
            {"name": "service", "value": "learn", "isRegex": False, "isEqual": True},
            {"name": "alertname", "value": "Disk.*", "isRegex": True, "isEqual": False},
        ]
        await bot.press(NADIA, "window.extend", extra_minutes="60", reason="The log-in has to be repaired.")
        await complete(bot)
        assert alertmanager.done == ["made until 21:30", "prolonged until 22:30", "lifted"]
        assert alertmanager.active == []
        told = [(each.path, json.loads(each.body)) for each in kuma.received]
        assert [path for path, _ in told] == ["/started?key=1", "/started?key=1", "/ended"]
        assert [body.get("until", "")[11:16] for _, body in told] == ["21:30", "22:30", ""]
        assert await bot.unit.outbox.dead() == ()


async def test_in_an_incident_alarms_are_expected_until_it_is_closed(tmp_path: Path) -> None:
    alertmanager = Alertmanager()
    async with monitored(tmp_path, alertmanager) as (bot, _):
        await bot.started()
        await bot.press(NADIA, "incident.declare", reason="Nobody can log in.")
        await bot.advance(evening(23, 50))  # the window is over, and it was asked for news
        [silence] = alertmanager.active
        assert silence["endsAt"] > "2027-04-16T00:30"
        await bot.press(NADIA, "incident.tried", result="fix", comment="The cable is back.")
        for test in ("0", "1"):
            await bot.press(NADIA, "test.result", test=test, result="pass")
        await bot.press(NADIA, "incident.close")
        assert alertmanager.active == []
        assert (alertmanager.done[0], alertmanager.done[-1]) == ("made until 21:30", "lifted")
        assert alertmanager.done.count("lifted") == 1


async def test_a_silence_that_was_made_before_a_crash_is_found_and_not_made_twice(tmp_path: Path) -> None:
    alertmanager = Alertmanager(loses_its_answer=True)
    alertmanager.silences[THEIRS["id"]] = THEIRS | {"comment": f"{CHANGE}: ours"}
    async with monitored(tmp_path, alertmanager) as (bot, _):
        await bot.started()
        assert alertmanager.done == ["made until 21:30"]
        await bot.restart(evening(22, 1))
        assert alertmanager.done == ["made until 21:30", "prolonged until 21:30"]
        await complete(bot)
        assert [each["id"] for each in alertmanager.active] == [THEIRS["id"]]


async def test_a_silence_that_was_made_late_is_replaced_when_it_is_prolonged_and_none_is_left(tmp_path: Path) -> None:
    alertmanager = Alertmanager(is_away=True)
    async with monitored(tmp_path, alertmanager) as (bot, _):
        await bot.started()
        assert alertmanager.done == []
        alertmanager.is_away = False
        await bot.advance(evening(22, 10))
        [first] = alertmanager.active
        assert first["startsAt"] > "2027-04-15T20:10", "none begins before it is made"
        await bot.press(NADIA, "window.extend", extra_minutes="60", reason="The log-in has to be repaired.")
        [second] = alertmanager.active
        assert second["id"] != first["id"], "what was silenced when stays written down there"
        await complete(bot)
        assert alertmanager.active == []
        assert alertmanager.done == ["made until 21:30", "prolonged until 22:30", "lifted"]


def test_the_published_description_is_valid_and_promises_every_field_that_is_read_of_a_silence() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="installed with requirements/dev.txt")
    validator.validate(document(), cls=validator.OpenAPIV2SpecValidator)
    assert "date-time" in jsonschema.FormatChecker.checkers, "or moments are taken as they come"
    validate([THEIRS], schema_of("gettableSilences"))
    for name in ("id", "createdBy", "comment", "status"):
        short = {each: value for each, value in THEIRS.items() if each != name}
        with pytest.raises(jsonschema.ValidationError):
            validate([short], schema_of("gettableSilences"))


async def test_a_monitoring_that_is_away_delays_nobody_and_hears_how_it_stands_once_it_is_back(tmp_path: Path) -> None:
    alertmanager = Alertmanager()
    async with monitored(tmp_path, alertmanager) as (bot, kuma):
        await bot.ready()
        kuma.answer = lambda _: web.Response(status=500)
        await bot.press(NADIA, "window.start")
        await complete(bot)
        assert any("Maintenance finished" in each.message.text for each in bot.teams.calls)
        kuma.answer = lambda _: web.Response()
        await bot.advance(evening(22, 0) + timedelta(minutes=10))
        assert alertmanager.active == []
        assert kuma.received[-1].path == "/ended"
        assert (await bot.unit.outbox.waiting())[0] == 0
