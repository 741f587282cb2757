"""The log's story of what fails and is tried again: that it began, that it goes on, and that it has ended.

A warning at the first failure and then at growing intervals, one line when it works again: an hour of outage is a few
lines, however many messages wait. What belongs together is one `place`, such as Teams or the database; each `item` that
waits there is known by a key, and the place works again when none of them is left.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

log = logging.getLogger(__name__)
TEAMS, GRAPH, INFOMANIAK, DATABASE = "Teams", "Graph", "Infomaniak", "the database"
SIGN_IN, SIGNING_KEYS = "Microsoft's sign-in", "the signing keys of Teams"
WORKER, WORKER_SESSION = "the worker", "the worker's session"
TIMELINE, OVERDUE, SETTINGS = "the timeline", "keeping the dates", "services.toml"
WEBHOOKS, MONITORING, WIKI = "the webhooks", "the monitoring", "the wiki"
OURSELVES = "the bot itself"
"""Where the fault is ours."""
LABELS: Mapping[str, str] = {
    TEAMS: "teams",
    GRAPH: "graph",
    INFOMANIAK: "infomaniak",
    DATABASE: "database",
    SIGN_IN: "sign_in",
    SIGNING_KEYS: "signing_keys",
    WORKER: "worker",
    WORKER_SESSION: "worker_session",
    TIMELINE: "timeline",
    OVERDUE: "overdue",
    SETTINGS: "services",
    WEBHOOKS: "webhooks",
    MONITORING: "monitoring",
    WIKI: "wiki",
    OURSELVES: "bot",
}
"""The word for monitoring of each place, which stays the same whatever the log calls it."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
"""Seconds between two lines about one place that fails on: each pause is twice as long as the one before."""
SAME_STORY_S = 600.0
"""Seconds after its recovery in which a place that fails again goes on with its pauses: else each would be told."""
TAKEN_OVER_AFTER_S = 40.0
"""Seconds after the time of its next try, more than a call takes: from then on another process has taken it up."""
UNKNOWN_AGAIN_S = 600.0
"""The same for what has no such time, because it is tried when somebody needs it."""
MOST_ITEMS = 1000
"""Items that are remembered of one place."""
_MOST_NAMED = 5


class End(StrEnum):
    """How what was tried has ended."""

    WORKED = "worked"
    GIVEN_UP = "given_up"


@dataclass(slots=True)
class _Outage:
    """One place that fails: since when, how often, what waits for it and until when, what was told of it."""

    since: float
    tries: int = 0
    told: float = 0.0
    pause: float = FIRST_PAUSE_S
    kinds: set[str] = field(default_factory=set)
    waiting: dict[str, tuple[str, float]] = field(default_factory=dict)
    changes: dict[str, None] = field(default_factory=dict)
    ended: float = 0.0

    def begun_again(self, now: float) -> "_Outage":
        """The next one of the same place, which goes on with the pauses of this one if that ended only lately."""
        if now - self.ended > SAME_STORY_S:
            return _Outage(now)
        return _Outage(now, told=self.told, pause=self.pause, kinds=self.kinds)

    @property
    def was_told(self) -> bool:
        """Whether anybody knows of it."""
        return self.told >= self.since

    def note(self, item: str, change: str, until: float) -> None:
        """One more try has failed; the item waits, here as long as until then."""
        self.tries += 1
        if item in self.waiting or len(self.waiting) < MOST_ITEMS:
            self.waiting[item] = change, until
            if change and len(self.changes) < MOST_ITEMS:
                self.changes[change] = None

    def is_to_be_told(self, kind: str, now: float) -> bool:
        """Whether a failure of this kind is a line now; one that is counts as told."""
        if kind in self.kinds:
            if now - self.told < self.pause:
                return False
            self.pause = min(2 * self.pause, LONGEST_PAUSE_S)
        self.told = now
        self.kinds.add(kind)
        return True

    def let_go(self, now: float) -> None:
        """Forget what another process must have carried out by now."""
        for item in [each for each, (_, until) in self.waiting.items() if until < now]:
            del self.waiting[item]


