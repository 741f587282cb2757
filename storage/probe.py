"""Whether the database reads and writes: one small row is written for good, as only a commit shows a full disk."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.health import Health
from storage.on_the_loop import LoopEngine
from storage.tables import settings
from storage.transaction import Transaction
from storage.write_lock import WriteLock

PROBED = "database.probed"
"""The setting that is written; it says how often, modulo a number."""
_PADDING = "x" * 8192
"""Two pages of SQLite: what people write needs new pages, which the row itself does not."""
_ROUND = 1000


async def probe(engine: AsyncEngine | LoopEngine, turnstile: WriteLock, health: Health, patience: float) -> None:
    """Read and write within `patience` seconds. Raises DatabaseUnavailable.

    The probe takes its turn as every other transaction and is over in about a millisecond.
    """
    transaction = Transaction(engine, turnstile, health, patience)
    await transaction.begin()
    committed = False
    try:
        value = (await transaction.execute(select(settings.c.value).where(settings.c.name == PROBED))).scalar()
        written = int(value or 0) + 1
        for each in (_PADDING, str(written % _ROUND)):
            await transaction.upsert(settings, {"name": PROBED}, {"value": each})
        committed = True
    finally:
        await transaction.end(commit=committed)
