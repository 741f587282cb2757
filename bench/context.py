"""What every measurement is given."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.teams import Teams
from bench.templates import Template


@dataclass(frozen=True, slots=True)
class Context:
    """Teams, the changes to be copied, and how much time there is."""

    teams: Teams
    templates: Mapping[str, Template]
    full: bool = False

    @property
    def rounds(self) -> int:
        """How often each thing is measured; the median counts."""
        return 5
