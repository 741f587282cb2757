"""Looks at everything in order: each finding is one line, `ok` or `!!` with what to do; none stops the next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx

from application.ports import Clock
from changes.policy import Catalogue
from check import database
from check.address import PublicAddress
from check.finding import ANSWER_S, LONGEST_S, Finding, Look
from check.graph import Graph
from check.listening import listening
from check.microsoft import Microsoft
from settings import Settings, SettingsError, services_of


@dataclass(slots=True)
class Check:
    """What is looked at, in order."""

    settings: Settings
    microsoft: Microsoft
    clock: Clock
    client: httpx.AsyncClient
    catalogue: Catalogue | None = None
    longest_s: float = LONGEST_S

    async def findings(self) -> AsyncIterator[Finding]:
        """Everything there is to find, one after the other."""
        settings, at = self.settings, PublicAddress(self.settings, self.client, self.microsoft.own_token)
        looks: dict[str, Look] = {
            "services": self._services,
            "database": lambda: database.database(settings.database_url),
            "bindings": lambda: database.bindings(settings.database_url, self.catalogue),
            "host": lambda: listening(settings),
            "address": at.address,
        }
        if at.url:
            looks |= {"alive": at.alive, "ready": at.ready, "closed": at.closed}
        if not settings.local:
            looks["signs in"] = self.microsoft.signs_in
            looks["keys"] = lambda: self.microsoft.keys(self.client, self.clock)
            looks["way in"] = at.way_in
            if settings.graph_sender and (token := self.microsoft.graph_token):
                looks["graph"] = Graph(settings, self.client, token).mails
        for what, look in looks.items():
            yield await self._bounded(what, look)

    async def _bounded(self, what: str, look: Look) -> Finding:
        try:
            async with asyncio.timeout(self.longest_s):
                return await look()
        except TimeoutError:
            return False, f"No answer within {self.longest_s:g} seconds while looking at {what}: try again."
        except Exception as error:  # noqa: BLE001  # whatever one stumbles over, the next is looked at all the same
            # Its words are left out: they may have a password in them.
            return False, f"Looking at {what} failed ({type(error).__name__}): look at the setting for it."

    async def _services(self) -> Finding:
        try:
            self.catalogue = services_of(self.settings).catalogue
        except SettingsError as error:
            return False, "\n".join(error.sentences)
        return True, f"{self.settings.services} describes {', '.join(self.catalogue.services)}."


async def run(read: Callable[[], Settings], clock: Clock, microsoft: Microsoft | None = None) -> int:
    """Print every finding; the exit status is 1 when something has to be done. `read` may raise SettingsError."""
    try:
        settings = read()
    except SettingsError as error:
        for sentence in error.sentences:
            print(f"!!  {sentence}")
        return 1
    print(f"ok  The settings can be read: {settings.mode} mode, role {settings.role}.")
    well = True
    async with httpx.AsyncClient(timeout=ANSWER_S) as client:
        async for good, sentence in Check(settings, microsoft or Microsoft.of(settings), clock, client).findings():
            for line in sentence.splitlines():
                print(f"{'ok' if good else '!!'}  {line}")
            well = well and good
    return 0 if well else 1
