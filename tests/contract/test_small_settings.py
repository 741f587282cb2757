"""A small value of the installation: whoever sets it hears whether it was another."""

import asyncio
import re
from pathlib import Path

from sqlalchemy import text

from application.ports import UnitOfWork
from storage import Store
from storage.columns import ByteText
from storage.tables import metadata


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


async def test_ranges_of_text_are_read_of_columns_that_are_compared_byte_by_byte(store: Store) -> None:
    """In the language of most PostgreSQL servers a semicolon comes before a colon; the one of the tests has none."""
    columns = [each for table in metadata.tables.values() for each in table.c if each.type is ByteText]
    assert [str(each) for each in columns] == ["settings.name"]
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "storage").rglob("*.py")
    )
    assert set(re.findall(r"begins_with\((\w+\.c\.\w+)\)", source)) == {"settings.c.name"}
    if store.engine.dialect.name == "postgresql":
        asked = "SELECT collation_name FROM information_schema.columns WHERE table_name = :t AND column_name = :c"
        async with store.engine.connect() as connection:
            for each in columns:
                found = await connection.execute(text(asked), {"t": each.table.name, "c": each.name})
                assert found.scalar_one() == "C"
