"""The log and the metrics of a bad day, read by somebody who was not there: what happened, when, to which change."""

import asyncio
import re
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from tests.support.graph import SENDER, Graph
from tests.support.key_server import key_server, token
from tests.support.operated import Line, Process, in_order, operated, until
from tests.support.postgres import Server
from tests.support.production import environment
from tests.support.recording_teams import TENANT
from tests.support.running import FORM
from tests.support.services import services_toml
from tests.support.teams import NADIA, PIERRE, Somebody, Teams
from version import version

MAILS = 'notify = ["teams", "mail"]\nmail = ["isc-learn@example.ch"]\n[service.vps]'
REASON = "Somebody is in, by a hole of yesterday."
"""What a person wrote, and no line of a log may have."""


@dataclass(slots=True)
class Day:
    """The processes of the bot and what is around them, each of which may fail."""

    folder: Path
    metadata_url: str
    given: dict[str, str]
    teams: Teams
    graph: Graph
    server: Server
    stack: AsyncExitStack
    answers: int = 0
    """What Teams answers to every message instead of taking it; 0 where it takes them."""
    processes: list[Process] = field(default_factory=list)

    async def start(self, role: str, name: str) -> Process:
        more = self.given | {"CHANGE_ROLE": role}
        process = await self.stack.enter_async_context(operated(more, self.metadata_url, name, self.folder))
        self.processes.append(process)
        return process

    async def slow(self, _: web.Request) -> web.Response | None:
        if not self.answers:
            return None
        return web.json_response({}, status=self.answers, headers={"Retry-After": "1"} if self.answers == 429 else {})

    async def typed(self, text: str) -> None:
        self.teams._client.headers["Authorization"] = f"Bearer {self.token()}"
        await self.teams.type(NADIA, text)

    def token(self) -> str:
        return token(datetime.now(UTC), serviceurl=self.teams.service_url)  # noqa: TID251  # tokens live by real time

    def lines(self) -> list[Line]:
        return list(in_order(*self.processes))


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # production lives by real time


async def requested(day: Day) -> str:
    """Nadia asks for an emergency, from the first word to the form; its id."""
    teams = day.teams
    teams._client.headers["Authorization"] = f"Bearer {day.token()}"
    for who, text, where in ((NADIA, "bind learn", "channel"), (PIERRE, "/change help", "personal")):
        await said_something(teams, who, text, where)
    await said_something(teams, NADIA, "/change new", "personal")
    await teams.press(NADIA, "command", on=teams.with_button("command"))
    await teams.until(lambda: _has(teams, "change.edit"), 30)
    begins = now().astimezone(ZoneInfo("Europe/Zurich")) + timedelta(days=1)
    form = FORM | {"date": f"{begins:%Y-%m-%d}", "time": "12:00", "kind": "emergency", "reason": REASON}
    answer = await teams.press(NADIA, "change.edit", inputs=form)
    await teams.press(NADIA, "change.submit")
    await teams.until(lambda: _has(teams, "go.give"), 30)
    return str(re.findall(r"CHG-\d{4}-\d{4}", str(answer))[0])


async def said_something(teams: Teams, who: Somebody, text: str, where: str) -> None:
    """Type it, and wait for an answer."""
    before = len(teams.calls)
    await teams.type(who, text, where)
    await teams.until(lambda: len(teams.calls) > before, 30)


def _has(teams: Teams, verb: str) -> bool:
    return any(verb in str(message.card) for message in teams.messages.values())


async def graph_refuses(day: Day, worker: Process, change: str) -> None:
    """Graph does not take the token; the notice of the GO waits, and goes out when it does again."""
    day.graph.tokens.clear()
    await day.teams.press(PIERRE, "go.give", inputs={"comment": "Fine."})
    fails = await worker.until_told("Graph fails", status=401)
    assert fails["level"] == "warning"
    assert fails["change"] == change
    assert re.search(r"attempt 1; next try in [\d.]+ s; waiting: " + change, fails["event"])
    day.graph.tokens.add("token")
    works = await worker.until_told("Graph works again")
    assert works["level"] == "info"
    assert change in works["event"]
    assert works["away_s"] > 0
    assert works["attempt"] >= 1
    await until(lambda: len(day.graph.accepted) == 1, lambda: "the notice went out")


async def graph_forbids(day: Day, worker: Process, change: str) -> None:
    """An administrator took the permission away: no try would help, and an admin of the bot has to know."""
    day.graph.refusal = 403, "ErrorAccessDenied", "Access is denied."
    await day.typed(f"/change cancel {change} {REASON}")
    given_up = await worker.until_told(
        "was given up: Graph refuses: the app needs the application permission Mail.Send"
    )
    assert (given_up["level"], given_up["change"]) == ("error", change)
    day.graph.refusal = None


async def teams_is_full_and_away(day: Day, web: Process, worker: Process) -> None:
    """Teams answers 503, then 429, and takes what waited when it is well again."""
    day.answers = 503
    before = len(day.teams.calls)
    await day.typed("/change list")
    await worker.until_told("Teams fails", status=503)
    figures = await worker.metrics()
    assert figures['change_failing_seconds{place="teams"}'] > 0
    assert figures['change_failures_total{place="teams",status="503"}'] >= 1
    assert (await web.metrics())["change_outbox_waiting"] >= 1
    day.answers = 429
    await worker.until_told("Teams fails", status=429)
    day.answers = 0
    await worker.until_told("Teams works again")
    await day.teams.until(lambda: len(day.teams.calls) > before)
    assert 'change_failing_seconds{place="teams"}' not in await worker.metrics()


