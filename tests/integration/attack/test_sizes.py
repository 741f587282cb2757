"""What is far too long, typed or entered: a sentence answers it, nothing is changed, and the bot stays awake."""

import asyncio
import gc
import itertools
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import command_line
from application.action_parsing import _COMMANDS, BY_DIALOG, INPUTS, LONGEST
from bot.commands.command_words import VERBS
from bot.commands.registry import HANDLERS
from bot.turn.invokes import FAILED
from tests.integration.door.test_door import House, production
from tests.support.key_server import key_server
from tests.support.recording_teams import TENANT
from tests.support.running import FORM
from tests.support.teams import NADIA, Somebody, words

SERVICES = f"""
admins = ["{NADIA.object_id}"]
[[service]]
key = "learn"
name = "ISC Learn Platform"
approver = "00000000-0000-0000-0000-000000000021"
[service.vps]
name = "Hannibal"
"""
TODAY = datetime.now(UTC).date()  # noqa: TID251  # production lives by real time
CHANGE = f"CHG-{TODAY.year}-0001"
LARGEST_MESSAGE = 28 * 1024
"""Bytes. Teams takes more, and ours stay below (FACTS.md)."""
LONGEST_SENTENCE = 1500
AWAKE_S = 0.1
"""So much of the loop's own time may pass between a question to /healthz and its answer."""

