"""What the API is made of."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWorkFactory, Work
from changes.policy import Catalogue


@dataclass(frozen=True, slots=True)
class Parts:
    """`catalogue` has the admins, `wake_worker` is called after a commit with the work that it has caused."""

    units: UnitOfWorkFactory
    looks: ReadOnlyUnitFactory
    catalogue: Catalogue
    clock: Clock
    wake_worker: Callable[[AbstractSet[Work]], None]
