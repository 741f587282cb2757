"""`python -m storage backup FILE`, `python -m storage restore FILE`, `python -m storage forget PERSON`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from storage.backup import BackupError, backup, restore
from storage.forgetting import forget

DEFAULT = "sqlite+aiosqlite:///var/changes.db"


def main(arguments: Sequence[str]) -> int:
    """Do it, and say what was done; the exit status is 1 when it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m storage", description="Looks after the bot's database.")
    parser.add_argument("--url", default=os.environ.get("CHANGE_DATABASE_URL") or DEFAULT, help="the database")
    orders = parser.add_subparsers(dest="order", required=True)
    for order, what in (("backup", "write everything into a new FILE"), ("restore", "fill an empty database")):
        orders.add_parser(order, help=what).add_argument("file", type=Path)
    orders.add_parser("forget", help="replace a person's name and id everywhere").add_argument("person")
    asked = parser.parse_args(arguments)
    try:
        if asked.order == "forget":
            count = asyncio.run(forget(asked.url, asked.person))
            print(f"{asked.person} was replaced in {count} rows. What people wrote about them in words is still there.")
            return 0
        if asked.order == "backup":
            counts = asyncio.run(backup(asked.url, asked.file, datetime.now(UTC)))
        else:
            counts = asyncio.run(restore(asked.url, asked.file))
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{asked.file}: {sum(counts.values())} rows, {counts.get('changes', 0)} of them changes.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
