"""Makes every address that was given out useless: of exports, and of the calendar."""

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from application.ports import FEED_TOKEN, LINKS_SECRET
from storage.backup import BackupError, maintenance_engine
from storage.errors import driver_reason
from storage.tables import settings


async def revoke(url: str) -> int:
    """Take away what they are made from, while the bot may go on; how many such values there were.

    The bot makes new ones when somebody next asks it for an address. Raises BackupError.
    """
    engine = maintenance_engine(url, must_exist=True)
    theirs = settings.c.name.in_((LINKS_SECRET, FEED_TOKEN))
    try:
        async with engine.begin() as connection:
            count = (await connection.execute(select(func.count()).where(theirs))).scalar_one()
            await connection.execute(delete(settings).where(theirs))
    except (SQLAlchemyError, OSError) as error:
        raise BackupError(f"No address was revoked: {driver_reason(error)}.") from error
    finally:
        await engine.dispose()
    return int(count)
