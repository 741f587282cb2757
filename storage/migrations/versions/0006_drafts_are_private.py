"""A draft, also one that was withdrawn, is listed for its requester only."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("changes", sa.Column("handed_in", sa.Boolean(), server_default=sa.true(), nullable=False))
    table = sa.table("changes", sa.column("id"), sa.column("document"), sa.column("handed_in", sa.Boolean()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.document)).all():
        if json.loads(row.document).get("submitted_at") is None:
            connection.execute(sa.update(table).where(table.c.id == row.id).values(handed_in=False))
