"""A question is asked, and a form opened, only where the answer could be accepted of whoever types, as things stand."""

from pathlib import Path

import pytest

from application.input_parsing.card_action import COMMAND_FOR_VERB
from changes import commands as c
from changes.model import Person
from dialogs.command_table import COMMANDS
from tests.support.scenes import NAMES, Scene, scene
from tests.support.street import EVERYBODY, street
from tests.support.tables import attempts, tried


def accepted(there: Scene, by: Person) -> set[str]:
    """The words of the commands that are accepted of that person when everything is given with them."""
    change = there.story.now_it_is
    given = {COMMAND_FOR_VERB[verb]: command for verb, command in attempts(by, there).items()}
    others = {
        "allow": c.AllowConflict(by, "It is another server."),
        "assign": c.Reassign(by, implementer=Person("x", "Xavier")),
    }
    assert set(given) | set(others) == COMMANDS.keys() | {"test", "task", "edit"}, change.id
    return {word for word, command in (given | others).items() if tried(there, command)}


@pytest.mark.parametrize("name", [name for name in NAMES if not scene(name).bookings])
async def test_nobody_is_asked_for_what_would_be_refused_whatever_they_answer(name: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    async with street(name, tmp_path) as here:
        for role in ("requester", "implementer", "approver", "stranger"):
            who = EVERYBODY[role]
            possible = accepted(scene(name), who)
            for word in (*COMMANDS, "edit"):
                async with here.house() as bot:
                    await bot.type(who, f"change {word} {bot.id}")
                    if await bot.asks(who) and word not in possible:
                        wrong.append(f"{role} is asked after {word}")
    assert not wrong, "\n".join(wrong)
