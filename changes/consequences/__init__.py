"""What follows outside from each event: who is told what, which cards change, what the provider is asked for.

The modules are those of `lifecycle/`: what is decided there has its consequences here under the same name.
"""

from collections.abc import Iterable

from changes import events as e
from changes.consequences import approving, steps
from changes.consequences.collector import EffectBuilder
from changes.effects import Effect, UpsertStatusCard
from changes.model import Change
from changes.planning.occupancy import Booking
from changes.policy import Service


def effects(
    entry: e.Entry, before: Change | None, change: Change, service: Service, bookings: Iterable[Booking] = ()
) -> tuple[Effect, ...]:
    """What has to happen because of `entry`, which made `change` out of `before`, beside the other changes."""
    made = EffectBuilder(entry, before, change, service, tuple(bookings))
    if isinstance(entry.event, e.StepFired):
        steps.of(made, entry.event)
    else:
        approving.of(made, entry.event)
    return tuple(made.list)


def status_effect(change: Change, seq: int) -> UpsertStatusCard:
    """The live card follows every change of plan or state."""
    return UpsertStatusCard(f"{change.id}:{seq}:status", change.id)
