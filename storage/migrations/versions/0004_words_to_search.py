"""Changes are found by their words."""

import json
from typing import Any
from unicodedata import combining, normalize

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("changes", sa.Column("words", sa.Text(), server_default="", nullable=False))
    table = sa.table("changes", sa.column("id"), sa.column("document"), sa.column("words"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.document)).all():
        words = _words(row.id, json.loads(row.document))
        connection.execute(sa.update(table).where(table.c.id == row.id).values(words=words))


def _words(change_id: str, change: dict[str, Any]) -> str:
    """As the program folded them when this migration was written; the next save of a change does it anew."""
    plan = change.get("plan", {})
    texts = [str(plan.get(name, "")) for name in ("title", "what", "why", "risks", "rollback", "affected")]
    people = [str(each.get("name", "")) for each in (change.get("requester", {}), plan.get("implementer", {}))]
    text = " ".join([change_id, *texts, *map(str, plan.get("tests", [])), *people]).replace("\0", "")
    bare = "".join(each for each in normalize("NFKD", text) if not combining(each))
    return " ".join(normalize("NFKC", bare.casefold()).split())
