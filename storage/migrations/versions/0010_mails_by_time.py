"""The delivery log is read by time: which mails went out beside one of which nobody knows whether it was taken."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index(op.f("ix_ledger_way_at"), "ledger", ["way", "at"], unique=False)
