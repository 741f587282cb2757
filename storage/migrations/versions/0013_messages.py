"""A sentence of the bot stands with its template and facts beside its text, so that it is said in any language.

In the JSON of events, effects and operations it is an object from now on; nothing that is there is rewritten. The
number keeps an earlier version, which knows nothing but texts there, from opening it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, text in (("outbox", "error"), ("ledger", "why"), ("refusals", "sentence")):
        op.add_column(table, sa.Column(f"{text}_message", sa.Text(), nullable=True))
