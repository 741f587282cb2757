"""What users of neighbouring tools stumble over when people are told by mail; each test is named by its sentence."""

import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp import web

import app as composition
from changes.notification.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from settings import SettingsError, from_environment
from tests.support.running import CHANGE, START, ZURICH, Bot, running
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


def mails(folder: Path) -> list[EmailMessage]:
    """Everything that was mailed, the oldest first."""
    files = sorted((folder / "mail").glob("*.eml"))
    return [
        email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=email.policy.default) for file in files
    ]


async def ledger(bot: Bot) -> tuple[DeliveryRecord, ...]:
    async with bot.app.store.units() as unit:
        return await unit.ledger.of(CHANGE)


def refuses(status: int, code: str, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Teams refuses whatever is posted."""

    async def answer(request: web.Request) -> web.Response:
        error = {"error": {"code": code, "message": "No."}}
        return web.json_response(error, status=status, headers=headers)

    return answer


# 26
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
        body = mail.get_body(("plain",))
        assert body is not None
        said = ROSTER if mail["To"] == "learn@example.ch" else "Der Bot ist nicht mehr in dieser Unterhaltung."
        assert " ".join(body.get_content().split()).count(said) == 1


# 26
async def test_who_got_the_notice_by_mail_anyway_gets_no_second_one_when_teams_refuses_it(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, 'teams", "mail')) as bot:
        await bot.at_go()
        bot.teams.slow = refuses(403, "BotNotInConversationRoster")
        await bot.press(PIERRE, "go.give")
        told = [each for each in await ledger(bot) if each.notice == "planned"]
    assert [each.result for each in told if each.way is DeliveryChannel.TEAMS] == [DeliveryStatus.FAILED]
    assert sorted(str(mail["To"]) for mail in mails(tmp_path)) == ["hans@example.ch", "learn@example.ch"]
    assert not any(ROSTER in mail.as_string() for mail in mails(tmp_path))


# 26
async def test_429_honour_the_delay(by_teams: Bot, tmp_path: Path) -> None:
    await by_teams.at_go()
    by_teams.teams.slow = refuses(429, "TooManyRequests", **{"Retry-After": "100"})
    await by_teams.press(PIERRE, "go.give")
    by_teams.teams.slow = None
    asked = by_teams.clock.now()
    await by_teams.advance(datetime(2027, 4, 8, 9, 30, tzinfo=ZURICH))
    await by_teams.settle()
    [told] = [each for each in await ledger(by_teams) if each.notice == "planned"]
    assert (told.way, told.result) == (DeliveryChannel.TEAMS, DeliveryStatus.SENT)
    assert (told.at - asked).total_seconds() >= 90
    assert mails(tmp_path) == []


# 26
async def test_when_nobody_can_be_told_by_mail_either_that_stands_in_the_ledger(tmp_path: Path) -> None:
    nobody = ('mail = ["learn@example.ch", {address = "hans@example.ch", language = "de"}]', "")
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "teams", nobody)) as bot:
        await bot.at_go()
        bot.teams.slow = refuses(403, "BotNotInConversationRoster")
        await bot.press(PIERRE, "go.give")
        [told] = [each for each in await ledger(bot) if each.notice == "planned"]
    assert told.result is DeliveryStatus.FAILED
    assert told.why == f"{ROSTER} Nobody was told by mail: ISC Learn Platform names no address."


# 32
async def test_someone_affected_by_one_service_hears_of_that_service_only(by_mail: Bot, tmp_path: Path) -> None:
    await by_mail.started()
    sent = mails(tmp_path)
    assert {str(mail["To"]) for mail in sent} == {"learn@example.ch", "hans@example.ch"}
    assert len(sent) == 6, "planned, reminder and start, to each"
    assert not any("Library" in mail.as_string() for mail in sent)


# 11
async def test_each_notice_reaches_each_recipient_once_also_when_it_is_carried_out_again(
    by_mail: Bot, tmp_path: Path
) -> None:
    await by_mail.scheduled()
    before = len(mails(tmp_path))
    async with by_mail.app.store.units() as unit:
        told = await unit.ledger.of(CHANGE)
    await by_mail.settle()
    assert before == len(mails(tmp_path)) == len(told) == 2
    assert len({each.key for each in told}) == 2


async def test_a_mail_says_in_each_readers_language_and_brings_a_calendar_entry(by_mail: Bot, tmp_path: Path) -> None:
    await by_mail.scheduled()
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in mails(tmp_path)}
    assert "Planned maintenance" in subjects["learn@example.ch"]
    assert "Geplante Wartung" in subjects["hans@example.ch"]
    for mail in mails(tmp_path):
        [invite] = mail.iter_attachments()
        assert b"BEGIN:VEVENT" in invite.get_content()
    files = {str(file) for file in (tmp_path / "mail").glob("*.eml")}
    assert {told.why for told in await ledger(by_mail)} == files, "the ledger says where each one is"


async def test_the_notice_in_teams_stands_in_the_ledger(by_teams: Bot) -> None:
    await by_teams.scheduled()
    [told] = await ledger(by_teams)
    assert (told.to, told.way, told.result, told.why) == (
        "ISC Learn Platform",
        DeliveryChannel.TEAMS,
        DeliveryStatus.SENT,
        "",
    )


async def test_a_service_that_wants_mail_needs_a_sender_in_production(tmp_path: Path) -> None:
    given = {
        "MicrosoftAppId": "00000000-0000-0000-0000-00000000b070",
        "MicrosoftAppPassword": "secret",
        "MicrosoftAppTenantId": "00000000-0000-0000-0000-0000000000aa",
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/changes.db",
        "CHANGE_SERVICES": services(tmp_path, "mail", ('"vps_api"', '"dashboard"')),
    }
    with pytest.raises(SettingsError, match="learn: it notifies by mail, which needs GRAPH_SENDER") as refused:
        await composition.build(from_environment(given, dotenv=tmp_path / ".env"))
    assert all(each.endswith(".") and "\n" not in each for each in refused.value.sentences)
    ready = await composition.build(from_environment(given | {"GRAPH_SENDER": "bot@x.ch"}, dotenv=tmp_path / ".env"))
    await ready.close()


# 13 and 26
async def test_who_heard_by_mail_because_teams_failed_hears_by_mail_that_it_is_off(
    by_teams: Bot, tmp_path: Path
) -> None:
    await by_teams.at_go()
    by_teams.teams.slow = refuses(403, "BotNotInConversationRoster")
    await by_teams.press(PIERRE, "go.give")
    assert len(mails(tmp_path)) == 2
    by_teams.teams.slow = None
    await by_teams.type(NADIA, f"/change cancel {CHANGE} Not needed.")
    told = [each for each in await ledger(by_teams) if each.notice == "cancelled"]
    assert {(each.to, each.way, each.result) for each in told} == {
        ("ISC Learn Platform", DeliveryChannel.TEAMS, DeliveryStatus.SENT),
        ("learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
        ("hans@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
    }
    assert len(mails(tmp_path)) == 4
