"""The server among the account's products, and what stands in the way of an operation on it."""

from dataclasses import dataclass

from application.ports.provider import ProviderRefused
from changes.snapshots import FailureReason, Server
from changes.text import Message
from infomaniak.vps_api.client import ApiClient, Row
from infomaniak.vps_api.configuration import VpsApiSettings


@dataclass(frozen=True, slots=True)
class Product:
    """One VPS as the documented product listing shows it; `id` is the provider's own."""

    id: str
    name: str
    busy: bool
    maintenance: bool
    locked: bool

    def obstacles(self) -> tuple[str, ...]:
        """What would stop an operation on the server now, a sentence each."""
        busy = Message("Another operation is running on {name} at Infomaniak: wait until it has ended.", name=self.name)
        maintained = Message(
            "Infomaniak is doing maintenance on {name}: wait until it is over or move the change.", name=self.name
        )
        locked = Message(
            "{name} is locked at Infomaniak: unlock it on the dashboard or ask its support.", name=self.name
        )
        sentences = ((self.busy, busy), (self.maintenance, maintained), (self.locked, locked))
        return tuple(sentence for applies, sentence in sentences if applies)


async def find_product(wire: ApiClient, settings: VpsApiSettings, vps: Server) -> Product:
    """The server `vps`, by its reference when it has one and always by its name.

    Raises ProviderRefused when there is none, when several have the name, or when the reference belongs to a
    server of another name: better no snapshot than one of another machine.
    """
    found = [
        product
        for account_id in await _accounts(wire, settings)
        for row in await wire.rows(settings.paths.products.format(account_id=account_id))
        if row.get("service_name") == settings.service_name and _is(vps, product := _product(row))
    ]
    if not found:
        raise ProviderRefused(
            "Infomaniak shows no VPS {called}: check the name in services.toml and what the token may see.",
            FailureReason.NOT_FOUND,
            called=_called(vps),
        )
    if len(found) > 1:
        raise ProviderRefused(
            "Infomaniak shows {found} VPSs {called}: set the reference of the right one in services.toml.",
            FailureReason.INVALID,
            found=len(found),
            called=_called(vps),
        )
    if found[0].name.casefold() != vps.name.casefold():
        raise ProviderRefused(
            "The VPS with the reference {reference} is called {name} at Infomaniak, not {expected}: correct the "
            "name or the reference in services.toml.",
            FailureReason.INVALID,
            reference=vps.reference,
            name=found[0].name,
            expected=vps.name,
        )
    return found[0]


async def _accounts(wire: ApiClient, settings: VpsApiSettings) -> list[str]:
    if settings.account_id:
        return [settings.account_id]
    return [str(row["id"]) for row in await wire.rows(settings.paths.accounts) if "id" in row]


def _product(row: Row) -> Product:
    return Product(
        id=str(row.get("id", "")),
        name=str(row.get("customer_name", "")),
        busy=bool(row.get("has_operation_in_progress")),
        maintenance=bool(row.get("has_maintenance")),
        locked=bool(row.get("is_locked")),
    )


def _is(vps: Server, product: Product) -> bool:
    if vps.reference:
        return product.id == vps.reference
    return product.name.casefold() == vps.name.casefold()


def _called(vps: Server) -> str:
    return (
        Message("with the reference {reference}", reference=vps.reference)
        if vps.reference
        else Message("called {name}", name=vps.name)
    )
