"""Whatever is typed, nobody reads the name of a value in the code: people read what it is called, in their language."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.commands.command_words import VERBS
from changes.effects import Reply
from language import use_language
from tests.support.scenes import ADMIN, ROLES
from tests.support.street import street
from tests.support.teams import words

RAW = re.compile(r"(?<![\w/@.])[a-z]+\\?_[a-z_\\]+\b")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["GO asked", "incident"])
async def test_no_answer_to_a_command_holds_a_raw_key(name: str, language: str, tmp_path: Path) -> None:
    found: dict[str, str] = {}
    answers = 0
    async with street(name, tmp_path) as here:
        for who in (ADMIN, ROLES["requester"]):
            for verb in VERBS:
                for rest in ("", "wishing", "{id}", "{id} wishing", "{id} 1 wishing"):
                    async with here.house() as bot:
                        bot.teams.locales[who.name] = f"{language}-CH"
                        line = f"change {verb} {rest.format(id=bot.id)}".strip()
                        with use_language(language):
                            await bot.type(who, line)
                        for each in [each for each in await bot.sent() if isinstance(each, Reply)]:
                            answers += 1
                            attached: Any = each.activity.get("attachments") or ()
                            cards = [part["content"] for part in attached]
                            said = " | ".join([str(each.activity.get("text") or ""), *words(cards)])
                            if raw := RAW.search(said):
                                found[line] = f"{raw[0]} in {said[:300]}"
    assert answers > 200
    assert not found, "\n".join(f"{line}: {said}" for line, said in found.items())
