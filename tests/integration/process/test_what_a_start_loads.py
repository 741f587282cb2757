"""A start loads what this bot needs: people wait for it, and its memory is held as long as it runs."""

import subprocess
import sys
from pathlib import Path

from tests.support.running import environment

SEVERAL_TIMES = """
import asyncio, sys
import app
from settings import from_environment

async def started():
    service = await app.build(from_environment())
    await service.start()
    await service.close()

asyncio.run(started())
if sys.argv[1:] == ["first"]:
    sys.exit()
print("\\n".join(name for name, module in sys.modules.items() if module is not None))
"""
NEVER = frozenset(
    {"recognizers_text", "recognizers_date_time", "recognizers_number", "emoji", "rich", "pygments", "click"}
)
"""What the SDK and httpx would load for people who answer prompts or type on a console."""
WHEN_NEEDED = frozenset(
    {
        *("openstack", "keystoneauth1"),  # a service whose server is in the public cloud
        *("msal", "requests", "urllib3"),  # a sign-in at Microsoft
        *("alembic", "mako"),  # a database that is not up to date
        "icalendar",  # a mail
        "asyncpg",  # a database on PostgreSQL
        *("sqlalchemy.orm", "botframework.connector.connector_client", "botbuilder.dialogs.prompts", "jsonpickle"),
        *("holidays.countries.france", "holidays.countries.germany"),
    }
)


def test_a_start_loads_nothing_that_this_bot_does_not_need(tmp_path: Path) -> None:
    def loaded(*arguments: str) -> set[str]:
        started = subprocess.run(
            [sys.executable, "-c", SEVERAL_TIMES, *arguments],
            env={
                **environment(tmp_path),
                "PYTHONPATH": str(Path.cwd()),
                "CHANGE_SERVICES": str(Path("local/services.toml").resolve()),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 0, started.stderr
        return set(started.stdout.split())

    loaded("first")  # which makes the database
    modules = loaded()
    assert "botbuilder.dialogs.dialog_set" in modules
    assert modules & (NEVER | WHEN_NEEDED) == set()
