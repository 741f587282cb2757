"""Settings from the environment or `.env`, services from `services.toml`. The only reader of the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from changes.model import Person
from changes.policy import NAS, Backup, Catalogue, Freeze, Policy, Recipient, Service
from changes.recipients import ADDRESS, LONGEST_ADDRESS, is_address
from changes.snapshots import Vps
from infomaniak.vps_settings import VpsApiSettings

Mode = Literal["production", "local"]
Role = Literal["all", "web", "worker"]
APP_TYPES = ("SingleTenant", "MultiTenant", "UserAssignedMSI")
BACKENDS = ("dashboard", "vps_api", "public_cloud")
LOCAL_SERVICES = Path("local/services.toml")


class SettingsError(Exception):
    """The bot cannot start with these settings. The message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. Secrets do not show in its representation."""

    mode: Mode = "production"
    host: str = "127.0.0.1"
    port: int = 3978
    database_url: str = field(default="sqlite+aiosqlite:///var/changes.db", repr=False)
    services: Path = Path("services.toml")
    public_url: str = ""
    role: Role = "all"
    app_id: str = ""
    app_password: str = field(default="", repr=False)
    app_type: str = "SingleTenant"
    tenant: str = ""
    tenants: tuple[str, ...] = ()
    infomaniak_url: str = ""
    infomaniak_token: str = field(default="", repr=False)
    os_cloud: str = ""
    graph_url: str = "https://graph.microsoft.com/v1.0"
    graph_sender: str = ""
    templates: Path | None = None

    @property
    def local(self) -> bool:
        """Whether this is local mode: no accounts, a movable clock, acting as somebody else."""
        return self.mode == "local"

    @property
    def served(self) -> tuple[str, ...]:
        """The tenants whose people may use the bot: its own, unless others are named."""
        return self.tenants or (self.tenant,)


_NAMES = {
    "mode": "CHANGE_MODE",
    "host": "CHANGE_HOST",
    "port": "CHANGE_PORT",
    "database_url": "CHANGE_DATABASE_URL",
    "services": "CHANGE_SERVICES",
    "public_url": "CHANGE_PUBLIC_URL",
    "role": "CHANGE_ROLE",
    "app_id": "MicrosoftAppId",
    "app_password": "MicrosoftAppPassword",
    "app_type": "MicrosoftAppType",
    "tenant": "MicrosoftAppTenantId",
    "tenants": "CHANGE_TENANTS",
    "infomaniak_url": "INFOMANIAK_URL",
    "infomaniak_token": "INFOMANIAK_TOKEN",
    "os_cloud": "OS_CLOUD",
    "graph_url": "GRAPH_URL",
    "graph_sender": "GRAPH_SENDER",
    "templates": "CHANGE_TEMPLATES",
}
LONGEST_CLOSED = timedelta(days=366)
"""A service is not closed for longer at once: such a span is a slip of the pen."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def from_environment(
    environ: Mapping[str, str] | None = None, dotenv: Path = Path(".env"), *, serving: bool = True
) -> Settings:
    """The settings: the environment first, then `.env`, then the defaults. Raises SettingsError.

    Only what is `serving` needs the bot's own credentials.
    """
    found = {name: value for name, value in dotenv_values(dotenv).items() if value is not None}
    found |= os.environ if environ is None else environ
    given: dict[str, Any] = {key: found[name].strip() for key, name in _NAMES.items() if found.get(name, "").strip()}
    if given.get("mode", "production") not in ("production", "local"):
        raise SettingsError(f"CHANGE_MODE is {given['mode']!r}: set it to production or local.")
    if given.get("role", "all") not in ("all", "web", "worker"):
        raise SettingsError(f"CHANGE_ROLE is {given['role']!r}: set it to all, web or worker.")
    if "port" in given:
        if not given["port"].isdigit() or not 0 <= int(given["port"]) <= 65535:
            raise SettingsError(f"CHANGE_PORT is {given['port']!r}: set it to a number from 0 to 65535.")
        given["port"] = int(given["port"])
    if "tenants" in given:
        given["tenants"] = tuple(each.strip() for each in given["tenants"].split(",") if each.strip())
    if "services" in given:
        given["services"] = Path(given["services"])
    if "templates" in given:
        given["templates"] = Path(given["templates"])
        if not given["templates"].is_dir():
            raise SettingsError(
                f"CHANGE_TEMPLATES is {given['templates']}, which is no folder: create it, or unset it."
            )
    settings = Settings(**given)
    if settings.local:
        return _local(settings, "services" in given)
    return _production(settings) if serving else settings


