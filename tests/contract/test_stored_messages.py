"""A sentence of ours comes back from wherever it is stored with its template and facts; other text stays text."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

import pytest

from application.ports import AccessDenial, Operation, UnitOfWork, UserProfile
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.effects import PostThreadMessage
from changes.events import Cancelled, PreflightDone, SnapshotFailed
from changes.labels import moment_label
from changes.model import Person
from changes.notification.thread_messages import ThreadMessage
from changes.text.messages import Message
from storage.erasure import forget
from storage.redaction import FORMER
from tests.contract import subjects as s
from tests.contract.subjects import parts

ZURICH = ZoneInfo("Europe/Zurich")
SAID = Message(
    "{cause} Nobody was told by mail: {service} names no address.",
    cause=Message("Nobody gave GO by {limit}, and silence is never GO.", limit=moment_label(s.NOW, ZURICH)),
    service="{Learn}",
    count=2,
)
LIKE_ONE = '{"template":"Read {this}","facts":{"this":"[here](https://evil.example)"}}'


async def through_the_delivery_log(unit: UnitOfWork, text: str) -> str:
    line = DeliveryRecord("n1", "C", "planned", "a@x.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED, s.NOW, "503")
    await unit.delivery_log.note(line)
    await unit.delivery_log.note(DeliveryRecord("n1", "C", "planned", "a@x.ch", line.way, line.result, s.NOW, text))
    [found] = await unit.delivery_log.of("C")
    return found.why


async def through_the_denials(unit: UnitOfWork, text: str) -> str:
    await unit.access_denials.note(AccessDenial(s.NOW, s.RITA, "", "go.give", "chat", text))
    [found] = await unit.access_denials.latest()
    return found.sentence


async def through_the_dead_letters(unit: UnitOfWork, text: str) -> str:
    await unit.outbox.add([s.entry("C")], s.NOW)
    [entry] = await unit.outbox.claim(s.NOW, "me", 60)
    await unit.outbox.retry(entry.id, s.NOW, "later")
    await unit.outbox.dead_letter(entry.id, text, s.NOW)
    [found] = await unit.outbox.dead()
    return found.error


async def through_an_effect(unit: UnitOfWork, text: str) -> str:
    line = PostThreadMessage("k", "C", ThreadMessage.SNAPSHOT_FAILED, s.RITA, s.NOW, text)
    await unit.outbox.add([line], s.NOW)
    [entry] = await unit.outbox.claim(s.NOW, "me", 60)
    assert isinstance(entry.effect, PostThreadMessage)
    return entry.effect.detail


async def through_an_operation(unit: UnitOfWork, text: str) -> str:
    await unit.operations.put(Operation("k", "C", "snapshot", "C", s.NOW, detail=text))
    found = await unit.operations.get("k")
    assert found is not None
    return found.detail


async def through_an_event(unit: UnitOfWork, text: str) -> str:
    change = await s.saved(unit, s.submitted(), SnapshotFailed(text))
    [*_, entry] = await unit.changes.history(change.id)
    assert isinstance(entry.event, SnapshotFailed)
    return entry.event.reason


async def through_several(unit: UnitOfWork, text: str) -> str:
    change = await s.saved(unit, s.submitted(), PreflightDone((text,)))
    [found] = await unit.changes.find()
    assert found == change
    assert found.preflight is not None
    return found.preflight.problems[0]


async def through_a_change(unit: UnitOfWork, text: str) -> str:
    change = await s.saved(unit, s.submitted(), Cancelled(text))
    stored = await unit.changes.load(change.id)
    assert stored is not None
    return stored.change.closing_reason


WAYS = (
    *(through_the_delivery_log, through_the_denials, through_the_dead_letters, through_an_effect),
    *(through_an_operation, through_an_event, through_several, through_a_change),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_it_comes_back_as_it_was(unit: UnitOfWork, way: Callable[[UnitOfWork, str], Awaitable[str]]) -> None:
    assert parts(await way(unit, SAID)) == parts(SAID)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_a_text_that_looks_like_one_is_a_text(
    unit: UnitOfWork, way: Callable[[UnitOfWork, str], Awaitable[str]]
) -> None:
    assert parts(await way(unit, LIKE_ONE)) == (str, LIKE_ONE)


async def test_who_is_forgotten_is_forgotten_in_the_facts_too(unit: UnitOfWork, url: str) -> None:
    prince = Person("00000000-0000-0000-0000-000000000077", "Prince")
    told = Message(
        "Only {others} can do that on {name}, says {who}, from {day}.",
        others="Prince",
        name="Hannibal",
        who=Message("{one} or {end}", one="Prince", end="a deputy"),
        day=s.NOW.date(),
    )
    await unit.people.upsert([UserProfile(prince)])
    await unit.access_denials.note(AccessDenial(s.NOW, prince, "", "go.give", "chat", told))
    await s.saved(unit, s.submitted(), SnapshotFailed(Message("{words} said: {id}", words="Prince Adam", id=prince.id)))

    await forget(url, prince.id, names=["Prince Adam"])

    one = f"{FORMER} 1"
    [denial] = await unit.access_denials.latest()
    assert isinstance(denial.sentence, Message)
    assert denial.sentence.template == told.template
    assert denial.sentence == f"Only {one} can do that on Hannibal, says {one} or a deputy, from Tue 1 Sep 2026."
    [change] = await unit.changes.find()
    assert isinstance(change.snapshot.detail, Message)
    assert change.snapshot.detail.template == "{words} said: {id}"
    assert change.snapshot.detail.startswith(f"{one} said: former-")
