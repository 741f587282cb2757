"""What users of neighbouring tools stumble over when people are told by mail; each test is named by its sentence."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from tests.support.days import moment
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.said import body, mails
from tests.support.teams import NADIA, PIERRE

ROSTER = "The bot is no longer in this conversation. Add it to the team or chat again."
SERVICES = """
admins = ["00000000-0000-0000-0000-000000000020"]

[[service]]
key = "learn"
name = "ISC Learn Platform"
languages = ["en"]
approver = "00000000-0000-0000-0000-000000000021"
mail = ["learn@example.ch", {address = "hans@example.ch", language = "de"}]
notify = ["NOTIFY"]
[service.vps]
name = "Hannibal"
backend = "vps_api"

[[service]]
key = "library"
name = "Library catalogue"
languages = ["en"]
approver = "00000000-0000-0000-0000-000000000021"
mail = ["library@example.ch"]
notify = ["mail"]
[service.vps]
name = "Scipio"
backend = "vps_api"
"""


def services(folder: Path, notify: str, *others: tuple[str, str]) -> str:
    """The path of a file with two services; `learn` tells its people in the way given."""
    text = SERVICES.replace("NOTIFY", notify)
    for old, new in others:
        text = text.replace(old, new)
    path = folder / "services.toml"
    path.write_text(text)
    return str(path)


@pytest.fixture
async def by_teams(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "teams")) as bot:
        yield bot


@pytest.fixture
async def by_mail(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "mail")) as bot:
        yield bot


async def ledger(bot: Bot) -> tuple[DeliveryRecord, ...]:
    return await bot.unit.delivery_log.of(CHANGE)


def refuses(status: int, code: str, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Teams refuses whatever is posted."""

    async def answer(request: web.Request) -> web.Response:
        error = {"error": {"code": code, "message": "No."}}
        return web.json_response(error, status=status, headers=headers)

    return answer


# docs/process.md, P45, P93
async def test_403_because_the_bot_left_the_roster_stop_fall_back_to_mail_say_the_true_cause(
    by_teams: Bot, tmp_path: Path
) -> None:
    await by_teams.at_go()
    by_teams.teams.slow = refuses(403, "BotNotInConversationRoster")
    await by_teams.press(PIERRE, "go.give")
    told = [each for each in await ledger(by_teams) if each.notice == "planned"]
    assert {(each.to, each.way, each.result) for each in told} == {
        ("ISC Learn Platform", DeliveryChannel.TEAMS, DeliveryStatus.FAILED),
        ("learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
        ("hans@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
    }
    assert all(ROSTER in each.why for each in told)
    sent = mails(tmp_path)
    assert {str(mail["To"]) for mail in sent} == {"learn@example.ch", "hans@example.ch"}
    for mail in sent:
        said = ROSTER if mail["To"] == "learn@example.ch" else "Der Bot ist nicht mehr in dieser Unterhaltung."
        assert body(mail).count(said) == 1
    by_teams.teams.slow = None
    await by_teams.type(NADIA, f"/change cancel {CHANGE} Not needed.")
    told = [each for each in await ledger(by_teams) if each.notice == "cancelled"]
    assert {(each.to, each.way, each.result) for each in told} == {
        ("ISC Learn Platform", DeliveryChannel.TEAMS, DeliveryStatus.SENT),
        ("learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
        ("hans@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
    }, "who heard by mail because Teams failed hears by mail that it is off"
    assert len(mails(tmp_path)) == 4


# docs/process.md, P93
async def test_who_got_the_notice_by_mail_anyway_gets_no_second_one_when_teams_refuses_it(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, 'teams", "mail')) as bot:
        await bot.at_go()
        bot.teams.slow = refuses(403, "BotNotInConversationRoster")
        await bot.press(PIERRE, "go.give")
        told = [each for each in await ledger(bot) if each.notice == "planned"]
    assert [each.result for each in told if each.way is DeliveryChannel.TEAMS] == [DeliveryStatus.FAILED]
    assert sorted(str(mail["To"]) for mail in mails(tmp_path)) == ["hans@example.ch", "learn@example.ch"]
    assert not any(ROSTER in mail.as_string() for mail in mails(tmp_path))


# docs/process.md, P93
async def test_429_honour_the_delay(by_teams: Bot, tmp_path: Path) -> None:
    await by_teams.at_go()
    by_teams.teams.slow = refuses(429, "TooManyRequests", **{"Retry-After": "100"})
    await by_teams.press(PIERRE, "go.give")
    by_teams.teams.slow = None
    asked = by_teams.clock.now()
    await by_teams.advance(datetime(2027, 4, 8, 9, 30, tzinfo=ZURICH))
    await by_teams.settle()
    [told] = await ledger(by_teams)
    assert (told.notice, told.to, told.way) == ("planned", "ISC Learn Platform", DeliveryChannel.TEAMS)
    assert (told.result, told.why) == (DeliveryStatus.SENT, "")
    assert (told.at - asked).total_seconds() >= 90
    assert mails(tmp_path) == []


# docs/process.md, P93
async def test_when_nobody_can_be_told_by_mail_either_that_stands_in_the_ledger(tmp_path: Path) -> None:
    nobody = ('mail = ["learn@example.ch", {address = "hans@example.ch", language = "de"}]', "")
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "teams", nobody)) as bot:
        await bot.at_go()
        bot.teams.slow = refuses(403, "BotNotInConversationRoster")
        await bot.press(PIERRE, "go.give")
        [told] = [each for each in await ledger(bot) if each.notice == "planned"]
    assert told.result is DeliveryStatus.FAILED
    assert told.why == f"{ROSTER} Nobody was told by mail: ISC Learn Platform names no address."


# docs/process.md, P85, P86
async def test_each_recipient_of_this_service_has_each_notice_once_in_their_language_with_a_calendar_entry(
    by_mail: Bot, tmp_path: Path
) -> None:
    await by_mail.scheduled()
    await by_mail.settle()
    planned, told = mails(tmp_path), await ledger(by_mail)
    assert len(planned) == len({each.key for each in told}) == 2, "also when it is carried out again"
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in planned}
    assert "Planned maintenance" in subjects["learn@example.ch"]
    assert "Geplante Wartung" in subjects["hans@example.ch"]
    for mail in planned:
        [invite] = mail.iter_attachments()
        assert b"BEGIN:VEVENT" in invite.get_content()
    written = {Path(each.why).name for each in told}
    assert written == {path.name for path in (tmp_path / "mail").glob("*.eml")}, "the ledger says where each one is"
    await by_mail.advance(moment(4, 15, 22))
    await by_mail.press(NADIA, "window.start")
    sent = mails(tmp_path)
    assert {str(mail["To"]) for mail in sent} == {"learn@example.ch", "hans@example.ch"}
    assert len(sent) == 6, "planned, reminder and start, to each"
    assert not any("Library" in mail.as_string() for mail in sent)
