"""The statements that find what takes time of services which share a server."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from changes.model import BOOKED, IMPLEMENTING, IN_INCIDENT, LONGEST_WITH_EXTENSIONS, State, Window
from storage.columns import Instant, among
from storage.tables import changes

_AT_WORK = frozenset({State.SNAPSHOTTING, State.READY}) | IMPLEMENTING | IN_INCIDENT
"""However late it is, what is at work is in the way of others."""
_MOST_SPANS = 3


def sharing_values(services: Sequence[str], since: datetime, excluding: str, near: Sequence[Window]) -> dict[str, Any]:
    """The values of the parameters."""
    asked: dict[str, Any] = {"services": list(services), "excluding": excluding}
    asked |= {"since": since, "earliest": since - LONGEST_WITH_EXTENSIONS}
    for number, span in enumerate(near):
        asked |= {f"from_{number}": span.start, f"to_{number}": span.end}
        asked[f"before_{number}"] = span.start - LONGEST_WITH_EXTENSIONS
    return asked


def _sharing(near: int) -> sa.Select[tuple[str]]:
    """What books the services, what is at work there, and what ended there lately.

    What books them is what lies in so many spans of time; all of it where there is none.
    """
    # Each by the index: one `or` would make SQLite read all that the services ever had.
    columns = (changes.c.starts_at, changes.c.id)
    on_them = (
        among(changes.c.service, "services"),
        changes.c.id != sa.bindparam("excluding"),
    )
    at_work = sa.select(*columns).where(*on_them, changes.c.state.in_(_names(_AT_WORK)))
    booked = sa.select(*columns).where(*on_them, changes.c.state.in_(_names(BOOKED - _AT_WORK)))
    parts = [booked.where(*_within(number)) for number in range(near)] or [booked]
    since = (changes.c.ends_at > sa.bindparam("since"), changes.c.starts_at > sa.bindparam("earliest"))
    ended = sa.select(*columns).where(*on_them, changes.c.state == State.COMPLETED.value, *since)
    # One that lies in two spans is read once.
    found = sa.union(*parts, at_work, ended).subquery()
    query = sa.select(changes.c.document).select_from(found.join(changes, changes.c.id == found.c.id))
    return query.order_by(found.c.starts_at, found.c.id)


def _within(number: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of what touches the span of that number."""
    first, last, earliest = (sa.bindparam(f"{name}_{number}", type_=Instant()) for name in ("from", "to", "before"))
    return changes.c.ends_at > first, changes.c.starts_at < last, changes.c.starts_at > earliest


def _names(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


SHARING = {number: _sharing(number) for number in range(_MOST_SPANS + 1)}
"""By the number of spans of time that are looked at; 0 for all times."""
