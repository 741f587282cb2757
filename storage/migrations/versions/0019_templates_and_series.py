"""Templates of changes, with everything that ever became of one, and recurring changes: a plan and a rule each."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "entry", name=op.f("pk_templates")),
    )
    op.create_index("ix_templates_service_is_current", "templates", ["service", "is_current", "key"])
    op.create_table(
        "series",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    is_open = sa.text("over IS false") if op.get_bind().dialect.name == "postgresql" else sa.text("over IS 0")
    op.create_index(
        "ix_series_going_on", "series", ["id"], unique=False, sqlite_where=is_open, postgresql_where=is_open
    )
