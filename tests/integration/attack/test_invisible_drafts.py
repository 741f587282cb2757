"""A draft does not exist for others: whatever they type or press, they read what they read of an id that never was."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG
from application.ports import AccessDenial
from bot.commands.command_words import VERBS
from bot.commands.queries import QUERIES
from bot.commands.registry import HANDLERS
from tests.integration.rights.test_every_verb import EVA, INPUTS, MORE
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.teams import LUC, NADIA, PIERRE, Message, Somebody

NOBODYS, SECRET = "CHG-2027-9999", "Nobody shall know this"
"""Luc is named as the draft's implementer, and may not see it yet either."""
WITH: Mapping[str, str] = {
    "accept": "1 Nobody uses it.",
    "assign": "requester Luc",
    "confirm": "Hannibal",
    "extend": "45m It is slow.",
    "finished": "CHG data",
    "move": "2027-05-20 22:00 90 Exams.",
    "notice": "planned",
    "test": "1 pass",
    "tried": "fix It did not help.",
}
"""What has to stand behind the id so that nothing but the id is wrong; a reason where a command is not named."""


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        await bot.drafted({"title": SECRET, "implementer": LUC.object_id})
        assert (await bot.change()).is_private
        yield bot


def nameless(what: Any) -> str:
    """All of it as text, with neither of the two ids."""
    text = json.dumps(what, ensure_ascii=False, sort_keys=True)
    return re.sub(f"(?i){CHANGE}|{NOBODYS}", "THE-ID", text)


def read(bot: Bot, since: int, until: int | None = None) -> str:
    """What people read of everything that was said since then, and where."""
    new = [(call.kind, call.message) for call in bot.teams.calls[since:until]]
    return nameless([(kind, each.conversation, each.text, each.card) for kind, each in new])


async def typed(bot: Bot, who: Somebody, text: str) -> str:
    """Everything that comes of it, wherever it is said."""
    before = len(bot.teams.calls)
    await bot.type(who, text)
    assert len(bot.teams.calls) > before, f"{text} is answered"
    return read(bot, before)


async def all_typed(bot: Bot, who: Somebody, texts: list[str]) -> list[str]:
    """Everything that comes of all of them, message by message."""
    before = len(bot.teams.calls)
    for text in texts:
        await bot.teams.type(who, text)
    await bot.settle()
    return [read(bot, at, at + 1) for at in range(before, len(bot.teams.calls))]


async def pressed(bot: Bot, who: Somebody, data: dict[str, object]) -> str:
    """What a press is answered."""
    somewhere = Message("forged", f"personal-{who.id}", {})
    return nameless(await bot.teams.execute(who, str(data["verb"]), data, somewhere))


async def all_submitted(bot: Bot, who: Somebody, presses: list[dict[str, object]]) -> list[str]:
    """The same from clients that know no better: a message with a value, answered by messages."""
    before = len(bot.teams.calls)
    for data in presses:
        await bot.teams.deliver(bot.teams.activity(who, "personal") | {"type": "message", "value": data})
    await bot.settle()
    return [read(bot, at, at + 1) for at in range(before, len(bot.teams.calls))]


async def test_every_command_with_the_id_of_a_foreign_draft_is_answered_like_one_with_an_id_that_never_was(
    bot: Bot,
) -> None:
    assert set(HANDLERS) - {"unknown"} <= set(VERBS), "every command is walked over"
    lines = [
        f"/change {name} {{}} {rest}".rstrip() for name in VERBS for rest in ("", WITH.get(name, "Because of it."))
    ]
    one, other = [
        await all_typed(bot, LUC, [*(line.format(each) for line in lines), "cancel"]) for each in (CHANGE, NOBODYS)
    ]
    assert len(one) >= len(lines), "each is answered"
    for mine, nobodys in zip(one, other, strict=True):
        assert mine == nobodys
        assert SECRET not in mine
    assert (await bot.change()).is_private
    assert "Only Nadia Favre" not in str(bot.teams.texts())


