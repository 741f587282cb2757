"""A team has a thread id and a group id, and a binding knows both."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("bindings", sa.Column("group", sa.Text(), server_default="", nullable=False))
