"""The whole main job in a real browser: from `/change new` to the review, as requester and as approver."""

import re
from pathlib import Path

from tests.e2e.playground import CHANGES
from tests.e2e.walk import IN_A_BROWSER, demo
from tests.support.running import CHANGE, FORM

pytestmark = IN_A_BROWSER

PRECHECK, GO, HALF = "Approve this pre-check?", "Announcement sent on GO", "≈ 50 %"
READY, REVIEW = "Start sends the start notice to everyone affected.", "Went well (kept in the record)"
FILLED = ("title", "what", "why", "date", "time", "minutes", "tests", "risks", "rollback", "affected")


async def test_a_newcomer_carries_a_change_from_the_request_to_the_review(tmp_path: Path) -> None:
    async with demo(tmp_path) as walk:
        page = walk.page
        await walk.say("/change new", "Or type your answers")
        await page.fill({name: FORM[name] for name in FILLED})
        await walk.picture("form", "Request a change")
        await page.press("Continue")
        await page.wait_for_card("Submit")
        await walk.picture("summary", CHANGE)
        await page.press("Submit")
        await page.wait_for_text("has been submitted")

        await walk.clock_until(PRECHECK)
        await walk.say("/as Pierre", "You act as")
        await page.choose(CHANGES)
        await walk.picture("precheck", PRECHECK)
        await page.press("Approve")
        await page.wait_for_text(re.compile("approved the pre-check on"))

        await walk.clock_until(GO)
        await page.choose(CHANGES)
        await walk.picture("go", GO)
        await page.press("GO")
        await page.wait_for_text(re.compile("Planned maintenance"))
        await walk.post("planned-maintenance", "Planned maintenance")
        await walk.say("/as me", "You are yourself again")

        await walk.clock_until(HALF, most=8)
        await walk.picture("progress", HALF)
        await walk.clock_until(READY, most=4)
        await page.press("Start")
        await page.wait_for_text(re.compile("Maintenance has started"))
        await page.press("Pass")
        await page.wait_for_card(re.compile("passed, Nadia Favre"))
        await walk.picture("tests", "Log in as a teacher")
        await walk.say("/clock +40m", "22:40")
        await page.choose(CHANGES)
        await page.press("Pass")
        await page.press("Complete")
        await page.wait_for_text(re.compile("Maintenance finished"))
        await walk.post("end-notice", "Maintenance finished")

        await walk.clock_until(REVIEW)
        await walk.picture("review", REVIEW)
        await page.fill({"went_well": "All went as planned.", "to_improve": "Start the snapshot a little earlier."})
        await page.press("Save the review")
        await page.wait_for_text("All went as planned.")
        await walk.picture("reviewed", "All went as planned.")
