"""Effects that were committed and are still to be carried out: one at a time for each ordering key."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BindParameter, bindparam, case, false, func, select, text, true, update

from application.api.tokens import BEGINS
from application.ports import DeadLetter, OutboxEntry, Priority, Work, priority_of
from changes.deliveries import ordering_key
from changes.effects import Effect
from storage import codec
from storage.columns import Instant, among
from storage.outbox_queue import Lease, OutboxQueue, first_of
from storage.query_cache import DEAD
from storage.stored_messages import columns_of_text, text_of
from storage.stored_names import stored_name
from storage.tables import bindings, changes, chats, in_line, leased, outbox, waiting
from storage.transaction import SqlStore, Transaction
from storage.upserts import insert_in

_now: BindParameter[datetime] = bindparam("now")
_ever_leased = (leased, outbox.c.leased_until > datetime(1970, 1, 1, tzinfo=UTC))
"""Those that are leased. Every time is later than that one, by which SQLite knows the index to take."""
_OWNERS = select(outbox.c.owner).distinct().where(*_ever_leased)
_RELEASE_ALL = (
    update(outbox).where(*_ever_leased, among(outbox.c.owner, "owners")).values(owner=None, leased_until=None)
)
_ADD = insert_in(outbox, is_postgresql=False).on_conflict_do_nothing(index_elements=["key"])
# Whoever lost the lease and answers late changes nothing about an entry that is settled.
_CLOSE = update(outbox).where(among(outbox.c.id, "entries"), waiting).values(owner=None, leased_until=None)
_GIVE_BACK = _CLOSE.where(outbox.c.owner == bindparam("its"))
# Of two that end at once in one lane each would take the other for the one that lets the next go on.
_alone = func.pg_advisory_xact_lock(func.hashtext("ended:" + outbox.c.lane)).is_not(None)
# In this order, whatever PostgreSQL thinks of their costs: it took the lanes of all that wait.
_one_at_a_time = case((among(outbox.c.id, "entries") & waiting, _alone), else_=false())
_END = {True: _CLOSE.where(_one_at_a_time), False: _CLOSE}
_secret = (outbox.c.kind == "reply") & outbox.c.body.contains(BEGINS, autoescape=True)
_said = case((_secret, "{}"), else_=outbox.c.body)  # a token of the API: once it was said nothing has it any more
_DONE = {is_postgresql: end.values(done_at=_now, body=_said) for is_postgresql, end in _END.items()}
_POSTPONE = _CLOSE.values(not_before=_now)
_FAILED = {
    "error": bindparam("why"),
    "error_message": bindparam("why_message"),
    "attempts": outbox.c.attempts + 1,
}
_RETRY = _CLOSE.values(not_before=_now, **_FAILED)
_DEAD_LETTER = {
    is_postgresql: end.values(dead_at=_now, **_FAILED).execution_options(**DEAD) for is_postgresql, end in _END.items()
}
_DEAD = select(outbox).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.id)
_own = outbox.alias("own")
_NEXT_ONE = (
    update(outbox)
    .where(
        outbox.c.behind.is_(true()),
        outbox.c.id.in_(select(first_of(_own.c.lane)).where(among(_own.c.id, "entries"))),
    )
    .values(behind=False)
)
_NEXT_ATTEMPT = select(
    *(
        select(outbox.c.not_before)
        .where(in_line, outbox.c.priority == each)
        .order_by(outbox.c.not_before)
        .limit(1)
        .scalar_subquery()
        for each in Priority
    ),
    select(outbox.c.leased_until).where(leased).order_by(outbox.c.leased_until).limit(1).scalar_subquery(),
)
_CHATS = select(chats.c.person, chats.c.conversation).where(among(chats.c.person, "people"))
_GROUP_CHATS = (
    select(changes.c.id, bindings.c.conversation)
    .join(bindings, bindings.c.service == changes.c.service)
    .where(among(changes.c.id, "changes"), bindings.c.is_channel.is_(False))
)
_IN_LANES = text(
    """WITH locked AS MATERIALIZED (
        SELECT key, lane, pg_advisory_xact_lock(hashtext('lane:' || lane)) AS locked FROM (
            SELECT asked.key,
                coalesce('conversation:' || coalesce(chats.conversation, bindings.conversation), asked.key) AS lane
            FROM unnest(CAST(:lanes AS text[]), CAST(:people AS text[]), CAST(:changes AS text[]))
                AS asked (key, person, change)
            LEFT JOIN chats ON chats.person = asked.person
            LEFT JOIN changes ON changes.id = asked.change
            LEFT JOIN bindings ON bindings.service = changes.service AND NOT bindings.is_channel
            ORDER BY lane
        ) AS found
    )
    SELECT locked.lane, new.key, new.kind, new.body, new.created_at, new.created_at, 0, new.priority
    FROM unnest(
        CAST(:lane AS text[]), CAST(:key AS text[]), CAST(:kind AS text[]), CAST(:body AS text[]),
        CAST(:created_at AS timestamptz[]), CAST(:priority AS integer[])
    ) WITH ORDINALITY AS new (lane, key, kind, body, created_at, priority, place)
    JOIN locked ON locked.key = new.lane
    ORDER BY new.place
    """
).bindparams(bindparam("created_at", type_=ARRAY(Instant())))
_GIVEN = ("lane", "key", "kind", "body", "created_at", "priority")
_ADDED = ("lane", "key", "kind", "body", "created_at", "not_before", "attempts", "priority")
_ADD_IN_LANES = (
    insert_in(outbox, is_postgresql=True)
    .from_select(_ADDED, _IN_LANES.columns(*(outbox.c[name] for name in _ADDED)))
    .on_conflict_do_nothing(index_elements=["key"])
)
"""PostgreSQL numbers rows before they are committed: whoever adds to a lane is alone with it until then."""


class SqlOutbox(SqlStore):
    """Outbox in the database."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._pending: list[dict[str, Any]] = []

    async def add(self, effects: Sequence[Effect], now: datetime) -> None:
        if effects:
            self._transaction.work.add(Work.DELIVERIES)
            self._transaction.mark_dirty()
        self._pending += [
            {
                "lane": ordering_key(effect),
                "key": effect.key,
                "kind": stored_name(effect),
                "body": codec.encode(effect),
                "created_at": now,
                "not_before": now,
                "attempts": 0,
                "priority": priority_of(effect),
            }
            for effect in effects
        ]

    async def flush(self) -> None:
        """Write what is pending.

        In a channel each change has a thread of its own; in a group chat all changes of a service stand together, and
        in a person's chat the answers to what they type stand between the cards: they share its ordering key.
        """
        rows, self._pending = self._pending, []
        if not rows:
            return
        lanes = list(dict.fromkeys(row["lane"] for row in rows))
        people = {each: each.removeprefix("person:") for each in lanes if each.startswith("person:")}
        about = {each: each.removeprefix("change:") for each in lanes if each.startswith("change:")}
        if self._transaction.is_postgresql:
            asked = {"lanes": lanes, "people": [*map(people.get, lanes)], "changes": [*map(about.get, lanes)]}
            columns = {name: [row[name] for row in rows] for name in _GIVEN}
            await self._transaction.execute(_ADD_IN_LANES, asked | columns)
        else:
            shared = await self._conversations(people.values(), about.values())
            await self._transaction.execute(
                _ADD, [row | {"lane": shared.get(row["lane"], row["lane"])} for row in rows]
            )

    async def _conversations(self, people: Collection[str], about: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        if people:
            rows = (await self._transaction.execute(_CHATS, {"people": list(people)})).all()
            found |= {f"person:{row.person}": f"conversation:{row.conversation}" for row in rows}
        if about:
            rows = (await self._transaction.execute(_GROUP_CHATS, {"changes": list(about)})).all()
            found |= {f"change:{row.id}": f"conversation:{row.conversation}" for row in rows}
        return found

    async def claim(
        self,
        now: datetime,
        owner: str,
        lease_seconds: float,
        limit: int = 20,
        room: Mapping[Priority, int] | None = None,
        ahead: int = 0,
    ) -> tuple[OutboxEntry, ...]:
        lease = Lease(owner, now, now + timedelta(seconds=lease_seconds))
        return await OutboxQueue(self._transaction).claim(lease, limit, room, ahead)

    async def owners(self) -> frozenset[str]:
        return frozenset((await self._transaction.execute(_OWNERS)).scalars())

    async def release(self, owners: Collection[str]) -> int:
        self._transaction.work.add(Work.DELIVERIES)
        return (await self._transaction.execute(_RELEASE_ALL, {"owners": list(owners)})).rowcount

    async def give_back(self, entries: Collection[int], owner: str) -> None:
        await self._transaction.execute(_GIVE_BACK, {"entries": entries, "its": owner})

    async def done(self, entries: Collection[int], now: datetime, followed: Collection[int] = ()) -> None:
        await self._transaction.execute(_DONE[self._transaction.is_postgresql], {"entries": entries, "now": now})
        if last := set(entries).difference(followed):
            await self._transaction.execute(_NEXT_ONE, {"entries": last})

    async def retry(self, entry: int, not_before: datetime, error: str) -> None:
        await self._transaction.execute(_RETRY, {"entries": [entry], "now": not_before} | columns_of_text("why", error))

    async def postpone(self, entry: int, not_before: datetime) -> None:
        await self._transaction.execute(_POSTPONE, {"entries": [entry], "now": not_before})

    async def dead_letter(self, entry: int, error: str, now: datetime) -> None:
        asked = {"entries": [entry], "now": now} | columns_of_text("why", error)
        await self._transaction.execute(_DEAD_LETTER[self._transaction.is_postgresql], asked)
        await self._transaction.execute(_NEXT_ONE, {"entries": [entry]})

    async def dead(self) -> tuple[DeadLetter, ...]:
        return await self._transaction.cached("dead", self._dead)

    async def _dead(self) -> tuple[DeadLetter, ...]:
        return tuple(
            DeadLetter(
                row.id, codec.decode_effect(row.kind, row.body), text_of(row.error, row.error_message), row.dead_at
            )
            for row in await self._transaction.execute(_DEAD)
        )

    async def requeue(self, entry: int, now: datetime) -> bool:
        anew = {
            "not_before": now,
            "created_at": now,
            "attempts": 0,
            "error": None,
            "error_message": None,
            "behind": False,
        }
        self._transaction.work.add(Work.DELIVERIES)
        return await self._settle(entry, dead_at=None, **anew)

    async def discard(self, entry: int, now: datetime) -> bool:
        return await self._settle(entry, dead_at=None, done_at=now, body=_said)

    async def waiting(self, *, programs: bool | None = None) -> tuple[int, datetime | None]:
        query = select(func.count().label("number"), func.min(outbox.c.created_at).label("oldest")).where(waiting)
        if programs is not None:
            is_theirs = outbox.c.priority == Priority.TOOLS
            query = query.where(is_theirs if programs else ~is_theirs)
        row = (await self._transaction.execute(query)).one()
        return row.number, row.oldest

    async def next_attempt(self) -> datetime | None:
        moments = (await self._transaction.execute(_NEXT_ATTEMPT)).one()
        return min((each for each in moments if each is not None), default=None)

    async def _settle(self, entry: int, **values: object) -> bool:
        buried = (outbox.c.id == entry) & outbox.c.dead_at.is_not(None)
        settled = update(outbox).where(buried).values(**values).execution_options(**DEAD)
        return (await self._transaction.execute(settled)).rowcount == 1
