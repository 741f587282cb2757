"""Whoever did something by a command reads what comes of it and when, in English and in French."""

import re
from pathlib import Path

import pytest

from application.queries.directory import Directory
from application.session import UserSession
from changes.model import IMPLEMENTING, State
from changes.policy import Catalogue
from dialogs.command_table import COMMANDS
from dialogs.typed import confirmation
from language import in_chat, use_language
from tests.support.scenes import ADMIN, NAMES, ROLES, scene
from tests.support.street import street

DATED = re.compile(r"\b\d{1,2} \w+\.? 2027\b")
WITHOUT_A_DATE = {
    State.DRAFT: "nobody is asked before it is submitted",
    State.CANCELLED: "nothing comes any more",
    State.READY: "somebody has to start it now",
    State.SNAPSHOTTING: "the provider says when it is there",
    State.INCIDENT: "nobody knows when it ends, where nobody is told by the clock",
    State.COMPLETED: "the review is written, or asked for now",
}
"""Where nothing that comes next has a date of its own, and why."""


def has_a_date(name: str) -> bool:
    change, now = scene(name).story.now_it_is, scene(name).now
    is_over = change.state in IMPLEMENTING and change.ends_at <= now
    return change.state not in WITHOUT_A_DATE and not is_over


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", [each for each in NAMES if has_a_date(each)])
async def test_the_confirmation_of_every_command_says_when_it_goes_on(name: str, language: str, tmp_path: Path) -> None:
    there = scene(name)
    async with street(name, tmp_path) as here, here.house() as bot:
        catalogue = Catalogue({"learn": there.service}, (ADMIN,))
        session = UserSession(Directory(bot.unit), catalogue, there.now, ROLES["deputy"], "chat")
        for what in COMMANDS:
            with use_language(language):
                said = in_chat(await confirmation(what, session, there.story.now_it_is, "1"))
            # What the command itself sets may stand there too: the date of what comes is behind the state.
            assert DATED.search(said.partition(f"{bot.id} ")[2]), said
