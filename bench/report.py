"""Writes docs/performance.md and its plots from what was measured last: `python -m bench.report`."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from bench.figures import Figure, Table, short, spread
from bench.goals import GOALS
from bench.growth import FEW_STORED
from bench.plan import ENGINES
from bench.processes import ROOT
from bench.record import Record
from bench.svg import Mark, bars
from bench.turns import AGENTS, STOCK, WORDS

PAGE = ROOT / "docs" / "performance.md"
PLOTS = ROOT / "docs" / "performance"
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_USUAL = "10,000 changes"

_HEAD = """# Performance

What is measured is the process that people use: the bot in production wiring, with its database, its outbox and a
Connector that takes its messages. A turn counts when all of its messages have been delivered; 32
people type at once, each as soon as the last answer is there. CPU is that of the bot's
process alone, without the database server's. Figures are medians, with the lowest and the highest; peers take their
turn in the same run.

- `make bench` measures the most important in less than ten minutes, `make bench-full` everything, and
  `.venv/bin/python -m bench turns --engine sqlite` one thing. What fails says so and leaves the others alone.
- `.venv/bin/python -m bench.report` writes this page from the figures of the last runs (`var/bench.json`).

The changes are the real core's: a few are walked through the process, and their rows copied with other ids, people and
days. One of twenty is open; the others are over, all within this year; 48 more wait for GO. Teams' limits are off, else
they would be what is measured. The signature of every request is checked; the echo bots check none, and have no
database.

Turns are asked while nobody writes a change: what was found in changes is kept until one is written, and the first
statistics after that take some 20 ms more. The growth of queries is measured without what is kept: what `list`,
`calendar` and their like really ask, with what was typed behind them, after the tidying of every hour.
Statistics have a line of their own.

APScheduler's job store, which the due steps are held against, runs on the same engine: it has no asynchronous driver,
so that for PostgreSQL it has one of its own (psycopg), on the same server.
"""


def main() -> None:
    """Write the page, and the plots beside it."""
    record = Record.kept()
    if not record.figures:
        raise SystemExit("Nothing was measured yet: run `make bench`.")
    PLOTS.mkdir(exist_ok=True)
    pictures = dict(_plots(record.figures))
    for name, drawn in pictures.items():
        (PLOTS / f"{name}.svg").write_text(drawn, encoding="utf-8")
    PAGE.write_text(page(record, pictures), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)} and {len(pictures)} plots")


def page(record: Record, pictures: Iterable[str]) -> str:
    """The page as Markdown."""
    parts = [
        _HEAD,
        _machine(record.about),
        _pace(record.figures),
        "## What was aimed at\n",
        _goals(record.figures),
        *(f"![{name.replace('-', ' ')}](performance/{name}.svg)\n" for name in pictures),
        "## Every figure\n",
        *(_all_of(record.figures, engine) for engine in ENGINES),
    ]
    for table in record.tables:
        parts += [f"## {table.name}: {table.where}\n", "By CPU time, under the profiler.\n", _of_table(table)]
    if record.missing:
        parts += ["## Not measured\n", "".join(f"- {each.name}: {each.why}.\n" for each in record.missing)]
    return "\n".join(parts)


def _machine(about: Mapping[str, Any]) -> str:
    return (
        f"Measured on {about['date']}, commit {about['commit']}: {about['processor']}, {about['cores']} cores,"
        f" {about['memory_gb']} GB, {about['system']}, Python {about['python']}; the load was {about['load']} when"
        " the last run began, by whatever else the machine did.\n"
    )


def _pace(found: Sequence[Figure]) -> str:
    """How fast the machine was, by what nobody of ours has changed."""
    echo = [each.middle for each in found if each.name == f"{STOCK}: CPU"]
    if not echo:
        return ""
    return (
        f"A turn of the {STOCK}, which has no code of ours, took {median(echo):.1f} ms of CPU in these runs: what"
        " stands in seconds or milliseconds is to be read against that. On the machine of the first measurements it"
        " took 8.\n"
    )


def _goals(found: Sequence[Figure]) -> str:
    rows = []
    for goal in GOALS:
        cells = []
        for engine in ENGINES:
            worst = goal.worst(found, engine)
            cells.append(f"{short(worst.middle)} ({goal.met(worst)})" if worst else "–")
        sign = "≤" if goal.is_least else "≥"
        rows.append([goal.title, *cells, f"{sign} {goal.bar:g} {goal.unit}", f"{sign} {goal.aim:g} {goal.unit}"])
    return _markdown(["", *(TITLES[engine] for engine in ENGINES), "bar", "aim"], rows)


def _all_of(found: Sequence[Figure], engine: str) -> str:
    mine = sorted((each for each in found if each.where.startswith(engine)), key=lambda each: each.where)
    rows = [[each.name, each.where.partition(", ")[2], spread(each.values), each.unit] for each in mine]
    return f"### {TITLES[engine]}\n\n{_markdown(['what', 'with', 'median (lowest–highest)', 'unit'], rows)}"


def _of_table(table: Table) -> str:
    return _markdown(table.head, table.rows)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def _plots(found: Sequence[Figure]) -> Iterable[tuple[str, str]]:
    by = {(each.name, each.where): each.middle for each in found}
    engines = [engine for engine in ENGINES if any(each.where.startswith(engine) for each in found)]
    turns = [(name, [by.get((f"{name}: CPU", f"{engine}, {_USUAL}")) for engine in engines]) for name in WORDS]
    if any(value for _, values in turns for value in values):
        marks = [
            Mark(name, next(each.middle for each in found if each.name == f"{name}: CPU"))
            for name in (STOCK, AGENTS)
            if any(each.name == f"{name}: CPU" for each in found)
        ]
        title = "What a turn takes of the CPU with 10,000 changes"
        yield "turns", bars(title, "ms", [TITLES[engine] for engine in engines], turns, marks, is_log=True)
    for engine in engines:
        grown = [each for each in found if each.where.startswith(engine) and each.name.endswith(FEW_STORED)]
        if grown:
            groups = [(each.name.partition(" ÷")[0], [each.middle]) for each in grown]
            title = f"Queries with {grown[0].where.partition(', ')[2]} rows against 1,000"
            marks = [Mark("bar", 2)]
            yield f"growth-{engine}", bars(title, "times as long", [TITLES[engine]], groups, marks, is_log=True)
    sizes = [f"{number:,} changes" for number in (0, 10_000, 100_000)]
    for engine in engines:
        stored = [(name, [by.get((f"{name}: CPU", f"{engine}, {size}")) for size in sizes]) for name in WORDS]
        if all(value is not None for value in stored[0][1]):
            title = f"What a turn takes as the work grows, on {TITLES[engine]}"
            yield f"stored-{engine}", bars(title, "ms of CPU", sizes, stored, is_log=True)


if __name__ == "__main__":
    main()
