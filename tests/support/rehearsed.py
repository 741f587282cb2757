"""What a rehearsal told its spectator, and what a real run told everybody, in one form, to be compared."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from language import moment_text
from tests.support.running import ZURICH, Bot
from tests.support.teams import Call, Somebody, chat_of, seen, words

MARK = re.compile(r"\*\*Rehearsal · (?P<when>[^*]+)\*\* · (?P<to>[^\n]+)\n\n")


class Said(NamedTuple):
    """A message: its moment as people read it, and all its words, without what can be pressed or filled in."""

    when: str
    words: str


async def rehearse(bot: Bot, who: Somebody, order: str) -> list[dict[str, Any]]:
    """Type it, and wait for the play's last message; all messages of the play, in order."""
    before = len(bot.teams.calls)
    await bot.teams.type(who, order)
    await bot.teams.until(lambda: any(_is_last(call) for call in bot.teams.calls[before:]))
    await bot.settle()
    sent = bot.teams.calls[before:]
    assert {call.message.conversation for call in sent} == {chat_of(who)}, "nobody else is told"
    return [call.message.activity for call in sent[1:]]


def _is_last(call: Call) -> bool:
    return "/change rehearse" in call.message.text or "/change simuler" in call.message.text


def rehearsed(messages: Sequence[dict[str, Any]]) -> list[Said]:
    """What was told of a play: of each message the moment and the words, without the mark."""
    found: list[Said] = []
    for message in messages[1:-1]:
        text = str(message["text"])
        mark = MARK.match(text)
        assert mark is not None, text
        assert "Rehearsal" in message["summary"]
        assert not re.search(r'"Action\.|"Input\.|"refresh"|"entities"|"isVisible"', json.dumps(message))
        found.append(Said(mark["when"], _words(message | {"text": text[mark.end() :]})))
    return found


def told_in_teams(calls: Sequence[Call]) -> list[Said]:
    """What a real run posted, with names in the place of mentions."""
    return [Said(_moment(call.at), _words(call.message.activity)) for call in calls if call.kind != "edit"]


def told_by_mail(folder: Path) -> list[Said]:
    """The mails that a real run wrote."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        text = "\n".join(line.strip() for line in body.get_content().splitlines() if line.strip())
        found.append(Said(_moment(mail["Date"].datetime), _plain(f"{mail['Subject']}\n{text}")))
    return found


def tables(database: Path) -> dict[str, list[str]]:
    """Every row of every table, by the table's name."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {each: sorted(map(repr, connection.execute(f'SELECT * FROM "{each}"'))) for each in names}  # noqa: S608


def _moment(at: datetime) -> str:
    return moment_text(at, ZURICH)


def _words(activity: dict[str, Any]) -> str:
    cards = [words(_without_fields(each["content"])) for each in activity.get("attachments") or []]
    return _plain(
        "\n".join([*([str(activity["text"])] if activity.get("text") else []), *(w for c in cards for w in c)])
    )


def _plain(text: str) -> str:
    """The text with its names bare, since a mention and a name in bold are the same words; lines break as they may."""
    bare = re.sub(r"</?at>|\*\*", "", seen(text)).replace("\N{NO-BREAK SPACE}", " ")
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def _without_fields(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_fields(each) for each in node if not _is_field(each)]
    return {name: _without_fields(each) for name, each in node.items()} if isinstance(node, dict) else node


def _is_field(node: Any) -> bool:
    return isinstance(node, dict) and str(node.get("type", "")).startswith("Input.")


def by_minute(said: Iterator[Said] | Sequence[Said]) -> list[Said]:
    """In the order of the first of each minute; within one by their words, since which place hears first is open."""
    order: dict[str, int] = {}
    for each in said:
        order.setdefault(each.when, len(order))
    return sorted(said, key=lambda each: (order[each.when], each.words))
