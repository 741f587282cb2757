"""Names of settings are compared byte by byte, whatever the language of the PostgreSQL: ranges of them are read.

In most languages a semicolon comes before a colon. There no worker was ever found among `worker:…` up to `worker;`.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite compares so anyway
        op.execute('ALTER TABLE settings ALTER COLUMN name TYPE text COLLATE "C"')


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE settings ALTER COLUMN name TYPE text COLLATE "default"')
