"""The pages where days, years and the clocks themselves change: right and readable, with sixty changes around it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from changes.model import Window
from tests.e2e.playground import find_browser
from tests.e2e.reading import COLOURS, PHONE, WIDE, faults, has_axe, opened
from tests.support.running import START, ZURICH, Bot, running
from tests.support.sixty import fill, services_file, windows

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test reads with one."),
]


def twice(hour: int, minute: int) -> datetime:
    """The second time that it is so late on 31 October 2027."""
    return datetime(2027, 10, 31, hour, minute, tzinfo=ZURICH, fold=1)


@dataclass(frozen=True, slots=True)
class Border:
    """Windows around `day`, with sixty others from `first` on, and what is to be read: by day, and on the record of the
    first of them.
    """

    first: date
    day: date
    windows: tuple[Window, ...]
    days: Mapping[str, tuple[str, ...]]
    record: str


def on(day: date, hour: int, minute: int, minutes: int) -> Window:
    return Window.on(day, time(hour, minute), minutes, ZURICH)


BORDERS = {
    "midnight": Border(
        date(2027, 4, 1),
        date(2027, 4, 21),
        (on(date(2027, 4, 20), 23, 0, 120), on(date(2027, 4, 21), 22, 0, 120), on(date(2027, 4, 23), 0, 0, 60)),
        {
            "Tue 20 Apr 2027": ("from 23:00",),
            "Wed 21 Apr 2027": ("until 01:00", "22:00–00:00"),
            "Fri 23 Apr 2027": ("00:00–01:00",),
        },
        "Tue 20 Apr 2027, 23:00 – Wed 21 Apr 2027, 01:00 (CEST)",
    ),
    "the clocks go forward": Border(
        date(2027, 3, 1),
        date(2027, 3, 28),
        (on(date(2027, 3, 27), 23, 30, 240), on(date(2027, 3, 28), 1, 30, 60), on(date(2027, 3, 28), 1, 0, 60)),
        {
            "Sat 27 Mar 2027": ("from 23:30 CET",),
            "Sun 28 Mar 2027": ("until 04:30 CEST", "01:30 CET–03:30 CEST", "01:00 CET–03:00 CEST"),
        },
        "Sat 27 Mar 2027, 23:30 (CET) – Sun 28 Mar 2027, 04:30 (CEST)",
    ),
    "the clocks go back": Border(
        date(2027, 10, 1),
        date(2027, 10, 31),
        (
            on(date(2027, 10, 30), 23, 30, 240),
            on(date(2027, 10, 31), 2, 15, 30),
            Window(twice(2, 15), twice(2, 45)),
            on(date(2027, 10, 31), 1, 30, 120),
        ),
        {
            "Sat 30 Oct 2027": ("from 23:30 CEST",),
            "Sun 31 Oct 2027": (
                *("until 02:30 CET", "02:15 CEST–02:45 CEST"),
                *("02:15 CET–02:45 CET", "01:30 CEST–02:30 CET"),
            ),
        },
        "Sat 30 Oct 2027, 23:30 (CEST) – Sun 31 Oct 2027, 02:30 (CET)",
    ),
    "the year ends": Border(
        date(2026, 12, 2),
        date(2026, 12, 31),
        (on(date(2026, 12, 31), 23, 0, 120), on(date(2026, 12, 31), 22, 0, 120), on(date(2027, 1, 1), 0, 0, 60)),
        {
            "Thu 31 Dec 2026": ("from 23:00", "22:00–00:00"),
            "Fri 1 Jan 2027": ("Public holiday", "until 01:00", "00:00–01:00"),
        },
        "Thu 31 Dec 2026, 23:00 – Fri 1 Jan 2027, 01:00 (CET)",
    ),
}
MODES = ((WIDE, "default", ""), (WIDE, "contrast", COLOURS), (PHONE, "dark", ""))
VIEWS = {"month": "borders in a table", "week": "borders in a table", "agenda": "borders", "record": "borders"}
"""The pages, and with which others each takes turns: a run looks at two of them at one border."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BORDERS)
async def border(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Border, Bot, str]]:
    """A border, a bot with the changes there and sixty others around it, and the id of the first of them."""
    folder, it = tmp_path_factory.mktemp("border"), BORDERS[request.param]
    async with running(folder, START, CHANGE_SERVICES=services_file(folder)) as bot:
        first, *_ = await fill(bot.app.store.units, [*it.windows, *windows(60, it.first)])
        yield it, bot, first


async def read(page: Page, view: str, day: str) -> str:
    """What stands in that day."""
    days = page.locator("section.agenda" if view == "agenda" else "td").filter(has_text=day)
    return " ".join((await days.inner_text()).split())


@pytest.mark.parametrize(
    "view", [pytest.param(view, marks=pytest.mark.in_turns(turns)) for view, turns in VIEWS.items()]
)
async def test_at_a_border_every_page_is_right_and_axe_finds_nothing(
    chromium: Browser, border: tuple[Border, Bot, str], view: str
) -> None:
    it, bot, first = border
    async with opened(chromium, bot, viewport=WIDE) as page:
        if view == "record":
            await page.goto(f"/changes/{first}")
            await expect(page.locator(".record")).to_contain_text(it.record)
        else:
            await page.goto(f"/calendar?view={view}&date={it.day}&show=all")
        for day, said in it.days.items() if view != "record" else ():
            shown = await read(page, view, day)
            assert [each for each in said if each not in shown] == [], shown
        await has_axe(page)
        for size, theme, only in MODES:
            await page.set_viewport_size(size)
            assert await faults(page, theme, only) == [], (size, theme)
