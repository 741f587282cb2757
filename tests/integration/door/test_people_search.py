"""A field of the form that lists only some people: Teams asks for the others while a name is typed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from application.input_parsing.card_action import SOMEBODY_ELSE
from application.ports import UserProfile
from bot.turn.people_search import SEARCH
from cards.request.form import MOST_PEOPLE, PEOPLE
from changes.model import Person
from tests.support.running import FORM, START, Bot, running
from tests.support.teams import NADIA, inputs_of

MANY = 20


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """A team with more people than a card lists."""
    async with running(tmp_path, START) as bot:
        people = [Person(f"00000000-0000-0000-0000-0000000009{n:02}", f"Member {n:02}") for n in range(MANY)]
        await bot.unit.people.upsert([UserProfile(each, f"29:{each.id}", "") for each in people])
        yield bot


async def searched(bot: Bot, typed: Any, dataset: str = PEOPLE, skip: Any = 0) -> list[dict[str, str]]:
    """What Teams would list below the field."""
    value = {"queryText": typed, "queryOptions": {"skip": skip, "top": 15}, "dataset": dataset}
    response = await bot.teams.deliver(
        bot.teams.activity(NADIA, "personal") | {"type": "invoke", "name": SEARCH, "value": value}
    )
    answer = response.json()
    assert (response.status_code, answer["type"]) == (200, "application/vnd.microsoft.search.searchResponse")
    results: list[dict[str, str]] = answer["value"]["results"]
    return results


async def test_whoever_the_card_does_not_list_is_found_by_a_part_of_the_name_and_can_be_chosen(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    inputs = inputs_of(bot.teams.with_button("change.edit").card)
    assert inputs[SOMEBODY_ELSE]["choices.data"] == {"type": "Data.Query", "dataset": PEOPLE}
    listed = {each["value"] for each in inputs["implementer"]["choices"]}
    assert len(listed) == MOST_PEOPLE
    (found,) = await searched(bot, "member 19")
    assert found["title"] == "Member 19"
    assert found["value"] not in listed
    await bot.press(NADIA, "change.edit", **FORM | {SOMEBODY_ELSE: found["value"]})
    assert (await bot.change()).plan.implementer.name == "Member 19"


async def test_the_answer_holds_what_teams_lists_at_once_and_goes_on_where_it_asks(bot: Bot) -> None:
    first = await searched(bot, "MEMBER")
    assert [each["title"] for each in first] == [f"Member {n:02}" for n in range(15)]
    assert [each["title"] for each in await searched(bot, "MEMBER", skip=15)] == [
        f"Member {n}" for n in range(15, MANY)
    ]
    assert len(await searched(bot, "")) == 15


@pytest.mark.parametrize(
    ("typed", "dataset", "skip"),
    [("nobody at all", PEOPLE, 0), ("member", "another", 0), (["member"], PEOPLE, "3"), ("x" * 5000, PEOPLE, -1)],
)
async def test_what_nobody_is_called_and_what_is_no_search_of_ours_finds_nobody(
    bot: Bot, typed: Any, dataset: str, skip: Any
) -> None:
    assert await searched(bot, typed, dataset, skip) == []


async def test_a_search_without_a_value_and_one_by_nobody_find_nobody(bot: Bot) -> None:
    nobody = bot.teams.activity(NADIA, "personal") | {"type": "invoke", "name": SEARCH}
    assert (await bot.teams.deliver(nobody)).json()["value"]["results"] == []
    stranger = {**nobody, "id": "x1", "from": {"id": "29:someone", "name": "Someone"}, "value": {"dataset": PEOPLE}}
    assert (await bot.teams.deliver(stranger)).json()["value"]["results"] == []


async def test_a_team_that_the_card_lists_is_not_searched(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.type(NADIA, "/change new")
        assert SOMEBODY_ELSE not in inputs_of(bot.teams.with_button("change.edit").card)
