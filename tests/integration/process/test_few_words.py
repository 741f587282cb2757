"""How much there is to read from the form to the review, with what the README says: about five minutes of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from changes.model import State
from tests.support.running import FORM, START, Bot, running
from tests.support.teams import NADIA, Message

README = Path("README.md")
MOST = 1125
"""Words, which somebody who reads 240 a minute reads in less than five, with what else stands on the page.

They were 2,015.
"""
_READ = ("text", "title", "label", "placeholder")
_INNER = ("body", "items", "columns", "rows", "cells", "inlines", "facts", "actions", "choices")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """Nobody but Nadia has opened a chat with the bot, as in the Playground."""
    async with running(tmp_path, START) as bot:
        yield bot


def visible(node: Any) -> list[str]:
    """Every text of a card that stands open: not what is folded, what a button opens, or another client draws."""
    if isinstance(node, list):
        return [text for each in node for text in visible(each)]
    if not isinstance(node, dict) or node.get("isVisible") is False:
        return []
    names = (*_READ, "value") if "type" not in node or str(node["type"]).startswith("Input.Text") else _READ
    own = [node[name] for name in names if isinstance(node.get(name), str)]
    if node.get("type") in ("Action.ShowCard", "Input.ChoiceSet"):
        return own
    return own + [text for name in _INNER for text in visible(node.get(name, []))]


def count(*texts: str) -> int:
    """How many words the texts have, without marks of emphasis."""
    plain = re.sub(r"[*_`#>|]", " ", re.sub(r"<[^>]+>", " ", " ".join(texts)))
    return len(re.findall(r"\S*\w\S*", plain))


def read(message: Message) -> str:
    """What is read of a message: of a notice in several languages one, of a card in two chats one."""
    card = visible(message.card)
    called = 1 if card and message.entities else 0
    return "\n".join([re.split(r"\n-{3,}\n", message.text)[0], *card[called:]])


def posted(bot: Bot, message: Message) -> dict[str, Any] | None:
    """The card of the message as it was posted, before anything was pressed on it."""
    return next(each.message.card for each in bot.teams.calls if each.message.id == message.id)


def table() -> str:
    """What the README says to do, as it is read."""
    rows = README.read_text(encoding="utf-8").partition("## Try it")[2].partition("| type | and |")[2]
    return rows.partition("\n\n")[0]


async def test_a_good_change_is_read_in_about_five_minutes(bot: Bot) -> None:
    told: list[str] = []
    since = len(bot.teams.calls)
    await bot.type(NADIA, "/change new")
    told += ["\n".join(visible((await bot.press(NADIA, "change.edit", **FORM))["value"]))]
    await bot.press(NADIA, "change.submit")
    await bot.next()  # the reminder to prepare
    await bot.next()  # the pre-check
    reported = bot.clock_reports()[-1]
    acting = visible(await bot.press_titled(NADIA, reported, "Act as Pierre André"))
    told += ["\n".join(line for line in acting if line not in visible(posted(bot, reported)))]
    await bot.press(NADIA, "precheck.approve")
    await bot.next()  # whether somebody can decide
    await bot.next()  # GO / NO-GO
    await bot.press(NADIA, "go.give")
    await bot.type(NADIA, "/as me")
    for _due in ("reminder", "snapshot", "half done", "done", "start"):
        await bot.next()
    await bot.press(NADIA, "window.start")
    await bot.press(NADIA, "tests.pass")
    await bot.press(NADIA, "change.complete")
    await bot.next()  # the review
    await bot.press(NADIA, "review.save", comment="All went as planned.")
    assert (await bot.change()).state is State.COMPLETED
    told += dict.fromkeys(read(call.message) for call in bot.teams.calls[since:] if call.kind != "edit")
    counted = {text[:70]: count(text) for text in [*told, table()]}
    assert sum(counted.values()) <= MOST, counted
