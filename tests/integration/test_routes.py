"""The HTTP side as its callers see it: bad bodies, health, readiness, metrics."""

from pathlib import Path

import httpx
import pytest

from tests.support.running import running


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"type": 1}', b'{"type": "message"}', b"\xff\xfe"])
async def test_a_body_that_is_no_activity_gets_a_sentence_and_400(tmp_path: Path, body: bytes) -> None:
    async with running(tmp_path) as bot, httpx.AsyncClient() as client:
        answer = await client.post(bot.teams.bot_url, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"].endswith(".")


async def test_the_bot_tells_how_it_is(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as bot,
        httpx.AsyncClient(base_url=bot.teams.bot_url.removesuffix("api/messages")) as client,
    ):
        alive, ready, metrics = await client.get("healthz"), await client.get("readyz"), await client.get("metrics")
        assert alive.json() == {"alive": True}
        assert ready.json() == {"ready": True, "missing": ""}
        assert 'change_activities_total{status="200"}' in metrics.text
        assert "change_outbox_given_up 0.0" in metrics.text
        assert "change_outbox_waiting 0.0" in metrics.text
        await bot.app.jobs.stop()
        stopped = await client.get("readyz")
        assert (stopped.status_code, stopped.json()) == (503, {"ready": False, "missing": "worker"})
