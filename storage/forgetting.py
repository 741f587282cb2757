"""A person who left is forgotten: their name and id are replaced wherever the bot itself wrote them.

The history stays whole: whatever they did was done by one and the same former member.
"""

import hashlib
import json
import secrets
from typing import Any

from sqlalchemy import Table, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.backup import BackupError
from storage.engine import make_engine
from storage.errors import CannotOpen
from storage.tables import (
    absences,
    changes,
    chats,
    deliveries,
    dialogs,
    events,
    ledger,
    messages,
    operations,
    outbox,
    people,
    refusals,
    settings,
)

NAME = "former member"
DOCUMENTS = ((changes, "document"), (events, "body"), (outbox, "body"), (operations, "body"))


async def forget(url: str, person: str) -> int:
    """Forget the person with that id, in one transaction; how many rows were written. Raises BackupError."""
    try:
        engine = make_engine(url, patient=True)
    except CannotOpen as error:
        raise BackupError(str(error)) from error
    try:
        async with engine.begin() as connection:
            return await _forgotten(connection, person)
    except (SQLAlchemyError, OSError) as error:
        raise BackupError(f"Nobody was forgotten, and nothing was changed: {error}.") from error
    finally:
        await engine.dispose()


async def _forgotten(connection: AsyncConnection, person: str) -> int:
    query = select(people.c.name, people.c.mri).where(people.c.id == person)
    known = (await connection.execute(query)).one_or_none()
    names = {known.name} if known and known.name else set()
    # Nobody can reckon back from it: the salt is thrown away.
    instead = "former-" + hashlib.sha256((person + secrets.token_hex()).encode()).hexdigest()[:16]
    count = 0
    for table, column in DOCUMENTS:
        count += await _replaced(connection, table, column, person, instead, names)
    for table, who, name in (
        (events, events.c.by_id, events.c.by_name),
        (refusals, refusals.c.person, refusals.c.name),
    ):
        changed = update(table).where(who == person).values({who: instead, name: NAME})
        count += (await connection.execute(changed)).rowcount
    changed = update(changes).where(changes.c.requester == person).values(requester=instead)
    count += (await connection.execute(changed)).rowcount
    for name in names:
        noted = update(ledger).where(ledger.c.recipient == name).values(recipient=NAME)
        count += (await connection.execute(noted)).rowcount
    mine = [chats.c.person == person, absences.c.person == person, people.c.id == person]
    mine.append(settings.c.name == f"digest:{person}")
    mine.append(or_(messages.c.message.endswith(f"@{person}", autoescape=True)))
    if known and known.mri:
        mine.append(dialogs.c.key.endswith(f"|{known.mri}", autoescape=True))
    for where, table in zip(mine, (chats, absences, people, settings, messages, dialogs), strict=False):
        count += (await connection.execute(delete(table).where(where))).rowcount
    # Answers to presses are cards with people's names on them, kept only against repeated deliveries.
    for name in names:
        old = delete(deliveries).where(deliveries.c.answer.contains(name, autoescape=True))
        count += (await connection.execute(old)).rowcount
    if not count:
        raise BackupError(f"Nobody with the id {person} is known: give the Entra object id. Nothing was changed.")
    return count


async def _replaced(
    connection: AsyncConnection, table: Table, column: str, person: str, instead: str, names: set[str]
) -> int:
    keys = list(table.primary_key)
    text = table.c[column]
    query = select(*keys, text).where(text.contains(person, autoescape=True)).with_for_update()
    rows = (await connection.execute(query)).all()
    for row in rows:
        document = json.loads(row[-1])
        _collect(document, person, names)
        fresh = json.dumps(_without(document, person, instead), ensure_ascii=False, separators=(",", ":"))
        where = [key == value for key, value in zip(keys, row[:-1], strict=True)]
        await connection.execute(update(table).where(*where).values({column: fresh}))
    return len(rows)


def _collect(node: Any, person: str, names: set[str]) -> None:
    """The names under which the person stands in it."""
    if isinstance(node, dict):
        if node.get("id") == person and isinstance(node.get("name"), str) and node["name"]:
            names.add(node["name"])
        for each in node.values():
            _collect(each, person, names)
    elif isinstance(node, list):
        for each in node:
            _collect(each, person, names)


def _without(node: Any, person: str, instead: str) -> Any:
    if isinstance(node, dict):
        if node.get("id") == person:
            return {**node, "id": instead, "name": NAME} if "name" in node else {**node, "id": instead}
        return {key: _without(value, person, instead) for key, value in node.items()}
    if isinstance(node, list):
        return [_without(each, person, instead) for each in node]
    return node
