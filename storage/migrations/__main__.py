"""Writes the next migration from what storage/tables.py says today: `python -m storage.migrations "what it does"`."""

import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migrations import configuration


def write(what: str) -> None:
    """Compare the tables with what the migrations make of an empty database, and write down the difference."""
    with create_engine("sqlite://").connect() as connection:
        config = configuration(connection)
        command.upgrade(config, "head")
        following = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        command.revision(config, what, autogenerate=True, rev_id=f"{following:04}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit('Say what the migration does: python -m storage.migrations "add a column"')
    write(" ".join(sys.argv[1:]))
