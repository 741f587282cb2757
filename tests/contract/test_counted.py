"""Which changes `/change stats` counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from application.ports import UnitOfWork
from application.queries.directory import Directory
from application.session import UserSession
from bot.commands.statistics import statistics_card
from changes.model import Plan, Window
from changes.policy import Catalogue
from tests.contract import subjects as s
from tests.support.core import LEARN, at
from tests.unit.cards.looking import says

SEA = replace(LEARN, key="sea", name="Sea", zone=ZoneInfo("Atlantic/Azores"))
CATALOGUE = Catalogue({"learn": LEARN, "sea": SEA})
NEW_YEAR = Window(at(2026, 12, 31, 23), at(2027, 1, 1, 1))


def over_new_year(service: str, later: timedelta = timedelta()) -> Plan:
    return replace(s.plan(service), window=Window(NEW_YEAR.start + later, NEW_YEAR.end + later))


async def saved(unit: UnitOfWork, *plans: Plan) -> None:
    for each in plans:
        await s.saved(unit, s.submitted(), about=each, service=CATALOGUE.services[each.service])


async def asked(unit: UnitOfWork, text: str, now: datetime = s.NOW) -> str:
    return says(await statistics_card(UserSession(Directory(unit), CATALOGUE, now, s.RITA, "chat"), text))


async def test_a_window_over_new_year_counts_once_in_the_year_in_which_it_starts(unit: UnitOfWork) -> None:
    await saved(unit, over_new_year("learn"))
    assert "Submitted | 1" in await asked(unit, "2026-Q4")
    assert "No change" in await asked(unit, "2027")


async def test_when_a_year_begins_is_for_each_service_to_say(unit: UnitOfWork) -> None:
    """An hour after midnight in Sion it is still the old year out at sea."""
    after = timedelta(hours=1, minutes=30)
    await saved(unit, over_new_year("learn", after), over_new_year("sea", after))
    assert "Submitted | 1" in await asked(unit, "2026")
    assert "Submitted | 1" in await asked(unit, "2027")
    assert "No change" in await asked(unit, "sea 2027")


async def test_without_a_period_this_year_is_meant_and_a_service_is_known_by_part_of_its_name(unit: UnitOfWork) -> None:
    assert "Statistics 2027" in await asked(unit, "", at(2027, 6, 1))
    await saved(unit, over_new_year("learn"), over_new_year("sea"))
    assert "No change" in await asked(unit, "learn", at(2027, 6, 1))
    said = await asked(unit, "isc learn 2026")
    assert "Submitted | 1" in said
    assert "ISC Learn Platform" in said
