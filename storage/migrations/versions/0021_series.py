"""Recurring changes: a plan, a rule, and which of its days became a draft."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_series")),
    )
    is_open = sa.text("over IS false") if op.get_bind().dialect.name == "postgresql" else sa.text("over IS 0")
    op.create_index(
        "ix_series_going_on", "series", ["number"], unique=False, sqlite_where=is_open, postgresql_where=is_open
    )