class RetryLog:
    """Tells of failures and recoveries. One for each process: what it counts are the process's own tries."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` counts real time, whatever clock the process lives by."""
        self._seconds = seconds
        self._outages: dict[str, _Outage] = {}
        self._before: dict[str, _Outage] = {}
        self.failures: Counter[tuple[str, str]] = Counter()
        """How many tries have failed, by place and status."""
        self.ends: Counter[tuple[str, End]] = Counter()
        """How many have gone well, and how many items were not tried again, by place."""

    def failed(
        self,
        place: str,
        reason: object,
        *,
        item: str = "",
        change: str = "",
        status: int | str | None = None,
        attempt: int | None = None,
        again_s: float | None = None,
        error: BaseException | None = None,
        severe: bool = False,
    ) -> None:
        """A try has failed, the `attempt`th for this item, and comes again in `again_s` seconds (None: when needed).

        `error` is one that nobody expected: it is told with its traceback. That, and what is `severe`, begins as an
        error and not as a warning.
        """
        now, kind = self._seconds(), str(status or (type(error).__name__ if error else ""))
        self.failures[place, kind] += 1
        if (outage := self._outages.get(place)) is None:
            before = self._before.get(place)
            outage = self._outages[place] = before.begun_again(now) if before else _Outage(now)
        outage.note(item, change, now + (UNKNOWN_AGAIN_S if again_s is None else again_s + TAKEN_OVER_AFTER_S))
        is_unknown = kind not in outage.kinds
        if not outage.is_to_be_told(kind, now):
            return
        facts = [f"status {status}" if status else "", f"attempt {attempt or outage.tries}", _again(again_s)]
        facts += [] if outage.tries == 1 else [f"failing for {duration(now - outage.since)}, {outage.tries} tries"]
        facts += [f"waiting: {_named(outage.changes)}"] if outage.changes else []
        log.log(
            logging.ERROR if (error or severe) and is_unknown else logging.WARNING,
            "%s %s: %s (%s)",
            place,
            "fails" if is_unknown else "still fails",
            reason,
            "; ".join(each for each in facts if each),
            exc_info=error if is_unknown else None,
            extra={"place": place, "status": status, "attempt": attempt or outage.tries, "next_try_s": again_s},
        )

    def worked(self, place: str, item: str = "") -> None:
        """A try has gone well; that is told where this place, or what waited for it, had failed before."""
        self.ends[place, End.WORKED] += 1
        if (outage := self._outages.get(place)) is not None:
            now = self._seconds()
            outage.waiting.pop(item, None)
            outage.let_go(now)
            if not outage.waiting:
                self._close(place, "works again", now)

    def given_up(self, place: str, item: str = "") -> None:
        """The item is not tried again; whoever says so tells why."""
        self.ends[place, End.GIVEN_UP] += 1
        if (outage := self._outages.get(place)) is not None:
            outage.waiting.pop(item, None)
            if not outage.waiting:
                self._put_away(place, self._seconds())

    def outages(self) -> Mapping[str, float]:
        """The seconds for which each place fails by now."""
        now = self._seconds()
        for outage in self._outages.values():
            outage.let_go(now)
        return {place: now - each.since for place, each in self._outages.items() if each.waiting}

    def settle(self) -> None:
        """Tell of places for which nothing waits here any more, as another process took it up; called now and then."""
        now = self._seconds()
        for place, outage in list(self._outages.items()):
            outage.let_go(now)
            if not outage.waiting:
                self._close(place, "has not failed again in this process", now)

    def _put_away(self, place: str, now: float) -> _Outage:
        """End the outage; the next one of the place may go on with its pauses."""
        outage = self._before[place] = self._outages.pop(place)
        outage.ended = now
        return outage

    def _close(self, place: str, how: str, now: float) -> None:
        outage = self._put_away(place, now)
        if not outage.was_told:
            return
        seconds, tries = now - outage.since, "1 failed try" if outage.tries == 1 else f"{outage.tries} failed tries"
        about = f"; had been waiting: {_named(outage.changes)}" if outage.changes else ""
        extra = {"place": place, "away_s": round(seconds, 1), "attempt": outage.tries}
        log.info("%s %s after %s and %s%s", place, how, duration(seconds), tries, about, extra=extra)


def duration(seconds: float) -> str:
    """How long that is, for people: 0.4 s, 12 s, 5 min, 3 h 20 min, 2 d 4 h."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def _again(seconds: float | None) -> str:
    return "" if seconds is None else f"next try in {duration(seconds)}"


def _named(changes: Mapping[str, None]) -> str:
    named = sorted(changes)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more
