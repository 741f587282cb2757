"""What Alembic runs: the migrations, on the connection and in the transaction that it was given."""

from typing import Any, Literal

from alembic import context

from storage.columns import Instant, Words
from storage.tables import metadata


def plain(kind: str, item: object, _: Any) -> str | Literal[False]:
    """A migration says what the database has, not which class of today's program stands for it."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Words):
        return "sa.Text()"
    return False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_item=plain)
context.run_migrations()
