"""What was refused to whom is kept, as it was said."""

from dataclasses import replace
from datetime import UTC, datetime

from application.ports import AccessDenial, UnitOfWork
from changes.model import Person

NOON = datetime(2027, 4, 1, 12, tzinfo=UTC)
LUC = AccessDenial(NOON, Person("3", "Luc"), "CHG-2027-0001", "go.give", "card", "Only Pierre or a deputy can decide.")
NADIA = replace(LUC, at=NOON.replace(hour=11), person=Person("0", "Nadia"), what="precheck.approve")
EVA = replace(
    LUC,
    at=NOON.replace(hour=13),
    person=Person("5"),
    change="",
    what="bind",
    via="chat",
    sentence="Only an admin can bind.",
)


async def test_what_was_refused_is_read_back_the_newest_first(unit: UnitOfWork) -> None:
    for refused in (LUC, NADIA, EVA):
        await unit.access_denials.note(refused)
    assert await unit.access_denials.latest() == (EVA, LUC, NADIA)
    assert await unit.access_denials.latest(2) == (EVA, LUC)
    assert await unit.access_denials.latest(2, 1) == (LUC, NADIA)
    assert await unit.access_denials.count() == 3


async def test_the_same_refused_twice_is_two_lines(unit: UnitOfWork) -> None:
    await unit.access_denials.note(LUC)
    await unit.access_denials.note(LUC)
    assert await unit.access_denials.latest() == (LUC, LUC)
