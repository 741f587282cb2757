"""Two services on one server: their changes share Hannibal, its snapshots and what a restore overwrites."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.support.running import FORM, ZURICH, Bot
from tests.support.teams import GROUP, LUC, NADIA, PIERRE

FORUM = """
[[service]]
key = "forum"
name = "ISC Forum"
approver = "00000000-0000-0000-0000-000000000021"
deputies = ["00000000-0000-0000-0000-000000000022"]
mail = ["isc-forum@example.ch"]
notify = ["teams", "mail"]

[service.vps]
name = "hannibal"
backend = "vps_api"
"""
LEARN, FORUM_CHANGE = "CHG-2027-0001", "CHG-2027-0002"
"""The first is Nadia's, of the learning platform; the second is Luc's, of the forum, on the same server."""
FORUM_FORM = FORM | {
    "service": "forum",
    "title": "Forum to version 3",
    "what": "The forum is updated to version 3.",
    "why": "It is slow.",
    "date": "2027-04-16",
    "time": "00:30",
    "minutes": "90",
    "tests": "Write a post",
    "affected": "Nobody can write in the forum.",
}
"""A change whose window begins an hour after the other's has ended: its snapshot would fall into that window."""


def services(folder: Path) -> str:
    """A file of settings with both services; its path."""
    demo = Path(__file__).parents[2] / "local" / "services.toml"
    path = folder / "services.toml"
    path.write_text(demo.read_text(encoding="utf-8") + FORUM, encoding="utf-8")
    return str(path)


async def both_with_go(bot: Bot, other: Mapping[str, str] | None = None) -> None:
    """Both changes are requested and have GO; it is Friday 9 April 2027."""

    async def walk() -> None:
        await bot.type(NADIA, "change bind forum", GROUP)
        await bot.requested()
        await bot.requested(FORUM_FORM | dict(other or {}), LUC)
        await bot.advance(evening(9, 0, 2))
        for change_id in (LEARN, FORUM_CHANGE):
            await bot.type(PIERRE, f"/change approve {change_id}")
        await bot.advance(evening(9, 0, 9))
        for change_id in (LEARN, FORUM_CHANGE):
            await bot.type(PIERRE, f"/change go {change_id}")

    await bot.reach(f"both with GO {other}", walk)


def evening(hour: int, minute: int, day: int = 15) -> datetime:
    """A moment in April 2027, just after the minute."""
    return datetime(2027, 4, day, hour, minute, 10, tzinfo=ZURICH)
