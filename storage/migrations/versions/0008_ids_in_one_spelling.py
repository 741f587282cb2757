"""The ids of people are GUIDs, which mean the same in any capitals: stored in lower case and without braces.

Where one person was stored under several spellings, the row in lower case, which is how Teams spells them, stays. What
people wrote in words is left alone.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ID = re.compile(rf"\s*(\{{)?({_GUID})(?(1)\}})\s*")
_IN_KEY = re.compile(rf"(?<=[:@])\{{?({_GUID})\}}?(?=:|@|$)")
_ODD = re.compile(rf"\{{{_GUID}\}}|{_GUID}")
_BATCH = 500

_BARE = (  # columns that hold one id, and the rows of which stay
    ("absences", "id", "person"),
    ("changes", "id", "requester"),
    ("refusals", "id", "person"),
)
_MERGED = (  # tables of which one person has one row, and what is taken from the row that goes
    ("people", "id", ("name", "folded", "mri", "language")),
    ("chats", "person", ()),
)
_DOCUMENTS = (("outbox", "body"), ("operations", "body"), ("events", "body"), ("changes", "document"))
_KEYS = (  # texts that are made of ids among others, unique together with the columns before them
    ("outbox", ("key",), True),
    ("outbox", ("lane",), False),
    ("ledger", ("key",), True),
    ("settings", ("name",), True),
    ("messages", ("change", "message"), True),
)


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection)
    for name, key, column in _BARE:
        _spell_column(connection, tables.tables[name], (key,), column)
    _spell_column(connection, tables.tables["events"], ("change", "seq"), "by_id")
    for name, column, kept in _MERGED:
        _merge(connection, tables.tables[name], column, kept)
    for name, unique, is_unique in _KEYS:
        _spell_keys(connection, tables.tables[name], unique, is_unique)
    marks = _marks(connection, tables.tables["events"])
    for name, column in _DOCUMENTS:
        _spell_documents(connection, tables.tables[name], column, marks)


def _spelled(text: str) -> str:
    found = _ID.fullmatch(text)
    return found[2].lower() if found else text


def _spelled_key(text: str) -> str:
    return _IN_KEY.sub(lambda found: found[1].lower(), text)


def _rows(connection: sa.Connection, query: Any) -> Iterator[Any]:
    """The rows, read whole before anything is written; a batch at a time."""
    for batch in connection.execute(query).partitions(_BATCH):
        yield from batch


def _key_of(table: sa.Table) -> list[sa.Column[Any]]:
    return list(table.primary_key)


def _is(table: sa.Table, row: Any) -> Any:
    return sa.and_(*(column == getattr(row, column.name) for column in _key_of(table)))


def _spell_column(connection: sa.Connection, table: sa.Table, key: tuple[str, ...], column: str) -> None:
    found = sa.select(table.c[column]).distinct()
    for old in list(connection.execute(found).scalars()):
        if (new := _spelled(old)) != old:
            connection.execute(sa.update(table).where(table.c[column] == old).values({column: new}))


def _merge(connection: sa.Connection, table: sa.Table, column: str, kept: tuple[str, ...]) -> None:
    for row in list(connection.execute(sa.select(table))):
        old = getattr(row, column)
        new = _spelled(old)
        if new == old:
            continue
        there = connection.execute(sa.select(table).where(table.c[column] == new)).one_or_none()
        mine = table.c[column] == old
        if there is None:
            connection.execute(sa.update(table).where(mine).values({column: new}))
            continue
        missing = {name: getattr(row, name) for name in kept if not getattr(there, name) and getattr(row, name)}
        if missing:
            connection.execute(sa.update(table).where(table.c[column] == new).values(missing))
        connection.execute(sa.delete(table).where(mine))


def _spell_keys(connection: sa.Connection, table: sa.Table, unique: tuple[str, ...], is_unique: bool) -> None:
    *others, column = unique
    odd = []
    for row in _rows(connection, sa.select(*dict.fromkeys((*_key_of(table), *(table.c[name] for name in unique))))):
        old = getattr(row, column)
        new = _spelled_key(old)
        if new != old:
            odd.append((row, new))
    for row, new in odd:
        same = sa.and_(*(table.c[name] == getattr(row, name) for name in others), table.c[column] == new)
        if is_unique and connection.execute(sa.select(sa.literal(1)).select_from(table).where(same)).first():
            # Said once under each spelling: the one in which Teams spells them stays.
            if table.name in ("settings", "messages"):
                connection.execute(sa.delete(table).where(_is(table, row)))
            continue
        connection.execute(sa.update(table).where(_is(table, row)).values({column: new}))


def _spell_documents(connection: sa.Connection, table: sa.Table, column: str, marks: dict[str, dict[str, str]]) -> None:
    change = table.c.change if "change" in table.c else table.c.id
    changed = []
    for row in _rows(connection, sa.select(*dict.fromkeys((*_key_of(table), change, table.c[column])))):
        text, own = getattr(row, column), marks.get(str(getattr(row, change.name)), {})
        if not own and not _has_odd(text):
            continue
        document = json.loads(text)
        fresh = _walked(document, own)
        if fresh != document:
            changed.append((row, json.dumps(fresh, ensure_ascii=False, separators=(",", ":"))))
    for row, text in changed:
        connection.execute(sa.update(table).where(_is(table, row)).values({column: text}))


def _has_odd(text: str) -> bool:
    return any(_spelled(found[0]) != found[0] for found in _ODD.finditer(text))


def _walked(node: Any, marks: dict[str, str]) -> Any:
    """The document with every person in one spelling, and each decision still about the plan that it was about."""
    match node:
        case {"id": str(person), "name": str(), **others}:
            return {"id": _spelled(person), "name": node["name"]} | _walked(others, marks)
        case dict():
            return {name: _field(name, value, marks) for name, value in node.items()}
        case list():
            return [_walked(each, marks) for each in node]
        case _:
            return node


def _field(name: str, value: Any, marks: dict[str, str]) -> Any:
    if isinstance(value, str):
        if name in ("key", "message"):
            return _spelled_key(value)
        return marks.get(value, value) if name in ("fingerprint", "told") else value
    return _walked(value, marks)


def _marks(connection: sa.Connection, events: sa.Table) -> dict[str, dict[str, str]]:
    """By change, the marks of its plans whose implementer is spelled anew: what they were, and what they become."""
    found: dict[str, dict[str, str]] = {}
    plans: dict[str, Any] = {}
    query = sa.select(events.c.change, events.c.body).order_by(events.c.change, events.c.seq)
    for row in _rows(connection, query.where(events.c.body.contains('"implementer"'))):
        body = json.loads(row.body)
        # An event has the whole plan, or names who implements it from now on.
        plan = body.get("plan") or plans.get(row.change, {}) | {"implementer": body.get("implementer")}
        plans[row.change] = plan
        old = plan["implementer"]["id"]
        if _spelled(old) != old:
            pairs = zip(_marks_of(plan, old), _marks_of(plan, _spelled(old)), strict=True)
            found.setdefault(row.change, {}).update(pairs)
    return found


def _marks_of(plan: Any, implementer: str) -> tuple[str, str]:
    """What a decision and an announcement named this plan by, as the program reckoned at this revision."""
    start, end = (datetime.fromisoformat(plan["window"][name]).isoformat() for name in ("start", "end"))
    texts = [plan.get(name, "") for name in ("why", "risks", "rollback", "affected")]
    facts = [plan["service"], plan["title"], plan["what"], plan["tests"], implementer, *texts]
    facts += [plan.get("kind", "normal"), plan.get("reason", "")]
    facts += [plan["notify"]] if plan.get("notify") else []
    told = [start, end, plan["title"], plan.get("affected", ""), implementer]
    return _hash([*facts, start, end]), _hash(told)


def _hash(facts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]
