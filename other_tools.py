"""Opens what the organisation's other programs are told by; loaded only where the settings name any."""

from collections.abc import Mapping

import httpx

from application.ports import Clock, UnitOfWorkFactory
from changes.deliveries import Outlet
from scheduler.worker import Tool
from settings import Services, Settings
from web.http_calls import open_client
from web.silences.silence import Monitoring, Silencer
from web.webhooks.sender import Endpoint, WebhookSender
from web.wiki.dokuwiki import DokuWiki
from web.wiki.pages import WikiWriter


def open_tools(
    settings: Settings,
    services: Services,
    clients: list[httpx.AsyncClient],
    units: UnitOfWorkFactory,
    looks: UnitOfWorkFactory,
    clock: Clock,
    real: Clock,
) -> Mapping[Outlet, Tool]:
    """Who carries out the effects of each of these outlets; the client that they use is added to the `clients`."""
    client, found = open_client(), dict[Outlet, Tool]()
    clients.append(client)
    if services.webhooks:
        endpoints = {
            each.name: Endpoint(each.name, each.url, settings.webhook_secrets[each.name], each.allow_private)
            for each in services.webhooks
        }
        found[Outlet.WEBHOOK] = WebhookSender(
            units, looks, services.catalogue, clock, client, endpoints, settings.public_url.rstrip("/"), real
        )
    if services.monitoring:
        watching = {key: Monitoring(**each.model_dump()) for key, each in services.monitoring.items()}
        found[Outlet.MONITORING] = Silencer(looks, clock, client, watching)
    if its := services.wiki:
        wiki = DokuWiki(client, its.url, settings.wiki_token, is_old=its.api == "xml")
        found[Outlet.WIKI] = WikiWriter(looks, services.catalogue, clock, wiki, its.namespace, its.language)
    return found
