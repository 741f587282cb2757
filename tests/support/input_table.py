"""The table of accepted and refused inputs, docs/input.toml: how each kind is read, and docs/input.md made from it."""

import asyncio
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from application.input_parsing.chat_command import ChatCommand
from application.input_parsing.dates import read_date
from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.lists import read_addresses, read_tests
from application.input_parsing.people import read_person
from application.input_parsing.ranges import read_days
from application.input_parsing.services import read_service
from application.input_parsing.times import read_time
from application.input_parsing.windows import take_window
from application.queries.directory import Directory
from application.session import UserSession
from bot.commands.command_context import named_changes
from bot.commands.command_parser import parse_command
from bot.commands.small_talk import is_greeting, is_misspelt_prefix, is_thanks, suggest_commands
from changes.events import Entry, Submitted
from changes.model import Person, State
from changes.policy import Catalogue
from changes.reporting.periods import Period
from tests.cards.subjects import NADIA, PEOPLE, change, service
from tests.fakes.memory import Memory

ROOT = Path(__file__).parents[2] / "docs"
DOCS = ROOT / "input.md"
TABLE: dict[str, Any] = tomllib.loads((ROOT / "input.toml").read_text(encoding="utf-8"))
TODAY: date = TABLE["today"]
ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=ZURICH)
SERVICES = (service(), replace(service(), key="mail", name="Mail of the École"))
ODD_NAMES = [Person(name, name) for name in ("R&D <Bot>", "R & S", "Łukasz Wójcik", "Øystein Đurić", "Rey, Claire")]
_CHANGES = {
    "CHG-2025-0007": State.SCHEDULED,
    "CHG-2025-0012": State.SUBMITTED,
    "CHG-2026-0007": State.COMPLETED,
    "CHG-2026-0012": State.SUBMITTED,
}
_LANGUAGES = {"all": "any", "en": "English", "fr": "French", "de": "German"}


_INTRODUCTION = """# What can be typed

Made from [input.toml](input.toml) by `python -m tests.support.tables`; the tests read every row, and compare this page.

Today is {today} in these examples, in the time zone Europe/Zurich. Whoever writes in one language may use the words of
the others too; capitals, accents, kinds of hyphens and spaces, and characters that nobody sees make no difference. What
can be read in two ways is asked back with both readings. A character that cannot be seen stands here as its code, such
as `⟨U+202F⟩`."""


def _window(text: str) -> str:
    found = take_window(text, TODAY, ZURICH)
    lasting = "" if found.minutes is None else f", {found.minutes} min"
    return f"{found.day} {found.at:%H:%M}{lasting}" + (f", then “{found.rest}”" if found.rest else "")


def _change(text: str) -> str:
    """The ids of the changes that are meant by Nadia Favre, where there are those of _CHANGES."""

    async def named() -> str:
        async with Memory().units() as unit:
            for change_id, state in _CHANGES.items():
                await unit.changes.new_id(int(change_id[4:8]))
                made = replace(change(state), id=change_id)
                entry = Entry(1, NOW, NADIA, "chat", Submitted(short_notice=False))
                await unit.changes.save(made, 0, [entry], [], [], NOW)
            session = UserSession(Directory(unit), Catalogue({"learn": service()}), NOW, NADIA, "chat")
            return " or ".join(each.id for each in await named_changes(session, text))

    return asyncio.run(named())


def _line(command: ChatCommand | None) -> str:
    return command.line.replace("\n", " ↵ ") if command else "no command"


def _small_talk(text: str) -> str:
    if is_thanks(text):
        return "thanks"
    is_a_command = suggest_commands(text) or is_misspelt_prefix(text)
    return "a greeting" if is_greeting(text) else "a command" if is_a_command else "neither"


READERS: Mapping[str, Callable[[str], str]] = {
    "date": lambda text: str(read_date(text, TODAY)),
    "time": lambda text: f"{read_time(text):%H:%M}",
    "duration": lambda text: str(read_duration(text)),
    "days": lambda text: " ".join(str(day) for day in read_days(text, TODAY)),
    "window": _window,
    "device date": lambda text: str(device_date(text, TODAY, ZURICH)),
    "device time": lambda text: f"{device_time(text, ZURICH):%H:%M}",
    "period": lambda text: str(Period.read(text)),
    "id": _change,
    "person": lambda text: read_person(text, NADIA, PEOPLE).name,
    "odd name": lambda text: read_person(text, NADIA, ODD_NAMES).name,
    "service": lambda text: read_service(text, SERVICES).key,
    "tests": lambda text: " | ".join(read_tests(text)),
    "addresses": lambda text: " ".join(read_addresses(text)),
    "command": lambda text: _line(parse_command(text)),
    "slip": lambda text: _line(suggest_commands(text)[0]),
    "small talk": _small_talk,
}


def rows() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every row, with its kind."""
    for table in TABLE["value"]:
        for row in table["rows"]:
            yield table["kind"], row


def document() -> str:
    """docs/input.md."""
    today = f"{TODAY:%A} {TODAY.day} {TODAY:%B %Y}"
    parts = [_INTRODUCTION.format(today=today)]
    for table in TABLE["value"]:
        parts.append(f"## {table['title']}" + (f"\n\n{table['about']}" if "about" in table else ""))
        taken = [row for row in table["rows"] if "means" in row]
        refused = [row for row in table["rows"] if "refused" in row]
        if taken:
            lines = [
                f"| {_shown(row['typed'])} | {_LANGUAGES[row['language']]} | {_cell(row['means'])} |" for row in taken
            ]
            parts.append("\n".join(("| typed | language | is read as |", "|---|---|---|", *lines)))
        if refused:
            lines = [f"| {_shown(row['typed'])} | {_cell(row['refused'])} |" for row in refused]
            parts.append("\n".join(("| refused | because |", "|---|---|", *lines)))
    return "\n\n".join(parts) + "\n"


def _shown(text: str) -> str:
    """What was typed, as code; what cannot be seen by its code point."""
    seen = (each == " " or unicodedata.category(each)[0] in "LNPS" for each in text)
    shown = "".join(each if is_seen else f"⟨U+{ord(each):04X}⟩" for each, is_seen in zip(text, seen, strict=True))
    return f"`{shown}`".replace("|", "\\|") if shown else "(nothing)"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")
