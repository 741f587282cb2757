"""Secrets of any characters stay out of the log, whatever is answered or raised with them in it."""

import io
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web

import logs
from redaction import HIDDEN
from settings import Settings
from tests.support.key_server import key_server
from tests.support.production import production
from tests.unit.test_redaction import SPELLINGS

PASSWORD, TOKEN, DATABASE = "we\"ird\\pa'ss%41+é /:", "token\\\\with\"all'of%2Fit", 'd@ta/b&se \\"pass%word'

SETTINGS = Settings()


def decoded(line: str) -> str:
    """Everything in a line of JSON as it was before that, names and texts one after the other."""
    found: list[str] = []
    left: list[object] = [json.loads(line)]
    while left:
        match left.pop():
            case dict() as each:
                left += [*each, *each.values()]
            case list() as each:
                left += each
            case other:
                found.append(str(other))
    return " ".join(found)


async def test_secrets_with_quotes_backslashes_or_percent_encoding_are_hidden_in_the_whole_log(
    tmp_path: Path, stream: io.StringIO
) -> None:
    said = [spell(secret) for secret in (PASSWORD, TOKEN, DATABASE) for spell in SPELLINGS.values()]
    more = {
        "INFOMANIAK_URL": "https://127.0.0.1:9",
        "INFOMANIAK_TOKEN": TOKEN,
        "MicrosoftAppPassword": PASSWORD,
        "CHANGE_ROLE": "web",
    }
    with key_server() as keys:
        async with production(tmp_path, keys, **more) as house:
            set_so = replace(
                house.app.settings, database_url=f"postgresql+asyncpg://bot:{quote(DATABASE, safe='')}@db/changes"
            )
            logs.begin(set_so, stream)
            # Each goes out twice, as it is and without its summary: as many as one conversation gets in a second.
            answers = [" | ".join(said[first::2]) for first in range(2)]
            complaints = [""]

            async def echoing(_: web.Request) -> web.Response:
                # A server that repeats what it was sent in its complaint, as proxies do.
                return web.json_response({"error": {"code": "BadArgument", "message": complaints[-1]}}, status=400)

            house.teams.slow = echoing
            signed = house.signed()
            for complaint in answers:
                complaints.append(complaint)
                await house.post(signed, house.typed("/change help"))
                await house.app.worker.run_due()
            for each in said:
                try:
                    raise ConnectionError(each, {"headers": {each: [each]}})
                except ConnectionError:
                    logging.getLogger("provider").exception("it answered %r to %s", each, {"sent": each})
    lines = stream.getvalue().splitlines()
    assert sum("was given up" in line and HIDDEN in line for line in lines) == len(answers)
    assert sum("it answered" in line for line in lines) == len(said)
    for line in lines:
        for written in (line, decoded(line)):
            for secret in (*said, *(json.dumps(each)[1:-1] for each in said)):
                # The edges of base64 belong to the text around it too.
                assert secret[8:-6] not in written, (secret, line)


def test_an_error_nobody_caught_is_a_line_of_the_log_and_one_that_cannot_be_written_shows_no_part_of_itself(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(replace(SETTINGS, app_password=PASSWORD), stream)
    sys.excepthook(ValueError, ValueError(PASSWORD), None)
    assert HIDDEN in stream.getvalue()
    logging.getLogger("x").warning("%d are left", PASSWORD)
    assert PASSWORD not in stream.getvalue() + capsys.readouterr().err
    assert "could not be written" in stream.getvalue()
