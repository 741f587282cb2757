"""The pages in a browser: whoever reads by keyboard or with a screen reader can, and a frame of Teams signs in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, Route, expect

from application.ports import Binding, MessageRef
from local.playground import FOLDER
from tests.e2e.playground import find_browser
from tests.e2e.reading import COLOURS, faults, has_axe, opened
from tests.integration.web.looking import ADDRESS, cookie_of, link_of, of_teams
from tests.support.key_server import key_server
from tests.support.production import House, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import Bot
from tests.support.sixty import fill, services_file, sixty
from tests.support.teams import CLAIRE, NADIA, TENANT
from web.pages.drawing import TEAMS_JS

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test reads with one."),
]
RECORD = "/changes/CHG-2027-0001"
PAGES = {
    "month": "/calendar?date=2027-05",
    "week": "/calendar?view=week&date=2027-04-15",
    "agenda": "/calendar?view=agenda&date=2027-04-12",
    "record": RECORD,
    "tasks": "/tasks",
    "list": "/changes?show=all",
}
TEAMS = FOLDER / "node_modules" / "@microsoft" / "teams-js" / "dist" / "umd" / "MicrosoftTeams.min.js"
HOST = "https://teams.microsoft.com/host"
CHANNEL = "19:changes@thread.tacv2"
THREAD = (
    f"https://teams.microsoft.com/l/message/19%3Achanges%40thread.tacv2/1700?tenantId={TENANT}&groupId=a-group"
    "&parentMessageId=1700"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    async with sixty(tmp_path_factory.mktemp("sixty")) as running:
        yield running


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("theme", "width", "only"),
    [
        *(("default", 1280, ""), ("dark", 1280, COLOURS), ("contrast", 1280, COLOURS)),
        *(("contrast", 320, COLOURS), ("default", 320, "")),
    ],
)
async def test_axe_finds_nothing_on_any_page_in_any_theme_and_on_a_phone(
    chromium: Browser, bot: Bot, name: str, theme: str, width: int, only: str
) -> None:
    async with opened(chromium, bot, viewport={"width": width, "height": 900}) as page:
        await page.goto(PAGES[name])
        await has_axe(page)
        assert await faults(page, theme, only) == []


async def test_without_a_script_everything_is_there(chromium: Browser, bot: Bot) -> None:
    async with opened(chromium, bot, java_script_enabled=False) as page:
        await page.goto("/calendar?date=2027-04")
        await page.get_by_label("Search").fill("forum")
        await page.get_by_role("button", name="Apply").click()
        assert await page.locator(".entry").count() > 2
        await page.get_by_role("link", name="Agenda").click()
        await expect(page.get_by_role("link", name="Agenda")).to_have_attribute("aria-current", "true")
        await expect(page.get_by_label("Search")).to_have_value("forum")


async def test_an_open_page_shows_within_half_a_minute_what_was_pressed_and_keeps_the_focus(
    chromium: Browser, bot: Bot
) -> None:
    async with opened(chromium, bot) as page:
        await page.clock.install()
        await page.goto("/calendar?date=2027-04")
        link = page.locator(f"#live a[href='{RECORD}']").first
        await expect(link).to_contain_text("In progress")
        await link.focus()
        await page.evaluate("window.same = true")
        async with page.expect_response(lambda each: each.status == 304):
            await page.clock.run_for(30_000)
        await bot.type(NADIA, "/change trouble 1 It hangs.")
        async with page.expect_response(lambda each: each.status == 200):
            await page.clock.run_for(30_000)
        await expect(link).to_contain_text("Issue reported")
        await expect(link).to_be_focused()
        await expect(page.locator("#news")).to_have_text("The page was updated.")
        assert await page.evaluate("window.same"), "without loading it anew"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A bot with sixty changes whose first has its thread, at an address that only our browser knows."""
    folder = tmp_path_factory.mktemp("house")
    given = {
        "CHANGE_TENANTS": f"{SERVED},{TENANT}",
        "CHANGE_PUBLIC_URL": ADDRESS,
        "CHANGE_SERVICES": services_file(folder),
    }
    with key_server() as keys:
        async with production(folder, keys, **given) as house:
            house.teams._client.headers["Authorization"] = house.signed()
            await fill(house.app.store.units)
            channel = Binding(
                "learn", house.teams.service_url, CHANNEL, is_channel=True, tenant=TENANT, group="a-group"
            )
            thread = MessageRef(
                house.teams.service_url, f"{CHANNEL};messageid=1700", "1700", f"{CHANNEL};messageid=1700"
            )
            await house.unit.bindings.put(channel)
            await house.unit.messages.put("CHG-2027-0001", "status", thread)
            yield house