async def a_worker_is_killed(web: Process, killed: Process, other: Process) -> None:
    """Another one tells who has died."""
    await killed.end(signal.SIGKILL)
    died = await other.until_told("died")
    assert killed.lines()[0]["instance"] in died["event"]
    await until_metric(web, "change_workers", 1)
    await web.until_ready()


async def the_database_is_away(day: Day, web: Process, worker: Process) -> None:
    """Everybody hears what to do once, and when it was back."""
    await day.server.stop()
    await asyncio.sleep(3)
    assert (await web.ready())[1] == (await worker.ready())[1] == "database (away)"
    figures = await worker.metrics()
    assert figures["change_database_answers"] == 0
    assert "change_workers" not in figures, "an old figure would look like one of now"
    assert figures['change_failing_seconds{place="database"}'] > 0
    await day.server.start()
    for each in (web, worker):
        works = await each.until_told("the database works again")
        assert works["away_s"] >= 1
        [fails] = each.told("the database fails")
        assert "What to do: check that the database runs" in fails["event"]
        assert fails["level"] == "error"
        assert not each.told("still fails"), "three seconds are one line, however often it was tried"
        await each.until_ready()


async def nobody_works(day: Day, web: Process, worker: Process) -> None:
    """The last worker ends: the web says that it is not ready, until there is one again."""
    await worker.end()
    await web.until_ready("worker (none was seen for")
    assert (await web.ready())[0] == 503
    figures = await web.metrics()
    assert figures["change_workers"] == 0
    assert now().timestamp() - figures["change_worker_last_tick_timestamp_seconds"] < 60
    third = await day.start("worker", "worker-c")
    await third.until_ready()
    await web.until_ready()


async def until_metric(process: Process, name: str, value: float) -> None:
    async with asyncio.timeout(20):
        while (await process.metrics()).get(name) != value:  # noqa: ASYNC110  # another process counts it
            await asyncio.sleep(0.2)


async def test_somebody_who_was_not_there_reads_what_happened_when_and_to_which_change(
    tmp_path: Path, server: Server
) -> None:
    database = await server.emptied()
    services = tmp_path / "services.toml"
    async with AsyncExitStack() as stack:
        keys = stack.enter_context(key_server())
        graph = await stack.enter_async_context(Graph(now))
        teams = await stack.enter_async_context(Teams("", now))
        given = environment(tmp_path, CHANGE_DATABASE_URL=database, CHANGE_HEALTH_PORT="0", GRAPH_SENDER=SENDER)
        services.write_text(services_toml(PIERRE.object_id, admins=[NADIA.object_id]).replace("[service.vps]", MAILS))
        given |= {"GRAPH_URL": graph.url, "CHANGE_TENANTS": f"{TENANT},00000000-0000-0000-0000-000000000001"}
        day = Day(tmp_path, keys.metadata_url, given, teams, graph, server, stack)
        teams.slow = day.slow
        web = await day.start("web", "web")
        assert (await web.ready())[1] == "worker (there was none yet)"
        first = await day.start("worker", "worker-a")
        teams.bot_url = f"{web.url}/api/messages"
        for each in (first, web):
            await each.until_ready()

        change = await requested(day)
        await graph_refuses(day, first, change)
        await graph_forbids(day, first, change)
        await until_metric(web, "change_outbox_given_up", 1)
        await teams_is_full_and_away(day, web, first)
        second = await day.start("worker", "worker-b")
        await until_metric(web, "change_workers", 2)
        await a_worker_is_killed(web, first, second)
        await the_database_is_away(day, web, second)
        await nobody_works(day, web, second)
        for each in (web, day.processes[-1]):
            await each.end()
        story(day, change)


def story(day: Day, change: str) -> None:
    """What is told of the change, in its order; who tells it; and what nobody tells."""
    lines = day.lines()
    events = [(line["happened"], line["by"]) for line in lines if line.get("happened") and line["change"] == change]
    assert [name for name, _ in events if name in ("submitted", "go_given", "cancelled")] == [
        *("submitted", "go_given", "cancelled")
    ]
    assert dict(events)["go_given"] == PIERRE.object_id
    assert dict(events)["cancelled"] == NADIA.object_id
    assert len(events) == len({line["seq"] for line in lines if line.get("happened")}), "each once, by whoever wrote it"
    for process in day.processes:
        role, [instance] = process.name.partition("-")[0], {str(line["instance"]) for line in process.lines()}
        assert instance.endswith(f":{process.running.pid}")
        assert {(line["version"], line["role"]) for line in process.lines()} == {(version(), role)}
    everything = "\n".join(each.log.read_text() for each in day.processes)
    for secret in (REASON, "very-secret", NADIA.name, PIERRE.name, FORM["risks"], "Traceback"):
        assert secret not in everything
    loud: list[Any] = [line["event"] for line in lines if line["level"] in ("warning", "error", "critical")]
    assert len(loud) < 20, "a bad day is read in a minute\n" + "\n".join(loud)
