"""A change in every state that the process knows, with every way of standing there that asks for something else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from changes import commands as c
from changes.model import Person
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.snapshots import Server
from infomaniak.manual import MANUAL
from tests.support.builder import NEIGHBOUR, WAYS, a_change, urgent
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, Story, night

ADMIN = Person("a", "Ada")
SERVICE = replace(LEARN, admins=(ADMIN,))
BY_HAND = replace(SERVICE, vps=Server("Hannibal", MANUAL.provider))
"""Where a person takes the snapshot on the dashboard."""
ROLES: Mapping[str, Person] = {
    "requester": NADIA,
    "implementer": LUC,
    "approver": PIERRE,
    "deputy": CLAIRE,
    "admin": ADMIN,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A story up to a moment, and the other changes that matter to it then."""

    story: Story
    now: datetime
    bookings: tuple[Booking, ...] = ()

    @property
    def service(self) -> Service:
        return self.story.service


OF_THEIR_OWN: Mapping[str, str] = {
    "pre-check and GO asked (emergency)": "pre-check asked",
    "snapshot to begin by hand": "snapshot requested",
    "snapshot running by hand": "snapshot running",
}
"""Scenes that are no way of the builder, and behind which they stand."""
LEFT_OUT = {"restore out of sight", "dropped as a draft"}


def _names() -> tuple[str, ...]:
    behind = {before: name for name, before in OF_THEIR_OWN.items()}
    ways = [each for each in WAYS if each not in LEFT_OUT]
    return tuple(name for way in ways for name in ((way, behind[way]) if way in behind else (way,)))


NAMES = _names()
"""Every scene."""


def scene(name: str) -> Scene:
    """The scene of that name, made anew."""
    match name:
        case "pre-check and GO asked (emergency)":
            story = urgent(REQUESTED, REQUESTED.date().replace(day=16), 2, service=SERVICE, implementer=LUC)
        case "snapshot to begin by hand":
            story = a_change("snapshot requested", service=BY_HAND, implementer=LUC)
        case "snapshot running by hand":
            story = a_change("snapshot requested", service=BY_HAND, implementer=LUC)
            story.do(c.NoteSnapshotStarted(LUC), night(19, 20))
        case _:
            story = a_change(name, service=SERVICE, implementer=LUC)
    return Scene(story, story.last, (NEIGHBOUR,) if name == "snapshot held back" else ())
