"""Who may use the API: tokens that an admin makes, and what each of them opens."""

import httpx

from tests.support.api import made_token, problem, program, url_of
from tests.support.running import CHANGE, Bot
from tests.support.teams import NADIA


async def test_a_program_reads_a_change_with_a_token_that_an_admin_made(bot: Bot) -> None:
    await bot.requested()
    async with program(bot) as client:
        answer = await client.get(f"changes/{CHANGE}")
    assert answer.status_code == 200
    assert answer.json()["title"] == "Update to version 5"
    assert answer.json()["state"] == "submitted"
    assert answer.json()["start"] == "2027-04-15T20:00:00Z"


async def test_without_a_token_nobody_is_answered(bot: Bot) -> None:
    async with httpx.AsyncClient(base_url=url_of(bot)) as client:
        for path in ("changes", f"changes/{CHANGE}", "nothing", ""):
            assert problem(await client.get(path), 401)
            assert (await client.get(path)).headers["www-authenticate"] == 'Bearer realm="change"'
