"""Changes are found by their implementer, and a draft with its card in the channel by everybody; operations by age."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("changes", sa.Column("implementer", sa.Text(), server_default="", nullable=False))
    table = sa.table(
        "changes",
        sa.column("id"),
        sa.column("document"),
        sa.column("implementer"),
        sa.column("handed_in", sa.Boolean()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.document, table.c.handed_in)).all():
        change = json.loads(row.document)
        values = {
            "implementer": str(change.get("plan", {}).get("implementer", {}).get("id", "")),
            "handed_in": bool(row.handed_in) or change.get("conflict_allowed") is not None,
        }
        connection.execute(sa.update(table).where(table.c.id == row.id).values(values))
    op.create_index(op.f("ix_changes_implementer_starts_at"), "changes", ["implementer", "starts_at"], unique=False)
    op.create_index(op.f("ix_operations_kind_asked_at"), "operations", ["kind", "asked_at"], unique=False)
    op.create_index(op.f("ix_operations_asked_at"), "operations", ["asked_at"], unique=False)
