"""A small value of the installation: whoever sets it hears whether it was another."""

import asyncio

from application.ports import UnitOfWork
from storage import Store


async def test_setting_a_value_says_whether_it_was_another(unit: UnitOfWork) -> None:
    assert [await unit.settings.put("told", day) for day in ("1", "1", "2", "2", "1")] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert await unit.settings.get("told") == "1"


async def test_of_many_who_set_the_same_at_once_one_hears_that_it_was_another(store: Store) -> None:
    async def put(day: str) -> bool:
        async with store.units() as unit:
            is_news = await unit.settings.put("told", day)
            await asyncio.sleep(0.01)
        return is_news

    for day in ("1", "2"):
        assert (await asyncio.gather(*(put(day) for _ in range(8)))).count(True) == 1


async def test_values_are_found_by_how_their_names_begin_letter_by_letter_and_taken_away(unit: UnitOfWork) -> None:
    for name in ("api:1:n", "api:2:n", "api%", "API:3", "apis", "ap"):
        await unit.settings.put(name, name.upper())
    assert await unit.settings.beginning_with("api:") == {"api:1:n": "API:1:N", "api:2:n": "API:2:N"}
    assert await unit.settings.beginning_with("api%") == {"api%": "API%"}
    assert len(await unit.settings.beginning_with("")) >= 6
    assert [await unit.settings.remove("api:1:n") for _ in range(2)] == [True, False]
    assert await unit.settings.beginning_with("api:") == {"api:2:n": "API:2:N"}