@asynccontextmanager
async def outside(chromium: Browser, house: House, link: str = "") -> AsyncIterator[Page]:
    """A browser that finds the bot at its address, Teams around it, and Teams' library, and nothing else.

    It has followed the link, if there is one.
    """
    host = (Path(__file__).parent / "teams_host.html").read_text(encoding="utf-8")

    async def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(ADDRESS):
            headers = {name: each for name, each in (await route.request.all_headers()).items() if name[0] != ":"}
            answered = await house.client.get(
                url.removeprefix(ADDRESS), headers=headers | {"host": "change.example.ch"}
            )
            sent = {name: each for name, each in answered.headers.items() if name != "content-length"}
            await route.fulfill(status=answered.status_code, headers=sent, body=answered.content)
        elif url.startswith("https://teams.microsoft.com/l/"):
            await route.fulfill(body="<title>Teams</title>", content_type="text/html")
        elif url.startswith(HOST):
            await route.fulfill(body=host, content_type="text/html")
        elif url == TEAMS_JS:
            await route.fulfill(
                path=TEAMS, headers={"access-control-allow-origin": "*", "content-type": "text/javascript"}
            )
        else:
            await route.abort()

    context = await chromium.new_context()
    try:
        await context.route("**/*", answer)
        if link:
            name, _, value = (await cookie_of(house, link))["Cookie"].partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": ADDRESS}])
        yield await context.new_page()
    finally:
        await context.unroute_all(behavior="wait")
        await context.close()


async def tab(page: Page, path: str, **told: str) -> Frame:
    """Open the path as a tab in Teams, where the host is told so much beforehand."""
    script = "".join(f"{name} = {each!r};" for name, each in told.items())
    await page.goto(f"{HOST}#about:blank")
    await page.evaluate(f"{script} frame.src = {(ADDRESS + path)!r}")
    handle = await page.query_selector("iframe")
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    return frame


async def test_a_frame_of_teams_signs_in_wears_its_theme_and_opens_the_thread(chromium: Browser, house: House) -> None:
    bearer = of_teams()["Authorization"].removeprefix("Bearer ")
    async with outside(chromium, house) as page:
        frame = await tab(page, "/calendar?date=2027-04", token=bearer, theme="dark")
        await expect(frame.get_by_role("heading", level=1)).to_have_text("April 2027")
        await expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
        await page.evaluate("wear('contrast')")
        await expect(frame.locator("html")).to_have_attribute("data-theme", "contrast")
        await frame.locator(f"a[href='{RECORD}']").first.click()
        await expect(frame.get_by_role("heading", level=1)).to_contain_text("CHG-2027-0001")
        await frame.get_by_role("link", name="Open in Teams").click()
        await page.wait_for_function("opened.length === 1")
        assert await page.evaluate("opened[0]") == THREAD


async def tabbed_to(page: Page, link: str) -> None:
    """Press Tab until the link has the focus, which is to be seen."""
    for _each in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.getAttribute('href')") == link:
            break
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", link


