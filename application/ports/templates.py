"""The templates of the services, with everything that ever became of them."""

from collections.abc import Collection
from typing import Protocol

from changes.templates import Template


class Templates(Protocol):
    """Templates by name: what was written of one stays, and the last of it is how it stands."""

    async def of(self, services: Collection[str]) -> tuple[Template, ...]:
        """The templates of these services as they stand, retired ones too, by name."""

    async def get(self, name: str) -> Template | None:
        """The template of that name, however it is spelled, as it stands; None when there is none."""

    async def save(self, template: Template) -> None:
        """Write down how it stands now. Raises ConcurrencyConflict when somebody else has since it was read."""
