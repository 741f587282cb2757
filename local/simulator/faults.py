"""Faults of the simulated provider, by name, and the queue from which each call takes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Way(StrEnum):
    """How a fault shows itself."""

    ANSWER = "answer"  # an error answer with `status`
    HANG = "hang"  # no answer as long as the simulator lives
    DROP = "drop"  # the connection is closed without an answer
    GARBAGE = "garbage"  # an answer with status 200 that is no JSON
    NEVER_DONE = "never-done"  # accepted, and nothing comes of it
    FAILS = "fails"  # accepted and begun; fails half-way
    ATTACHED = "attached"  # at once, until all is calm: the data volumes are attached to their servers
    LIMITED = "limited"  # at once, until all is calm: more than sixty calls in a minute are refused
    SOMEONE_ELSE = "someone-else"  # at once: a person began snapshots of all servers on the dashboard


class Target(StrEnum):
    """Which calls a fault meets."""

    ANY = "any"
    READ = "read"
    WRITE = "write"
    CREATE = "create"
    RESTORE = "restore"

    def meets(self, call: "Target") -> bool:
        """Whether a call, which is READ, CREATE or RESTORE, is met."""
        return self in (Target.ANY, call) or (self is Target.WRITE and call is not Target.READ)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. With `accepted` the call is carried out before its answer goes wrong."""

    way: Way
    target: Target = Target.ANY
    status: int = 200
    code: str = ""
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False


_TOO_MANY = "You have sent too many requests."

FAULTS: Mapping[str, Fault] = {
    "bad-request": Fault(Way.ANSWER, Target.WRITE, 400, "bad_request", "The request is malformed."),
    "unauthorised": Fault(Way.ANSWER, Target.ANY, 401, "not_authorized", "Authorization required"),
    "forbidden": Fault(Way.ANSWER, Target.ANY, 403, "access_denied", "Access to this resource is denied."),
    "not-found": Fault(Way.ANSWER, Target.ANY, 404, "object_not_found", "Object not found"),
    "conflict": Fault(Way.ANSWER, Target.WRITE, 409, "conflict", "The resource is in another state."),
    "quota": Fault(Way.ANSWER, Target.CREATE, 413, "quota_exceeded", "No snapshot slot is left."),
    "unprocessable": Fault(Way.ANSWER, Target.WRITE, 422, "validation_failed", "Validation failed"),
    "throttled": Fault(Way.ANSWER, Target.ANY, 429, "too_many_requests", _TOO_MANY, {"Retry-After": "30"}),
    "throttled-without-delay": Fault(Way.ANSWER, Target.ANY, 429, "too_many_requests", _TOO_MANY),
    "sixty-a-minute": Fault(Way.LIMITED, Target.ANY, 429, "too_many_requests", _TOO_MANY),
    "error-500": Fault(Way.ANSWER, Target.ANY, 500, "server_error", "Internal error"),
    "error-500-after-accepting": Fault(Way.ANSWER, Target.WRITE, 500, "server_error", "Internal error", accepted=True),
    "error-503": Fault(Way.ANSWER, Target.ANY, 503, "unavailable", "Service unavailable"),
    "hang": Fault(Way.HANG),
    "hang-after-accepting": Fault(Way.HANG, Target.WRITE, accepted=True),
    "dropped": Fault(Way.DROP),
    "dropped-after-accepting": Fault(Way.DROP, Target.WRITE, accepted=True),
    "garbage": Fault(Way.GARBAGE),
    "garbage-after-accepting": Fault(Way.GARBAGE, Target.WRITE, accepted=True),
    "accepted-but-never-done": Fault(Way.NEVER_DONE, Target.WRITE),
    "snapshot-fails": Fault(Way.FAILS, Target.CREATE),
    "restore-fails": Fault(Way.FAILS, Target.RESTORE),
    # What only a volume can do; the others are told in OpenStack's words too.
    "revert-not-latest": Fault(
        Way.ANSWER, Target.RESTORE, 400, "bad_request", "The specified snapshot is not the latest one."
    ),
    "revert-conflict": Fault(
        Way.ANSWER, Target.RESTORE, 409, "conflict", "The volume and the snapshot must be available."
    ),
    "volume-error": Fault(Way.FAILS, Target.RESTORE),
    "volume-attached": Fault(Way.ATTACHED),
    "operation-in-progress": Fault(Way.SOMEONE_ELSE),
}
"""Every fault by its name."""


@dataclass(slots=True)
class _Card:
    fault: Fault
    target: Target
    left: int | None


class FaultQueue:
    """Queue of injected faults; each matching call takes the next."""

    def __init__(self) -> None:
        self._cards: list[_Card] = []

    def add(self, fault: Fault, target: Target | None, times: int | None) -> None:
        """Let the fault meet its next `times` calls, or all of them (None)."""
        if times is not None and times < 1:
            raise ValueError("A fault is played at least once.")
        self._cards.append(_Card(fault, target or fault.target, times))

    def draw(self, call: Target) -> Fault | None:
        """The fault that meets this call, if any; it has then one time less to go."""
        for card in self._cards:
            if card.target.meets(call):
                if card.left is not None:
                    card.left -= 1
                    if card.left == 0:
                        self._cards.remove(card)
                return card.fault
        return None

    def clear(self) -> None:
        """Remove every fault."""
        self._cards.clear()


MOST_A_MINUTE = 60


class Limit:
    """Counts calls while it is `on`. A minute begins with the first call after the one before was over."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._begun_at: datetime | None = None
        self._count = 0
        self.on = False

    def lift(self) -> None:
        """Any number of calls may be made again."""
        self.on = False
        self._begun_at = None

    def passed(self) -> bool:
        """Count a call; whether it is one too many. Those that are refused do not make the minute longer."""
        if not self.on:
            return False
        now = self._now()
        # A clock that was set back has left the minute too.
        if self._begun_at is None or not timedelta() <= now - self._begun_at < timedelta(minutes=1):
            self._begun_at, self._count = now, 0
        self._count += 1
        return self._count > MOST_A_MINUTE
