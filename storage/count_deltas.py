"""Adds up what PostgreSQL's writers leave beside the counts of the statistics, so that none waits for another's row."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from storage.tables import change_count_deltas, change_counts
from storage.transaction import Transaction

_ALL_OF_THEM = 2**62
MOST_ADDED = 50_000
"""Maximum number of rows that are added to the counts in one transaction: it ends long before anybody gives up."""
KEY = ("counted", "service", "month", "value")
"""Of both tables."""
_d = change_count_deltas.c
_WAITING = sa.select(sa.func.min(_d.id).label("first"), sa.func.max(_d.id).label("last"))
_taken = sa.delete(change_count_deltas).where(_d.id < sa.bindparam("until"))
_gone = _taken.returning(*(_d[name] for name in KEY), _d.number).cte("gone")
_key = [_gone.c[name] for name in KEY]
_sum = sa.func.sum(_gone.c.number)
_added = postgresql.insert(change_counts).from_select(
    [*KEY, "number"],
    # In one order, so that two who do so never wait for each other.
    sa.select(*_key, _sum).group_by(*_key).having(_sum != 0).order_by(*_key),
)
_ADD = _added.on_conflict_do_update(
    index_elements=list(KEY), set_={"number": change_counts.c.number + _added.excluded.number}
)
"""What others write meanwhile is no part of it, and stays: all together is the same before and after."""


async def add_deltas(transaction: Transaction) -> bool:
    """Add to the counts what PostgreSQL's writers have left; whether there is more, for other transactions."""
    if not transaction.is_postgresql:
        return False
    waiting = (await transaction.execute(_WAITING)).one()
    if waiting.first is None:
        return False
    until = waiting.first + MOST_ADDED
    await transaction.execute(_ADD, {"until": until})
    return bool(waiting.last >= until)


def leave_no_trace(connection: sa.Connection) -> None:
    """Add all deltas to the counts and delete counts of zero: nothing of a redacted change shows in them."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD, {"until": _ALL_OF_THEM})
    connection.execute(sa.delete(change_counts).where(change_counts.c.number == 0))
