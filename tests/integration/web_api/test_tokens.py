"""Who may use the API: tokens that an admin makes in the chat, and what each of them opens."""

import json
from datetime import UTC, timedelta

import httpx
import pytest
from aiohttp import web

from application.api import tokens as api_tokens
from application.limits.request_limit import RequestLimit
from http_server import listen, make_runner
from redaction import Redactor
from tests.support.api import made_token, problem, program, url_of
from tests.support.running import CHANGE, START, Bot
from tests.support.teams import LUC, NADIA, PIERRE
from web.api.site import Api
from web.context import WebContext

PLACES = ("changes", f"changes/{CHANGE}", "services", "gate?service=learn", "nothing", "")


async def test_without_a_token_nobody_is_answered_whatever_they_ask(bot: Bot) -> None:
    async with httpx.AsyncClient(base_url=url_of(bot)) as client:
        for authorization in (
            b"",
            b"Bearer",
            b"Basic Y2hnOng=",
            b"Bearer chg_nobody",
            b"chg_x",
            b"Bearer \xff",
            b"Bearer \xc3\xbc",
        ):
            for path in PLACES:
                answer = await client.get(path, headers={b"Authorization": authorization})
                assert problem(answer, 401)
                assert answer.headers["www-authenticate"].startswith('Bearer realm="change"')


async def test_a_token_is_shown_once_to_the_admin_alone_and_is_nowhere_afterwards(bot: Bot) -> None:
    await bot.type(NADIA, "/change help")
    await bot.type(NADIA, "/change admin token Deploy gate,read 30", "channel")
    said = [each.message for each in bot.teams.calls if "chg_" in each.message.text]
    assert [each.conversation for each in said] == ["personal-29:0"]
    assert "**deploy** (gate and read) was created and is valid for 30 days" in said[0].text
    secret = await made_token(bot, "other")
    async with bot.app.store.units() as unit:
        kept = await unit.settings.beginning_with("api-token")
    assert len(kept) == 2
    assert secret not in json.dumps(dict(kept))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("token", "Give the token a name"),
        ("token é€", "Give the token a name"),
        (f"token {'a' * 41}", "Give the token a name"),
        ("token x all", "“all” is neither a scope nor a number of days"),
        ("token x read 0", "A token is good for 1 to 365 days."),
        ("token x read 366", "A token is good for 1 to 365 days."),
        (f"token x {'9' * 3000}", "A token is good for 1 to 365 days."),
        ("token x 30 60", "Give one number of days only."),
        ("token x 30 read weeks", "“weeks” is neither a scope nor a number of days"),
        ("revoke", "Give the token a name"),
        ("revoke nothing", "There is no API token called nothing"),
        ("revoke a b", "Type `/change admin token NAME"),
        ("tokens please", "Type `/change admin token NAME"),
        ("tokens", "There is no API token."),
    ],
)
async def test_what_cannot_be_meant_gets_a_sentence_and_makes_no_token(bot: Bot, typed: str, said: str) -> None:
    await bot.type(NADIA, f"/change admin {typed}")
    assert said in bot.teams.calls[-1].message.text
    assert await bot.unit.settings.beginning_with("api-token") == {}


async def test_nobody_but_an_admin_makes_lists_or_revokes_one(bot: Bot) -> None:
    await made_token(bot, "mine")
    before = await bot.unit.settings.beginning_with("api-token")
    for what in ("token x", "tokens", "revoke mine"):
        await bot.type(PIERRE, f"/change admin {what}")
        assert "Only an admin can do that." in bot.teams.calls[-1].message.text
    assert await bot.unit.settings.beginning_with("api-token") == before


async def test_the_list_says_what_each_is_for_until_when_and_whose_it_is(bot: Bot) -> None:
    await made_token(bot, "deploy gate 30")
    await made_token(bot, "wiki")
    await bot.type(NADIA, "/change admin jetons")
    assert bot.teams.calls[-1].message.text.split("\n\n") == [
        "**deploy** (gate): until Wed 14 Apr 2027, made by Nadia Favre",
        "**wiki** (read): until Sun 13 Jun 2027, made by Nadia Favre",
    ]
    await bot.type(NADIA, "/change admin token wiki")
    assert "There is an API token called wiki already" in bot.teams.calls[-1].message.text


