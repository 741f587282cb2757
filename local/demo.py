"""`make demo`: the bot, the simulator and the Playground together, without any account."""

import asyncio
import contextlib
import logging
import os
import signal
import sys

import app
from http_server import CannotListen
from local import demo_users, playground
from settings import SettingsError, from_environment
from storage import CannotOpen

BANNER = """
The change bot runs.

  Playground  {page}      open this page in a browser first
  Calendar    http://{host}:{port}/calendar      the same changes as a page
  Bot         http://{host}:{port}/api/messages
  Data        var/  (delete it to start anew)
  Mails       var/mail/  (a mail program opens them)

Type in the Playground's personal chat:

  /change new       request a change: fill in the form, continue, submit
  /clock next       go to the next thing that falls due (open the team's channel "Changes" to see it happen)
  /as Pierre        be the approver, and press the buttons in the channel; /as me to be yourself again
  /change rehearse 1  see the whole change played in your own chat, with everything that everybody would get
  /change help      everything else

Ctrl-C ends it.
"""


async def run() -> None:
    """Start everything, say what to type, and wait for Ctrl-C."""
    settings = from_environment({**os.environ, "CHANGE_MODE": "local"})
    _say("Starting the bot and the simulator …")
    running = await app.build(settings)
    try:
        await running.start()
        url = f"http://{settings.host}:{running.port}/api/messages"
        async with await playground.start(url, say=_say) as page:
            for key in running.catalogue.services:
                await demo_users.bind(running.store.units, key, page.url)
            _say(BANNER.format(page=page.url, host=settings.host, port=running.port))
            stop = asyncio.Event()
            for sign in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(sign, stop.set)
            await stop.wait()
    finally:
        await running.close()


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Run the demo; the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(run())
        except (SettingsError, CannotListen, CannotOpen, playground.PlaygroundError) as error:
            print(error, file=sys.stderr)
            return 2
        except OSError as error:
            print(f"The demo could not start: {error.strerror or error}.", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
