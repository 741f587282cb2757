"""A person who left is forgotten: their name and id are replaced wherever the bot itself wrote them.

Nothing here lists where people stand: every document is walked, and every text that names what belongs to somebody.
The history stays whole: whatever they did was done by one and the same former member, and what was decided about a
plan is still about that plan.
"""

import hashlib
import json
import re
import secrets
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.lifecycle import evolve
from changes.model import Change, normalized_id
from storage.backup import BackupError
from storage.change_store import columns_of, entry_of
from storage.engine import make_engine
from storage.errors import CannotOpen, UnknownType
from storage.tables import (
    absences,
    changes,
    chats,
    deliveries,
    dialogs,
    events,
    ledger,
    messages,
    metadata,
    people,
    refusals,
    settings,
)

NAME = "former member"


async def forget(url: str, person: str) -> int:
    """Forget the person with that id, however it is spelled, in one transaction; how many rows were written.

    Raises BackupError.
    """
    person = normalized_id(person)
    try:
        engine = make_engine(url, patient=True)
    except CannotOpen as error:
        raise BackupError(str(error)) from error
    try:
        async with engine.begin() as connection:
            return await _forgotten(connection, person)
    except (SQLAlchemyError, OSError, UnknownType, ValueError) as error:
        raise BackupError(f"Nobody was forgotten, and nothing was changed: {error}.") from error
    finally:
        await engine.dispose()


async def _forgotten(connection: AsyncConnection, person: str) -> int:
    mri = await connection.scalar(select(people.c.mri).where(people.c.id == person))
    walk = _Walk(person)
    for who, name in (  # before these rows go
        (people.c.id, people.c.name),
        (chats.c.person, chats.c.name),
        (absences.c.person, absences.c.name),
        (refusals.c.person, refusals.c.name),
    ):
        walk.names.update((await connection.execute(select(name).where(who == person))).scalars())
    count = await _taken_away(connection, person, mri or "")
    count += await _retold(connection, walk)
    changed = update(refusals).where(refusals.c.person == person).values(person=walk.instead, name=NAME)
    count += (await connection.execute(changed)).rowcount
    for table in metadata.sorted_tables:
        if table not in (changes, events):
            count += await _replaced(connection, table, walk)
    for each in walk.names - {""}:
        noted = update(ledger).where(ledger.c.recipient == each).values(recipient=NAME)
        count += (await connection.execute(noted)).rowcount
        # Answers to presses are cards with people's names on them, kept only against repeated deliveries.
        written = {each, json.dumps(each)[1:-1]}  # with its accents as JSON escapes them
        old = delete(deliveries).where(or_(*(deliveries.c.answer.contains(name, autoescape=True) for name in written)))
        count += (await connection.execute(old)).rowcount
    if not count:
        raise BackupError(f"Nobody with the id {person} is known: give the Entra object id. Nothing was changed.")
    return count


async def _taken_away(connection: AsyncConnection, person: str, mri: str) -> int:
    """Without what is only theirs: chat, absences, what they chose, half-filled forms, cards in their chat."""
    theirs: list[tuple[Table, ColumnElement[bool]]] = [
        (chats, chats.c.person == person),
        (absences, absences.c.person == person),
        (people, people.c.id == person),
        (settings, settings.c.name.endswith(f":{person}", autoescape=True)),
        (messages, messages.c.message.endswith(f"@{person}", autoescape=True)),
    ]
    if mri:
        theirs.append((dialogs, dialogs.c.key.endswith(f"|{mri}", autoescape=True)))
    return sum([(await connection.execute(delete(table).where(where))).rowcount for table, where in theirs])


async def _retold(connection: AsyncConnection, walk: "_Walk") -> int:
    """Every history in which they stand is written anew, and each change as what its history comes to."""
    query = select(events.c.change).where(
        or_(events.c.by_id == walk.person, events.c.body.contains(walk.person, autoescape=True))
    )
    count = 0
    for change_id in (await connection.execute(query.distinct().order_by(events.c.change))).scalars().all():
        # Whoever saves it meanwhile waits, or is waited for.
        await connection.execute(select(changes.c.id).where(changes.c.id == change_id).with_for_update())
        written = await connection.execute(select(events).where(events.c.change == change_id).order_by(events.c.seq))
        before: Change | None = None
        after: Change | None = None
        marks: dict[str, str] = {}
        for row in written.all():
            fresh = {"body": walk.text(row.body, marks)}
            if row.by_id == walk.person:
                walk.names.add(row.by_name)
                fresh |= {"by_id": walk.instead, "by_name": NAME}
            mine = (events.c.change == change_id) & (events.c.seq == row.seq)
            if fresh != {"body": row.body}:
                count += (await connection.execute(update(events).where(mine).values(fresh))).rowcount
            before = evolve(before, entry_of(row))
            after = evolve(after, entry_of((await connection.execute(select(events).where(mine))).one()))
            # A decision names its plan by a mark that the implementer's id goes into: it stays with that plan.
            marks[before.plan.fingerprint] = after.plan.fingerprint
        if after is not None:
            whole = update(changes).where(changes.c.id == change_id).values(columns_of(after))
            count += (await connection.execute(whole)).rowcount
    return count


async def _replaced(connection: AsyncConnection, table: Table, walk: "_Walk") -> int:
    # What people wrote in words has a type of its own, and stays.
    texts = [column for column in table.columns if isinstance(column.type, Text)]
    keys = list(table.primary_key)
    if not texts:
        return 0
    named = or_(*(column.contains(walk.person, autoescape=True) for column in texts))
    count = 0
    for row in (await connection.execute(select(table).where(named).with_for_update())).all():
        old = {column.name: getattr(row, column.name) for column in texts}
        fresh = {name: walk.text(value, {}) for name, value in old.items() if value is not None}
        fresh = {name: value for name, value in fresh.items() if value != old[name]}
        if fresh:
            where = [key == getattr(row, key.name) for key in keys]
            count += (await connection.execute(update(table).where(*where).values(fresh))).rowcount
    return count


class _Walk:
    """Replaces one person in texts and documents, and notes the names under which they stand there."""

    def __init__(self, person: str) -> None:
        self.person = person
        # Nobody can reckon back from it: the salt is thrown away.
        self.instead = "former-" + hashlib.sha256((person + secrets.token_hex()).encode()).hexdigest()[:16]
        self.names: set[str] = set()
        self._named = re.compile(rf"(?<![^:@|]){re.escape(person)}(?![^:@|])")

    def text(self, text: str, marks: dict[str, str]) -> str:
        """A document without the person, each of `marks` in it replaced; or a key that is made of ids."""
        if text[:1] not in ("{", "["):
            return self._named.sub(self.instead, text)
        document = json.loads(text)
        fresh = self._without(document, marks)
        return text if fresh == document else json.dumps(fresh, ensure_ascii=False, separators=(",", ":"))

    def _without(self, node: Any, marks: dict[str, str]) -> Any:
        match node:
            case {"id": self.person, "name": name, **others}:
                self.names.add(name)
                return {"id": self.instead, "name": NAME} | self._without(others, marks)
            case dict():
                return {
                    self._without(key, marks): marks.get(value, value)
                    if key == "fingerprint"
                    else self._without(value, marks)
                    for key, value in node.items()
                }
            case list():
                return [self._without(each, marks) for each in node]
            case str():
                return self._named.sub(self.instead, node)
            case _:
                return node
