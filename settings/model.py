"""Everything that can be set from outside, as one typed value: a line for each setting, with its variable."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from settings import values
from settings.variables import Reader, credential, folder, header_credential, line, one_of, tenants

Mode = Literal["production", "local"]
Role = Literal["all", "web", "worker"]
APP_TYPES = ("SingleTenant", "MultiTenant", "UserAssignedMSI")
LOCAL_SERVICES = Path("local/services.toml")


def _from(variable: str, read: Reader, *, provider: bool = False) -> dict[str, Any]:
    """The variable of a setting, and what reads it. A `provider`'s is handed on to the providers."""
    return {"variable": variable, "read": read, "provider": provider}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. Secrets do not show in its representation."""

    mode: Mode = field(default="production", metadata=_from("CHANGE_MODE", one_of(*get_args(Mode))))
    host: str = field(default="127.0.0.1", metadata=_from("CHANGE_HOST", line(values.host)))
    port: int = field(default=3978, metadata=_from("CHANGE_PORT", line(values.port)))
    health_port: int = field(default=3979, metadata=_from("CHANGE_HEALTH_PORT", line(values.port)))
    database_url: str = field(
        default="sqlite+aiosqlite:///var/changes.db", repr=False, metadata=_from("CHANGE_DATABASE_URL", line())
    )
    services: Path = field(default=Path("services.toml"), metadata=_from("CHANGE_SERVICES", line(Path)))
    public_url: str = field(default="", metadata=_from("CHANGE_PUBLIC_URL", line(values.web_address)))
    role: Role = field(default="all", metadata=_from("CHANGE_ROLE", one_of(*get_args(Role))))
    app_id: str = field(default="", metadata=_from("MicrosoftAppId", line(values.guid)))
    app_password: str = field(default="", repr=False, metadata=_from("MicrosoftAppPassword", credential))
    app_type: str = field(default="SingleTenant", metadata=_from("MicrosoftAppType", one_of(*APP_TYPES)))
    tenant: str = field(default="", metadata=_from("MicrosoftAppTenantId", line(values.guid)))
    tenants: tuple[str, ...] = field(default=(), metadata=_from("CHANGE_TENANTS", line(tenants)))
    infomaniak_url: str = field(default="", metadata=_from("INFOMANIAK_URL", line(values.web_address), provider=True))
    infomaniak_token: str = field(
        default="", repr=False, metadata=_from("INFOMANIAK_TOKEN", header_credential, provider=True)
    )
    os_cloud: str = field(default="", metadata=_from("OS_CLOUD", line(), provider=True))
    graph_url: str = field(
        default="https://graph.microsoft.com/v1.0", metadata=_from("GRAPH_URL", line(values.web_address))
    )
    graph_sender: str = field(default="", metadata=_from("GRAPH_SENDER", line(values.mail_address)))
    templates: Path | None = field(default=None, metadata=_from("CHANGE_TEMPLATES", line(folder)))

    @property
    def local(self) -> bool:
        """Whether this is local mode: no accounts, a movable clock, acting as somebody else."""
        return self.mode == "local"

    @property
    def served(self) -> tuple[str, ...]:
        """The tenants whose people may use the bot: its own, unless others are named."""
        return self.tenants or (self.tenant,)

    def data_path(self, name: str) -> Path:
        """A file beside the SQLite database, or in var/ with another one."""
        _, _, path = self.database_url.partition(":///")
        beside = self.database_url.startswith("sqlite") and path
        return (Path(path).parent if beside else Path("var").absolute()) / name

    def of_providers(self) -> dict[str, str]:
        """The variables that are set for providers, by name."""
        found = {
            each.metadata["variable"]: getattr(self, each.name) for each in fields(self) if each.metadata["provider"]
        }
        return {name: value for name, value in found.items() if value}


NAMES = {each.name: str(each.metadata["variable"]) for each in fields(Settings)}
"""The variable of each setting."""
