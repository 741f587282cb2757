"""The bot in production wiring, as a process of its own: only the keys it believes are those of the bench's Teams.

`BENCH_KEYS` is the address of the signing keys. With `BENCH_LIMITS=off` the limits that Teams sets are not kept, so
that what is measured is the bot and not the pace that Teams allows. With `BENCH_PROFILE` the event loop's thread is
profiled into that file from SIGUSR1 on, by its CPU time.
"""

import cProfile
import os
import signal
import sys
import time

import app
import command_line
from bot.auth.authentication import Issuer
from bot.auth.bot_auth import BotAuth
from service import App
from settings import Services, Settings

ISSUER = "https://api.botframework.com"


async def _token() -> str:
    return "bench"


async def build(settings: Settings, *, services: Services) -> App:
    """The service, which believes the bench's Teams."""
    auth = BotAuth((Issuer(ISSUER, os.environ["BENCH_KEYS"]),), _token)
    if os.environ.get("BENCH_LIMITS") == "off":
        vars(app)["RateLimiter"] = lambda *_: None
    return await app.build(settings, app.Ports(auth=auth), services=services)


def main() -> int:
    """Run until SIGTERM."""
    profiled = os.environ.get("BENCH_PROFILE")
    if not profiled:
        return command_line.main([], build)
    profile = cProfile.Profile(time.thread_time)
    signal.signal(signal.SIGUSR1, lambda *_: profile.enable())
    try:
        return command_line.main([], build)
    finally:
        profile.disable()
        profile.dump_stats(profiled)


if __name__ == "__main__":
    sys.exit(main())