TOO_LONG: Mapping[str, str] = {"60 KB": "word " * 12_000, "5,000 digits": "9" * 5000}
AS_LONG_AS_IS_READ: Mapping[str, str] = {
    "digits": "9" * (LONGEST - 50),
    "one letter each": ("a " * LONGEST)[: LONGEST - 50],
    "accents": "a" + "\u0301\u0323" * (LONGEST // 2 - 50),
    "markup": ("<at>[x](" * LONGEST)[: LONGEST - 50],
}
ODD = ("²" * 50, "1e400", "99999-01-01 25:61", "-1", "0", "99999", "999h59", "2199-12-31 23:59 99999 reason")
LAST = ("cancel", "postpone")
"""After these hardly anything else is read."""


@dataclass(slots=True)
class Attacked:
    """A bot in production mode with one change, nothing of whose outbox is sent yet."""

    house: House
    folder: Path
    signed: str
    asleep: list[float] = field(default_factory=list)
    _number: int = 0

    async def typed(self, text: str, where: str = "personal") -> list[dict[str, Any]]:
        """Nadia types that; what she is answered."""
        activity = self._activity(where) | {"type": "message", "text": text}
        if where != "personal":
            bot = activity["recipient"]
            activity["text"] = f"<at>{bot['name']}</at> {text}"
            activity["entities"] = [{"type": "mention", "mentioned": bot, "text": f"<at>{bot['name']}</at>"}]
        answer, _ = await asyncio.gather(self.house.post(self.signed, activity), self.awake())
        assert answer.status_code == 200, answer.text
        return self.answers(activity)

    async def pressed(
        self, verb: str, data: Mapping[str, object], who: Somebody = NADIA
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Somebody presses a button; its answer, and what they are told beside it."""
        value = {"action": {"type": "Action.Execute", "verb": verb, "data": dict(data)}, "trigger": "manual"}
        activity = self._activity("personal", who) | {"type": "invoke", "name": "adaptiveCard/action", "value": value}
        answer, _ = await asyncio.gather(self.house.post(self.signed, activity), self.awake())
        assert answer.status_code == 200, answer.text
        return answer.json(), self.answers(activity)

    async def shown(self) -> list[str]:
        """What the change's own card says."""
        answers = await self.typed(f"/change show {CHANGE}")
        return [text for answer in answers for card in _cards(answer) for text in words(card)]

    def answers(self, activity: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The messages that were put on their way by that activity."""
        key = f"reply:{activity['conversation']['id']} {activity['id']}"
        with closing(sqlite3.connect(self.folder / "changes.db")) as database:
            rows = database.execute("select body from outbox where key >= ? and key < ?", (key, f"{key}\U0010ffff"))
            return [dict(each) for row in rows for each in _activities(json.loads(row[0]))]

    def _activity(self, where: str, who: Somebody = NADIA) -> dict[str, Any]:
        activity = self.house.teams.activity(who, where)
        activity["channelData"]["tenant"]["id"] = activity["conversation"]["tenantId"] = TENANT
        return activity

    async def awake(self) -> None:
        """Ask whether the bot is awake; how much of the loop's time passed until the answer is kept."""
        before = time.thread_time()
        answer = await self.house.client.get("/healthz")
        self.asleep.append(time.thread_time() - before)
        assert answer.status_code == 200


def _activities(node: Any) -> Iterator[dict[str, Any]]:
    """The messages in what is stored of an effect."""
    if isinstance(node, dict):
        if node.get("type") == "message":
            yield node
        else:
            for each in node.values():
                yield from _activities(each)


@asynccontextmanager
async def attacked(folder: Path, **settings: str) -> AsyncIterator[Attacked]:
    services = folder / "our-services.toml"
    services.write_text(SERVICES, encoding="utf-8")
    with key_server() as keys:
        more = {"CHANGE_SERVICES": str(services), "CHANGE_ROLE": "web", **settings}
        async with production(folder, keys, **more) as house:
            bot = Attacked(house, folder, house.signed())
            await bot.typed("bind learn", "channel")
            await bot.typed("/change new")
            form = FORM | {"date": (TODAY + timedelta(days=30)).isoformat(), "change": "new", "revision": 0}
            await bot.pressed("change.edit", form)
            await bot.typed("submit")
            command_line.warm_up()
            bot.asleep.clear()
            yield bot
            gc.unfreeze()


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Attacked]:
    async with attacked(tmp_path) as built:
        yield built


def check_sane(what: object, answers: list[dict[str, Any]], tail: str, *, form: bool = False) -> None:
    """Somebody is answered, by something that can be read, and that Teams takes."""
    assert answers, what
    for answer in answers:
        said = [str(answer.get("text") or ""), *(text for card in _cards(answer) for text in words(card))]
        assert any(said), what
        assert FAILED not in said, what
        assert len(json.dumps(answer, ensure_ascii=False).encode("utf-16-le")) < LARGEST_MESSAGE, what
        if not form:
            assert max(map(len, said)) <= LONGEST_SENTENCE, (what, said)
            assert len(tail) < 300 or tail[:300] not in json.dumps(answer, ensure_ascii=False), what


def _cards(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each["content"] for each in message.get("attachments") or []]


async def test_nothing_typed_ends_in_silence_60_kb_after_a_command_or_5000_digits_in_extend(bot: Attacked) -> None:
    assert set(VERBS) >= set(HANDLERS) - {"unknown"}
    before = await bot.shown()
    for name, (word, *_) in VERBS.items():
        for title, tail in TOO_LONG.items():
            where = "personal" if title == "60 KB" else "channel"
            [answer] = await bot.typed(f"change {word} 1 {tail}", where)
            assert "more than I can take: shorten it to 4000" in answer["text"], (name, title)
            check_sane((name, title), [answer], tail)
    assert await bot.shown() == before
    assert max(bot.asleep) < AWAKE_S, sorted(bot.asleep)[-5:]


async def test_whatever_is_read_at_all_is_answered_by_a_sentence_of_sane_length(bot: Attacked) -> None:
    tails_in_turn = itertools.cycle(AS_LONG_AS_IS_READ.values())
    for name in sorted(VERBS, key=LAST.__contains__):
        tails = [next(tails_in_turn) for _ in range(3)]
        lines = [*(f"{VERBS[name][0]} 1 {tail}" for tail in tails[:2]), f"{VERBS[name][0]} {tails[2]}"]
        for line in lines:
            check_sane(line[:30], await bot.typed(f"/change {line}"), line[-400:], form=name == "new")
    for line in (f"{word} 1 {odd}" for word in ("extend", "move", "test", "accept", "absent", "stats") for odd in ODD):
        check_sane(line, await bot.typed(f"/change {line}"), line)
    assert max(bot.asleep) < AWAKE_S, sorted(bot.asleep)[-5:]


async def test_what_is_entered_on_a_card_beyond_its_limit_is_answered_by_a_sentence_and_nothing_is_changed(
    bot: Attacked,
) -> None:
    before = await bot.shown()
    about = {"change": CHANGE, "revision": 1}
    ways = itertools.cycle(itertools.product(("change.edit", "window.extend", "go.give"), TOO_LONG.values()))
    for name, (verb, tail) in zip(sorted(INPUTS), ways, strict=False):
        answer, beside = await bot.pressed(verb, {**about, name: tail})
        assert "more than I can take: shorten it to 4000" in answer["value"], (name, verb)
        assert not beside
    verbs = sorted({*_COMMANDS, *BY_DIALOG} - {"change.withdraw", "change.postpone"})
    for verb, tail in zip(verbs, itertools.cycle(AS_LONG_AS_IS_READ.values()), strict=False):
        answer, _ = await bot.pressed(verb, {**about, **dict.fromkeys(INPUTS, tail), "typed": f"list {tail}"})
        assert answer["statusCode"] == 200, (verb, answer)
    assert await bot.shown() == before
    assert max(bot.asleep) < AWAKE_S, sorted(bot.asleep)[-5:]
