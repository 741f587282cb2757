"""Whether the bot can listen where it is told to; the port itself is taken while it runs."""

import asyncio

from check.finding import Finding
from http_server import cannot_listen
from settings import Settings


async def listening(settings: Settings) -> Finding:
    """Whether CHANGE_HOST is an address of this machine: every role listens there, a worker for who watches it."""
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, 0)
    except OSError as error:
        return False, cannot_listen(settings.host, 0, "CHANGE_PORT", error)
    server.close()
    await server.wait_closed()
    return True, f"{settings.host} is an address of this machine."
