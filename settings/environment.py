"""Settings from the environment or `.env`: the only reader of the environment."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from settings import values
from settings.model import LOCAL_SERVICES, NAMES, Settings
from settings.values import SettingsError

DOTENV = Path(".env")
_PREFIXES = ("change_", "microsoftapp", "microsoft_app")
"""Of names that are nobody else's; the others are other programs' too."""
_SHARED_PREFIXES = ("graph_", "infomaniak_", "os_cloud")
_NOT_OURS = frozenset({"CHANGE_DOMAIN", "CHANGE_UPSTREAM"})
"""The reverse proxy's, in the same file (deploy/)."""
_ADDRESSES = ("public_url", "infomaniak_url", "graph_url")


_HALF_A_PASSWORD = re.compile(r"(://[^/?#:]*:(?![0-9]{1,5}(?:[/?#]|$))|[?#]).*", re.DOTALL)
"""What may be secret in an address without a user: what stands where the port would, the query and the fragment."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What could be read, and a sentence for each mistake, by the variable that it is about.

    A variable that is wrong is read as if it were not set.
    """

    settings: Settings
    mistakes: Mapping[str, str]


def from_environment(
    environ: Mapping[str, str] | None = None, dotenv: Path = DOTENV, *, serving: bool = True
) -> Settings:
    """The environment, then `.env`, then defaults; only what is `serving` needs credentials. Raises SettingsError."""
    read = read_environment(environ, dotenv, serving=serving)
    if read.mistakes:
        raise SettingsError(*read.mistakes.values())
    return read.settings


def read_environment(
    environ: Mapping[str, str] | None = None, dotenv: Path = DOTENV, *, serving: bool = True
) -> Environment:
    """The same, whatever is wrong in it. Raises SettingsError where nobody can read what `.env` sets."""
    found = {name: value for name, value in _dotenv(dotenv).items() if value is not None}
    found |= os.environ if environ is None else environ
    mistakes = dict(_misspelt(found))
    given: dict[str, Any] = {}
    for each in fields(Settings):
        name = each.metadata["variable"]
        if not (text := found.get(name, "").strip()):
            continue
        try:
            given[each.name] = each.metadata["read"](text)
        except ValueError as error:
            # What is secret is not shown, and what it should be is.
            value = values.shown(_without_secrets(name, text)) if each.repr else "not right"
            mistakes[name] = values.sentence(f"{name} is {value}: {error}")
    settings = Settings(**given)
    if NAMES["mode"] in mistakes:  # nobody knows which of the two it was to be
        return Environment(settings, mistakes)
    wrong = _local(settings) if settings.local else _production(settings, mistakes) if serving else ()
    mistakes |= {name: said for name, said in wrong if name not in mistakes}
    if settings.local and "services" not in given and not settings.services.exists():
        settings = Settings(**given | {"services": Path(__file__).parent.parent / LOCAL_SERVICES})
    return Environment(settings, mistakes)


def _without_secrets(name: str, text: str) -> str:
    """An address without its user and password, whatever characters were left unencoded in them, and no query."""
    if not name.endswith("_URL"):
        return text
    around, at, place = text.rpartition("@")
    scheme, begins, _ = around.partition("://")
    shown = f"{scheme}{begins}…@{place}" if at and begins else f"…@{place}" if at else text
    if not set(text) & set(".:/"):
        return "…"  # no address at all: perhaps the token that belongs to the next variable
    return _HALF_A_PASSWORD.sub(r"\1…", shown)


def _dotenv(path: Path) -> Mapping[str, str | None]:
    try:
        return dotenv_values(path, encoding="utf-8-sig")  # as an editor on Windows saves it
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not written in UTF-8: save it as that.") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): correct it, or take it away.") from None


def _misspelt(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A sentence for each name that is almost a setting's, or has our prefix: it would be ignored in silence."""
    known = {_plain(name): name for name in NAMES.values()}
    for name in found:
        folded = name.casefold()
        if name in NAMES.values() or name in _NOT_OURS or not folded.startswith((*_PREFIXES, *_SHARED_PREFIXES)):
            continue
        is_ours = folded.startswith(_PREFIXES)
        near = difflib.get_close_matches(_plain(name)[:100], known, n=1, cutoff=0.8 if is_ours else 0.9)
        if near:
            yield name, f"{values.shown(name)} is no setting: did you mean {known[near[0]]}?"
        elif is_ours:
            yield name, f"{values.shown(name)} is no setting: unset it; docs/settings.md lists all there are."


def _plain(name: str) -> str:
    return name.casefold().replace("_", "")


def _production(settings: Settings, mistakes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a bot that serves people lacks, and what in its settings contradicts itself, by variable."""
    wanted = ["app_id"] if settings.app_type == "UserAssignedMSI" else ["app_id", "app_password"]
    wanted += [] if settings.app_type == "MultiTenant" else ["tenant"]
    missing = [NAMES[name] for name in wanted if not getattr(settings, name) and NAMES[name] not in mistakes]
    if missing:
        needs = f"Production mode needs {', '.join(missing)}: set them as docs/install.md says, or start with"
        yield missing[0], f"{needs} CHANGE_MODE=local to try the bot without any account."
    elif settings.app_type == "MultiTenant" and not settings.tenants and not settings.tenant:
        said = "A MultiTenant bot needs CHANGE_TENANTS: the tenant ids that it serves, with commas between."
        yield NAMES["tenants"], said
    if settings.graph_sender and not missing:
        lacking = [NAMES[name] for name in ("app_password", "tenant") if not getattr(settings, name)]
        if lacking := [name for name in lacking if name not in mistakes]:
            said = f"GRAPH_SENDER needs {', '.join(lacking)} too, to sign in to Microsoft Graph."
            yield NAMES["graph_sender"], said
    if settings.app_id and settings.app_id == settings.tenant:
        said = "MicrosoftAppTenantId is the same id as MicrosoftAppId: set it to the tenant's own, the App Tenant ID."
        yield NAMES["tenant"], said
    if values.is_guid(settings.app_password):
        said = "MicrosoftAppPassword is not right: it looks like the id of a secret; copy the secret's value instead."
        yield NAMES["app_password"], said
    for name in _ADDRESSES:
        if (url := getattr(settings, name)).lower().startswith("http:"):
            said = "plain http is for stand-ins on this machine, in local mode; write https://."
            yield NAMES[name], f"{NAMES[name]} is {values.shown(url)}: {said}"


def _local(settings: Settings) -> Iterator[tuple[str, str]]:
    """What in local mode would reach beyond this machine, by variable."""
    anybody = "Local mode lets anybody act as anybody"
    if settings.app_id or settings.app_password:
        yield NAMES["app_id"], f"{anybody}: unset MicrosoftAppId and MicrosoftAppPassword."
    if settings.os_cloud:
        yield NAMES["os_cloud"], f"{anybody}, on a real cloud too: unset OS_CLOUD."
    if settings.infomaniak_token and not values.is_loopback(urlsplit(settings.infomaniak_url).hostname):
        yield NAMES["infomaniak_token"], f"{anybody}, at Infomaniak too: unset INFOMANIAK_TOKEN."
    if not values.is_loopback(settings.host):
        said = f"Local mode listens on loopback only: set CHANGE_HOST to 127.0.0.1, not {settings.host}."
        yield NAMES["host"], said
