"""`python -m storage backup FILE`, `… restore FILE`, `… forget PERSON [--mail ADDRESS] [--name NAME]`, `… revoke`."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

from database_address import DEFAULT
from storage.backup import BackupError, NotThere, backup, restore
from storage.erasure import Erasure, forget
from storage.revocation import revoke
from storage.still_open import refuse_while_in_settings

DOTENV = Path(".env")
SERVICES = Path("services.toml")
MOST_SHOWN = 40


def main(arguments: Sequence[str]) -> int:
    """Do it, and say what was done; the exit status is 1 when it could not be done, 2 when what was named is not there.

    The bot's own settings hold here too, those of the environment before those of `.env`.
    """
    given = _dotenv() | os.environ
    parser = argparse.ArgumentParser(prog="python -m storage", description="Looks after the bot's database.")
    parser.add_argument("--url", default=given.get("CHANGE_DATABASE_URL") or DEFAULT, help="the database")
    orders = parser.add_subparsers(dest="order", required=True)
    for order, what in (("backup", "write everything into a new FILE"), ("restore", "fill an empty database")):
        orders.add_parser(order, help=what).add_argument("file", type=Path)
    forgotten = orders.add_parser("forget", help="replace a person's name, ids and addresses everywhere")
    forgotten.add_argument("person", help="the Entra object id")
    forgotten.add_argument("--mail", action="append", default=[], help="an address of theirs; may be given again")
    forgotten.add_argument(
        "--name", action="append", default=[], help="a name of theirs that nothing else is called by"
    )
    services = given.get("CHANGE_SERVICES")
    forgotten.add_argument("--services", type=Path, default=services or None, help="the bot's services.toml")
    orders.add_parser("revoke", help="void every address of an export or of the calendar that was given out")
    asked = parser.parse_args(arguments)
    try:
        if asked.order == "forget":
            is_given = asked.services is not None
            refuse_while_in_settings(asked.person, asked.services or SERVICES, must_exist=is_given)
            print(_said(asked.person, asyncio.run(forget(asked.url, asked.person, asked.mail, asked.name))))
            return 0
        if asked.order == "revoke":
            print(f"{asyncio.run(revoke(asked.url))} secrets of addresses were taken away; the bot makes new ones.")
            return 0
        if asked.order == "backup":
            counts = asyncio.run(backup(asked.url, asked.file, datetime.now(UTC)))
        else:
            counts = asyncio.run(restore(asked.url, asked.file))
    except BackupError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, NotThere) else 1
    print(f"{asked.file}: {sum(counts.values())} rows, {counts.get('changes', 0)} of them changes.")
    return 0


def _dotenv() -> dict[str, str]:
    """What the bot reads beside it; one that it cannot read, it names when it starts."""
    with contextlib.suppress(OSError, ValueError):
        return {name: value for name, value in dotenv_values(DOTENV, encoding="utf-8-sig").items() if value}
    return {}


def _said(person: str, erasure: Erasure) -> str:
    left = (
        "The database's file has nothing of them either."
        if erasure.is_wiped
        else "The database's files still hold what was overwritten: on SQLite, run this again while the bot is "
        "stopped; on PostgreSQL, run VACUUM FULL."
    )
    return (
        f"{person} was forgotten: {erasure.rows} rows were rewritten or removed. {left} "
        "Still to do: restart the bot if it has not been since they were taken out of services.toml, delete older "
        "backups and logs and, if the bot was running, run this once more in a minute, for what was on its way. "
        "People may have written of them by first name or nickname: that is still there; --name replaces one more."
        f"{_listed(erasure.unsure)}"
    )


def _listed(unsure: Sequence[str]) -> str:
    """The places that somebody has to look at: a name there may be a word, and was left."""
    if not unsure:
        return ""
    shown = [f"- {each}" for each in unsure[:MOST_SHOWN]]
    if len(unsure) > MOST_SHOWN:
        shown.append(f"… and {len(unsure) - MOST_SHOWN} more")
    return "\n".join(("\nThis may be their name or other words, and was left; --name NAME replaces it:", *shown))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
