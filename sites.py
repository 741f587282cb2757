"""Opens what stands beside the bot: the pages, what programs ask, documents and the calendar feed."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from application.limits.few_looks import FewLooks
from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWorkFactory, Work
from application.retry_log import RetryLog
from bot.auth.signing_keys import SigningKeys, open_key_client
from bot.routes import Site
from changes.model import Change
from changes.policy import Catalogue, Service
from local import demo_users
from settings import Settings
from storage.system_clock import SystemClock
from web.access.entra import EntraTokens
from web.access.gate import Gate
from web.api.parts import Parts
from web.api.site import Api
from web.documents import Documents
from web.pages.site import Pages


@dataclass(frozen=True, slots=True)
class Sites:
    """What answers, and the clients that it uses, to be closed."""

    sites: list[Site]
    clients: list[httpx.AsyncClient] = field(default_factory=list)


def open_sites(
    settings: Settings,
    units: UnitOfWorkFactory,
    looks: ReadOnlyUnitFactory,
    catalogue: Catalogue,
    clock: Clock,
    wake: Callable[[AbstractSet[Work]], None],
    entra: str,
    retries: RetryLog,
) -> Sites:
    """The sites of a process that is asked; the pages only where their address is known."""
    # Programs that ask and people who look have places of their own.
    by_people, by_programs = FewLooks(looks), FewLooks(looks)
    documents = Documents(units, by_people, catalogue, clock, _feed)
    found = Sites([documents, Api(Parts(units, by_programs, catalogue, clock, wake))])
    if settings.local or settings.public_url:
        gate = _gate(settings, clock, found.clients, entra, retries)
        found.sites.append(Pages(units, by_people, catalogue, clock, gate, settings.app_id))
    return found


def _gate(settings: Settings, clock: Clock, clients: list[httpx.AsyncClient], entra: str, retries: RetryLog) -> Gate:
    """Who may look at the pages: in local mode whoever says who they are, else by Teams' sign-in or a link."""
    if settings.local:
        return Gate(clock, local=demo_users.PEOPLE[0].person, is_secure=False)
    clients.append(client := open_key_client())
    now = SystemClock().now  # tokens live by real time
    where = {each: f"{entra}/{each}/v2.0/.well-known/openid-configuration" for each in settings.served}
    keys = {tenant: SigningKeys(client, url, now, retries) for tenant, url in where.items()}
    domain = urlsplit(settings.public_url).hostname or ""
    return Gate(clock, EntraTokens(settings.app_id, domain, keys, now))


def _feed(changes: Sequence[Change], services: Mapping[str, Service], now: datetime) -> bytes:
    from notices.feed import feed  # noqa: PLC0415  # which loads what writes calendars

    return feed(changes, services, now)
