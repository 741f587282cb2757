"""A program of the organisation that is called over HTTP: it notes what comes and answers as it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answering = Callable[["Received"], web.Response]


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


def taken(_request: Received) -> web.Response:
    """It was taken."""
    return web.Response(status=204)


@dataclass(slots=True)
class Receiver:
    """The program, what it was sent, and how it answers the next ones."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Answering = taken
    came: asyncio.Condition = field(default_factory=asyncio.Condition)
    connections: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Until then nothing is answered, and everything noted."""

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        noted = Received(request.method, request.path_qs, headers, await request.text())
        async with self.came:
            self.received.append(noted)
            self.came.notify_all()
        await self.open.wait()
        return self.answer(noted)

    async def until(self, number: int) -> None:
        """Wait until so many have come."""
        async with asyncio.timeout(20), self.came:
            await self.came.wait_for(lambda: len(self.received) >= number)


@asynccontextmanager
async def receiving(**own: Any) -> AsyncIterator[Receiver]:
    """The program on a port of its own."""
    receiver = Receiver(**own)
    receiver.open.set()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    handled = runner.server
    assert handled is not None

    def connected() -> asyncio.BaseProtocol:
        receiver.connections += 1
        return handled()

    listening = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield receiver
    finally:
        receiver.open.set()
        listening.close()
        await runner.cleanup()


@asynccontextmanager
async def answering(head: bytes, piece: bytes, pause_s: float = 0.0) -> AsyncIterator[str]:
    """The address of a program whose answer begins with `head` and goes on with `piece` for ever."""
    under_way = list[asyncio.Task[None]]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            while True:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause_s)
        except ConnectionError:
            pass  # whoever asked has heard enough
        finally:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way)
