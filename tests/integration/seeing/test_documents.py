"""Export, calendar feed and ledger, from outside."""

import asyncio
import re
from datetime import datetime

import httpx
from icalendar import Calendar

from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from tests.support.calendars import read_by_both
from tests.support.running import CHANGE, ZURICH, Bot
from tests.support.teams import CLAIRE, NADIA, words


async def get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url, headers=headers)


def addresses(bot: Bot) -> list[str]:
    return re.findall(r"http://127\.0\.0\.1:\d+/[^\s)]+", bot.teams.calls[-1].message.text)


async def test_an_export_has_nothing_from_elsewhere_and_an_address_that_ends_after_a_week_and_cannot_be_made_up(
    bot: Bot,
) -> None:
    await bot.scheduled()
    await bot.type(CLAIRE, f"/change export {CHANGE}")
    as_markdown, as_page = addresses(bot)
    wiki = await get(as_markdown)
    assert wiki.headers["content-type"] == "text/markdown; charset=utf-8"
    assert wiki.text.startswith(f"# {CHANGE}: Update to version 5")
    assert "Pierre André gave GO." in wiki.text
    page = await get(as_page)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["referrer-policy"] == "no-referrer"
    for foreign in ("<script", "http://", "https://", "url("):
        assert foreign not in page.text
    base, _, token = as_markdown.rpartition("/")
    async with bot.app.store.units(), asyncio.timeout(2):  # whoever makes one up waits for nobody who writes
        assert (await get(f"{base}/{token[:-4]}xxxx")).status_code == 404
    assert (await get(f"{base}/{'a' * 3000}")).status_code == 404
    for hour, status in ((8, 200), (10, 404)):
        await bot.advance(datetime(2027, 4, 15, hour, 0, tzinfo=ZURICH))
        assert (await get(as_markdown)).status_code == status


async def test_the_feed_has_every_window_and_freeze_under_an_address_that_can_be_renewed(bot: Bot) -> None:
    await bot.scheduled()
    await bot.requested({"title": "New disks", "date": "2027-06-10"})
    await bot.type(NADIA, "/change cancel 2 Not needed.")
    await bot.type(NADIA, "/change feed")
    [address] = addresses(bot)
    answer = await get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    events = {str(each["uid"]): each for each in calendar.walk("VEVENT")}
    window = events[f"{CHANGE}@change-bot"]
    assert window["status"] == "CONFIRMED"
    assert window.decoded("dtstart") == datetime(2027, 4, 15, 22, 0, tzinfo=ZURICH)
    assert window["summary"] == "Confirmed: ISC Learn Platform: Update to version 5"
    assert events["CHG-2027-0002@change-bot"]["status"] == "CANCELLED"
    assert events["CHG-2027-0002@change-bot"]["summary"] == "Cancelled: ISC Learn Platform: New disks"
    assert "January exams" in str(events["freeze-learn-20270118@change-bot"]["summary"])
    assert not any(each.errors for each in calendar.walk())
    again = await get(address, **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "add `?cancelled=no` to the address" in bot.teams.calls[-1].message.text
    shorter = await get(f"{address}?cancelled=no", **{"If-None-Match": answer.headers["etag"]})
    assert shorter.status_code == 200, "a feed of its own, with a tag of its own"
    whole, without = await read_by_both([answer.content, shorter.content])
    assert {each.uid for each in whole.events} - {each.uid for each in without.events} == {"CHG-2027-0002@change-bot"}
    await bot.type(NADIA, "/change feed new")
    assert (await get(address)).status_code == 404
    assert (await get(addresses(bot)[0])).status_code == 200


async def test_the_ledger_says_who_was_told_what_when_by_which_way_and_with_what_result(bot: Bot) -> None:
    await bot.requested()
    bot.teams.marks_were_typed = True  # an address below has some
    at = bot.clock.now()
    await bot.unit.delivery_log.note(
        DeliveryRecord("1", CHANGE, "planned", "isc-learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT, at)
    )
    await bot.unit.delivery_log.note(
        DeliveryRecord(
            "2", CHANGE, "reminder", "<at>x</at>@y", DeliveryChannel.MAIL, DeliveryStatus.FAILED, at, "*403*"
        )
    )
    await bot.type(NADIA, f"/change ledger {CHANGE}")
    said = " | ".join(words(bot.teams.calls[-1].message.card))
    assert "One delivery failed" in said
    assert "Mon 15 Mar 2027, 10:00 (CET) · **planned maintenance** to isc-learn@example.ch, mail: sent" in said
    assert "&lt;at>x&lt;/at>@y, mail: failed" in said
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert "Sent: 1 notice by mail to one address." in bot.overview()
