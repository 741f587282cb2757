"""The VPS API's place in the registry of providers."""

from collections.abc import Sequence

import httpx

from changes.snapshots import Server
from infomaniak.provider_entry import ProbeReport, ProviderAccess, ProviderEntry, of_infomaniak
from infomaniak.vps_api.backend import VpsApi
from infomaniak.vps_api.client import ApiClient, open_client
from infomaniak.vps_api.configuration import VpsApiSettings
from infomaniak.vps_api.probe import probe

KEY = "vps_api"
URL, TOKEN = "INFOMANIAK_URL", "INFOMANIAK_TOKEN"


def _missing(access: ProviderAccess) -> str:
    if not access.variables.keys() >= {URL, TOKEN}:
        return f"{URL} and {TOKEN}"
    if KEY not in access.tables:
        return (
            f"the table [{KEY}] in {access.services_file}, because Infomaniak has not published these paths; "
            "deploy/services.example.toml shows it"
        )
    return ""


def _configured(access: ProviderAccess) -> VpsApiSettings:
    table = access.tables.get(KEY)
    return table if isinstance(table, VpsApiSettings) else VpsApiSettings()


def _client(access: ProviderAccess) -> httpx.AsyncClient:
    return open_client(access.variables[URL], access.variables[TOKEN])


async def _probe(access: ProviderAccess, servers: Sequence[Server]) -> ProbeReport:
    async with _client(access) as client:
        return await probe(ApiClient(client), _configured(access), servers)


VPS_API = ProviderEntry(
    of_infomaniak(KEY),
    open=lambda access: VpsApi(_client(access), _configured(access)),
    missing=_missing,
    table=VpsApiSettings,
    probe=_probe,
)
