"""What people type most, with a full database, against the SDK's echo bot that has none."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bench.context import Context
from bench.figures import Figure
from bench.house import bot, database, echo_bot
from bench.seed import stored
from bench.talk import messages_of, talk

WORDS = {
    "list": "/change list",
    "show": "/change show CHG-{year}-1002",
    "my tasks": "/change mine",
    "calendar": "/change calendar",
    "statistics": "/change stats",
}
SECONDS = 1.2
STOCK = "the stock echo bot"


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Turns a second, and CPU for each, of every command; the echo bot takes its turn in each round."""
    teams, now = context.teams, datetime.now(UTC)
    rates: dict[str, list[float]] = {name: [] for name in (STOCK, *WORDS)}
    cpu: dict[str, list[float]] = {name: [] for name in (STOCK, *WORDS)}
    copies = stored(context.templates, max(number, 2), now)
    async with (
        database(engine, copies, teams) as at,
        bot(at, teams) as ours,
        echo_bot(at.folder) as stock,
    ):
        await teams.quiet(1)
        said = {name: (ours, text.format(year=now.year)) for name, text in WORDS.items()}
        bots = {STOCK: (stock, "hello")} | said
        messages = {name: await messages_of(teams, who, text) for name, (who, text) in bots.items()}
        for _ in range(context.rounds):
            for name, (who, text) in bots.items():
                talked = await talk(teams, who, text, SECONDS, messages[name])
                rates[name].append(talked.rate)
                cpu[name].append(talked.cpu_ms)
    where = f"{engine}, {number:,} changes"
    yield Figure(f"{STOCK}: turns", where, "a second", rates[STOCK])
    yield Figure(f"{STOCK}: CPU", where, "ms a turn", cpu[STOCK])
    for name in WORDS:
        ratios = [one / other for one, other in zip(rates[name], rates[STOCK], strict=True)]
        yield Figure(f"{name}: turns", where, "a second", rates[name], STOCK, ratios)
        spent = [other / one for one, other in zip(cpu[name], cpu[STOCK], strict=True)]
        yield Figure(f"{name}: CPU", where, "ms a turn", cpu[name], f"as many for the CPU of {STOCK}", spent)
