"""Webhooks, from the outside: a bot that is driven by Teams, and the programs that hear of it."""

import base64
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.integration.delivery.test_admin import shown
from tests.integration.web_out.receiver import Received, Receiver, receiving
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.services import demo_services
from tests.support.teams import NADIA, PIERRE

OLD, NEW = (f"whsec_{base64.b64encode(bytes([each]) * 32).decode()}" for each in b"ab")
PRIVATE = "allow_private = true"
EXPECTED = """
15.03. 09:00 submitted by Nadia Favre: submitted, until 21:30
30.03. 07:00 step_fired by the timeline: submitted, until 21:30
01.04. 07:00 step_fired by the timeline: submitted, until 21:30
01.04. 07:00 precheck_asked by the timeline: precheck_pending, until 21:30
01.04. 07:00 precheck_approved by Pierre André: prechecked, until 21:30
07.04. 07:00 step_fired by the timeline: prechecked, until 21:30
07.04. 07:00 preflight_done by the timeline: prechecked, until 21:30
08.04. 07:00 step_fired by the timeline: prechecked, until 21:30
08.04. 07:00 go_asked by the timeline: go_pending, until 21:30
08.04. 07:00 go_given by Pierre André: scheduled, until 21:30
14.04. 07:00 step_fired by the timeline: scheduled, until 21:30
14.04. 07:00 preflight_done by the timeline: scheduled, until 21:30
15.04. 17:15 step_fired by the timeline: scheduled, until 21:30
15.04. 17:15 snapshot_requested by the timeline: snapshotting, until 21:30
15.04. 17:15 snapshot_started by the timeline: snapshotting, until 21:30
15.04. 18:30 snapshot_milestone by the timeline: snapshotting, until 21:30
15.04. 19:45 snapshot_finished by the timeline: ready, until 21:30
15.04. 20:00 step_fired by the timeline: ready, until 21:30
15.04. 20:00 started by Nadia Favre: in_progress, until 21:30
15.04. 20:00 test_recorded by Nadia Favre: in_progress, until 21:30
15.04. 20:00 trouble_reported by Nadia Favre: trouble, until 21:30
15.04. 20:00 extended by Nadia Favre: extended, until 22:30
15.04. 20:00 test_recorded by Nadia Favre: extended, until 22:30
15.04. 20:00 test_recorded by Nadia Favre: extended, until 22:30
15.04. 20:00 completed by Nadia Favre: completed, until 22:30
"""


def with_webhooks(
    folder: Path, *tables: tuple[str, str], more: str = PRIVATE, secrets: str = f"{NEW},{OLD}"
) -> dict[str, str]:
    """The demo's services with webhooks of these names and addresses; `more` stands in each."""
    text = "".join(f'\n[[webhook]]\nname = "{name}"\nurl = "{url}"\n{more}\n' for name, url in tables)
    given = " ".join(f"{name}={secrets}" for name, _ in tables)
    return {"CHANGE_SERVICES": demo_services(folder, more=text), "CHANGE_WEBHOOK_SECRETS": given}


def of_the_guide() -> dict[str, Any]:
    """The event that docs/integrations.md shows."""
    blocks = Path("docs/integrations.md").read_text(encoding="utf-8").split("```json\n")[1:]
    [shown] = (json.loads(each.partition("```")[0]) for each in blocks)
    found: dict[str, Any] = shown
    return found


def shape(value: object) -> object:
    """The names in it, without the values."""
    return {name: shape(each) for name, each in value.items()} if isinstance(value, dict) else None


@asynccontextmanager
async def one_hanging(folder: Path) -> AsyncIterator[tuple[Bot, Receiver, Receiver]]:
    """A bot with two webhooks, once a change was submitted: the first hangs in its call, the other has heard of it."""
    async with receiving() as slow, receiving() as fast:
        given = with_webhooks(folder, ("slow", slow.url), ("fast", fast.url))
        async with running(folder, START, **given) as bot:
            await bot.drafted()
            slow.open.clear()
            await bot.teams.press(NADIA, "change.submit")
            await slow.until(1)
            await fast.until(1)
            yield bot, slow, fast


def deploying(folder: Path, receiver: Receiver) -> AbstractAsyncContextManager[Bot]:
    """A bot with the one webhook `deploy`."""
    return running(folder, START, **with_webhooks(folder, ("deploy", receiver.url)))


def types(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["type"].removeprefix("change.") for each in receiver.received]


def line(told: Received) -> str:
    event = Webhook(NEW).verify(told.body, told.headers)
    assert event == Webhook(OLD).verify(told.body, told.headers), "whoever has the former secret still reads along"
    data, at = event["data"], event["timestamp"]
    assert (data["change"], data["title"], data["service"]["key"]) == (CHANGE, FORM["title"], "learn")
    what = event["type"].removeprefix("change.")
    until = data["window"]["end"][11:16]
    return f"{at[8:10]}.{at[5:7]}. {at[11:16]} {what} by {data['by']['name']}: {data['state']}, until {until}"


