"""How many changes count as what in which month is kept in a table, so that nobody counts the changes themselves.

Triggers keep it: whoever writes a change, restores a backup or forgets a person writes it too, in the same transaction.
In which month a change counts its service's clock says, so that is filled in at the start, and the table with it:
application/replanning.py. SQLite has one writer, who adds to what is there. On PostgreSQL writers would wait for each
other there: each leaves rows of its own, which are added to it later (storage/count_deltas.py).
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = "counted, service, month, value"
# What a row of a change counts as, so many times, and by which of its columns. Most writes move it on by one state.
_AS_CHANGE = """
SELECT 'changes', its.service, its.month, its.state || '/' || coalesce(its.outcome, '')
|| CASE WHEN its.short_notice THEN '/short' ELSE '/' END || CASE WHEN its.overrun > 0 THEN '/late' ELSE '/' END, times
WHERE its.month IS NOT NULL
"""
_OF_CHANGE = ("service", "month", "state", "outcome", "short_notice", "overrun")
_AS_VALUES = """
SELECT 'lead_days', its.service, its.month, CAST(its.lead_days AS TEXT), times WHERE its.month IS NOT NULL
UNION ALL
SELECT 'lead_days/year', its.service, its.month / 12 * 12, CAST(its.lead_days AS TEXT), times
WHERE its.month IS NOT NULL
UNION ALL
SELECT 'overrun', its.service, its.month, CAST(its.overrun AS TEXT), times
WHERE its.month IS NOT NULL AND its.overrun > 0
UNION ALL
SELECT 'overrun/year', its.service, its.month / 12 * 12, CAST(its.overrun AS TEXT), times
WHERE its.month IS NOT NULL AND its.overrun > 0
"""
_OF_VALUES = ("service", "month", "lead_days", "overrun")
_COUNTED = {"change": (_AS_CHANGE, _OF_CHANGE), "values": (_AS_VALUES, _OF_VALUES)}
_EVENTS = {"added": "INSERT", "written": "UPDATE", "deleted": "DELETE"}


def upgrade() -> None:
    op.drop_index("ix_changes_counted", "changes")
    op.add_column("changes", sa.Column("month", sa.Integer(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    key = sa.PrimaryKeyConstraint("counted", "service", "month", "value", name=op.f("pk_change_counts"))
    op.create_table("change_counts", *_columns(), key, sqlite_with_rowid=False)
    number = sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)
    key = sa.PrimaryKeyConstraint("id", name=op.f("pk_change_count_deltas"))
    op.create_table("change_count_deltas", number, *_columns(), key)
    for each in _triggers(is_sqlite=is_sqlite):
        op.get_bind().exec_driver_sql(each)


def _columns() -> Iterator[sa.Column[Any]]:
    for name in ("counted", "service", "month", "value", "number"):
        kind = sa.Integer() if name in ("month", "number") else sa.Text()
        yield sa.Column(name, kind, autoincrement=False, nullable=False)


def _triggers(*, is_sqlite: bool) -> Iterator[str]:
    into = "change_counts" if is_sqlite else "change_count_deltas"
    for kind, (counted, columns) in _COUNTED.items():
        now, before = _counted(counted, "new", 1), _counted(counted, "old", -1)
        rows = {"added": now, "deleted": before, "written": f"{now} UNION ALL {before}"}
        are, were = (", ".join(f"{its}.{name}" for name in columns) for its in ("new", "old"))
        for event, done in _EVENTS.items():
            name = f"change_counts_{kind}_{event}"
            when = f"AFTER {done} ON changes FOR EACH ROW"
            if event == "written":
                when += f" WHEN (({were}) {'IS NOT' if is_sqlite else 'IS DISTINCT FROM'} ({are}))"
            add = f"INSERT INTO {into} ({_KEY}, number) {rows[event]}"
            if is_sqlite:
                more = f"ON CONFLICT ({_KEY}) DO UPDATE SET number = number + excluded.number"  # nosec B608  # names from above
                yield f"CREATE TRIGGER {name} {when} BEGIN {add} {more}; END"
            else:
                yield f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN {add}; RETURN NULL; END $$"""
                yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"


def _counted(rows: str, its: str, times: int) -> str:
    return re.sub(r"\btimes\b", str(times), re.sub(r"\bits\b", its, rows))
