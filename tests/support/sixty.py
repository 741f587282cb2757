"""Sixty changes over two months, in every state, some beside each other, some across midnight."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from application.ports import UnitOfWorkFactory
from changes.events import Drafted
from changes.model import Window
from local.demo_users import PEOPLE
from tests.support.builder import a_change
from tests.support.running import START, ZURICH, Bot, running

NOW = datetime(2027, 4, 15, 22, 30, tzinfo=ZURICH)
NUMBER = 60
_BEFORE = ("reviewed", "completed", "cancelled", "reviewed", "restored", "reviewed", "NO-GO")
_AFTER = ("scheduled", "GO asked", "scheduled", "pre-check asked", "submitted", "corrections requested", "scheduled")
_TITLES = (
    "Update to version 5",
    "New disks for the database",
    "Renew the certificates of the login pages before they expire",
    "Move the video store to the new NAS",
    "Security updates",
    "Switch the forum to the new search, with an index built anew over the night",
)
_HOURS = (22, 20, 6, 23, 18, 21)
_SERVICES = """
admins = ["00000000-0000-0000-0000-000000000020"]
[[service]]
key = "learn"
name = "ISC Learn Platform"
approver = "00000000-0000-0000-0000-000000000021"
deputies = ["00000000-0000-0000-0000-000000000022"]
closed = [{ from = 2027-05-07, to = 2027-05-07 }]
[service.vps]
name = "Hannibal"
backend = "vps_api"
[[service.freeze]]
name = "Final exams"
from = 2027-05-24
to = 2027-05-28
[[service]]
key = "library"
name = "Library catalogue"
approver = "00000000-0000-0000-0000-000000000022"
[service.vps]
name = "Scipio"
backend = "vps_api"
"""


def services_file(folder: Path) -> str:
    """The path of a file with the two services of the sixty."""
    path = folder / "two.toml"
    path.write_text(_SERVICES, encoding="utf-8")
    return str(path)


def windows(number: int = NUMBER, first: date = date(2027, 4, 1)) -> list[Window]:
    """So many, two on every second day from the first on."""
    return [
        Window.on(first + timedelta(days=each // 2 * 2), time(_HOURS[each % 6]), 45 + 30 * (each % 5), ZURICH)
        for each in range(number)
    ]


async def fill(units: UnitOfWorkFactory, those: Sequence[Window] = tuple(windows())) -> list[str]:
    """Save a change with each of the windows; their ids."""
    ids = list[str]()
    async with units() as unit:
        for each, window in enumerate(those):
            stands = (_BEFORE if window.end < NOW else _AFTER)[each % 7]
            if window.start <= NOW < window.end:
                stands = "in progress"
            story = a_change(stands)
            who, change_id = PEOPLE[each % 6].person, await unit.changes.new_id(2027)
            plan = replace(
                story.now_it_is.plan,
                service=("learn", "learn", "library")[each % 3],
                title=_TITLES[each % 6],
                window=window,
                implementer=who,
            )
            change = story.now_it_is.with_(id=change_id, plan=plan, requester=PEOPLE[(each + 1) % 6].person)
            entries = [replace(story.entries[0], event=Drafted(change_id, plan)), *story.entries[1:]]
            await unit.changes.save(change, 0, entries, (), (), NOW)
            ids.append(change_id)
    return ids


@asynccontextmanager
async def sixty(folder: Path) -> AsyncIterator[Bot]:
    """The bot in local mode in the evening of 15 April 2027, with one change walked there by hand and sixty others."""
    async with running(folder, START, CHANGE_SERVICES=services_file(folder)) as bot:
        await bot.started()
        await fill(bot.app.store.units)
        await bot.clock.move_to(NOW, bot.app.store.units)
        yield bot
