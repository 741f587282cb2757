"""A change waits after one of its steps failed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("changes", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("changes", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
