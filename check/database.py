"""Whether the services and the database are as the bot needs them; looking makes no file and no table."""

import stat
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import URL, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.retry_log import RetryLog
from changes.errors import DatabaseUnavailable
from changes.policy import Catalogue
from check.finding import Finding
from storage import CannotOpen, Store
from storage.engine import READ_ONLY, make_engine, refuse_missing
from storage.errors import DRIVER_ERRORS, driver_reason
from storage.migrations import configuration


async def database(url: str) -> Finding:
    """Whether the database can be read and is at this program's version."""
    try:
        engine = _engine(url)
    except CannotOpen as error:
        return False, str(error)
    where = engine.url.render_as_string(hide_password=True)
    scripts = ScriptDirectory.from_config(configuration())
    newest, known = scripts.get_current_head(), {each.revision for each in scripts.walk_revisions()}
    try:
        async with engine.connect() as connection:
            looking = await connection.execution_options(**{READ_ONLY: True})
            version = select(text("version_num")).select_from(text("alembic_version"))
            found = (await looking.execute(version)).scalar_one_or_none()
    except DRIVER_ERRORS as error:
        return False, (
            f"The database {where} cannot be read ({driver_reason(error)}): check that it is there and that this user "
            "may read it. If it is new, start the bot once, it makes its tables."
        )
    finally:
        await engine.dispose()
    if found is not None and found not in known:
        return False, f"The database is at version {found}, which is newer than this program: run the newer one."
    if found != newest:
        return False, f"The database is at version {found} and this program at {newest}: restart the bot."
    if open_file := _open_to_all(engine.url):
        return (False, f"Everybody on this machine may read {open_file}: run `chmod 600` on it and its -wal and -shm.")
    return True, f"The database {where} is up to date ({found})."


async def bindings(url: str, catalogue: Catalogue | None) -> Finding:
    """Whether each service is bound to a conversation."""
    if catalogue is None:
        return False, "Which services are bound can only be said once services.toml can be read."
    unread = False, "Which services are bound cannot be read; the line about the database says why."
    try:
        store = Store(_engine(url), RetryLog())
    except CannotOpen:
        return unread
    try:
        async with store.units() as unit:
            unbound = [key for key in catalogue.services if await unit.bindings.get(key) is None]
    except (DatabaseUnavailable, *DRIVER_ERRORS):
        return unread
    finally:
        await store.close()
    if unbound:
        orders = ", ".join(f"`@Change bot bind {key}`" for key in unbound)
        return False, f"Not bound to a conversation: an admin types {orders} in the channel of its team."
    return True, "Every service is bound to a conversation."


def _engine(url: str) -> AsyncEngine:
    """The database as it is. Raises CannotOpen."""
    refuse_missing(url)
    return make_engine(url)


def _open_to_all(address: URL) -> Path | None:
    """SQLite's file, if it and its folder let anybody read it; an earlier version created it so."""
    file = Path(address.database or "")
    if address.get_backend_name() != "sqlite" or not file.is_file():
        return None
    is_open = file.stat().st_mode & stat.S_IROTH and file.absolute().parent.stat().st_mode & stat.S_IXOTH
    return file if is_open else None