async def test_a_keyboard_alone_leads_from_the_month_to_a_record_and_into_teams(
    chromium: Browser, house: House
) -> None:
    async with outside(chromium, house, await link_of(house, NADIA)) as page:
        await page.goto(f"{ADDRESS}/calendar?date=2027-04")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        await tabbed_to(page, RECORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("CHG-2027-0001: Update to version 5")
        await tabbed_to(page, THREAD)
        async with page.context.expect_page() as followed:
            await page.keyboard.press("Enter")
        assert (await followed.value).url == THREAD


@asynccontextmanager
async def followed_in_teams(chromium: Browser, house: House) -> AsyncIterator[tuple[Page, Frame]]:
    """A tab in Teams that has signed in with one token, and the clock by which it asks again."""
    async with outside(chromium, house) as page:
        await page.clock.install()
        frame = await tab(page, "/calendar?date=2027-04", token=signed(), theme="dark")
        await expect(frame.get_by_role("heading", level=1)).to_have_text("April 2027")
        await expect(frame.locator("#note")).to_have_text("")
        yield page, frame


def signed(**claims: Any) -> str:
    """The token that Teams has for a tab."""
    return of_teams(**claims)["Authorization"].removeprefix("Bearer ")


async def test_a_token_that_teams_renews_while_the_page_is_open_is_taken_and_nobody_notices(
    chromium: Browser, house: House
) -> None:
    async with followed_in_teams(chromium, house) as (page, frame):
        renewed = signed(jti="another one")
        await page.evaluate(f"token = {renewed!r}")
        async with page.expect_response(lambda each: each.status == 304) as asked:
            await page.clock.run_for(30_000)
        assert await (await asked.value).request.header_value("authorization") == f"Bearer {renewed}"
        await expect(frame.locator(".entry").first).to_be_visible()
        await expect(frame.locator("#note")).to_have_text("")


async def test_when_teams_renews_it_no_more_the_page_says_what_to_do_and_goes_on_once_it_does(
    chromium: Browser, house: House
) -> None:
    async with followed_in_teams(chromium, house) as (page, frame):
        note = frame.get_by_role("status").filter(has_text="Teams no longer signs you in here")
        await page.evaluate("token = ''")
        await page.clock.run_for(30_000)
        await expect(note).to_contain_text("Close the tab and open it again.")
        await expect(frame.locator(".entry").first).to_be_visible()
        assert await page.evaluate("prompts") == 0, "nothing opens by itself before somebody who only reads"
        await page.evaluate(f"token = {signed()!r}")
        async with page.expect_response(lambda each: each.status == 304):
            await page.clock.run_for(30_000)
        await expect(note).to_have_count(0)


async def test_a_token_that_expires_while_the_page_is_open_is_told_in_its_place(
    chromium: Browser, house: House
) -> None:
    async with followed_in_teams(chromium, house) as (page, frame):
        await page.evaluate(f"token = {signed(exp=1_700_000_000)!r}")
        async with page.expect_response(lambda each: each.status == 401):
            await page.clock.run_for(30_000)
        await expect(frame.locator("main")).to_contain_text("Your sign-in has expired. Load the page again.")
        await expect(frame.locator(".entry")).to_have_count(0)


@pytest.mark.parametrize("refused", [True, False])
async def test_a_page_that_cannot_be_updated_says_so_until_it_can(chromium: Browser, bot: Bot, refused: bool) -> None:
    async def away(route: Route) -> None:
        await (route.fulfill(status=503) if refused else route.abort())

    async with opened(chromium, bot) as page:
        await page.clock.install()
        await page.goto("/calendar?date=2027-04")
        await page.route("**/calendar?**", away)
        await page.clock.run_for(30_000)
        await expect(page.locator("#note")).to_contain_text("This page could not be updated")
        await expect(page.locator(".entry").first).to_be_visible()
        await page.unroute("**/calendar?**")
        await page.clock.run_for(30_000)
        await expect(page.locator("#note")).to_have_text("")


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": 1_700_000_000}, "Your sign-in has expired."),
        ({"tid": "99999999-0000-0000-0000-000000000001"}, "does not serve your organisation"),
        ({}, "Teams could not sign you in here."),
    ],
)
async def test_who_is_not_let_in_reads_why_in_the_frame(
    chromium: Browser, house: House, claims: dict[str, Any], said: str
) -> None:
    bearer = of_teams(**claims)["Authorization"].removeprefix("Bearer ") if claims else ""
    async with outside(chromium, house) as page:
        frame = await tab(page, "/calendar", token=bearer)
        await expect(frame.locator("main")).to_contain_text(said)


async def test_the_tab_of_a_channel_is_saved_with_the_address_of_the_calendar(chromium: Browser, house: House) -> None:
    async with outside(chromium, house) as page:
        frame = await tab(page, "/calendar/tab", context="settings")
        await expect(frame.locator("main")).to_contain_text("Select Save")
        await page.wait_for_function("mayAdd")
        await page.evaluate("save()")
        await page.wait_for_function("saves")
        assert (await page.evaluate("saved"))["contentUrl"] == f"{ADDRESS}/calendar"


async def test_a_revoked_link_is_told_on_the_open_page(chromium: Browser, house: House) -> None:
    async with outside(chromium, house, await link_of(house, CLAIRE)) as page:
        await page.clock.install()
        await page.goto(f"{ADDRESS}/calendar?date=2027-04")
        await expect(page.get_by_role("heading", level=1)).to_have_text("April 2027")
        await link_of(house, CLAIRE, "/change calendar link new")
        async with page.expect_response(lambda each: each.status == 401):
            await page.clock.run_for(30_000)
        await expect(page.locator("main")).to_contain_text("expired or was revoked")
        assert await page.locator(".entry").count() == 0, "and nothing that it showed is left"
