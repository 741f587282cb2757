"""What each provider in the registry says of itself, and what the settings give it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Protocol

from application.ports.provider import SnapshotBackend
from changes.snapshots import Provider, Server
from changes.text import Message


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """What the settings say about reaching providers: `variables` by name, and each one's own table of `services_file`.

    `simulated_cloud` has the arguments of `openstack.connect` that reach the simulator, in local mode.
    """

    variables: Mapping[str, str]
    tables: Mapping[str, object]
    services_file: str = ""
    simulated_cloud: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class ProbeReport:
    """What was seen, a line each; `failed` when something that the backend needs could not be seen."""

    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def say(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    def complain(self, line: str) -> None:
        """Add a line about something that has to be mended."""
        self.lines.append(f"PROBLEM  {line}")
        self.failed = True


class ClosableBackend(SnapshotBackend, Protocol):
    """A backend that holds something open."""

    async def close(self) -> None:
        """Give back what is held open; nothing is asked afterwards."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Packages for some installs only: the name of their lock file, and a module by which they are seen to be there."""

    name: str
    module: str

    @property
    def is_installed(self) -> bool:
        """Whether they are there; none of them is loaded."""
        return find_spec(self.module) is not None


Probe = Callable[[ProviderAccess, Sequence[Server]], Awaitable[ProbeReport]]


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """One provider: how it is made of the settings, and what is missing for that, as a sentence after its key.

    `table` is the type of its own table in services.toml, which has the provider's key as its name. With
    `only_when_used` it is not opened unless a service names it. `extra` names the packages that it needs beside the
    default ones, as pyproject.toml does. `probe` only reads.
    """

    provider: Provider
    open: Callable[[ProviderAccess], ClosableBackend]
    missing: Callable[[ProviderAccess], str]
    table: type | None = None
    only_when_used: bool = False
    extra: Extra | None = None
    probe: Probe | None = None


def of_infomaniak(key: str, *, is_manual: bool = False) -> Provider:
    """A way to Infomaniak, which people know by one name and one dashboard."""
    return Provider(key, "Infomaniak", Message("the dashboard"), Message("Infomaniak's dashboard"), is_manual=is_manual)
