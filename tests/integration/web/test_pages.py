"""What stands on the pages, and when it is sent again."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.integration.web.looking import of_teams, read, tags
from tests.support.postgres import Server
from tests.support.production import House
from tests.support.running import CHANGE, START, Bot, running
from tests.support.sixty import NOW, fill, windows
from tests.support.teams import NADIA, PIERRE

PAGES = ("/calendar?date=2027-04", "/calendar?view=week&date=2027-04-15", "/calendar?view=agenda&date=2027-04-15")
HOSTILE = "<img src=x onerror=alert(1)> \"'&amp; {{ 7*7 }} </title><script>"


async def get(bot: Bot, path: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=bot.app.public_url(), timeout=30) as client:
        return await client.get(path, headers=headers)


async def day_of(bot: Bot, month: str, day: str) -> str:
    """What stands in the day of the month's table."""
    answer = await get(bot, f"/calendar?date={month}")
    assert answer.status_code == 200
    text = read(answer)
    assert day in text, text
    return text.split(day)[1].split("20", 1)[0]


@pytest.mark.parametrize(
    ("date", "time", "minutes", "months", "days"),
    [
        (
            "2027-12-31",
            "23:30",
            "90",
            ("2027-12", "2028-01"),
            {"Fri 31 Dec 2027": "from 23:30", "Sat 1 Jan 2028": "until 01:00"},
        ),
        ("2027-06-30", "22:30", "90", ("2027-06",), {"Wed 30 Jun 2027": "22:30–00:00", "Thu 1 Jul 2027": ""}),
        ("2027-10-31", "01:30", "120", ("2027-10",), {"Sun 31 Oct 2027": "01:30 CEST–02:30 CET"}),
        ("2028-03-26", "01:30", "60", ("2028-03",), {"Sun 26 Mar 2028": "01:30 CET–03:30 CEST"}),
    ],
)
async def test_a_window_stands_on_every_day_that_it_touches_by_the_clock_of_that_day(
    bot: Bot, date: str, time: str, minutes: str, months: tuple[str, ...], days: dict[str, str]
) -> None:
    await bot.requested({"date": date, "time": time, "minutes": minutes})
    for month in months:
        for day, said in days.items():
            shown = await day_of(bot, month, day)
            assert (said in shown, "Update to version 5" in shown) == (True, bool(said)), shown


async def test_a_week_has_its_number_also_where_the_year_ends(bot: Bot) -> None:
    weeks = {"2026-12-31": "Week 53,", "2027-01-03": "Week 53,", "2027-01-04": "Week 1,", "2029-12-31": "Week 1,"}
    for day, said in weeks.items():
        assert f"{said} Mon" in read(await get(bot, f"/calendar?view=week&date={day}"))


async def test_at_midnight_a_page_that_is_open_goes_on_to_the_next_day(bot: Bot) -> None:
    moment = NOW.replace(hour=23, minute=59, second=30)
    await bot.clock.move_to(moment, bot.app.store.units)
    before = await get(bot, PAGES[0])
    await bot.clock.move_to(moment + timedelta(seconds=30), bot.app.store.units)
    after = await get(bot, PAGES[0], **{"If-None-Match": before.headers["etag"]})
    [first], [second] = (
        re.findall(r'<td [^>]*aria-current="date">(.*?)</td>', each.text, re.DOTALL) for each in (before, after)
    )
    assert ("Thu 15 Apr 2027" in first, "Fri 16 Apr 2027" in second) == (True, True), (first, second)


async def test_a_snapshot_of_the_evening_before_stands_with_its_day_and_only_where_the_window_begins(bot: Bot) -> None:
    await bot.requested({"date": "2027-04-14", "time": "01:00", "minutes": "1440"})
    assert "Snapshot from 22:15, Tue 13 Apr" in await day_of(bot, "2027-04", "Wed 14 Apr 2027")
    assert "Snapshot" not in await day_of(bot, "2027-04", "Thu 15 Apr 2027")


async def test_every_view_has_windows_snapshots_states_freezes_holidays_and_what_is_in_the_way(bot: Bot) -> None:
    await bot.requested()
    async with bot.app.store.units() as unit:
        [change] = await unit.changes.find()
        other = change.with_(id="CHG-2027-0002", plan=change.plan)
        history = await unit.changes.history(change.id)
        await unit.changes.save(other, 0, history, (), (), NOW)
    for path in PAGES:
        shown = read(await get(bot, path))
        for said in ("22:00–23:30", "Submitted", "Snapshot from 19:15", f"Overlaps {CHANGE}: Update"):
            assert said in shown, (path, said)
    assert "Public holiday" in read(await get(bot, "/calendar?date=2028-01&service=learn"))
    exams = read(await get(bot, "/calendar?date=2027-01"))
    assert exams.count("Freeze: January exams (ISC Learn Platform)") == 14, "each day of it"