async def test_a_token_opens_what_its_scope_says_until_it_expires_or_is_revoked(bot: Bot) -> None:
    tokens = {scope: await made_token(bot, f"{scope} {scope} 20") for scope in ("read", "gate", "write")}
    reads = ("changes", "services", "gate?service=learn")
    opened = {"read": set(reads), "gate": {"gate?service=learn"}, "write": set[str]()}
    for scope, token in tokens.items():
        async with program(bot, token) as client:
            for path in reads:
                answer = await client.get(path)
                assert (answer.status_code == 200) == (path in opened[scope]), (scope, path, answer.text)
                if path not in opened[scope]:
                    problem(answer, 403)
                    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
            assert (await client.post("changes", json={})).status_code == (422 if scope == "write" else 403)
    await bot.type(NADIA, "/change admin revoke read")
    async with program(bot, tokens["read"]) as client:
        problem(await client.get("changes"), 401)
    async with program(bot, tokens["gate"]) as client:
        async with bot.app.store.units() as unit:
            [expires] = {each.expires_at for each in await api_tokens.tokens(unit.settings) if each.name == "gate"}
        assert timedelta(days=20) <= expires - START.astimezone(UTC) <= timedelta(days=20, minutes=1)
        for minutes, status in ((-1, 200), (0, 401)):
            await bot.clock.move_to(expires + timedelta(minutes=minutes), bot.app.store.units)
            assert (await client.get("gate?service=learn")).status_code == status


async def test_a_token_sees_no_foreign_draft_not_even_an_admins_and_the_denial_is_written_down(bot: Bot) -> None:
    await bot.drafted(who=LUC)
    await bot.drafted({"title": "My own", "date": "2027-05-20"}, who=NADIA)
    async with program(bot) as client:
        foreign, never = await client.get(f"changes/{CHANGE}"), await client.get("changes/CHG-2027-0999")
        assert problem(foreign, 404)["detail"].replace(CHANGE, "…") == problem(never, 404)["detail"].replace(
            "CHG-2027-0999", "…"
        )
        problem(await client.post(f"changes/{CHANGE}/submit"), 404)
        assert [each["title"] for each in (await client.get("changes")).json()["changes"]] == ["My own"]
    denials = [(each.person.id, each.change, each.what, each.via) for each in await bot.unit.access_denials.latest()]
    assert denials == [(NADIA.object_id, CHANGE, what, "api") for what in ("submit", "show")]


async def test_more_requests_than_a_minute_has_are_refused_by_address_before_the_token_and_by_token_from_anywhere(
    bot: Bot,
) -> None:
    token, app = await made_token(bot), bot.app
    context = WebContext(app.store.units, app.store.read_only_units, app.catalogue, app.clock, app.jobs.wake_worker)
    site = web.Application()
    Api(context, RequestLimit(2, lambda: 90.0)).add_to(site.router)
    runner = make_runner(site, 0)
    url = f"http://127.0.0.1:{await listen(runner, '127.0.0.1', 0)}/api/v1/services"
    try:
        async with httpx.AsyncClient() as client:
            for expected in (401, 401, 429):
                answer = await client.get(url, headers={"Authorization": "Bearer chg_x", "X-Forwarded-For": "::1, ::2"})
                problem(answer, expected)
                assert answer.headers.get("retry-after") == ("30" if expected == 429 else None)
            for number, expected in enumerate((200, 200, 429)):
                headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": f"::1, ::{number + 3}"}
                assert (await client.get(url, headers=headers)).status_code == expected
    finally:
        await runner.cleanup()


async def test_the_log_has_no_token(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = await made_token(bot)
    async with program(bot, secret) as client:
        await client.get("changes")
        await client.get("changes", headers={"Authorization": f"Bearer {secret}x"})
    assert secret not in Redactor([]).text(caplog.text)
    assert Redactor([]).text(f"a {secret}.") == "a ***."
