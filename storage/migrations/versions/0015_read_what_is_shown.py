"""What lists, statistics and estimates show of a change is in columns, and what waits for whom is a table.

Both are filled at the start, by the settings of the services: application/replanning.py.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MINUTES = ("overrun", "took", "snapshot_took", "restore_took", "tests_took")


def upgrade() -> None:
    op.add_column("changes", sa.Column("phase", sa.Integer(), server_default="1", nullable=False))
    op.execute("UPDATE changes SET phase = 0 WHERE state = 'draft'")
    op.execute("UPDATE changes SET phase = 2 WHERE state IN ('completed', 'cancelled')")
    op.add_column("changes", sa.Column("outcome", sa.Text(), nullable=True))
    op.add_column("changes", sa.Column("short_notice", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("changes", sa.Column("extended", sa.Integer(), server_default="0", nullable=False))
    for name in ("lead_days", *_MINUTES):
        op.add_column("changes", sa.Column(name, sa.Integer(), nullable=True))
    for former in ("requester", "implementer", "service_state", "state"):
        op.drop_index(f"ix_changes_{former}_starts_at", "changes")
    page = ["starts_at", "id", "handed_in"]
    for name, columns in {
        "taken": ["service", "state", "starts_at", "ends_at", "id"],
        "in_state": ["state", *page, "requester"],
        "listed": ["phase", *page, "requester"],
        "listed_of_service": ["service", "phase", *page, "requester", "state", "ends_at"],
        "of_requester": ["requester", "phase", *page, "state"],
        "of_implementer": ["implementer", "phase", *page, "requester", "state"],
    }.items():
        op.create_index(f"ix_changes_{name}", "changes", columns, unique=False)
    counted = ["service", "starts_at", "state", "lead_days", "overrun", "outcome", "short_notice"]
    handed_in = sa.text("lead_days IS NOT NULL")
    op.create_index(
        "ix_changes_counted", "changes", counted, unique=False, sqlite_where=handed_in, postgresql_where=handed_in
    )
    # As the engine writes the condition in a query: SQLite compares the two word by word.
    running = sa.text('"over" IS 0' if op.get_bind().dialect.name == "sqlite" else '"over" IS false')
    op.drop_index("ix_operations_over", "operations")
    op.create_index(
        *("ix_operations_running", "operations", ["asked_at", "id"]),
        unique=False,
        sqlite_where=running,
        postgresql_where=running,
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"], unique=False)
    done = sa.text("done_at IS NOT NULL")
    op.create_index("ix_outbox_done", "outbox", ["done_at"], unique=False, sqlite_where=done, postgresql_where=done)
    op.create_table(
        "tasks",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undated", sa.Boolean(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "change", "place", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_change", "tasks", ["change"], unique=False)
    ahead = ["person", "undated", "due", "since", "change", "begins", "ends", "turn", "service"]
    op.create_index("ix_tasks_ahead", "tasks", ahead, unique=False)
    op.create_index("ix_tasks_ends", "tasks", ["ends"], unique=False)
