"""Settings from the environment or `.env`: the only reader of the environment."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from settings import values
from settings.model import LOCAL_SERVICES, NAMES, Settings
from settings.values import SettingsError

_USER = re.compile(r"//[^/]*@")
"""The user and password in an address."""
_PREFIX = "change_"
"""Of names that are nobody else's; the others are other programs' too."""
_OUR_PREFIXES = (_PREFIX, "microsoftapp", "graph_", "infomaniak_")
_NOT_OURS = frozenset({"CHANGE_DOMAIN", "CHANGE_UPSTREAM"})
"""The reverse proxy's, in the same file (deploy/)."""


def from_environment(
    environ: Mapping[str, str] | None = None, dotenv: Path = Path(".env"), *, serving: bool = True
) -> Settings:
    """The environment, then `.env`, then defaults; only what is `serving` needs credentials. Raises SettingsError."""
    found = {name: value for name, value in _dotenv(dotenv).items() if value is not None}
    found |= os.environ if environ is None else environ
    wrong = _misspelt(found)
    given: dict[str, Any] = {}
    for each in fields(Settings):
        name = each.metadata["variable"]
        if not (text := found.get(name, "").strip()):
            continue
        try:
            given[each.name] = each.metadata["read"](text)
        except ValueError as error:
            # What is secret is not shown, and what it should be is.
            value = values.shown(_USER.sub("//…@", text)) if each.repr else "not right"
            wrong.append(f"{name} is {value}: {str(error).rstrip('.')}.")
    if wrong:
        raise SettingsError(*wrong)
    settings = Settings(**given)
    if settings.local:
        return _local(settings, "services" in given)
    return _production(settings) if serving else settings


def _dotenv(path: Path) -> Mapping[str, str | None]:
    try:
        return dotenv_values(path)
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not written in UTF-8: save it as that.") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): correct it, or take it away.") from None


def _misspelt(found: Mapping[str, str]) -> list[str]:
    """A sentence for each name that is almost a setting's, or has our prefix: it would be ignored in silence."""
    known = {name.casefold(): name for name in NAMES.values()}
    said = []
    for name in found:
        if name in NAMES.values() or name in _NOT_OURS or not name.casefold().startswith(_OUR_PREFIXES):
            continue
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.9)
        if near:
            said.append(f"{values.shown(name)} is no setting: did you mean {known[near[0]]}?")
        elif name.casefold().startswith(_PREFIX):
            said.append(f"{values.shown(name)} is no setting: unset it; docs/install.md lists all there are.")
    return said


def _production(settings: Settings) -> Settings:
    wanted = ["app_id"] if settings.app_type == "UserAssignedMSI" else ["app_id", "app_password"]
    wanted += [] if settings.app_type == "MultiTenant" else ["tenant"]
    missing = [NAMES[name] for name in wanted if not getattr(settings, name)]
    wrong = []
    if missing:
        wrong.append(
            f"Production mode needs {', '.join(missing)}: set them as docs/install.md says, "
            "or start with CHANGE_MODE=local to try the bot without any account."
        )
    elif not settings.tenants and not settings.tenant:
        wrong.append("A MultiTenant bot needs CHANGE_TENANTS: the tenant ids that it serves, with commas between.")
    if settings.graph_sender and not missing:
        missing = [NAMES[name] for name in ("app_password", "tenant") if not getattr(settings, name)]
        if missing:
            wrong.append(f"GRAPH_SENDER needs {', '.join(missing)} too, to sign in to Microsoft Graph.")
    if wrong:
        raise SettingsError(*wrong)
    return settings


def _local(settings: Settings, services_given: bool) -> Settings:
    if settings.app_id or settings.app_password:
        raise SettingsError("Local mode lets anybody act as anybody: unset MicrosoftAppId and MicrosoftAppPassword.")
    if settings.os_cloud:
        raise SettingsError("Local mode lets anybody act as anybody, on a real cloud too: unset OS_CLOUD.")
    if settings.infomaniak_token and not values.is_loopback(urlsplit(settings.infomaniak_url).hostname):
        raise SettingsError("Local mode lets anybody act as anybody, at Infomaniak too: unset INFOMANIAK_TOKEN.")
    if not values.is_loopback(settings.host):
        raise SettingsError(f"Local mode listens on loopback only: set CHANGE_HOST to 127.0.0.1, not {settings.host}.")
    if not services_given and not settings.services.exists():
        given = {each.name: getattr(settings, each.name) for each in fields(settings)}
        return Settings(**given | {"services": Path(__file__).parent.parent / LOCAL_SERVICES})
    return settings
