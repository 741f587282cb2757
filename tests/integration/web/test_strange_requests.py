"""Requests that no browser writes: bytes that are no text, numbers without end, names with a NUL."""

import asyncio
from pathlib import Path

import httpx

from tests.integration.web.looking import of_teams
from tests.support.api import made_token
from tests.support.postgres import Server
from tests.support.production import House
from tests.support.running import START, running
from tests.support.teams import NADIA

NINES = b"9" * 5000
ODD = [b"\xff", b"%ff", b"%00", b"%ed%a0%80", b"%2f..%2f..%2fapp.py", b"%0d%0aX:%201", "\u202e".encode()]
PATHS = [b"/changes/", b"/calendar/link/", b"/static/", b"/export/", b"/api/v1/changes/", b"/api/v1/"]
QUERIES = [b"page", b"date", b"q", b"service", b"show", b"view", b"as", b"cursor", b"limit", b"at", b"since", b"words"]
HEADERS = [b"Accept-Language", b"If-None-Match", b"Cookie", b"Authorization", b"Idempotency-Key", b"If-Match"]
VALUES = [
    b"\xff",
    b"change-link=\xff.\xff.\xff",
    b"Bearer \xff.\xff.\xff",
    b"Bearer chg_\xff",
    b'"\xff"',
    b"Bearer chg_" + NINES,
]


async def status_of(house: House, target: bytes, *lines: bytes, method: bytes = b"GET") -> int:
    """The status of the answer to a request of these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.app.port)
    try:
        head = (method + b" " + target + b" HTTP/1.1", b"Host: change.example.ch", b"Connection: close", *lines)
        writer.write(b"\r\n".join(head) + b"\r\n\r\n")
        return int((await reader.read()).split(b" ", 2)[1])
    finally:
        writer.close()


async def test_a_request_that_no_browser_writes_is_refused_and_never_a_fault(house: House) -> None:
    signed = f"Authorization: {of_teams(NADIA)['Authorization']}".encode()
    odd = [*ODD, NINES, b"-1", b"0", b"2200-12-31", b"9999-12-31", b"1990-01"]
    asked = [(path + each, signed) for path in PATHS for each in odd]
    asked += [(b"/calendar/" + each + b".ics", signed) for each in odd]
    places = (b"/calendar?view=agenda&", b"/changes?", b"/api/v1/changes?")
    asked += [(place + name + b"=" + each, signed) for place in places for name in QUERIES for each in odd]
    asked += [
        (path, name + b": " + value)
        for path in (b"/calendar", b"/api/v1/changes", b"/export/x", b"/calendar/x.ics")
        for name in HEADERS
        for value in VALUES
    ]
    found = [(await status_of(house, *each), each) for each in asked]
    assert [each for each in found if each[0] >= 500] == []


async def test_what_postgresql_cannot_hold_is_refused_too(tmp_path: Path, server: Server) -> None:
    async with running(tmp_path, START, CHANGE_DATABASE_URL=await server.emptied()) as bot:
        token = await made_token(bot)
        async with httpx.AsyncClient(base_url=f"http://localhost:{bot.app.port}") as client:
            paths = ["changes/%00", "changes?q=%00x", "calendar?q=%00x", "changes?page=999999&q=x", "tasks?as=%00"]
            asked = [f"/{each}" for each in paths] + ["/calendar/link/%00", "/export/%00", "/calendar/%00.ics"]
            asked += [f"/api/v1/{each}" for each in ("changes/%00", "changes?words=%00x", "gate?service=%00", "%00")]
            for path in asked:
                for cookie in ("", "change-as=x%00", "change-as=\x01"):
                    headers = {"Authorization": f"Bearer {token}", "Cookie": cookie}
                    answer = await client.get(path, headers=headers)
                    assert answer.status_code < 500, (path, cookie)
