"""A press, followed through the code call by call: how far somebody who reads it has to walk.

A function is followed when it is called for the first time and calls another room itself; a room is a folder. What
every room says its sentences and draws its cards with is no room but vocabulary.
"""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType

import pytest

from tests.support.running import START, Bot, running
from tests.support.teams import NADIA, PIERRE, Somebody

ROOT = Path(__file__).parents[3]
VOCABULARY = (
    *("language", "changes/text", "changes/model", "changes/labels.py", "cards/elements"),
    "application/change_context.py",
)
NOT_WALKED = ("tests", ".venv", "local", "scheduler", *VOCABULARY)
"""The demo's own wrapping is not the bot's; the worker begins where the press has its answer."""
MOST_STOPS = 30
MOST_RETURNS = 3


def module_of(code: CodeType) -> str:
    """The file's path in the project; empty for anything else."""
    file = Path(code.co_filename)
    module = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else ""
    return "" if module.startswith(NOT_WALKED) or code.co_name.startswith("<") else module


@contextmanager
def followed() -> Iterator[list[tuple[CodeType | None, CodeType]]]:
    """Each call of ours within the block, with the function of ours from which it came."""
    calls: list[tuple[CodeType | None, CodeType]] = []

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and module_of(frame.f_code):
            caller = frame.f_back
            while caller is not None and not module_of(caller.f_code):
                caller = caller.f_back
            calls.append((caller.f_code if caller else None, frame.f_code))

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def stops(calls: list[tuple[CodeType | None, CodeType]]) -> list[str]:
    """The rooms in the order in which they are entered."""

    def room(code: CodeType) -> str:
        return module_of(code).rpartition("/")[0]

    calling = {caller for caller, code in calls if caller and room(caller) != room(code)}
    walked = [room(code) for code in dict.fromkeys(code for _, code in calls) if code in calling]
    return [each for each, _ in groupby(walked)]


@pytest.mark.parametrize(
    ("stage", "who", "verb"),
    [
        (Bot.at_precheck, PIERRE, "precheck.approve"),
        (Bot.at_go, PIERRE, "go.give"),
        (Bot.ready, NADIA, "window.start"),
    ],
)
async def test_a_press_is_a_short_walk(
    tmp_path: Path, stage: Callable[[Bot], Awaitable[None]], who: Somebody, verb: str
) -> None:
    async with running(tmp_path, START) as bot:
        await stage(bot)
        with followed() as calls:
            await bot.teams.press(who, verb)
    walk = stops(calls)
    assert {"bot/turn", "application", "changes/lifecycle", "storage"} < set(walk), walk
    assert len(walk) <= MOST_STOPS, walk
    returns = {room: times - 1 for room, times in Counter(walk).items() if times - 1 > MOST_RETURNS}
    assert not returns, walk
