"""Everything that can be set from outside, as one typed value: a line for each setting, with its variable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from database_address import DEFAULT, database_address
from settings import values
from settings.signing_secrets import webhook_secrets
from settings.variables import Reader, credential, database, folder, header_credential, line, one_of, tenants

Mode = Literal["production", "local"]
Role = Literal["all", "web", "worker"]
APP_TYPES = ("SingleTenant", "MultiTenant", "UserAssignedMSI")
LOCAL_SERVICES = Path("local/services.toml")


def _from(variable: str, read: Reader, about: str, example: str = "", *, provider: bool = False) -> dict[str, Any]:
    """The variable of a setting, what reads it, what it means and how it may look (docs/settings.md).

    A `provider`'s is handed on to the providers.
    """
    return {"variable": variable, "read": read, "about": about, "example": example, "provider": provider}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. Secrets do not show in its representation."""

    mode: Mode = field(
        default="production",
        metadata=_from(
            "CHANGE_MODE",
            one_of(*get_args(Mode)),
            "`local` needs no account, has a movable clock and lets everybody act as everybody, on this machine only.",
        ),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_from("CHANGE_HOST", line(values.host), "The address of this machine that the bot listens on."),
    )
    port: int = field(
        default=3978,
        metadata=_from("CHANGE_PORT", line(values.port), "The port that it listens on; 0 takes any that is free."),
    )
    health_port: int = field(
        default=3979,
        metadata=_from(
            "CHANGE_HEALTH_PORT",
            line(values.port),
            "Where a `worker` answers `/healthz`, `/readyz` and `/metrics`; 0 takes any port that is free.",
        ),
    )
    database_url: str = field(
        default=DEFAULT,
        repr=False,
        metadata=_from(
            "CHANGE_DATABASE_URL",
            database,
            "Where the changes are kept: a file of SQLite, or a database of PostgreSQL. In a password, what is neither "
            "letter nor digit is written as `%40` (for @) and the like.",
            "postgresql+asyncpg://change:PASSWORD@db.example.ch/change",
        ),
    )
    services: Path = field(
        default=Path("services.toml"),
        metadata=_from(
            "CHANGE_SERVICES",
            line(Path),
            "The file with the services, see below. In local mode the demo's, where there is none.",
            "/etc/change-bot/services.toml",
        ),
    )
    public_url: str = field(
        default="",
        metadata=_from(
            "CHANGE_PUBLIC_URL",
            line(values.web_address),
            "Where the bot is reached from outside; exports, calendar feed and pages get their addresses from it. "
            "Without it there are no pages.",
            "https://change.example.ch",
        ),
    )
    role: Role = field(
        default="all",
        metadata=_from(
            "CHANGE_ROLE",
            one_of(*get_args(Role)),
            "`web` answers Teams and `worker` does what falls due, any number of either on one PostgreSQL; `all` does "
            "both in one process.",
        ),
    )
    app_id: str = field(
        default="",
        metadata=_from(
            "MicrosoftAppId",
            line(values.guid),
            "The app id of the Azure Bot. Needed in production.",
            "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
        ),
    )
    app_password: str = field(
        default="",
        repr=False,
        metadata=_from(
            "MicrosoftAppPassword",
            credential,
            "The value of the app's client secret, not its id. Needed in production, but for `UserAssignedMSI`.",
        ),
    )
    app_type: str = field(
        default="SingleTenant",
        metadata=_from(
            "MicrosoftAppType",
            one_of(*APP_TYPES),
            "How the app is registered. `UserAssignedMSI` is a managed identity, on a machine that Azure knows.",
        ),
    )
    tenant: str = field(
        default="",
        metadata=_from(
            "MicrosoftAppTenantId",
            line(values.guid),
            "The tenant in which the app is registered. Needed in production, but for `MultiTenant`.",
        ),
    )
    tenants: tuple[str, ...] = field(
        default=(),
        metadata=_from(
            "CHANGE_TENANTS",
            line(tenants),
            "The tenants whose people may use the bot, with commas between: its own unless set. Needed for "
            "`MultiTenant`.",
        ),
    )
    infomaniak_url: str = field(
        default="",
        metadata=_from(
            "INFOMANIAK_URL",
            line(values.web_address),
            "Infomaniak's API; needed by the backend `vps_api`.",
            "https://api.infomaniak.com",
            provider=True,
        ),
    )
    infomaniak_token: str = field(
        default="",
        repr=False,
        metadata=_from(
            "INFOMANIAK_TOKEN",
            header_credential,
            "A token of that API; needed by the backend `vps_api`.",
            provider=True,
        ),
    )
    os_cloud: str = field(
        default="",
        metadata=_from(
            "OS_CLOUD",
            line(),
            "The name of a cloud in `clouds.yaml`; needed by the backend `public_cloud`.",
            "infomaniak",
            provider=True,
        ),
    )
    graph_url: str = field(
        default="https://graph.microsoft.com/v1.0",
        metadata=_from("GRAPH_URL", line(values.web_address), "Microsoft Graph, with the version."),
    )
    graph_sender: str = field(
        default="",
        metadata=_from(
            "GRAPH_SENDER",
            line(values.mail_address),
            "The address that mails come from; needed as soon as the `notify` of a service names `mail`.",
            "change-bot@example.ch",
        ),
    )
    webhook_secrets: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        repr=False,
        metadata=_from(
            "CHANGE_WEBHOOK_SECRETS",
            webhook_secrets,
            "What signs the webhooks of `services.toml`: the name of each, `=`, and its secrets with commas between, "
            "of which the first is the newest; blanks between two webhooks. See [integrations](integrations.md).",
            "deploy=whsec_NEW,whsec_OLD board=whsec_ANOTHER",
        ),
    )
    wiki_token: str = field(
        default="",
        repr=False,
        metadata=_from(
            "CHANGE_WIKI_TOKEN",
            header_credential,
            'The token of whoever writes the pages of the wiki; with `api = "xml"` a name, a colon and a password.',
        ),
    )
    templates: Path | None = field(
        default=None,
        metadata=_from(
            "CHANGE_TEMPLATES",
            line(folder),
            "A folder with your own words for notices, see [install](install.md).",
            "/etc/change/words",
        ),
    )

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
        address = database_address(self.database_url)
        is_file = address.get_backend_name() == "sqlite"
        return (Path(address.database or "").parent if is_file else Path("var").absolute()) / name

    def of_providers(self) -> dict[str, str]:
        """The variables that are set for providers, by name."""
        found = {
            each.metadata["variable"]: getattr(self, each.name) for each in fields(self) if each.metadata["provider"]
        }
        return {name: value for name, value in found.items() if value}


NAMES = {each.name: str(each.metadata["variable"]) for each in fields(Settings)}
"""The variable of each setting."""
