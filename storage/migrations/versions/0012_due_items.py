"""What falls due has an owner of a type: the steps of changes are due items, and need not be the only ones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "due_items",
        sa.Column("owner_type", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner_type", "owner", "key", name=op.f("pk_due_items")),
    )
    op.create_index(op.f("ix_due_items_due_owner_place"), "due_items", ["due", "owner", "place"], unique=False)
    op.execute(
        "INSERT INTO due_items (owner_type, owner, key, kind, due, place, failures, held_until) "
        "SELECT 'change', steps.change, steps.key, steps.kind, steps.due, steps.place, changes.failures, "
        "changes.held_until FROM steps JOIN changes ON changes.id = steps.change"
    )
    op.drop_table("steps")
    op.drop_column("changes", "failures")
    op.drop_column("changes", "held_until")
