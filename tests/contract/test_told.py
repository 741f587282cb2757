"""Who was told or refused what, who is away, and where people can be written to in person."""

from dataclasses import replace
from datetime import UTC, date, datetime

from application.ports import AccessDenial, PersonalConversation, UnitOfWork, UserProfile
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import Person

NOON = datetime(2027, 4, 1, 12, tzinfo=UTC)
MAIL = DeliveryRecord(
    "n1:a@x.ch", "CHG-2027-0001", "planned", "a@x.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED, NOON, "503"
)
PIERRE, CLAIRE = Person("1", "Pierre"), Person("2", "Claire")


async def test_a_line_of_the_ledger_says_what_came_of_it_in_the_end(unit: UnitOfWork) -> None:
    later = NOON.replace(hour=13)
    teams = replace(
        MAIL, key="n1:teams", to="learn", way=DeliveryChannel.TEAMS, result=DeliveryStatus.SENT, why="", at=later
    )
    await unit.delivery_log.note(teams)
    await unit.delivery_log.note(MAIL)
    await unit.delivery_log.note(replace(MAIL, key="n2", change="CHG-2027-0002"))
    assert await unit.delivery_log.of("CHG-2027-0001") == (MAIL, teams)
    assert await unit.delivery_log.get(teams.key) == teams
    assert await unit.delivery_log.get("n3") is None
    await unit.delivery_log.note(replace(MAIL, result=DeliveryStatus.SENT, why="", at=later))
    told = await unit.delivery_log.of("CHG-2027-0001")
    assert {each.result for each in told} == {DeliveryStatus.SENT}


async def test_the_mails_of_every_change_since_a_moment_are_found(unit: UnitOfWork) -> None:
    late = replace(MAIL, key="n2", change="CHG-2027-0002", at=NOON.replace(hour=14))
    await unit.delivery_log.note(late)
    await unit.delivery_log.note(MAIL)
    await unit.delivery_log.note(replace(MAIL, key="n3", at=NOON.replace(hour=11)))
    await unit.delivery_log.note(replace(MAIL, key="n1:teams", way=DeliveryChannel.TEAMS))
    assert await unit.delivery_log.mailed_since(NOON) == (MAIL, late)


async def test_absences_that_are_over_are_not_asked_for(unit: UnitOfWork) -> None:
    late = await unit.absences.add(PIERRE, date(2027, 5, 1), date(2027, 5, 14))
    soon = await unit.absences.add(PIERRE, date(2027, 4, 1), date(2027, 4, 2))
    await unit.absences.add(CLAIRE, date(2027, 4, 1), date(2027, 4, 2))
    assert await unit.absences.of([PIERRE], date(2027, 4, 2)) == (soon, late)
    assert await unit.absences.of([PIERRE], date(2027, 4, 3)) == (late,)
    assert len(await unit.absences.of([PIERRE, CLAIRE], date(2027, 4, 1))) == 3
    assert await unit.absences.of([], date(2027, 4, 1)) == ()
    await unit.absences.drop(late.id)
    assert await unit.absences.of([PIERRE], date(2027, 4, 3)) == ()


async def test_a_personal_chat_is_where_it_was_last_seen_until_the_bot_is_removed(unit: UnitOfWork) -> None:
    chat = PersonalConversation(PIERRE, "https://smba.example/ch/", "a:1", "28:bot", "t")
    await unit.chats.put(chat)
    await unit.chats.put(replace(chat, service_url="https://smba.example/emea/"))
    await unit.chats.put(replace(chat, person=CLAIRE, conversation="a:2"))
    assert (found := await unit.chats.get("1")) is not None
    assert found.service_url == "https://smba.example/emea/"
    await unit.chats.drop("a:1")
    assert await unit.chats.get("1") is None
    assert (await unit.chats.get("2")) == replace(chat, person=CLAIRE, conversation="a:2")


async def test_the_language_of_a_person_is_kept_when_a_message_does_not_say_it(unit: UnitOfWork) -> None:
    await unit.people.upsert([UserProfile(PIERRE, "29:p", "fr")])
    await unit.people.upsert([UserProfile(PIERRE, "29:p")])
    assert (met := await unit.people.get("1")) is not None
    assert met.language == "fr"


LUC = AccessDenial(NOON, Person("3", "Luc"), "CHG-2027-0001", "go.give", "card", "Only Pierre or a deputy can decide.")
NADIA = replace(LUC, at=NOON.replace(hour=11), person=Person("0", "Nadia"), what="precheck.approve")
EVA = replace(
    LUC,
    at=NOON.replace(hour=13),
    person=Person("5"),
    change="",
    what="bind",
    via="chat",
    sentence="Only an admin can bind.",
)


async def test_what_was_refused_is_read_back_the_newest_first(unit: UnitOfWork) -> None:
    for refused in (LUC, NADIA, EVA):
        await unit.access_denials.note(refused)
    assert await unit.access_denials.latest() == (EVA, LUC, NADIA)
    assert await unit.access_denials.latest(2) == (EVA, LUC)
    assert await unit.access_denials.latest(2, 1) == (LUC, NADIA)
    assert await unit.access_denials.count() == 3


async def test_the_same_refused_twice_is_two_lines(unit: UnitOfWork) -> None:
    await unit.access_denials.note(LUC)
    await unit.access_denials.note(LUC)
    assert await unit.access_denials.latest() == (LUC, LUC)
