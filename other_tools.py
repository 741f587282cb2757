"""Opens what the organisation's other programs are told by; loaded only where the settings name any."""

from collections.abc import Mapping

import httpx

from application.ports import Clock, UnitOfWorkFactory
from changes.effects import Outlet
from scheduler.delivery_attempt import Carrier
from settings import Services, Settings
from web.http_calls import open_client
from web.webhooks.sender import Endpoint, WebhookSender


def open_tools(
    settings: Settings,
    services: Services,
    units: UnitOfWorkFactory,
    looks: UnitOfWorkFactory,
    clock: Clock,
    real: Clock,
) -> tuple[Mapping[Outlet, Carrier], httpx.AsyncClient]:
    """Who carries out the effects of each of these outlets, and the client that they use, to be closed."""
    public_url = settings.public_url.rstrip("/")
    client, found = open_client(), dict[Outlet, Carrier]()
    if services.webhooks:
        endpoints = {
            each.name: Endpoint(each.name, each.url, settings.webhook_secrets[each.name], each.allow_private)
            for each in services.webhooks
        }
        found[Outlet.WEBHOOK] = WebhookSender(
            units, looks, services.catalogue, clock, client, endpoints, public_url, real
        )
    return found, client
