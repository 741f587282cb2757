"""A day that goes badly, in a real browser: trouble, cutoff, extension, incident, restore by two people, the end."""

import re
from datetime import date, timedelta
from pathlib import Path

from changes import commands as c
from changes.model import Outcome, State
from service import App
from tests.e2e.playground import CHANGES
from tests.e2e.walk import IN_A_BROWSER, Walk, demo, do, it_is, requested
from tests.support.running import CHANGE
from tests.support.talking import plan_of
from tests.support.teams import NADIA, PIERRE
from tests.support.two_services import evening

pytestmark = IN_A_BROWSER


async def until_the_day(app: App) -> None:
    """The change has its GO, and its day begins."""
    change = await requested(app, plan_of(date(2027, 4, 15)))
    await do(app, change, c.ApprovePrecheck(PIERRE.person), evening(9, 0, 1))
    await do(app, change, c.GiveGo(PIERRE.person), evening(9, 0, 8))
    await it_is(app, evening(6, 0))


async def test_a_bad_day_from_the_issue_that_was_solved_early_to_the_rollback(tmp_path: Path) -> None:
    async with demo(tmp_path, "bad-") as walk:
        page = walk.page
        await until_the_day(walk.app)
        await walk.clock_to(evening(22, 0))
        await page.press("Start")
        await page.wait_for_text(re.compile("Maintenance has started"))
        await an_issue_is_solved_early(walk)
        await the_cutoff_is_asked_all_the_same(walk)
        await a_restore_is_withdrawn_and_asked_for_again(walk)
        await the_restore_is_confirmed(walk)
        await a_failed_test_ends_nothing_until_the_approver_accepts_it(walk)

        await page.press("Complete")
        await page.wait_for_text(re.compile("Incident resolved"))
        await walk.post("end-notice", "Incident resolved")
        await walk.picture("thread")
        async with walk.app.store.units() as unit:
            stored = await unit.changes.load(CHANGE)
        assert stored is not None
        change = stored.change
        assert (change.state, change.outcome) == (State.COMPLETED, Outcome.ROLLED_BACK)
        assert change.restore is not None
        assert (change.restore.asked_by, change.restore.confirmed_by) == (NADIA.person, PIERRE.person)
        assert [(each.index, each.by) for each in change.accepted] == [(1, PIERRE.person)]
        assert change.ends_at - change.plan.window.end >= timedelta(minutes=15)


async def an_issue_is_solved_early(walk: Walk) -> None:
    page = walk.page
    await walk.clock_to(evening(22, 10))
    await page.press("Report an issue…")
    await page.fill({"comment": "Nobody can log in."})
    await page.press("Report the issue")
    await page.wait_for_text(re.compile("reported an issue with"))
    await walk.picture("issue", "Once the issue is solved")
    await walk.clock_to(evening(22, 20))
    await page.press("Solved")
    await page.wait_for_card(re.compile("Tests 1 and 2 have no result yet"))


async def the_cutoff_is_asked_all_the_same(walk: Walk) -> None:
    page = walk.page
    await walk.clock_to(evening(23, 0))
    await page.wait_for_card("Cutoff reached")
    await walk.picture("cutoff", "Cutoff reached")
    await page.press("Extend…")
    await page.fill({"reason": "The log-in has to be repaired."})
    await walk.picture("more-time", "Cutoff reached")
    await page.press("Extend by 1 h")
    await page.wait_for_text(re.compile("Maintenance takes longer"))
    await walk.picture("live-card", "Restore times")
    await walk.post("extension-notice", "Maintenance takes longer")


async def a_restore_is_withdrawn_and_asked_for_again(walk: Walk) -> None:
    page = walk.page
    await walk.clock_to(evening(0, 0, 16))
    await page.press("Declare an incident…")
    await page.fill({"incident": "Still nobody can log in."})
    await page.press("Declare the incident")
    await page.wait_for_text(re.compile("declared an incident"))
    await walk.picture("incident", "Recovery option")
    await page.press("Steps")
    await walk.picture("checklist", "Recovery option")
    await page.press("Choose…")
    await page.press("Ask for a restore")
    await page.wait_for_text(re.compile("requested a snapshot restore"))
    await walk.picture("restore-asked", "A second person must confirm")
    await page.press("Withdraw the request")
    await page.wait_for_text(re.compile("withdrew the request"))
    await walk.picture("restore-withdrawn", "Recovery option")
    await page.press("Choose…")
    await page.press("Ask for a restore")
    await page.wait_for_card("A second person must confirm")


async def the_restore_is_confirmed(walk: Walk) -> None:
    page = walk.page
    await walk.say("/as Pierre", "You act as")
    await page.choose(CHANGES)
    await page.press("Confirm the restore…")
    await page.fill({"vps_name": "Hannibal"})
    await page.press("Overwrite the data now")
    await page.wait_for_card("The data is being restored.")
    await walk.clock_to(evening(0, 31, 16))
    await walk.picture("restoring", "With the tests")
    await walk.picture("prepared", "Incident process prepared")
    await walk.clock_to(evening(1, 5, 16))
    await page.wait_for_text(re.compile("the data is restored"))
    await walk.say("/as me", "You are yourself again")


async def a_failed_test_ends_nothing_until_the_approver_accepts_it(walk: Walk) -> None:
    page = walk.page
    await page.choose(CHANGES)
    await page.press("Pass")
    await page.wait_for_card(re.compile("passed, Nadia Favre"))
    await page.press("Pass")
    await page.wait_for_card("Every test passed")
    await page.press("Fail")
    blocked = await page.wait_for_card("Test 2 failed.")
    await walk.picture("blocked", "Test 2 failed.")
    assert await blocked.get_by_role("button", name="Complete", exact=True).count() == 0

    await walk.say("/as Pierre", "You act as")
    await page.choose(CHANGES)
    await page.press("Note or accept a test…")
    await page.fill({"waiver": "Exercises were closed for the evening anyway."})
    await page.press("Accept as is")
    await page.wait_for_card("or was accepted")
    await walk.picture("accepted", "or was accepted")
    await walk.say("/as me", "You are yourself again")
    await page.choose(CHANGES)