def _production(settings: Settings) -> Settings:
    if settings.app_type not in APP_TYPES:
        raise SettingsError(f"MicrosoftAppType is {settings.app_type!r}: set it to one of {', '.join(APP_TYPES)}.")
    wanted = ["app_id"] if settings.app_type == "UserAssignedMSI" else ["app_id", "app_password"]
    wanted += [] if settings.app_type == "MultiTenant" else ["tenant"]
    missing = [_NAMES[name] for name in wanted if not getattr(settings, name)]
    if missing:
        raise SettingsError(
            f"Production mode needs {', '.join(missing)}: set them as docs/install.md says, "
            "or start with CHANGE_MODE=local to try the bot without any account."
        )
    if not settings.tenants and not settings.tenant:
        raise SettingsError(
            "A MultiTenant bot needs CHANGE_TENANTS: the tenant ids that it serves, with commas between."
        )
    if settings.graph_sender and not is_address(settings.graph_sender):
        raise SettingsError(f"GRAPH_SENDER is {settings.graph_sender!r}: set it to the address that mails come from.")
    missing = [_NAMES[name] for name in ("app_password", "tenant") if not getattr(settings, name)]
    if settings.graph_sender and missing:
        raise SettingsError(f"GRAPH_SENDER needs {', '.join(missing)} too, to sign in to Microsoft Graph.")
    return settings


def _local(settings: Settings, services_given: bool) -> Settings:
    if settings.app_id or settings.app_password:
        raise SettingsError("Local mode lets anybody act as anybody: unset MicrosoftAppId and MicrosoftAppPassword.")
    if settings.os_cloud:
        raise SettingsError("Local mode lets anybody act as anybody, on a real cloud too: unset OS_CLOUD.")
    if settings.infomaniak_token and urlsplit(settings.infomaniak_url).hostname not in _LOOPBACK:
        raise SettingsError("Local mode lets anybody act as anybody, at Infomaniak too: unset INFOMANIAK_TOKEN.")
    if settings.host not in _LOOPBACK:
        raise SettingsError(f"Local mode listens on loopback only: set CHANGE_HOST to 127.0.0.1, not {settings.host}.")
    if not services_given and not settings.services.exists():
        given = {each.name: getattr(settings, each.name) for each in fields(settings)}
        return Settings(**given | {"services": Path(__file__).parent / LOCAL_SERVICES})
    return settings


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Link = Annotated[str, Field(pattern=r"^(https://[^\s()<>\"]+)?$", max_length=200)]
_Step = Annotated[str, Field(min_length=1, max_length=120)]


def _data_disk(disk: str) -> str:
    if disk != "data":
        raise ValueError(
            'only the data disk is snapshotted, because Infomaniak\'s system snapshots fail; set it to "data"'
        )
    return disk


class _Vps(_Strict):
    name: str = Field(min_length=1)
    disk: Annotated[str, AfterValidator(_data_disk)] = "data"
    backend: Literal["dashboard", "vps_api", "public_cloud"] = "dashboard"
    snapshot_minutes: int = Field(default=150, ge=1)
    restore_minutes: int = Field(default=60, ge=1)
    reference: str = ""


class _Backup(_Strict):
    name: str = Field(min_length=1, max_length=40)
    minutes: int = Field(default=60, ge=1)
    link: _Link = ""
    steps: list[_Step] = Field(default=[], max_length=8)


class _Days(_Strict):
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"to ({self.last}) is before from ({self.first}); exchange the two")
        return self


class _Freeze(_Days):
    name: str


