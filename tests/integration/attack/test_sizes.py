"""What is far too long, typed or entered: a sentence answers it, nothing is changed, and the bot stays awake."""

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG, INPUTS, LONGEST
from bot.commands.command_words import VERBS
from bot.commands.registry import HANDLERS
from bot.turn.invokes import FAILED
from tests.integration.attack.attacked import AWAKE_S, CHANGE, Attacked, attacked, cards
from tests.support.teams import words
from tests.support.yardstick import slowness

pytestmark = pytest.mark.asyncio(loop_scope="module")
LARGEST_MESSAGE = 28 * 1024
"""Bytes. Teams takes more, and ours stay below."""
LONGEST_SENTENCE = 1500
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    async with attacked(tmp_path_factory.mktemp("sizes")) as built:
        yield built


@pytest.fixture
def bot(one_bot: Attacked) -> Attacked:
    one_bot.asleep.clear()
    return one_bot


def check_sane(what: object, answers: list[dict[str, Any]], tail: str, *, form: bool = False) -> None:
    """Somebody is answered, by something that can be read, and that Teams takes."""
    assert answers, what
    for answer in answers:
        said = [str(answer.get("text") or ""), *(text for card in cards(answer) for text in words(card))]
        assert any(said), what
        assert FAILED not in said, what
        assert len(json.dumps(answer, ensure_ascii=False).encode("utf-16-le")) < LARGEST_MESSAGE, what
        if not form:
            assert max(map(len, said)) <= LONGEST_SENTENCE, (what, said)
            assert len(tail) < 300 or tail[:300] not in json.dumps(answer, ensure_ascii=False), what


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
    assert max(bot.asleep) < AWAKE_S * slowness(), sorted(bot.asleep)[-5:]


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
        # As many at once as a request may hold: no card has more.
        for names in (sorted(INPUTS)[::2], sorted(INPUTS)[1::2]):
            answer, _ = await bot.pressed(verb, {**about, **dict.fromkeys(names, tail), "typed": f"list {tail}"})
            assert answer["statusCode"] == 200, (verb, answer)
    assert await bot.shown() == before
    assert max(bot.asleep) < AWAKE_S * slowness(), sorted(bot.asleep)[-5:]


async def test_whatever_is_read_at_all_is_answered_by_a_sentence_of_sane_length(bot: Attacked) -> None:
    tails_in_turn = itertools.cycle(AS_LONG_AS_IS_READ.values())
    for name in sorted(VERBS, key=LAST.__contains__):
        tails = [next(tails_in_turn) for _ in range(3)]
        lines = [*(f"{VERBS[name][0]} 1 {tail}" for tail in tails[:2]), f"{VERBS[name][0]} {tails[2]}"]
        for line in lines:
            check_sane(line[:30], await bot.typed(f"/change {line}"), line[-400:], form=name == "new")
    for line in (f"{word} 1 {odd}" for word in ("extend", "move", "test", "accept", "absent", "stats") for odd in ODD):
        check_sane(line, await bot.typed(f"/change {line}"), line)
    assert max(bot.asleep) < AWAKE_S * slowness(), sorted(bot.asleep)[-5:]
