"""What the bot sent, as one line a call: when, what was done, where, and what it said first."""

from collections.abc import Iterable
from itertools import groupby

from tests.support.running import ZURICH, Bot
from tests.support.teams import CHANNEL, Call, words


def told(bot: Bot) -> list[str]:
    """Everything that was sent, minute by minute; what goes to several places in one minute, place by place.

    Each place is told in order. Which of two places hears first is nobody's promise.
    """
    names: dict[str, str] = {}
    return place_by_place(line(call, names) for call in bot.teams.calls)


def place_by_place(lines: Iterable[str]) -> list[str]:
    """The lines of each minute by their place, and in their order within it."""
    minutes = groupby(lines, key=lambda each: each[:12])
    return [each for _, said in minutes for each in sorted(said, key=_place)]


def _place(said: str) -> str:
    _day, _time, _kind, place = said.partition(": ")[0].split(" ", 3)
    return place


def line(call: Call, names: dict[str, str]) -> str:
    """The call as one line; threads get numbers in `names` in the order in which they are seen."""
    conversation = call.message.conversation
    place = names.setdefault(conversation, f"thread {len(names)}") if conversation.startswith(CHANNEL) else "personal"
    card = call.message.card
    said = " | ".join([*filter(None, [call.message.text.split("\n")[0]]), *words(card)[:5]])
    return f"{call.at.astimezone(ZURICH):%d.%m. %H:%M} {call.kind} {place}: {said}"
