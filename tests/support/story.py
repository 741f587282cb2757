"""What the bot sent, as one line a call: when, what was done, where, and what it said first."""

from tests.support.running import ZURICH, Bot
from tests.support.teams import CHANNEL, Call, words


def told(bot: Bot) -> list[str]:
    """Everything that was sent, in order."""
    names: dict[str, str] = {}
    return [line(call, names) for call in bot.teams.calls]


def line(call: Call, names: dict[str, str]) -> str:
    """The call as one line; threads get numbers in `names` in the order in which they are seen."""
    conversation = call.message.conversation
    place = names.setdefault(conversation, f"thread {len(names)}") if conversation.startswith(CHANNEL) else "personal"
    card = call.message.card
    said = " | ".join([*filter(None, [call.message.text.split("\n")[0]]), *words(card)[:5]])
    return f"{call.at.astimezone(ZURICH):%d.%m. %H:%M} {call.kind} {place}: {said}"
