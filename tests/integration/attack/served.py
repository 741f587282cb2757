"""A bot in production mode in a process of its own, so that what it spends is not mixed with what its callers do.

`python -m tests.integration.attack.served FOLDER METADATA_URL` prints its port; then, for each line of its input, the
seconds of processor time it has used so far.
"""

import asyncio
import sys
import time
from pathlib import Path

import app as composition
import logs
from bot.auth.authentication import Issuer
from bot.auth.bot_auth import BotAuth
from settings import from_environment
from tests.support.key_server import ISSUER
from tests.support.production import environment


async def _ours() -> str:
    return "ours"


async def main(folder: Path, metadata_url: str) -> None:
    """Serve until the input ends."""
    settings = from_environment(environment(folder), folder / ".env")
    logs.begin(settings)
    app = await composition.build(settings, composition.Ports(auth=BotAuth((Issuer(ISSUER, metadata_url),), _ours)))
    await app.start()
    print(app.port, flush=True)  # noqa: T201
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(time.process_time(), flush=True)  # noqa: T201
    await app.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