async def test_every_button_about_a_foreign_draft_is_answered_like_one_about_an_id_that_never_was(bot: Bot) -> None:
    looks = [{"verb": "look", "typed": f"{name} {{id}}"} for name in QUERIES]
    looks += [{"verb": "command", "typed": f"{name} {{id}} No need."} for name in ("show", "cancel", "export", "go")]
    verbs = [{"verb": verb} for verb in sorted(set(_COMMANDS) | BY_DIALOG - {"look", "command"})]
    revision = (await bot.change()).revision
    form = {"verb": "change.edit", **FORM}

    def about(change: str, **more: object) -> list[dict[str, object]]:
        return [
            {**INPUTS, **MORE.get(each["verb"], {}), **each, **more}
            | {"change": change, "typed": each.get("typed", "").format(id=change)}
            for each in [*looks, *verbs, form]
        ]

    for mine, nobodys in zip(about(CHANGE, revision=revision), about(NOBODYS, revision=revision), strict=True):
        answer = await pressed(bot, EVA, mine)
        assert answer == await pressed(bot, EVA, nobodys), mine["verb"]
        assert SECRET not in answer
    old = {"revision": 0, "message": "precheck:1"}
    one, other = [await all_submitted(bot, LUC, about(each, **old)) for each in (CHANGE, NOBODYS)]
    assert one == other
    assert SECRET not in str(one)
    assert (await bot.change()).is_private


async def test_what_shows_many_changes_is_the_same_with_a_foreign_draft_and_without(bot: Bot) -> None:
    lines = ("mine", "list", "list all", "list drafts", "list mine all", "list know", "list nadia", "calendar")
    dated = (*lines, "calendar 2027-04-12", "stats 2027", f"list {CHANGE}", f"list mine {CHANGE}")
    with_draft = [await typed(bot, LUC, f"/change {line}") for line in dated]
    elsewhere = bot.folder / "without"
    elsewhere.mkdir()
    async with running(elsewhere, START) as other:
        without = [await typed(other, LUC, f"/change {line}") for line in dated]
    assert with_draft == without
    assert SECRET in await typed(bot, NADIA, "/change mine"), "whose it is sees it"


async def test_whoever_decides_sees_the_draft_and_reads_who_may_do_what(bot: Bot) -> None:
    await bot.type(PIERRE, f"/change submit {CHANGE}")
    assert bot.teams.texts()[-1] == f"Only Nadia Favre can submit {CHANGE}."


async def test_admins_read_that_somebody_wanted_a_draft_and_nobody_else_does(bot: Bot) -> None:
    await bot.type(EVA, f"/change edit {CHANGE}")
    [kept] = await bot.unit.access_denials.latest()
    why = f"{CHANGE} is still a draft: only Nadia Favre, those who decide about it, and the admins see it."
    assert kept == AccessDenial(kept.at, kept.person, CHANGE, "edit", "chat", why)
    assert kept.person.id == EVA.object_id
    assert bot.teams.texts()[-1] == f"There is no change {CHANGE}. `/change list` shows those there are."


async def test_a_draft_whose_overlap_was_let_stand_is_there_for_all_like_its_card_in_the_channel(bot: Bot) -> None:
    await bot.type(NADIA, f"/change submit {CHANGE}")
    await bot.drafted({"title": "New disks"}, LUC)
    second = "CHG-2027-0002"
    assert (await bot.change(second)).is_private
    assert "New disks" not in await typed(bot, EVA, "/change list all")
    await bot.type(PIERRE, f"/change allow {second} They touch nothing in common.")
    await bot.type(EVA, f"/change edit {second}")
    assert bot.teams.texts()[-1].startswith("Only Luc Bonvin, who requested")
    assert "New disks" in await typed(bot, EVA, f"/change show {second}")
