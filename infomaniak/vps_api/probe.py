"""What the token can see at Infomaniak, by reading calls only: for whoever configures the VPS API backend."""

from collections.abc import Sequence
from urllib.parse import quote

from application.ports.provider import ProviderError
from changes.snapshots import Server
from infomaniak.provider_entry import ProbeReport
from infomaniak.vps_api.client import ApiClient, Row
from infomaniak.vps_api.configuration import VpsApiSettings
from infomaniak.vps_api.listing import read_row
from infomaniak.vps_api.products import find_product


async def probe(wire: ApiClient, settings: VpsApiSettings, servers: Sequence[Server]) -> ProbeReport:
    """Read the accounts, their products, and the snapshots of each of `servers`. Nothing is changed anywhere."""
    seen = ProbeReport()
    try:
        accounts = await wire.rows(settings.paths.accounts)
    except ProviderError as error:
        seen.complain(str(error))
        return seen
    seen.say(f"The token is accepted. It sees {_count(len(accounts), 'account')}.")
    for account in accounts:
        await _account(wire, settings, account, seen)
    for vps in servers:
        await _server(wire, settings, vps, seen)
    return seen


async def _account(wire: ApiClient, settings: VpsApiSettings, account: Row, seen: ProbeReport) -> None:
    number = str(account.get("id", ""))
    try:
        products = await wire.rows(settings.paths.products.format(account_id=number))
    except ProviderError as error:
        seen.complain(f"Account {number}: {error}")
        return
    servers = [each for each in products if each.get("service_name") == settings.service_name]
    told = f"{_count(len(products), 'product')}, {len(servers)} of them {settings.service_name}"
    seen.say(f"Account {number} ({account.get('name', 'without a name')}): {told}.")
    for each in servers:
        flags = [name for name in ("has_operation_in_progress", "has_maintenance", "is_locked") if each.get(name)]
        seen.say(f"  {each.get('customer_name')}: id {each.get('id')}{''.join(f', {flag}' for flag in flags)}")


async def _server(wire: ApiClient, settings: VpsApiSettings, vps: Server, seen: ProbeReport) -> None:
    try:
        product = await find_product(wire, settings, vps)
        rows = await wire.rows(settings.paths.snapshots.format(vps_id=quote(product.id, safe="")))
    except ProviderError as error:
        seen.complain(f"{vps.name}: {error}")
        return
    seen.say(f"{vps.name} is product {product.id}, with {_count(len(rows), 'snapshot')}:")
    for row in rows:
        listed = read_row(row, settings.fields, settings.words)
        disk = "data" if listed.data_only else f"not the data disk: {row.get(settings.fields.disk)!r}"
        known = settings.words.snapshot.get(listed.status)
        meaning = known.value if known else "a status word that is not configured"
        seen.say(f"  {listed.name}: {disk}, {listed.status!r} ({meaning})")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
