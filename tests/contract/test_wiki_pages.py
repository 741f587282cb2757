"""While a page of the wiki is drawn, people go on writing."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from changes.effects import WriteWikiIndex, WriteWikiPage
from storage import Store
from tests.contract import subjects as s
from tests.support.server import CATALOGUE
from web.wiki.dokuwiki import DokuWiki
from web.wiki.pages import WikiWriter


class Busy(ThreadPoolExecutor):
    """Threads that all have something to do until they are free."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked, self.free = asyncio.Event(), threading.Event()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self.asked.set()
        super().submit(self.free.wait)
        return super().submit(work, *args, **named)


class Clock:
    """It is always the same moment."""

    now = staticmethod(lambda: s.NOW)


async def _true() -> AsyncIterator[bytes]:
    yield b'{"result": true}'


@pytest.mark.parametrize("kind", [WriteWikiPage, WriteWikiIndex])
async def test_whoever_writes_does_not_wait_for_a_page_that_is_drawn(
    store: Store, kind: type[WriteWikiPage | WriteWikiIndex]
) -> None:
    async with store.units() as unit:
        change = await s.saved(unit, s.submitted())
    saved = list[httpx.Request]()

    async def save(request: httpx.Request) -> httpx.Response:
        saved.append(request)
        return httpx.Response(200, content=_true())

    threads = Busy()
    asyncio.get_running_loop().set_default_executor(threads)
    async with httpx.AsyncClient(transport=httpx.MockTransport(save)) as client:
        wiki = DokuWiki(client, "http://127.0.0.1", "geheim-42")
        write = WikiWriter(store.lazy_units, CATALOGUE, Clock(), wiki, "changes", "en")
        writing = asyncio.create_task(write(kind("key", change.id)))
        await threads.asked.wait()
        try:
            async with store.units(0.0) as unit:
                await unit.settings.put("written", "meanwhile")
        finally:
            threads.free.set()
            await writing
    assert len(saved) == 1
