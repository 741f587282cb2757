"""Everything that can be set from outside, as one typed value."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["production", "local"]
Role = Literal["all", "web", "worker"]
LOCAL_SERVICES = Path("local/services.toml")


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

    def data_path(self, name: str) -> Path:
        """A file beside the SQLite database, or in var/ with another one."""
        _, _, path = self.database_url.partition(":///")
        beside = self.database_url.startswith("sqlite") and path
        return (Path(path).parent if beside else Path("var").absolute()) / name
