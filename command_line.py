"""What `python app.py` does: run the service, or look at its surroundings."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Protocol

import logs
from changes.errors import DatabaseUnavailable
from changes.notification import NOTICE_LANGUAGES
from http_server import CannotListen
from infomaniak import registry
from language.catalogues import load
from notices import BrokenTemplate
from service import App
from settings import (
    Configuration,
    Services,
    Settings,
    SettingsError,
    checked_settings,
    from_environment,
    load_configuration,
    load_services,
)
from settings.provider_access import access_to_look
from storage import CannotOpen
from storage.system_clock import SystemClock
from version import version

log = logging.getLogger(__name__)
USAGE = """Usage: python app.py          runs the service
       python app.py check    looks whether everything is set up, also at the public address itself
       python app.py probe    shows what INFOMANIAK_TOKEN can see, by reading calls only
       python app.py --version"""


class Build(Protocol):
    """What makes the service of the settings."""

    async def __call__(self, settings: Settings, *, services: Services) -> App:
        """The service, not started yet."""


def main(arguments: Sequence[str], build: Build) -> int:
    """Run the service, or with the argument `check` or `probe` look at something; the exit status.

    2 is what the next start would stumble over too; 1, for the service, a database that cannot be opened now.
    """
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may have no sign for what a sentence has
        sys.stdout.reconfigure(errors="backslashreplace")
    if list(arguments) in (["--help"], ["-h"], ["help"]):
        print(USAGE)
        return 0
    if list(arguments) == ["--version"]:
        print(f"Change bot {version()}")
        return 0
    if list(arguments) not in ([], ["check"], ["probe"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        if list(arguments) == ["check"]:
            from check import command

            return asyncio.run(command.run(checked_settings, SystemClock()))
        if arguments:
            return asyncio.run(look_at_providers(from_environment(serving=False)))
        asyncio.run(serve(load_configuration(), build))
    except (SettingsError, CannotListen, BrokenTemplate) as error:
        print(error, file=sys.stderr)
        return 2
    except (CannotOpen, DatabaseUnavailable) as error:
        print(error, file=sys.stderr)
        return 1  # another start may find it there: what restarts the bot goes on trying, as it does not after a 2
    return 0


async def serve(given: Configuration, build: Build) -> None:
    """Run until SIGTERM or SIGINT."""
    settings = given.settings
    logs.begin(settings)
    app = await build(settings, services=given.services)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    try:
        await app.start()
        warm_up()
        path = "/api/messages" if settings.role != "worker" else "/readyz"
        log.info("listening on http://%s:%s%s (%s mode)", settings.host, app.port, path, settings.mode)
        await stop.wait()
    finally:
        await app.close()


def warm_up() -> None:
    """Load the message catalogues, and leave all that lives as long as the process out of garbage collection.

    Either would hold up every answer for a third of a second if it came later.
    """
    for language in NOTICE_LANGUAGES:
        load(language)
    gc.freeze()
    # What a turn makes is mostly gone with it: looking for the rest every 700 objects takes a twentieth of its time.
    gc.set_threshold(5000, 20, 20)
    gc.enable()


async def look_at_providers(settings: Settings) -> int:
    """Print what can be seen at the providers, by reading calls only; the exit status."""
    services = load_services(settings.services)
    seen = await registry.probe(services.catalogue.services.values(), access_to_look(settings, services))
    print("\n".join(seen.lines))
    return 1 if seen.failed else 0
