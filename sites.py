"""Opens what stands beside the bot: the pages, what programs ask, documents and the calendar feed."""

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from application.limits.few_looks import FewLooks
from application.limits.request_limit import RequestLimit
from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWorkFactory, Work
from application.retry_log import RetryLog
from bot.auth.signing_keys import SigningKeys, open_key_client
from bot.routes import Site
from changes.model import Change
from changes.policy import Catalogue, Service
from local import demo_users
from settings import Settings
from storage.system_clock import SystemClock
from web.access.authenticator import Authenticator
from web.access.entra import EntraTokens
from web.api.site import Api
from web.context import WebContext
from web.documents import Documents
from web.pages.site import Pages

API_PER_MINUTE = 600
"""Requests of one address, and of one token; in local mode any number, as only this machine is answered."""


def open_sites(
    settings: Settings,
    clients: list[httpx.AsyncClient],
    units: UnitOfWorkFactory,
    looks: ReadOnlyUnitFactory,
    catalogue: Catalogue,
    clock: Clock,
    wake: Callable[[AbstractSet[Work]], None],
    entra: str,
    retries: RetryLog,
) -> list[Site]:
    """What answers, the pages only where their address is known; what it calls with is added to the `clients`."""
    # Programs that ask and people who look have places of their own.
    people, programs = (WebContext(units, FewLooks(looks), catalogue, clock, wake) for _ in range(2))
    limit = RequestLimit(math.inf if settings.local else API_PER_MINUTE)
    sites: list[Site] = [Documents(people, _feed), Api(programs, limit)]
    if settings.local or settings.public_url:
        authenticator = _authenticator(settings, clock, clients, entra, retries)
        sites.append(Pages(people, authenticator, settings.app_id))
    return sites


def _authenticator(
    settings: Settings, clock: Clock, clients: list[httpx.AsyncClient], entra: str, retries: RetryLog
) -> Authenticator:
    """Who may look at the pages: in local mode whoever says who they are, else by Teams' sign-in or a link."""
    if settings.local:
        return Authenticator(clock, local=demo_users.PEOPLE[0].person, is_secure=False)
    clients.append(client := open_key_client())
    now = SystemClock().now  # tokens live by real time
    where = {each: f"{entra}/{each}/v2.0/.well-known/openid-configuration" for each in settings.served}
    keys = {tenant: SigningKeys(client, url, now, retries) for tenant, url in where.items()}
    domain = urlsplit(settings.public_url).hostname or ""
    return Authenticator(clock, EntraTokens(settings.app_id, domain, keys, now))


def _feed(changes: Sequence[Change], services: Mapping[str, Service], now: datetime) -> bytes:
    from notices.feed import feed  # noqa: PLC0415  # which loads what writes calendars

    return feed(changes, services, now)
