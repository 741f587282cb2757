"""A risky change from a template, with tasks, and how it recurs: what people see of it, in both languages."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from changes import commands as c
from changes.model import Plan
from changes.model.risk import RISK_QUESTIONS
from service import App
from settings import LOCAL_SERVICES
from tests.e2e.walk import IN_A_BROWSER, demo, do, requested
from tests.support.running import ZURICH
from tests.support.talking import plan_of
from tests.support.teams import CLAIRE, NADIA, PIERRE

pytestmark = IN_A_BROWSER
NAME = "Monthly update"
TASKS = (
    "-3d @Claire Rey: Order the certificate !\n-1h Tell the helpdesk\n+5m Stop the web server !\n+20m Tell the forum"
)
RISKY = {"risk_1": "3", "risk_2": "3", "risk_3": "2", "risk_4": "3", "risk_5": "3"}
SAID = {
    "en": {
        "answers": "answer you in English",
        "saved": "Saved as version 1",
        "form": "Request a change",
        "go on": "Continue",
        "submit": "Submit",
        "submitted": "has been submitted",
        "precheck": "Approve this pre-check?",
        "runbook": "Runbook",
        "recurs": "How often",
    },
    "fr": {
        "answers": "je vous réponds en français",
        "saved": "Enregistré comme version 1",
        "form": "Nouvelle demande de changement",
        "go on": "Continuer",
        "submit": "Soumettre",
        "submitted": "est soumis",
        "precheck": "Validez-vous ce pré-contrôle",
        "runbook": "Déroulement",
        "recurs": "À quelle fréquence",
    },
}


def plan(title: str, month: int, day: int) -> Plan:
    what = f"{title}: Moodle and its plug-ins are brought up to date."
    answers = tuple((each.ask, each.answers[0][0]) for each in RISK_QUESTIONS)
    return replace(plan_of(date(2027, month, day)), title=title, what=what, risk_answers=answers)


async def carried(app: App, wanted: Plan, minutes: int) -> None:
    """From the request to the end."""
    change, start = await requested(app, wanted), wanted.window.start.astimezone(ZURICH)
    await do(app, change, c.ApprovePrecheck(PIERRE.person), start.replace(hour=9, minute=1) - timedelta(days=13))
    await do(app, change, c.GiveGo(PIERRE.person), start.replace(hour=9, minute=1) - timedelta(days=6))
    await do(app, change, c.Start(NADIA.person), start.replace(minute=1))
    for test in range(2):
        await do(app, change, c.RecordTest(NADIA.person, test, True))
    await do(app, change, c.Complete(NADIA.person), start + timedelta(minutes=minutes))


async def two_are_over(app: App) -> None:
    await carried(app, plan("Moodle 5.0 to 5.1", 4, 15), 50)
    await carried(app, plan("Moodle 5.1 to 5.2", 5, 20), 85)


async def until_the_third_task(app: App, change: str) -> None:
    """Two decide, the work begins, and the third task is done ten minutes late."""
    for decide, day in ((c.ApprovePrecheck, 10), (c.GiveGo, 17)):
        for who in (PIERRE.person, CLAIRE.person):
            await do(app, change, decide(who), datetime(2027, 6, day, 9, 1, tzinfo=ZURICH))
    await do(app, change, c.FinishTask(CLAIRE.person, 0), datetime(2027, 6, 23, 15, 0, tzinfo=ZURICH))
    await do(app, change, c.FinishTask(NADIA.person, 1), datetime(2027, 6, 24, 21, 5, tzinfo=ZURICH))
    await do(app, change, c.Start(NADIA.person), datetime(2027, 6, 24, 22, 1, tzinfo=ZURICH))
    await do(app, change, c.FinishTask(NADIA.person, 2), datetime(2027, 6, 24, 22, 12, tzinfo=ZURICH))


@pytest.mark.in_turns("kinds")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_risky_change_from_a_template_with_tasks_is_seen(tmp_path: Path, language: str) -> None:
    services, said = tmp_path / "services.toml", SAID[language]
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    text = text.replace('languages = ["en", "fr"]', f'languages = ["{language}"]')
    services.write_text(text.replace("[service.vps]", "[service.risk]\n[service.vps]", 1), encoding="utf-8")
    async with demo(tmp_path, f"kind-{language}-", two_are_over, CHANGE_SERVICES=str(services)) as walk:
        page = walk.page
        await walk.say(f"/change language {language}", said["answers"])
        await walk.say(f"/change template save 2 {NAME}", said["saved"])
        await walk.picture("template", NAME)
        await walk.say(f"/change template use {NAME}", said["form"])
        await page.fill({"date": "2027-06-24", "time": "22:00", "tasks": TASKS} | RISKY)
        await walk.picture("form", said["form"])
        await page.press(said["go on"])
        await page.wait_for_card(said["submit"])
        await walk.picture("summary", "CHG-2027-0003")
        await page.press(said["submit"])
        await page.wait_for_text(said["submitted"])
        await walk.clock_to(datetime(2027, 6, 10, 9, 0, 10, tzinfo=ZURICH))
        await walk.picture("precheck", said["precheck"])
        await walk.say("/change repeat 3", said["recurs"])
        await walk.picture("recurrence", said["recurs"])
        await until_the_third_task(walk.app, "CHG-2027-0003")
        await walk.clock_to(datetime(2027, 6, 24, 22, 25, tzinfo=ZURICH))
        await walk.picture("runbook", said["runbook"])
