"""What one looks at, in a real browser and in both languages: calendar, history, corrections, statistics."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from application.change_service import draft, execute
from changes import commands as c
from changes.model import Change, Plan, Window
from local.demo_users import PEOPLE
from settings import LOCAL_SERVICES
from tests.e2e.playground import CHANGES, PERSONAL, find_browser
from tests.e2e.walk import START, Walk, demo
from tests.support.running import ZURICH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test drives one."),
]
NADIA, PIERRE = PEOPLE[0].person, PEOPLE[1].person


def evening(month: int, day: int, hour: int = 22, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, 10, tzinfo=ZURICH)


def plan(title: str, month: int, day: int) -> Plan:
    return Plan(
        service="learn",
        title=title,
        what=f"{title}: the platform and its plug-ins are brought up to date, with the database.",
        window=Window.on(datetime(2027, month, day, tzinfo=ZURICH).date(), time(22), 90, ZURICH),
        tests=("Log in as a teacher", "Open a course and hand in an exercise"),
        implementer=NADIA,
        risks="Plug-ins may not load.",
        rollback="Restore the data snapshot.",
        affected="The platform cannot be used.",
    )


async def do(walk: Walk, change: str, command: c.Command) -> Change:
    async with walk.app.store.units() as unit:
        done = await execute(unit, walk.app.catalogue, change, command, walk.app.clock.now(), "chat")
    await walk.app.worker.run_due()
    return done


async def requested(walk: Walk, wanted: Plan) -> str:
    async with walk.app.store.units() as unit:
        made = await draft(unit, walk.app.catalogue, c.Draft(NADIA, wanted), walk.app.clock.now(), "chat")
    await do(walk, made.id, c.Submit(NADIA))
    return made.id


async def carried(walk: Walk, wanted: Plan, late: bool) -> None:
    """From the request to the end; `late`: with an extension."""
    change = await requested(walk, wanted)
    start = wanted.window.start.astimezone(ZURICH)
    await walk.clock_to(start.replace(hour=9, minute=1) - timedelta(days=13))
    await do(walk, change, c.ApprovePrecheck(PIERRE))
    await walk.clock_to(start.replace(hour=9, minute=1) - timedelta(days=6))
    await do(walk, change, c.GiveGo(PIERRE))
    await walk.clock_to(start.replace(minute=1))
    await do(walk, change, c.Start(NADIA))
    if late:
        await walk.clock_to(start.replace(hour=23, minute=5))
        await do(walk, change, c.Extend(NADIA, 45, "A plug-in has to be built anew."))
    for test in range(2):
        await do(walk, change, c.RecordTest(NADIA, test, True))
    await walk.clock_to(start.replace(hour=23, minute=50) if late else start.replace(hour=22, minute=55))
    await do(walk, change, c.Complete(NADIA))


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_calendar_history_corrections_and_statistics_are_seen(tmp_path: Path, language: str) -> None:
    # What everybody reads is in the first language of the service, what one person reads in their own.
    services = tmp_path / "services.toml"
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    services.write_text(text.replace('languages = ["en"]', f'languages = ["{language}"]'), encoding="utf-8")
    async with demo(tmp_path, f"seeing-{language}-", START, CHANGE_SERVICES=str(services)) as walk:
        page = walk.page
        await carried(walk, plan("Moodle 5.0 to 5.1", 4, 15), late=False)
        await carried(walk, plan("New mail relay", 5, 20), late=True)
        corrected = await requested(walk, plan("New disks", 6, 24))
        await walk.clock_to(evening(6, 10, 9, 1))
        await do(walk, corrected, c.RequestCorrections(PIERRE, "Which plug-ins? And test the forum."))
        before = plan("New disks", 6, 24)
        after = replace(
            before,
            what=before.what.replace("its plug-ins", "the plug-ins for exams"),
            tests=(*before.tests, "Write in the forum"),
            risks="None known",
        )
        await do(walk, corrected, c.Edit(NADIA, after))
        await requested(walk, plan("Certificates", 7, 8))
        if language == "fr":
            await walk.say("/change language fr", "je vous parle français")
        await walk.say("/change calendar", "Calendar" if language == "en" else "Calendrier")
        await walk.picture("calendar", "Calendar" if language == "en" else "Calendrier")
        await walk.say("/change show 1", "What happened" if language == "en" else "Ce qui s’est passé")
        await walk.picture("history", "What happened" if language == "en" else "Ce qui s’est passé")
        await walk.say("/change stats", "Statistics" if language == "en" else "Statistiques")
        await walk.picture("stats", "Statistics" if language == "en" else "Statistiques")
        await walk.say("/change ledger 1", "Who was told" if language == "en" else "Qui a été informé")
        await walk.picture("ledger", "Who was told" if language == "en" else "Qui a été informé")
        await walk.say("/change list all", "New mail relay")
        await walk.picture("list", "New mail relay")
        await page.choose(CHANGES)
        changed = "Changed since the pre-check" if language == "en" else "Changé depuis le pré-contrôle"
        await walk.picture("corrections", changed)
        await page.choose(PERSONAL)
        async with walk.app.store.units() as unit:
            assert [each.error for each in await unit.outbox.dead()] == []
