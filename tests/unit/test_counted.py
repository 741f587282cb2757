"""Which changes `/change stats` counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from application.queries.directory import Directory
from application.session import UserSession
from bot.commands.statistics import statistics_card
from changes.model import Plan, Window
from changes.policy import Catalogue
from tests.contract import subjects as s
from tests.fakes.memory import Memory
from tests.support.core import LEARN, at
from tests.unit.cards.looking import says

SEA = replace(LEARN, key="sea", name="Sea", zone=ZoneInfo("Atlantic/Azores"))
CATALOGUE = Catalogue({"learn": LEARN, "sea": SEA})
NEW_YEAR = Window(at(2026, 12, 31, 23), at(2027, 1, 1, 1))


def over_new_year(service: str, later: timedelta = timedelta()) -> Plan:
    return replace(s.plan(service), window=Window(NEW_YEAR.start + later, NEW_YEAR.end + later))


async def asked(*plans: Plan, text: str, now: Any = None) -> str:
    memory = Memory()
    async with memory.units() as unit:
        for each in plans:
            await s.saved(unit, s.submitted(), about=each)
    async with memory.units() as unit:
        return says(await statistics_card(UserSession(Directory(unit), CATALOGUE, now or s.NOW, s.RITA, "chat"), text))


async def test_a_window_over_new_year_counts_once_in_the_year_in_which_it_starts() -> None:
    assert "Handed in | 1" in await asked(over_new_year("learn"), text="2026-Q4")
    assert "No change" in await asked(over_new_year("learn"), text="2027")


async def test_when_a_year_begins_is_for_each_service_to_say() -> None:
    """An hour after midnight in Sion it is still the old year out at sea."""
    after = timedelta(hours=1, minutes=30)
    both = over_new_year("learn", after), over_new_year("sea", after)
    assert "Handed in | 1" in await asked(*both, text="2026")
    assert "Handed in | 1" in await asked(*both, text="2027")
    assert "No change" in await asked(*both, text="sea 2027")


async def test_without_a_period_this_year_is_meant() -> None:
    late = at(2027, 6, 1)
    assert "Statistics 2027" in await asked(text="", now=late)
    assert "No change" in await asked(over_new_year("learn"), text="learn", now=late)


async def test_a_service_is_known_by_its_name_or_a_part_of_it() -> None:
    said = await asked(over_new_year("learn"), over_new_year("sea"), text="isc learn 2026")
    assert "Handed in | 1" in said
    assert "ISC Learn Platform" in said
