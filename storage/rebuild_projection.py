"""Rebuilds stored changes from their events when the shape of Change has changed."""

import hashlib
import json
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from application.replanning import MEASURED
from changes.lifecycle import fold
from changes.model import Change
from storage.change_store import columns_of, entry_of
from storage.query_cache import begin_generation
from storage.tables import changes, events, settings

SHAPE = "changes.shape"
_LOCK = 0x4348_414E_4746  # as for the migrations, and another one


@cache
def shape() -> str:
    """Stands for everything that a change is made of: another field gives another shape."""
    described = json.dumps(TypeAdapter(Change).json_schema(), sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()[:16]


async def rebuild_projections(engine: AsyncEngine) -> int:
    """Bring every stored change to what this program makes of its events; how many had to be written.

    Nothing is looked at when a program with the same shape has done so. Raises UnknownType.
    """
    wanted, written = shape(), 0
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        known = await connection.scalar(select(settings.c.value).where(settings.c.name == SHAPE))
        if known == wanted:
            return 0
        for change_id in (await connection.execute(select(changes.c.id))).scalars().all():
            # Whoever saves it meanwhile waits, or is waited for.
            held = select(changes.c.id, changes.c.document).where(changes.c.id == change_id).with_for_update()
            row = (await connection.execute(held)).one()
            query = select(events).where(events.c.change == row.id).order_by(events.c.seq)
            columns = columns_of(fold([entry_of(each) for each in await connection.execute(query)]), None)
            if columns["document"] != row.document:
                await connection.execute(update(changes).where(changes.c.id == row.id).values(columns))
                written += 1
        # By what they are counted is written anew by whoever knows the clocks of the services.
        await connection.execute(delete(settings).where(settings.c.name.in_((SHAPE, MEASURED))))
        await connection.execute(insert(settings).values(name=SHAPE, value=wanted))
        await connection.run_sync(begin_generation)  # last, as everybody does
    return written