async def test_every_event_from_the_request_to_the_end_is_told_signed_in_order_and_as_it_was_then(
    tmp_path: Path,
) -> None:
    async with (
        receiving() as receiver,
        running(tmp_path, START, **with_webhooks(tmp_path, ("deploy", receiver.url))) as bot,
    ):
        await bot.started()
        await bot.press(NADIA, "test.result", test="0", result="fail")
        await bot.press(NADIA, "trouble.report", reason="Nobody can log in.")
        await bot.press(NADIA, "window.extend", extra_minutes="60", reason="The log-in has to be repaired.")
        await bot.press(NADIA, "test.result", test="0", result="pass")
        await bot.press(NADIA, "test.result", test="1", result="pass")
        await bot.press(NADIA, "change.complete")
        assert [line(each) for each in receiver.received] == EXPECTED.strip().splitlines()
        ids = [each.headers["webhook-id"] for each in receiver.received]
        assert len(set(ids)) == len(ids)
        history = await bot.unit.changes.history(CHANGE)
        assert len(ids) == len(history) - 1, "all but the draft"
        example, event = of_the_guide(), json.loads(receiver.received[-1].body)
        example["data"]["links"] = {}  # this bot has no public address
        assert shape(event) == shape(example), "the guide shows what is posted"


async def test_nothing_of_a_draft_is_told_and_nothing_of_what_is_said(tmp_path: Path) -> None:
    async with receiving() as receiver, deploying(tmp_path, receiver) as bot:
        await bot.drafted()
        await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
        assert receiver.received == []
        await bot.requested()
        await bot.type(NADIA, "/change cancel CHG-2027-0002 not needed")
        assert types(receiver) == ["submitted", "cancelled"]
        assert "not needed" not in receiver.received[1].body, "what is said in the thread stays there"


async def test_while_an_endpoint_hangs_people_and_other_endpoints_get_everything(tmp_path: Path) -> None:
    async with one_hanging(tmp_path) as (bot, slow, fast):
        await bot.teams.type(NADIA, f"/change cancel {CHANGE} not needed")
        await bot.teams.until(lambda: any("Cancelled" in json.dumps(each.message.card) for each in bot.teams.calls))
        await fast.until(2)
        assert types(slow) == ["submitted"], "it is still in its first call"
        slow.open.set()
        await slow.until(2)
        assert types(slow) == types(fast) == ["submitted", "cancelled"]


async def test_who_stops_waits_for_no_endpoint_that_hangs_and_the_next_start_tells_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with one_hanging(tmp_path) as (bot, slow, fast):
        await bot.app.jobs.stop()
        said = [each.getMessage() for each in caplog.records if "left to the next start" in each.getMessage()]
        assert said == ["1 calls to other programs did not end and are left to the next start"]
        slow.open.set()
        await bot.restart()
        assert types(slow) == ["submitted"] * 2
        assert len({each.headers["webhook-id"] for each in slow.received}) == 1
        assert types(fast) == ["submitted"], "what had ended was written down"


async def test_what_an_endpoint_does_not_take_is_sent_again_when_it_says_and_no_redirection_is_followed(
    tmp_path: Path,
) -> None:
    async with receiving() as elsewhere, receiving() as receiver, deploying(tmp_path, receiver) as bot:
        receiver.answer = lambda _: web.Response(status=503, headers={"Retry-After": "1800"})
        await bot.requested()
        await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
        assert types(receiver) == ["submitted"], "what follows waits its turn"
        await bot.advance(START + timedelta(minutes=29))
        assert types(receiver) == ["submitted"]
        receiver.answer = lambda _: web.Response(status=302, headers={"Location": elsewhere.url})
        await bot.advance(START + timedelta(minutes=31))
        assert types(receiver) == ["submitted"] * 2
        receiver.answer = lambda _: web.Response(status=200, text="thanks")
        await bot.advance(START + timedelta(minutes=40))
        assert types(receiver) == ["submitted"] * 3 + ["cancelled"]
        first, again, last, _ = receiver.received
        assert first.body == again.body == last.body
        assert first.headers["webhook-id"] == again.headers["webhook-id"] == last.headers["webhook-id"]
        assert (elsewhere.connections, receiver.connections) == (0, 4)
        assert await bot.unit.outbox.dead() == ()


