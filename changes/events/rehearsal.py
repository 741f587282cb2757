"""The rehearsal of a change."""

from dataclasses import dataclass

from changes.events.base import Event


@dataclass(frozen=True, slots=True)
class Rehearsed(Event):
    """Somebody saw the change played, on a bad day or a good one; nothing else came of it."""

    is_bad: bool
