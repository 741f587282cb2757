"""Every provider that a service can name in services.toml; the first is what a service has that names none."""

from collections.abc import Iterable, Mapping

from changes.policy import Service
from infomaniak import manual
from infomaniak.provider_entry import ClosableBackend, ProbeReport, ProviderAccess, ProviderEntry
from infomaniak.public_cloud.entry import PUBLIC_CLOUD
from infomaniak.vps_api.entry import VPS_API

PROVIDERS: Mapping[str, ProviderEntry] = {entry.provider.key: entry for entry in (manual.MANUAL, VPS_API, PUBLIC_CLOUD)}


def not_installed(provider: str) -> str:
    """What brings the packages that the provider needs and the default install does without; empty if they are here."""
    extra = PROVIDERS[provider].extra
    if extra is None or extra.is_installed:
        return ""
    return (
        f"packages that are not installed: pip install --require-hashes -r requirements/{extra.name}.txt, "
        f"or build the image with --build-arg INSTALL={extra.name}"
    )


def open_providers(services: Iterable[Service], access: ProviderAccess) -> dict[str, ClosableBackend]:
    """The backend of each provider that is configured, by its key; the caller closes them."""
    used = {each.vps.provider.key for each in services}
    return {
        key: entry.open(access)
        for key, entry in PROVIDERS.items()
        if not entry.missing(access) and (key in used or not entry.only_when_used)
    }


async def probe(services: Iterable[Service], access: ProviderAccess) -> ProbeReport:
    """What can be seen at the providers, by reading calls only."""
    servers = [each.vps for each in services]
    seen = ProbeReport()
    for key, entry in PROVIDERS.items():
        if entry.probe is not None:
            report = await entry.probe(access, [each for each in servers if each.provider.key == key])
            seen = ProbeReport([*seen.lines, *report.lines], seen.failed or report.failed)
    return seen
