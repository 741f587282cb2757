"""What services.toml says. Everything that is wrong in it is said at once, each with its place."""

import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from pydantic import ValidationError

from changes.model import Person
from changes.policy import NAS, Backup, Catalogue, Freeze, Policy, Recipient, Service, Tools
from changes.snapshots import Server
from infomaniak.registry import PROVIDERS
from lazy_packages import import_names_alone
from settings.services_mistakes import beside_each_other, sentences
from settings.services_schema import PROVIDER_TABLES, ServicesTable, ServiceTable
from settings.services_tools import MonitoringTable, WebhookTable, WikiTable
from settings.serving_context import ServingContext
from settings.values import SettingsError, ascii_invisible, sentence

import_names_alone("holidays.countries")  # of all countries of the world one is asked for
LONGEST_FILE = 500_000
"""Bytes; a larger file is another one."""
LONGEST_REASON = 200
"""Characters of what the reader of TOML says."""


@dataclass(frozen=True, slots=True)
class Services:
    """What `services.toml` says; `tables` has those that providers have of their own, by the provider's key."""

    catalogue: Catalogue
    tables: Mapping[str, object]
    webhooks: Sequence[WebhookTable] = ()
    monitoring: Mapping[str, MonitoringTable] = field(default_factory=dict)
    """By the key of the service."""
    wiki: WikiTable | None = None


def load_services(path: Path, serving: ServingContext | None = None) -> Services:
    """What `path` says. Raises SettingsError, naming each place and what is wrong with it.

    With `serving` it is read as a bot that serves people reads it: it has to fit to them too.
    """
    document = _document(path)
    read, wrong = None, list(beside_each_other(document, serving, str(path)))
    try:
        read = ServicesTable.model_validate(document, context=serving)
    except ValidationError as error:
        wrong = [*sentences(error, document), *wrong]
    if wrong or read is None:
        raise SettingsError(*(sentence(f"{path}: {each}") for each in wrong))
    watching = {each.key: its for each in read.service if (its := each.monitoring or read.monitoring) is not None}
    webhooks = tuple(each.name for each in read.webhook)
    services = {
        each.key: replace(_service(each), tools=Tools(webhooks, each.key in watching, read.wiki is not None))
        for each in read.service
    }
    tables = {key: table for key in PROVIDER_TABLES if (table := getattr(read, key)) is not None}
    catalogue = Catalogue(services, tuple(Person(admin) for admin in read.admins))
    return Services(catalogue, tables, read.webhook, watching, read.wiki)


def _document(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise SettingsError(f"{path} cannot be read ({reason}): copy deploy/services.example.toml there.") from None
    if len(raw) > LONGEST_FILE:
        raise SettingsError(f"{path} has {len(raw)} bytes: copy deploy/services.example.toml there.")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not written in UTF-8: save it as that.") from None
    except (ValueError, RecursionError) as error:
        # The reader's own sentence has the line; one about a number too long to read has not.
        raise SettingsError(
            sentence(f"{path} is not valid TOML: {ascii_invisible(str(error))[:LONGEST_REASON]}")
        ) from None


def _service(read: ServiceTable) -> Service:
    return Service(
        key=read.key,
        name=read.name,
        zone=ZoneInfo(read.timezone),
        approver=Person(read.approver),
        deputies=tuple(Person(deputy) for deputy in read.deputies),
        vps=Server(provider=PROVIDERS[read.vps.backend].provider, **read.vps.model_dump(exclude={"backend"})),
        languages=tuple(read.languages),
        mail=tuple(Recipient(each.address, each.language) for each in read.mail),
        notify=tuple(read.notify),
        policy=Policy(**read.policy.model_dump()),  # type: ignore[attr-defined]
        freezes=tuple(Freeze(each.name, each.first, each.last) for each in read.freeze),
        backups=tuple(Backup(each.name, each.minutes, each.link, tuple(each.steps)) for each in read.backup) or NAS,
        incident_link=read.incident_link,
        approver_mail=read.approver_mail,
        greeting=read.greeting.model_dump(),
        signature=read.signature.model_dump(),
        closed=frozenset(day for each in read.closed for day in each.days),
        risk=read.risk.rules if read.risk is not None else None,
        approvals=read.stages,
        holidays=_holidays(),
    )


@cache
def _holidays() -> Container[date]:
    """Those of the canton of Valais (docs/process.md, P27); all services have the same ones."""
    return holidays.country_holidays("CH", subdiv="VS")
