"""What monitoring is shown: the same addresses on every role, the figures of the alert rules, a worker that is seen."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import app as composition
from application import retry_log
from http_server import CannotListen
from service import App
from settings import from_environment
from tests.support import dashboard
from tests.support.running import START, Bot, environment, running
from tests.support.teams import NADIA, chat_of, shown
from tests.support.walked import with_tables

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy" / "alerts.yml"
PLACES = set(retry_log.LABELS.values())


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


async def exposed(bot: Bot) -> set[str]:
    """The names of everything that /metrics can give, as Prometheus stores them."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bot.app.port}") as client:
        text = (await client.get("/metrics")).text
    names = set[str]()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        names |= {name} if kind != "histogram" else {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    return names


async def test_every_metric_in_the_alert_rules_is_one_that_the_bot_shows(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        shown = await exposed(bot)
    named = {name for rule in rules() for name in re.findall(r"\bchange_\w+", rule["expr"])}
    assert len(named) >= 10
    assert named <= shown
    for rule in rules():
        for place in re.findall(r'place="([^"]+)"', rule["expr"]):
            assert place in PLACES
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]


async def test_the_dashboard_is_the_one_of_its_table_and_asks_for_what_the_bot_shows(tmp_path: Path) -> None:
    assert dashboard.FILE.read_text(encoding="utf-8") == dashboard.written()
    async with running(tmp_path, START) as bot:
        shown = await exposed(bot)
    for panel in dashboard.PANELS:
        for expr, _ in panel.asked:
            named = set(re.findall(r"\bchange_\w+", expr))
            assert named, panel.title
            assert named <= shown, panel.title
            for place in re.findall(r'place="([^"]+)"', expr):
                assert place in PLACES


async def test_figures_follow_what_happens(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.advance(START + timedelta(days=17))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bot.app.port}") as client:
            said = (await client.get("/metrics")).text
    assert 'change_open_changes{state="precheck_pending"} 1.0' in said
    assert "change_steps_due 0.0" in said
    fired = re.search(r"change_step_lateness_seconds_count (\d+)", said)
    assert fired
    assert int(fired[1]) >= 2  # the reminder to prepare, and the question for the pre-check
    assert 'change_step_lateness_seconds_bucket{le="1.0"} ' + f"{int(fired[1])}.0" in said
    worked = re.search(r'change_deliveries_total{place="teams",result="worked"} (\d+)', said)
    assert worked
    assert int(worked[1]) >= len(bot.teams.calls) > 3


@asynccontextmanager
async def process(folder: Path, role: str, **more: str) -> AsyncIterator[tuple[App, httpx.AsyncClient]]:
    """The bot in that role, and a caller of it."""
    given = environment(folder, CHANGE_ROLE=role, CHANGE_HEALTH_PORT="0", **more)
    app = await composition.build(from_environment(given, folder / ".env"))
    try:
        await app.start()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.port}") as client:
            yield app, client
    finally:
        await app.close()


async def missing(client: httpx.AsyncClient, wanted: str) -> None:
    """Wait until that is missing, or nothing."""
    async with asyncio.timeout(20):
        while True:
            answer = await client.get("/readyz")
            found = answer.json()["missing"]
            assert answer.status_code == (503 if found else 200)
            if found.startswith(wanted) and bool(found) == bool(wanted):
                return
            await asyncio.sleep(0.05)


async def test_the_web_is_ready_as_long_as_a_worker_lives_and_each_shows_the_same_figures(tmp_path: Path) -> None:
    await with_tables(f"sqlite+aiosqlite:///{tmp_path}/changes.db")
    async with process(tmp_path, "web") as (_, web):
        await missing(web, "worker (there was none yet)")
        async with process(tmp_path, "worker") as (_, worker):
            for each in (worker, web):
                await missing(each, "")
                figures = (await each.get("/metrics")).text
                assert "change_workers 1.0" in figures
                assert "change_outbox_waiting 0.0" in figures
            assert (await worker.get("/healthz")).json() == {"alive": True}
            assert 'role="worker"' in (await worker.get("/metrics")).text
            assert (await worker.post("/api/messages", json={})).status_code == 404
        await missing(web, "worker (none was seen for ")
        assert "change_workers 0.0" in (await web.get("/metrics")).text


async def test_a_worker_whose_health_port_is_taken_says_which_setting_to_change(tmp_path: Path) -> None:
    await with_tables(f"sqlite+aiosqlite:///{tmp_path}/changes.db")
    async with process(tmp_path, "web") as (web, _):
        given = environment(tmp_path, CHANGE_ROLE="worker", CHANGE_HEALTH_PORT=str(web.port))
        app = await composition.build(from_environment(given, tmp_path / ".env"))
        with pytest.raises(CannotListen, match=f"Port {web.port} is taken: .* set CHANGE_HEALTH_PORT."):
            await app.start()
        await app.close()


async def test_three_days_of_overdue_steps_are_told_to_the_admins_once_a_day_though_no_worker_lives(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START, CHANGE_ROLE="web") as bot:
        await bot.type(NADIA, "/change language fr")
        await bot.requested()
        said = len(bot.teams.calls)
        for days in (20, 20, 21):
            await bot.clock.move_to(START + timedelta(days=days), bot.app.store.units)
            for _ in range(3):
                await bot.app.workers.look()
        told = [call.message for call in bot.teams.calls[said:]]
        assert [each.conversation for each in told] == [chat_of(NADIA)] * 2
        assert all("en retard" in each.text for each in told)
        await bot.teams.type(NADIA, "/change admin")
        await bot.settle()
        assert any("en retard" in shown(call.message.card) for call in bot.teams.calls[said + 2 :])


def test_every_place_of_the_log_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "operations-log.md").read_text(encoding="utf-8")
    assert {place for place in retry_log.LABELS if f"`{place}`" not in page} == set()
    assert {word for word in retry_log.LABELS.values() if f"`{word}`" not in page} == set()


FOR_WHO_WATCHES = {"/readyz", "/metrics"}


async def test_every_address_is_passed_on_by_the_proxy_or_is_for_who_watches(tmp_path: Path) -> None:
    """A page or a call that the proxy keeps to itself is a 404 for everybody but this machine."""
    async with running(tmp_path, START) as bot:
        found = {each.canonical.rstrip("/") for each in bot.app.pages.router.resources()} - FOR_WHO_WATCHES - {""}
    assert {"/api/messages", "/api/v1", "/calendar"} < found
    for file in ("deploy/Caddyfile", "docs/install.md"):
        said = (ROOT / file).read_text(encoding="utf-8").split()
        passed = [each for each in said if each.startswith("/")]
        for address in found:
            example = re.sub(r"{\w+}", "x", address)
            assert any(fnmatch(each, path) for path in passed for each in (example, f"{example}/x")), (file, address)
