"""The next due step, the next message and the answers to people are the first rows of an index, however many wait."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAITING = "done_at IS NULL AND dead_at IS NULL"


def upgrade() -> None:
    op.add_column("due_items", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE due_items SET next_at = CASE WHEN held_until > due THEN held_until ELSE due END WHERE NOT EXISTS ("
        "SELECT 1 FROM due_items AS earlier WHERE earlier.owner_type = due_items.owner_type "
        "AND earlier.owner = due_items.owner AND (earlier.due < due_items.due "
        "OR (earlier.due = due_items.due AND earlier.place < due_items.place)))"
    )
    op.drop_index("ix_due_items_due_owner_place", "due_items")
    _index("ix_due_items_next", "due_items", ["next_at", "owner", "place"], "next_at IS NOT NULL")
    op.add_column("outbox", sa.Column("priority", sa.Integer(), server_default="1", nullable=False))
    op.add_column("outbox", sa.Column("behind", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE outbox SET priority = 0 WHERE done_at IS NULL AND kind IN ('reply', 'Reply')")
    # As the engine writes the condition in a query: SQLite compares the two word by word.
    is_first = "behind IS 0" if op.get_bind().dialect.name == "sqlite" else "behind IS false"
    in_line = f"{_WAITING} AND owner IS NULL AND {is_first}"
    _index("ix_outbox_in_line", "outbox", ["priority", "not_before", "id"], in_line)
    _index("ix_outbox_leased", "outbox", ["leased_until"], f"{_WAITING} AND owner IS NOT NULL")
    _index("ix_outbox_since", "outbox", ["created_at"], _WAITING)


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
