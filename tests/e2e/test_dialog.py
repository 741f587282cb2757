"""The request in a dialog of the Playground, which opens one by the app's own command and never from a button."""

from pathlib import Path

from playwright.async_api import Page, expect

from changes.model import State
from tests.e2e.walk import IN_A_BROWSER, Walk, demo
from tests.support.autocommit import autocommit
from tests.support.running import CHANGE, FORM

pytestmark = IN_A_BROWSER
FIELDS = ("title", "what", "date", "time", "minutes", "tests", "risks", "rollback")


async def beside(walk: Walk, path: str) -> Page:
    """That page of the bot, open beside the Playground, and asking again by a clock of its own."""
    assert walk.page.page.context.browser is not None
    context = await walk.page.page.context.browser.new_context()
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{walk.app.public_url()}{path}")
    return page


async def test_a_change_is_requested_in_a_dialog_and_a_page_that_is_open_shows_it_within_half_a_minute(
    tmp_path: Path,
) -> None:
    async with demo(tmp_path, "dialog-") as walk:
        await walk.say("hello", "What would you like to do?")
        dialog = await walk.page.open_dialog("new")
        await expect(dialog).to_contain_text("Request a change")
        await walk.page.fill({name: FORM[name] for name in FIELDS} | {"date": "2020-01-06"})
        await walk.page.press_in_dialog("Continue")
        await expect(dialog).to_contain_text("Please correct")
        await walk.page.fill({"date": FORM["date"]})
        await walk.page.press_in_dialog("Continue")
        await expect(dialog).to_contain_text(CHANGE)
        await walk.picture("summary-in-a-dialog")
        record = await beside(walk, f"/changes/{CHANGE}")
        await expect(record.locator(".state")).to_have_text("Draft")
        assert f"{CHANGE} has been submitted." in await walk.page.press_in_dialog("Submit")
        async with record.expect_response(lambda each: each.status == 200 and "if-none-match" in each.request.headers):
            await record.clock.run_for(30_000)
        await expect(record.locator(".state")).to_have_text("Submitted")
        found = await autocommit(walk.app.store).changes.load(CHANGE)
        assert found is not None
        assert found.change.state is State.SUBMITTED
        assert found.change.plan.title == FORM["title"]