async def test_after_a_day_an_admin_sees_what_was_not_taken_and_sends_it_again(tmp_path: Path) -> None:
    async with receiving() as receiver, deploying(tmp_path, receiver) as bot:
        receiver.answer = lambda _: web.Response(status=500)
        await bot.requested()
        for hour in range(2, 26, 2):
            await bot.advance(START + timedelta(hours=hour))
        assert await bot.unit.outbox.dead() == (), "a day is not over"
        await bot.advance(START + timedelta(hours=26))
        await bot.type(NADIA, "/change admin")
        card = await shown(bot)
        assert "an event for the webhook deploy" in card
        assert "The webhook deploy answered 500." in card
        receiver.answer = lambda _: web.Response()
        await bot.type(NADIA, "/change admin again all")
        assert len({each.headers["webhook-id"] for each in receiver.received}) == 1
        assert await bot.unit.outbox.dead() == ()
        assert (await bot.unit.outbox.waiting())[0] == 0


def without_learn(services: Path) -> None:
    services.write_text(
        services.read_text(encoding="utf-8").replace('key = "learn"', 'key = "other"'), encoding="utf-8"
    )


async def gone(bot: Bot, receiver: Receiver) -> None:
    """The endpoint answers 410, and from then on it would take everything."""
    receiver.answer = lambda _: web.Response(status=410)
    await bot.requested()
    receiver.answer = lambda _: web.Response()
    await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
    assert types(receiver) == ["submitted"], "nothing more is sent"
    await bot.restart()
    await bot.requested(FORM | {"date": "2027-04-22"})
    assert types(receiver) == ["submitted"], "also after a restart"


async def test_an_endpoint_that_answers_410_is_shown_until_an_admin_enables_it(tmp_path: Path) -> None:
    async with receiving() as receiver, deploying(tmp_path, receiver) as bot:
        await gone(bot, receiver)
        await bot.type(NADIA, "/change admin")
        assert "The webhook deploy answered 410 (gone) and was disabled" in await shown(bot)
        [letter] = await bot.unit.outbox.dead()
        await bot.type(NADIA, f"/change admin drop {letter.id}")
        await bot.type(NADIA, "/change admin")
        card = await shown(bot)
        assert "All deliveries succeeded" in card
        assert "nothing is sent to it until you enable it" in card
        await bot.type(PIERRE, "/change admin enable deploy")
        assert "Only an admin can do that." in bot.teams.calls[-1].message.text
        await bot.type(NADIA, "/change admin enable deploy")
        assert "until you enable it" not in await shown(bot)
        await bot.type(NADIA, "/change cancel CHG-2027-0002 not needed")
        assert types(receiver) == ["submitted", "cancelled"]


async def test_what_an_endpoint_answered_410_to_can_be_sent_again_once_it_is_enabled(tmp_path: Path) -> None:
    async with receiving() as receiver, deploying(tmp_path, receiver) as bot:
        await gone(bot, receiver)
        await bot.type(NADIA, "/change admin enable deploy")
        await bot.type(NADIA, "/change admin again all")
        assert types(receiver) == ["submitted"] * 2


async def test_what_waits_for_an_endpoint_that_was_taken_out_of_the_settings_is_dropped(tmp_path: Path) -> None:
    async with receiving() as receiver:
        given = with_webhooks(tmp_path, ("deploy", receiver.url))
        async with running(tmp_path, START, **given) as bot:
            receiver.answer = lambda _: web.Response(status=500)
            await bot.requested()
            bot.given = {"CHANGE_SERVICES": demo_services(tmp_path)}
            await bot.restart(START + timedelta(hours=1))
            assert (await bot.unit.outbox.waiting())[0] == 0
            assert await bot.unit.outbox.dead() == ()
            assert types(receiver) == ["submitted"]


async def test_what_waits_about_a_service_that_was_taken_out_of_the_settings_is_dropped_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with receiving() as receiver:
        given = with_webhooks(tmp_path, ("deploy", receiver.url))
        async with running(tmp_path, START, **given) as bot:
            receiver.answer = lambda _: web.Response(status=500)
            await bot.requested()
            without_learn(Path(given["CHANGE_SERVICES"]))
            with caplog.at_level(logging.INFO):
                await bot.restart(START + timedelta(hours=1))
            assert await bot.unit.outbox.dead() == ()
            assert types(receiver) == ["submitted"]
    assert len([each for each in caplog.messages if "no longer names the service" in each]) == 1


async def test_nothing_is_sent_to_a_private_address_unless_it_is_allowed(tmp_path: Path) -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("http://127.0.0.1", "https://localhost")
        async with running(tmp_path, START, **with_webhooks(tmp_path, ("deploy", url), more="")) as bot:
            await bot.requested()
            assert (await bot.unit.outbox.waiting())[0] == 1
            assert receiver.connections == 0
            assert any("Submitted" in json.dumps(each.message.card) for each in bot.teams.calls)
