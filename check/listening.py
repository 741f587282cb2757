"""Whether the bot can listen where it is told to; the port itself is taken while it runs."""

import asyncio

from check.finding import Finding
from settings import Settings


async def listening(settings: Settings) -> Finding:
    """Whether CHANGE_HOST is an address of this machine."""
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, 0)
    except OSError as error:
        reason = str(error.strerror or error).partition(":")[0]
        return False, f"Nobody can listen on {settings.host} ({reason}): set CHANGE_HOST to an address of this machine."
    server.close()
    await server.wait_closed()
    return True, f"{settings.host} is an address of this machine."
