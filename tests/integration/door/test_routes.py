"""The HTTP side as its callers see it: bad bodies, health, readiness, metrics."""

from pathlib import Path

import httpx

from tests.support.running import Bot, running


async def test_a_body_that_is_no_activity_gets_a_sentence_and_400(bot: Bot) -> None:
    async with httpx.AsyncClient(headers={"Content-Type": "application/json"}) as client:
        for body in (b"", b"{", b"[]", b'{"type": 1}', b'{"type": "message"}', b"\xff\xfe"):
            answer = await client.post(bot.teams.bot_url, content=body)
            assert answer.status_code == 400, body
            assert answer.json()["error"].endswith("."), body


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


FOREIGN = (
    {"Host": "bot.example"},
    {"Host": "localhost.example"},
    {"Host": "192.0.2.1:3978"},
    {"Host": "a b"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)


async def test_in_local_mode_every_address_answers_to_this_machines_own_names_only(tmp_path: Path) -> None:
    asked = [("POST", "/api/messages"), ("GET", "/nowhere"), ("PUT", "/metrics")]
    asked += [("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/export/x", "/calendar/x")]
    async with running(tmp_path) as bot:
        url = bot.teams.bot_url.removesuffix("/api/messages")
        async with httpx.AsyncClient(base_url=url) as client:
            for method, path in asked:
                for foreign in FOREIGN:
                    refused = await client.request(method, path, headers=foreign)
                    assert refused.status_code == 403, (path, foreign)
                    assert refused.json() == {"error": "In local mode the bot is reached as localhost only."}
                for ours in ({}, {"Origin": url}, {"Host": "[::1]:3978"}, {"Host": "localhost"}):
                    assert (await client.request(method, path, headers=ours)).status_code != 403, (path, ours)
