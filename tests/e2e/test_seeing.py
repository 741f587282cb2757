"""What one looks at, in a real browser and in both languages: calendar, history, corrections, statistics."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from changes import commands as c
from changes.model import Plan
from service import App
from settings import LOCAL_SERVICES
from tests.e2e.playground import CHANGES, PERSONAL
from tests.e2e.walk import IN_A_BROWSER, demo, do, requested
from tests.support.running import ZURICH
from tests.support.talking import plan_of
from tests.support.teams import NADIA, PIERRE

pytestmark = IN_A_BROWSER
SHOWN = {
    "calendar": ("/change calendar", "Calendar", "Calendrier"),
    "history": ("/change show 1", "What happened", "Ce qui s’est passé"),
    "stats": ("/change stats", "Statistics", "Statistiques"),
    "ledger": ("/change ledger 1", "Notification log", "Journal des notifications"),
    "list": ("/change list all", "New mail relay", "New mail relay"),
}
"""What is typed to see it, and what is then to be read in English and in French."""


def plan(title: str, month: int, day: int) -> Plan:
    what = f"{title}: the platform and its plug-ins are brought up to date, with the database."
    return replace(plan_of(date(2027, month, day)), title=title, what=what)


async def carried(app: App, wanted: Plan, *, late: bool) -> None:
    """From the request to the end; `late`: with an extension."""
    change, start = await requested(app, wanted), wanted.window.start.astimezone(ZURICH)
    await do(app, change, c.ApprovePrecheck(PIERRE.person), start.replace(hour=9, minute=1) - timedelta(days=13))
    await do(app, change, c.GiveGo(PIERRE.person), start.replace(hour=9, minute=1) - timedelta(days=6))
    await do(app, change, c.Start(NADIA.person), start.replace(minute=1))
    if late:
        extended = c.Extend(NADIA.person, 45, "A plug-in has to be built anew.")
        await do(app, change, extended, start.replace(hour=23, minute=5))
    for test in range(2):
        await do(app, change, c.RecordTest(NADIA.person, test, True))
    await do(app, change, c.Complete(NADIA.person), start + timedelta(minutes=110 if late else 55))


async def corrected(app: App) -> None:
    before = plan("New disks", 6, 24)
    change = await requested(app, before)
    asked = c.RequestCorrections(PIERRE.person, "Which plug-ins? And test the forum.")
    await do(app, change, asked, datetime(2027, 6, 10, 9, 1, 10, tzinfo=ZURICH))
    what = before.what.replace("its plug-ins", "the plug-ins for exams")
    after = replace(before, what=what, tests=(*before.tests, "Write in the forum"), risks="None known")
    await do(app, change, c.Edit(NADIA.person, after))


async def two_are_over(app: App) -> None:
    await carried(app, plan("Moodle 5.0 to 5.1", 4, 15), late=False)
    await carried(app, plan("New mail relay", 5, 20), late=True)


@pytest.mark.in_turns("seeing")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_calendar_history_corrections_and_statistics_are_seen(tmp_path: Path, language: str) -> None:
    # What everybody reads is in the first language of the service, what one person reads in their own.
    services = tmp_path / "services.toml"
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    services.write_text(text.replace('languages = ["en", "fr"]', f'languages = ["{language}"]'), encoding="utf-8")
    async with demo(tmp_path, f"seeing-{language}-", two_are_over, CHANGE_SERVICES=str(services)) as walk:
        await corrected(walk.app)
        await requested(walk.app, plan("Certificates", 7, 8))
        if language == "fr":
            await walk.say("/change language fr", "je vous réponds en français")
        for name, (typed, *shown) in SHOWN.items():
            words = shown[language == "fr"]
            await walk.say(typed, words)
            await walk.picture(name, words)
        await walk.page.choose(CHANGES)
        changed = "Changed since the pre-check" if language == "en" else "Changé depuis le pré-contrôle"
        await walk.picture("corrections", changed)
        await walk.page.choose(PERSONAL)
        async with walk.app.store.units() as unit:
            assert [each.error for each in await unit.outbox.dead()] == []
