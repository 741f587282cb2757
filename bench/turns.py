"""What people type most, with a full database, against echo bots that have none."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime

from bench.bots import agents_bot, bot, echo_bot
from bench.context import ROUNDS, Context
from bench.figures import Figure
from bench.processes import Running
from bench.talk import Talked, messages_of, talk

WORDS = {
    "list": "/change list",
    "show": "/change show CHG-{year}-{number}",
    "my tasks": "/change mine",
    "calendar": "/change calendar",
    "statistics": "/change stats",
}
SECONDS = 1.2
STOCK = "stock echo bot"
AGENTS = "Agents SDK's echo bot"


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Turns a second, and CPU for each, of every command; the echo bots take their turn in each round."""
    teams = context.teams
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(context.stored(engine, number))
        stock = await stack.enter_async_context(echo_bot(at.folder))
        ours = await stack.enter_async_context(bot(at, teams))
        bots: dict[str, tuple[Running, str]] = {STOCK: (stock, "hello")}
        if context.full:
            bots[AGENTS] = (await stack.enter_async_context(agents_bot(at.folder)), "hello")
        bots |= {name: (ours, typed(name, number, context.now)) for name in WORDS}
        await teams.quiet(1)
        messages = {name: await messages_of(teams, *each) for name, each in bots.items()}
        found: dict[str, list[Talked]] = {name: [] for name in bots}
        for _ in range(ROUNDS):
            for name, (who, text) in bots.items():
                found[name].append(await talk(teams, who, text, SECONDS, messages[name]))
    where = f"{engine}, {number:,} changes"
    for figure in figures(found, where):
        yield figure


def typed(name: str, number: int, now: datetime) -> str:
    """What is typed when so many changes are stored."""
    return WORDS[name].format(year=now.year, number="1002" if number > 1 else "0002")


def figures(found: dict[str, list[Talked]], where: str) -> list[Figure]:
    """Turns and CPU of each; those of ours beside those of the peers in the same round."""
    made = []
    for name, talked in found.items():
        made.append(Figure(f"{name}: turns", where, "a second", [each.rate for each in talked]))
        made.append(Figure(f"{name}: CPU", where, "ms a turn", [each.cpu_ms for each in talked]))
        if name not in WORDS:
            continue
        for peer in (STOCK, AGENTS):
            if peer in found:
                pairs = list(zip(talked, found[peer], strict=True))
                title = f"{name} ÷ {peer}"
                made.append(Figure(f"{title}: turns", where, "×", [one.rate / other.rate for one, other in pairs]))
                cpu = [other.cpu_ms / one.cpu_ms for one, other in pairs]
                made.append(Figure(f"{title}: turns for the same CPU", where, "×", cpu))
    return made
