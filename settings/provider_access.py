"""What the settings say about reaching the providers."""

from collections.abc import Mapping

from infomaniak.provider_entry import ProviderAccess
from infomaniak.registry import PROVIDERS
from settings.model import NAMES, Settings
from settings.services_file import Services
from settings.values import SettingsError


def provider_access(settings: Settings, services: Services) -> ProviderAccess:
    """How providers are reached in production."""
    return ProviderAccess(settings.of_providers(), services.tables, str(settings.services))


def simulated_access(settings: Settings, services: Services, url: str, cloud: Mapping[str, object]) -> ProviderAccess:
    """How they are reached in local mode: the simulator at `url` stands in where the settings say nothing.

    What a provider has not published is supposed of the simulator only.
    """
    supposed = {key: entry.table() for key, entry in PROVIDERS.items() if entry.table is not None}
    reached = {NAMES["infomaniak_url"]: url, NAMES["infomaniak_token"]: "local", **settings.of_providers()}
    return ProviderAccess(reached, {**supposed, **services.tables}, str(settings.services), cloud)


def access_to_look(settings: Settings, services: Services) -> ProviderAccess:
    """How `app.py probe` reaches them. Raises SettingsError without a token."""
    if not settings.infomaniak_url or not settings.infomaniak_token:
        raise SettingsError("Set INFOMANIAK_URL and INFOMANIAK_TOKEN to look at what the token can see.")
    return provider_access(settings, services)
