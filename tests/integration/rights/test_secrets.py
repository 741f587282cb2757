"""Secrets stand in no log, no error, no card and not in the database, whatever goes wrong."""

import io
import json
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import httpx
import pytest
from structlog.contextvars import bound_contextvars

import logs
from settings import Settings, from_environment
from tests.support.key_server import key_server
from tests.support.production import production
from tests.support.running import CHANGE, START, running
from tests.support.teams import NADIA

PASSWORD, TOKEN, DATABASE = "app-passw0rd-1", "infomaniak-t0ken-2", "database-passw0rd-3"
SETTINGS = Settings(
    app_password=PASSWORD, infomaniak_token=TOKEN, database_url=f"postgresql://bot:{DATABASE}@db/changes"
)


def test_a_line_says_which_activity_and_which_change_it_is_about(stream: io.StringIO) -> None:
    logs.begin(SETTINGS, stream)
    with bound_contextvars(activity="a:1", change=CHANGE):
        logging.getLogger("bot").warning("it is %s", "late")
    line = json.loads(stream.getvalue())
    assert (line["activity"], line["change"], line["event"], line["level"]) == ("a:1", CHANGE, "it is late", "warning")
    assert line["timestamp"].endswith("Z")


LOOK_SECRET = {
    "Authorization: Bearer abcdefgh12345678": "abcdefgh12345678",
    "got eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.c2ln back": "eyJpc3MiOiJ4In0",
    "https://bot.example/export/c2lnbmVk.dG9rZW4": "c2lnbmVk",
    "https://bot.example/calendar/Zm9vYmFyYmF6.ics": "Zm9vYmFyYmF6",
    "postgresql://bot:hunter2hunter2@db/changes": "hunter2hunter2",
}


@pytest.mark.parametrize("mode", ["local", "production"])
def test_what_looks_like_a_secret_is_hidden_too_and_a_traceback_does_not_show_what_stood_in_the_variables(
    mode: Literal["local", "production"], stream: io.StringIO
) -> None:
    logs.begin(replace(SETTINGS, mode=mode), stream)
    opaque = f"opaque-{len(SETTINGS.database_url)}-value"
    for line in LOOK_SECRET:
        logging.getLogger("x").info(line)
    try:
        raise ValueError(len(opaque))
    except ValueError:
        logging.getLogger("x").exception("it failed")
    for secret in (*LOOK_SECRET.values(), opaque):
        assert secret not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


async def test_a_day_on_which_everything_fails_shows_no_secret_anywhere(tmp_path: Path, stream: io.StringIO) -> None:
    with key_server() as keys:
        environment = {"INFOMANIAK_URL": "https://127.0.0.1:9", "INFOMANIAK_TOKEN": TOKEN}
        async with production(tmp_path, keys, **environment) as house:
            logs.begin(replace(SETTINGS, app_password="very-secret"), stream)
            keys.status = 500
            signed = house.signed()
            await house.post("Bearer " + signed[7:][::-1], house.typed())
            keys.status = 200
            for text in ("/change new", "/change list", "/change feed", "/change admin", "/change show 1", "/change x"):
                await house.post(house.signed(), house.typed(text))
            await house.deliveries()
            said = json.dumps([call.message.activity for call in house.teams.calls])
    database = tmp_path / "changes.db"
    with closing(sqlite3.connect(database)) as connection:
        dump = "\n".join(connection.iterdump())
    for secret in ("very-secret", TOKEN, signed[7:], signed[7:][::-1]):
        for place in (stream.getvalue(), said, dump):
            assert secret not in place


async def test_an_exception_on_a_bad_day_names_the_change_in_the_log(tmp_path: Path, stream: io.StringIO) -> None:
    async with running(tmp_path, START) as bot:
        logs.begin(replace(from_environment({"CHANGE_MODE": "local"}, tmp_path / ".env"), mode="production"), stream)
        await bot.requested()

        async def broken(_: object) -> None:
            raise httpx.ReadError("gone")

        bot.teams.slow = broken  # the server answers 500 by it
        await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
        bot.teams.slow = None
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    about = [line for line in lines if line.get("change") == CHANGE]
    assert about
    assert all("effect" in line or "activity" in line for line in about)
