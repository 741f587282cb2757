"""A start loads what this bot needs: people wait for it, and its memory is held as long as it runs."""

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from tests.support.packages import closure, plain
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
A_CONVERSATION = """
import asyncio, sys
from pathlib import Path
from tests.support.running import FORM, START, running
from tests.support.teams import NADIA, PIERRE

async def talked(folder):
    async with running(folder, START) as bot:
        await bot.at_go()
        await bot.press(PIERRE, "go.refuse")
        await bot.type(PIERRE, "The exams begin.")
        await bot.type(NADIA, "/change new learn")
        for answer in ("next thursday 22:00", "90 minutes", "1,5 Stunden", "cancel"):
            await bot.type(NADIA, answer)

asyncio.run(talked(Path(sys.argv[1])))
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
        *(
            "other_tools",
            "web.http_calls",
            "web.webhooks",
            "web.silences",
            "web.wiki",
        ),  # other programs in the settings
        *("sqlalchemy.orm", "botframework.connector.connector_client", "botbuilder.dialogs.prompts", "jsonpickle"),
        *("holidays.countries.france", "holidays.countries.germany"),
    }
)


def modules_of_the_dialogs_alone() -> set[str]:
    """The packages that are installed because `botbuilder-dialogs` declares them, and for nothing else, as modules."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    only = closure(["botbuilder-dialogs"]) - closure(
        each for each in project if not each.startswith("botbuilder-dialogs")
    )
    found = {
        module
        for module, packages in metadata.packages_distributions().items()
        if {plain(each) for each in packages} <= only
    }
    assert {"recognizers_text", "datedelta", "grapheme", "regex"} <= found
    return found


def test_a_bot_that_has_talked_all_day_has_loaded_nothing_of_what_the_sdk_drags_in(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", A_CONVERSATION, str(tmp_path)],
        env={"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    assert "botbuilder" in loaded
    assert loaded & (modules_of_the_dialogs_alone() | {"cgi", "openstack", "aiounittest"}) == set()
    assert "babel.messages" not in ran.stdout.split()


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