class _Closed(_Days):
    @model_validator(mode="after")
    def _no_longer_than_a_year(self) -> Self:
        if self.last - self.first > LONGEST_CLOSED:
            raise ValueError(f"from {self.first} to {self.last} is more than a year; name the closed days of one year")
        return self

    @property
    def days(self) -> Iterator[date]:
        """Each of them, the first and the last included."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def _from_to(day: object) -> object:
    """A day alone is a time from that day to that day."""
    if isinstance(day, date):
        return {"from": day, "to": day}
    if not isinstance(day, dict):
        raise ValueError("write a day as 2027-12-24, without quotes, or as {from = 2027-12-24, to = 2028-01-02}")
    return day


_ClosedDays = Annotated[_Closed, BeforeValidator(_from_to)]


_HOURS = {
    "day_hour": Annotated[int, Field(ge=0, le=23)],
    "quiet_from_hour": Annotated[int, Field(ge=0, le=24)],
    "quiet_to_hour": Annotated[int, Field(ge=0, le=24)],
}


def _number(name: str) -> Any:
    """What a number of the process may be: nobody means more than ten years of days, or a month of minutes."""
    longest = 3660 if name.endswith("_days") else 31 * 24 * 60
    return Annotated[int, Field(ge=0, le=longest)]


# The names and defaults of the numbers stand once, in the core.
_Policy = create_model(  # type: ignore[call-overload]  # the fields are only known when it runs
    "_Policy",
    __base__=_Strict,
    **{each.name: (_HOURS.get(each.name, _number(each.name)), each.default) for each in fields(Policy)},
)


def _written_out(address: object) -> object:
    """An address alone is a recipient who reads every language of the service."""
    return {"address": address} if isinstance(address, str) else address


class _Mail(_Strict):
    address: str = Field(pattern=ADDRESS, max_length=LONGEST_ADDRESS)
    language: Literal["", "en", "fr", "de"] = ""


_Recipient = Annotated[_Mail, BeforeValidator(_written_out)]


def _each_once(recipients: list[_Mail]) -> list[_Mail]:
    met = [each.address.casefold() for each in recipients]
    if twice := next((each for each in met if met.count(each) > 1), ""):
        raise ValueError(f"{twice} stands there twice and would get every mail twice; name each address once")
    return recipients


def _one_address(address: str) -> str:
    if address and not is_address(address):
        raise ValueError(f"{address!r} is no mail address; name@example.ch is one")
    return address


class _Service(_Strict):
    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = Field(min_length=1)
    timezone: str = "Europe/Zurich"
    languages: list[Literal["en", "fr", "de"]] = Field(default=["en"], min_length=1)
    approver: str = Field(min_length=1)
    deputies: list[str] = []
    mail: Annotated[list[_Recipient], AfterValidator(_each_once)] = []
    approver_mail: Annotated[str, AfterValidator(_one_address)] = ""
    notify: list[Literal["teams", "mail"]] = Field(default=["teams"], min_length=1)
    vps: _Vps
    policy: _Policy = Field(default_factory=_Policy)  # type: ignore[valid-type]
    freeze: list[_Freeze] = []
    closed: list[_ClosedDays] = []
    backup: list[_Backup] = Field(default=[], max_length=3)
    incident_link: _Link = ""


class _Services(_Strict):
    admins: list[str] = []
    service: list[_Service] = Field(min_length=1)
    vps_api: VpsApiSettings | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """What `services.toml` says. `vps_api` is how the VPS API is spoken to; None leaves it off."""

    catalogue: Catalogue
    vps_api: VpsApiSettings | None


def load_services(path: Path) -> Services:
    """What `path` says. Raises SettingsError, naming the place and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}): copy deploy/services.example.toml there."
        ) from None
    try:
        read = _Services.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path}: {place}: {first['msg'].removeprefix('Value error, ').rstrip('.')}.") from None
    services = {each.key: _service(each, path) for each in read.service}
    if len(services) != len(read.service):
        raise SettingsError(f"{path}: two services have the same key.")
    return Services(Catalogue(services, tuple(Person(admin) for admin in read.admins)), read.vps_api)


def _service(read: _Service, path: Path) -> Service:
    try:
        zone = ZoneInfo(read.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"{path}: {read.key}: {read.timezone} is no time zone; Europe/Zurich is one.") from None
    if "mail" in read.notify and not read.mail:
        raise SettingsError(f"{path}: {read.key}: notify names mail, but nobody stands under mail.")
    return Service(
        key=read.key,
        name=read.name,
        zone=zone,
        approver=Person(read.approver),
        deputies=tuple(Person(deputy) for deputy in read.deputies),
        vps=Vps(**read.vps.model_dump()),
        languages=tuple(read.languages),
        mail=tuple(Recipient(each.address, each.language) for each in read.mail),
        notify=tuple(read.notify),
        policy=Policy(**read.policy.model_dump()),  # type: ignore[attr-defined]
        freezes=tuple(Freeze(each.name, each.first, each.last) for each in read.freeze),
        backups=tuple(Backup(each.name, each.minutes, each.link, tuple(each.steps)) for each in read.backup) or NAS,
        incident_link=read.incident_link,
        approver_mail=read.approver_mail,
        closed=frozenset(day for each in read.closed for day in each.days),
        # PROCESS.md counts working days by the public holidays of the canton of Valais.
        holidays=holidays.country_holidays("CH", subdiv="VS"),
    )
