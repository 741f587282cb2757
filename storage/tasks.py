"""What waits for whom, written down whenever a change is saved: nobody reads the changes to know a person's tasks.

The rows say from when until when something waits for a person; what depends on who is away today is left to whoever
asks (ApprovalRole).
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from application.ports import Worklist
from changes.approvals.quorum import approvers_of
from changes.model import Change, Person
from changes.policy import Service
from changes.reporting.worklist import Duty, PendingTask, TaskKind, duties
from storage import codec
from storage.columns import Instant, among
from storage.searching import Phase
from storage.tables import changes, tasks
from storage.transaction import SqlStore, Transaction

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""The beginning of what has none, and the end."""
_SHAPES = 64


class ApprovalRole(IntEnum):
    """Whether the person is asked, where those who may decide take turns."""

    ALWAYS = 0
    APPROVER = 1
    """While they are there."""
    DEPUTY = 2
    """While the approver, who may decide it, is away."""
    INSTEAD = 3
    """Always while they are there, since the approver may not decide it."""


_OF = sa.delete(tasks).where(tasks.c.change == sa.bindparam("of"))
_ADD = sa.insert(tasks)


class SqlTasks(SqlStore):
    """Tasks in the database."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._pending: dict[str, list[dict[str, Any]]] = {}

    def replace(self, change: Change, service: Service | None) -> None:
        """Write down what the change asks of whom from now on; nothing where nobody knows its service."""
        self._transaction.mark_dirty()
        self._pending[change.id] = list(rows_of(change, service)) if service is not None else []

    async def flush(self) -> None:
        """Write what is pending."""
        pending, self._pending = self._pending, {}
        if pending:
            await self._transaction.execute(_OF, [{"of": each} for each in pending])
        if rows := [row for rows in pending.values() for row in rows]:
            await self._transaction.execute(_ADD, rows)

    async def of(
        self, person: Person, services: Collection[Service], now: datetime, most: int, most_others: int
    ) -> Worklist:
        roles = tuple(sorted((each.key, role.value) for each in services for role in _roles(person, each, now)))
        listed, counted, others = _statements(roles)
        of = {"person": person.id, "now": now, "services": [each.key for each in services]}
        count = int((await self._transaction.execute(counted, of)).scalar_one())
        rows = (await self._transaction.execute(listed, {**of, "most": most})).all() if count else ()
        own = (await self._transaction.execute(others, {**of, "most": most_others})).scalars()
        return Worklist(tuple(map(_task, rows)), count, tuple(map(codec.decode_change, own)))


def rows_of(change: Change, service: Service) -> Iterator[dict[str, Any]]:
    """The rows of what the change asks of whom. Of two at one time for one person the first alone is among them."""
    known: dict[str, list[Duty]] = {}
    for place, duty in enumerate(duties(change, service)):
        for person in dict.fromkeys(duty.people):
            before = known.setdefault(person.id, [])
            if any(each.covers(duty) for each in before):
                continue
            if not duty.is_shared:
                before.append(duty)
            task = duty.task
            yield {
                "person": person.id,
                "change": change.id,
                "place": place,
                "service": service.key,
                "kind": task.asked.value,
                "since": task.since,
                "by": task.by,
                "undated": task.by is None,
                "due": task.by or task.since,
                "begins": duty.begins or _FIRST,
                "ends": duty.ends or _LAST,
                "turn": _role(person, duty, service).value,
            }


def _role(person: Person, duty: Duty, service: Service) -> ApprovalRole:
    if not duty.is_shared:
        return ApprovalRole.ALWAYS
    if person == service.approver:
        return ApprovalRole.APPROVER
    return ApprovalRole.DEPUTY if service.approver in duty.people else ApprovalRole.INSTEAD


def _roles(person: Person, service: Service, now: datetime) -> tuple[ApprovalRole, ...]:
    """The roles that the person has today: they are there, or nothing is asked of them by turns."""
    if person == service.approver:
        return (ApprovalRole.APPROVER,)
    if person not in approvers_of(service):
        return ()
    is_away = service.away_until(service.approver, service.local(now).date()) is not None
    return (ApprovalRole.INSTEAD, ApprovalRole.DEPUTY) if is_away else (ApprovalRole.INSTEAD,)


def _waits(roles: tuple[tuple[str, int], ...]) -> list[sa.ColumnElement[bool]]:
    now = sa.bindparam("now", type_=Instant())
    by_turns = [sa.and_(tasks.c.service == key, tasks.c.turn == role) for key, role in roles]
    return [
        tasks.c.person == sa.bindparam("person"),
        among(tasks.c.service, "services"),
        tasks.c.begins <= now,
        tasks.c.ends > now,
        sa.or_(tasks.c.turn == ApprovalRole.ALWAYS.value, *by_turns),
    ]


@lru_cache(_SHAPES)
def _statements(
    roles: tuple[tuple[str, int], ...],
) -> tuple[sa.Select[Any], sa.Select[Any], sa.Select[Any]]:
    """What lists the first tasks, what counts all of them, and what lists the person's other open changes."""
    order = ("undated", "due", "since", "change")
    first = sa.select(*(tasks.c[name] for name in (*order, "kind", "by"))).where(*_waits(roles))
    first = first.order_by(*(tasks.c[name] for name in order)).limit(sa.bindparam("most"))
    found = first.subquery()
    listed = sa.select(found.c.kind, found.c.since, found.c.by, changes.c.document)
    listed = listed.join(changes, changes.c.id == found.c.change).order_by(*(found.c[name] for name in order))
    return listed, sa.select(sa.func.count()).select_from(tasks).where(*_waits(roles)), _others(roles)


def _others(roles: tuple[tuple[str, int], ...]) -> sa.Select[tuple[str]]:
    """The person's own open changes that ask nothing of them, the next window first."""
    c, person = changes.c, sa.bindparam("person", type_=sa.Text())
    asked = sa.select(tasks.c.change).where(*_waits(roles))
    order = (c.starts_at, c.id)
    firsts = [
        sa.select(*order)
        .where(*part, c.phase == phase.value, c.id.not_in(asked))
        .order_by(*order)
        .limit(sa.bindparam("most"))
        .subquery()
        for part in ((c.requester == person,), (c.implementer == person, c.requester != person, c.handed_in))
        for phase in (Phase.DRAFT, Phase.OPEN)
    ]
    found = sa.union_all(*(sa.select(each) for each in firsts)).subquery()
    first = sa.select(found).order_by(found.c.starts_at, found.c.id).limit(sa.bindparam("most")).subquery()
    query = sa.select(c.document).select_from(first.join(changes, c.id == first.c.id))
    return query.order_by(first.c.starts_at, first.c.id)


def _task(row: sa.Row[Any]) -> PendingTask:
    return PendingTask(codec.decode_change(row.document), TaskKind(row.kind), row.since, row.by)
