"""Every announcement as mail can be read on a phone and in a window, by a light client and by a dark one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cards.pictures.mails import CLIENTS, PHONE, Client, Mailbox, mailbox, mails
from tests.e2e.playground import find_browser

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test draws with one."),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as opened:
        yield opened


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: f"{client.width} px {client.scheme}")
async def test_everything_in_every_mail_can_be_read(box: Mailbox, client: Client) -> None:
    assert [str(each) for mail in mails().values() for each in await box.faults(mail, client)] == []


@pytest.mark.parametrize(
    ("drawn", "what"),
    [
        ('<p style="color:#999">Pale</p>', "is too pale"),
        ('<p style="white-space:nowrap">Wide, wide, wide, wide, wide, wide, wide, wide, wide</p>', "runs out"),
    ],
)
async def test_a_mail_that_is_drawn_badly_would_be_found(box: Mailbox, drawn: str, what: str) -> None:
    mail = f'<title>It</title><body style="background:#fff;color:#000"><div>{drawn}</div></body>'
    assert any(what in str(each) for each in await box.faults(mail, Client(PHONE, "light")))
