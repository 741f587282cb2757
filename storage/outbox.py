"""Effects that were committed and are still to be carried out: one at a time for each ordering key."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, case, func, or_, select, text, update

from application.ports import DeadLetter, OutboxEntry
from changes.effects import Effect, addressee, ordering_key
from storage import codec
from storage.stored_messages import columns_of_text, text_of
from storage.stored_names import stored_name
from storage.tables import bindings, changes, chats, outbox, waiting
from storage.transaction import SqlStore

_earlier = outbox.alias("earlier")
_head = waiting & ~(
    select(_earlier.c.id)
    .where(
        _earlier.c.lane == outbox.c.lane,
        _earlier.c.id < outbox.c.id,
        _earlier.c.done_at.is_(None),
        _earlier.c.dead_at.is_(None),
    )
    .exists()
)
"""The oldest waiting entry of its ordering key. One that fails or is in flight holds up its own key only."""

_id: BindParameter[int] = bindparam("entry")
_now: BindParameter[datetime] = bindparam("now")
_CLAIM = (
    select(outbox.c.id, outbox.c.lane, outbox.c.kind, outbox.c.body, outbox.c.attempts, outbox.c.created_at)
    .where(_head, or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _now), outbox.c.not_before <= _now)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("entries", expanding=True)))
    .values(owner=bindparam("by"), leased_until=bindparam("until"))
)
# Whoever lost the lease and answers late changes nothing about an entry that is settled.
_CLOSE = update(outbox).where(outbox.c.id == _id, waiting).values(owner=None, leased_until=None)
_DONE = _CLOSE.values(done_at=_now)
_POSTPONE = _CLOSE.values(not_before=_now)
_FAILED = {
    "error": bindparam("why"),
    "error_message": bindparam("why_message"),
    "attempts": outbox.c.attempts + 1,
}
_RETRY = _CLOSE.values(not_before=_now, **_FAILED)
_DEAD_LETTER = _CLOSE.values(dead_at=_now, **_FAILED)
_free_at = case((outbox.c.leased_until > outbox.c.not_before, outbox.c.leased_until), else_=outbox.c.not_before)
_NEXT_ATTEMPT = select(func.min(_free_at)).where(_head)
_CHATS = select(chats.c.person, chats.c.conversation).where(chats.c.person.in_(bindparam("people", expanding=True)))
_GROUP_CHATS = (
    select(changes.c.id, bindings.c.conversation)
    .join(bindings, bindings.c.service == changes.c.service)
    .where(changes.c.id.in_(bindparam("changes", expanding=True)), bindings.c.is_channel.is_(False))
)
_LOCK_LANES = text(
    "SELECT count(pg_advisory_xact_lock(hashtext('lane:' || lane))) FROM unnest(CAST(:lanes AS text[])) AS lane"
)


class SqlOutbox(SqlStore):
    """Outbox in the database."""

    async def add(self, effects: Sequence[Effect], now: datetime) -> None:
        if not effects:
            return
        conversations = await self._conversations(effects)
        lanes = [conversations.get(ordering_key(effect), ordering_key(effect)) for effect in effects]
        if self._transaction.is_postgresql:  # which numbers rows before they are committed
            await self._transaction.execute(_LOCK_LANES.bindparams(lanes=sorted(set(lanes))))
        rows = [
            {
                "lane": its_lane,
                "key": effect.key,
                "kind": stored_name(effect),
                "body": codec.encode(effect),
                "created_at": now,
                "not_before": now,
            }
            for effect, its_lane in zip(effects, lanes, strict=True)
        ]
        await self._transaction.execute(
            self._transaction.insert(outbox).on_conflict_do_nothing(index_elements=["key"]), rows
        )

    async def _conversations(self, effects: Sequence[Effect]) -> dict[str, str]:
        """The ordering key of the conversation, where the effect shares one with others.

        In a channel each change has a thread of its own; in a group chat all changes of a service stand together, and
        in a person's chat the answers to what they type stand between the cards.
        """
        told = {person.id for person in map(addressee, effects) if person}
        about = {each.change for each in effects if each.change}
        found: dict[str, str] = {}
        if told:
            rows = (await self._transaction.execute(_CHATS, {"people": sorted(told)})).all()
            found |= {f"person:{row.person}": f"conversation:{row.conversation}" for row in rows}
        if about:
            rows = (await self._transaction.execute(_GROUP_CHATS, {"changes": sorted(about)})).all()
            found |= {f"change:{row.id}": f"conversation:{row.conversation}" for row in rows}
        return found

    async def claim(self, now: datetime, owner: str, lease_seconds: float, limit: int = 20) -> tuple[OutboxEntry, ...]:
        rows = (await self._transaction.execute(_CLAIM, {"now": now, "most": limit})).all()
        if not rows:
            return ()
        until = now + timedelta(seconds=lease_seconds)
        await self._transaction.execute(_LEASE, {"entries": [row.id for row in rows], "by": owner, "until": until})
        return tuple(
            OutboxEntry(row.id, row.lane, codec.decode_effect(row.kind, row.body), row.attempts, row.created_at)
            for row in rows
        )

    async def owners(self) -> frozenset[str]:
        query = select(outbox.c.owner).distinct().where(waiting, outbox.c.owner.is_not(None))
        return frozenset((await self._transaction.execute(query)).scalars())

    async def release(self, owners: Collection[str]) -> int:
        leased = update(outbox).where(waiting, outbox.c.owner.in_(owners)).values(owner=None, leased_until=None)
        return (await self._transaction.execute(leased)).rowcount

    async def done(self, entry: int, now: datetime) -> None:
        await self._transaction.execute(_DONE, {"entry": entry, "now": now})

    async def retry(self, entry: int, not_before: datetime, error: str) -> None:
        await self._transaction.execute(_RETRY, {"entry": entry, "now": not_before} | columns_of_text("why", error))

    async def postpone(self, entry: int, not_before: datetime) -> None:
        await self._transaction.execute(_POSTPONE, {"entry": entry, "now": not_before})

    async def dead_letter(self, entry: int, error: str, now: datetime) -> None:
        await self._transaction.execute(_DEAD_LETTER, {"entry": entry, "now": now} | columns_of_text("why", error))

    async def dead(self) -> tuple[DeadLetter, ...]:
        query = select(outbox).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.id)
        return tuple(
            DeadLetter(
                row.id, codec.decode_effect(row.kind, row.body), text_of(row.error, row.error_message), row.dead_at
            )
            for row in await self._transaction.execute(query)
        )

    async def requeue(self, entry: int, now: datetime) -> bool:
        anew = {"not_before": now, "created_at": now, "attempts": 0, "error": None, "error_message": None}
        return await self._settle(entry, dead_at=None, **anew)

    async def discard(self, entry: int, now: datetime) -> bool:
        return await self._settle(entry, dead_at=None, done_at=now)

    async def waiting(self) -> tuple[int, datetime | None]:
        query = select(func.count().label("number"), func.min(outbox.c.created_at).label("oldest")).where(waiting)
        row = (await self._transaction.execute(query)).one()
        return row.number, row.oldest

    async def next_attempt(self) -> datetime | None:
        moment: datetime | None = (await self._transaction.execute(_NEXT_ATTEMPT)).scalar_one()
        return moment

    async def _settle(self, entry: int, **values: object) -> bool:
        buried = (outbox.c.id == entry) & outbox.c.dead_at.is_not(None)
        return (await self._transaction.execute(update(outbox).where(buried).values(**values))).rowcount == 1