async def test_what_people_wrote_is_text_on_every_page(bot: Bot) -> None:
    await bot.requested({"title": HOSTILE, "what": HOSTILE, "tests": HOSTILE, "risks": HOSTILE})
    plain = {path: tags(await get(bot, path)) for path in ("/calendar?date=2030-01", "/changes?q=nothing")}
    for path in (*PAGES, "/changes", f"/changes/{CHANGE}", f"/changes?q={HOSTILE}"):
        answer = await get(bot, path)
        assert "img" not in tags(answer) | plain["/changes?q=nothing"], path
        assert answer.text.count("<script") == 1, path
        assert "{{ 7*7 }}" in answer.text, path
        if "q=" not in path:
            assert "<img src=x onerror=alert(1)>" in read(answer), path


async def test_a_page_is_sent_again_only_when_something_on_it_has_changed(bot: Bot) -> None:
    await bot.at_precheck()
    for path in (PAGES[0], f"/changes/{CHANGE}", "/changes", "/tasks"):
        first = await get(bot, path)
        again = await get(bot, path, **{"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
    tags_before = {
        path: (await get(bot, path)).headers["etag"] for path in (PAGES[0], f"/changes/{CHANGE}", "/changes")
    }
    others = await get(bot, PAGES[0], Cookie=f"change-as={PIERRE.object_id}")
    assert others.headers["etag"] != tags_before[PAGES[0]]
    await bot.press(PIERRE, "precheck.approve")
    for path, tag in tags_before.items():
        fresh = await get(bot, path, **{"If-None-Match": tag})
        assert (fresh.status_code, "Pre-check approved" in read(fresh)) == (200, True), path


async def test_style_and_script_are_kept_by_the_browser_until_they_look_otherwise(bot: Bot) -> None:
    named = re.findall(r'"(/static/[^"]+)"', (await get(bot, "/tasks")).text)
    assert len(named) == 2
    for path in named:
        plain = path.partition("?")[0]
        kept, other, none = [(await get(bot, each)) for each in (path, f"{plain}?of-another", "/static/site.py")]
        assert "immutable" in kept.headers["cache-control"]
        assert (other.headers["cache-control"], none.status_code) == ("no-store", 404)


async def test_the_tasks_are_those_of_whom_one_acts_as(bot: Bot) -> None:
    await bot.at_precheck()
    answer = await get(bot, "/tasks?as=pierre&x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?x=1")
    kept = answer.headers["set-cookie"].partition(";")[0]
    assert "Your pre-check is needed" in read(await get(bot, "/tasks", Cookie=kept))
    assert "Nothing to do right now" in read(await get(bot, "/tasks"))
    elsewhere = (await get(bot, "/changes?q=disks&show=all")).text
    for kept_by_switch in ('action="/changes"', 'name="q" value="disks"', 'name="show" value="all"'):
        assert kept_by_switch in elsewhere.partition('class="as"')[0][-60:] + elsewhere.partition('class="as"')[2]
    unknown = await get(bot, "/tasks?as=Zoe")
    assert (unknown.status_code, "No match for “Zoe”" in read(unknown)) == (404, True)


async def test_a_link_is_followed_as_its_person_in_local_mode_too(bot: Bot) -> None:
    await bot.at_precheck()
    await bot.type(PIERRE, "/change calendar link")
    address = re.search(r"(/calendar/link/[^)]+)\)", bot.teams.calls[-1].message.text)
    assert address
    kept = (await get(bot, address[1])).headers["set-cookie"].partition(";")[0]
    assert "Your pre-check is needed" in read(await get(bot, "/tasks", Cookie=kept))


async def test_an_admin_can_subscribe_and_nobody_else_learns_the_address(bot: Bot) -> None:
    await bot.type(NADIA, "/change feed")
    assert ".ics" in (await get(bot, PAGES[0])).text
    others = await get(bot, PAGES[0], Cookie=f"change-as={PIERRE.object_id}")
    assert (".ics" in others.text, "ask an admin" in read(others)) == (False, True)


async def test_a_record_tells_plan_timeline_decisions_history_and_notices(bot: Bot) -> None:
    await bot.scheduled()
    shown = read(await get(bot, f"/changes/{CHANGE}"))
    for said in (
        *("Scheduled", "Timeline Step Date", "Cutoff Thu 15 Apr 2027, 23:00 (CEST)", "Rollback plan Restore the data"),
        *(
            "GO Pierre André Thu 8 Apr 2027, 09:00 (CEST)",
            "Pierre André gave GO.",
            "planned maintenance",
            "/change show",
        ),
    ):
        assert said in shown, said


async def test_pages_speak_the_language_that_the_person_chose_in_the_chat(bot: Bot) -> None:
    await bot.requested()
    await bot.type(NADIA, "/change language fr")
    for path, said in ((PAGES[0], "avril 2027"), ("/tasks", "Rien à faire"), (f"/changes/{CHANGE}", "Plan de retour")):
        answer = await get(bot, path)
        assert (said in read(answer), '<html lang="fr"' in answer.text) == (True, True), read(answer)


async def test_filters_narrow_and_the_list_has_pages(bot: Bot) -> None:
    await fill(bot.app.store.units)
    await bot.clock.move_to(NOW, bot.app.store.units)
    for path in ("/calendar?date=2027-04", "/changes?view=month"):
        assert "New disks" in read(await get(bot, f"{path}&q=disks")), path
        assert "Security updates" not in read(await get(bot, f"{path}&q=disks")), path
        assert "Completed" not in read(await get(bot, f"{path}&show=open")).partition("Apply")[2], path
    both = [read(await get(bot, f"/changes?show=all&page={page}")) for page in (1, 2)]
    assert ["Next page" in both[0], "Previous page" in both[1], "Next page" in both[1]] == [True, True, False]
    assert sum(each.count("CHG-2027-") for each in both) == 60
    assert "Cancelled" not in read(await get(bot, "/calendar?date=2027-04")).partition("Apply")[2], "it takes no place"
    assert "Cancelled" in read(await get(bot, "/calendar?date=2027-04&show=cancelled")).partition("Apply")[2]


async def test_a_full_day_says_how_many_more_there_are_and_its_week_shows_them(bot: Bot) -> None:
    for _pair in range(4):
        await fill(bot.app.store.units, windows(2, NOW.date() + timedelta(days=5)))
    await bot.clock.move_to(NOW, bot.app.store.units)
    month = read(await get(bot, "/calendar?date=2027-04"))
    assert "2 more on Tue 20 Apr 2027" in month
    week = await get(bot, "/calendar?view=week&date=2027-04-20")
    assert len(set(re.findall(r'href="/changes/(CHG-[^"]+)"', week.text))) == 8


ODD = (
    *("date=9999-12", "date=0001-01-01", "date=-1", "date=%D9%A2027-04", "date=2027-02-30", "view=<script>"),
    *("view=week&date=x", "page=0", "page=99999999999999999999", "page=%D9%A3", "page=-1", "service=nobody"),
    *("show=everything", "q=%00", "q=%ED%A0%80", f"q={'a' * 3000}", f"q={'a+' * 1000}", "q=page+2", "q=*", "q=q&q=r"),
    *("q=2027-04+learn+mine", "q=%25%5F\\'", "date=2200-12", "date=1990-01", "as2=x", "view=agenda&date=2200-12-31"),
)


async def test_whatever_the_address_says_the_page_is_shown(bot: Bot) -> None:
    async with httpx.AsyncClient(base_url=bot.app.public_url(), timeout=30) as client:
        for query in ODD:
            for path in ("/calendar", "/changes"):
                assert (await client.get(f"{path}?{query}")).status_code == 200, (path, query)


async def test_however_many_look_for_words_at_once_all_find_them(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.client.base_url, headers=of_teams(NADIA), timeout=60) as client:
        await client.get("/changes")
        answers = await asyncio.gather(*(client.get("/changes?show=drafts&q=secret") for _ in range(20)))
    assert {(each.status_code, "A secret" in each.text) for each in answers} == {(200, True)}


async def test_on_postgresql_the_same_pages_are_shown_and_no_character_of_an_address_breaks_one(
    tmp_path: Path, server: Server
) -> None:
    async with running(tmp_path, START, CHANGE_DATABASE_URL=await server.emptied()) as bot:
        await bot.requested()
        for path in (*PAGES, "/changes?q=version", "/changes?q=a%00b+%00", "/calendar?q=%00&date=2027-04", "/tasks"):
            assert (await get(bot, path)).status_code == 200, path
        first = await get(bot, PAGES[0])
        assert "Snapshot from 19:15" in read(first)
        assert (await get(bot, PAGES[0], **{"If-None-Match": first.headers["etag"]})).status_code == 304
        for unknown in ("%00", f"{CHANGE}%00x", "CHG-2027-0009", "%ED%A0%80"):
            answer = await get(bot, f"/changes/{unknown}")
            assert (answer.status_code, "There is no change" in read(answer)) == (404, True), unknown
