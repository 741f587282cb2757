"""What the bot remembers of Teams: messages, bindings, people, dialogs, deliveries, operations and settings."""

import asyncio
from dataclasses import replace

import pytest

from application.ports import Binding, Json, MessageRef, Operation, PersonalConversation, UnitOfWork, UserProfile
from changes.errors import ConcurrencyConflict
from changes.model import Person
from changes.snapshots import OperationState
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit

URL = "https://smba.example/ch/"


async def test_a_message_is_found_where_it_was_last_posted(unit: UnitOfWork) -> None:
    first = MessageRef(URL, "19:a@thread", "1", "19:a@thread;messageid=1")
    await unit.messages.put("CHG-2026-0001", "status", first)
    await unit.messages.put("CHG-2026-0001", "go:1", replace(first, activity="2"))
    await unit.messages.put("CHG-2026-0001", "status", replace(first, activity="3"))
    assert await unit.messages.get("CHG-2026-0001", "status") == replace(first, activity="3")
    assert await unit.messages.get("CHG-2026-0001", "go:1") == replace(first, activity="2")
    assert await unit.messages.get("CHG-2026-0002", "status") is None
    found = await unit.messages.of("CHG-2026-0001", ("status", "day"))
    assert found == {"status": replace(first, activity="3")}


async def test_everything_about_a_sender_is_known_at_once(unit: UnitOfWork) -> None:
    async def known() -> tuple[object, ...]:
        sender = await unit.people.sender("rita", "language:rita", "a:chat|rita")
        return sender.profile, sender.chat, sender.language, sender.dialog, sender.etag

    assert await known() == (None, None, "", {}, 0)
    rita, chat = (
        UserProfile(Person("rita", "Rita"), "29:rita", "fr"),
        PersonalConversation(Person("rita"), URL, "a:chat"),
    )
    await unit.people.upsert([rita, UserProfile(Person("paul", "Paul"))])
    assert await known() == (rita, None, "", {}, 0)
    await unit.chats.put(chat)
    await unit.settings.put("language:rita", "en")
    etag = await unit.dialogs.save("a:chat|rita", {"stack": []}, 0)
    assert await known() == (rita, chat, "en", {"stack": []}, etag)
    assert set(await unit.people.of(("rita", "anne", "paul"))) == {rita, UserProfile(Person("paul", "Paul"))}
    assert await unit.people.of(()) == ()


async def test_the_copies_of_a_message_in_personal_chats_are_found_by_it(unit: UnitOfWork) -> None:
    ref = MessageRef("https://smba", "a:chat", "1", "a:chat")
    for change, message in (
        ("CHG-2026-0001", "go:1"),
        ("CHG-2026-0001", "go:1@rita"),
        ("CHG-2026-0001", "go:1@anne"),
        ("CHG-2026-0001", "go:10@paul"),
        ("CHG-2026-0001", "go:1:mention"),
        ("CHG-2026-0002", "go:1@paul"),
    ):
        await unit.messages.put(change, message, ref)
    assert await unit.messages.copies("CHG-2026-0001", "go:1") == ("anne", "rita")
    assert await unit.messages.copies("CHG-2026-0001", "precheck:1") == ()


async def test_a_service_is_bound_to_one_conversation_and_a_conversation_to_many_services(unit: UnitOfWork) -> None:
    channel = Binding("learn", URL, "19:c@thread", is_channel=True, tenant="t", team="g", bot="28:bot")
    mail = replace(channel, service="mail")
    for binding in (replace(channel, conversation="19:old@thread", is_channel=False), mail, channel):
        await unit.bindings.put(binding)
    assert await unit.bindings.get("learn") == channel
    assert await unit.bindings.at("19:c@thread") == (channel, mail)
    assert await unit.bindings.at("19:old@thread") == ()
    await unit.bindings.drop("learn")
    await unit.bindings.drop("learn")
    assert await unit.bindings.get("learn") is None


# docs/process.md, P94
async def test_a_team_has_a_thread_id_and_a_group_id_both_are_stored_and_either_finds_it(unit: UnitOfWork) -> None:
    learn = Binding("learn", URL, "19:c@thread", is_channel=True, team="19:team@thread", group="0a1b")
    other = Binding("other", URL, "19:chat@thread", is_channel=False)
    await unit.bindings.put(learn)
    await unit.bindings.put(other)
    assert await unit.bindings.get("learn") == learn
    for place in ("19:c@thread", "19:team@thread", "0a1b"):
        assert await unit.bindings.at(place) == (learn,)
    assert await unit.bindings.at("19:chat@thread") == (other,)
    assert await unit.bindings.at("") == ()


# ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def met(id: str, name: str, mri: str = "") -> UserProfile:
    return UserProfile(Person(id, name), mri)


def shown(people: tuple[UserProfile, ...]) -> list[tuple[str, str, str]]:
    return [(each.person.id, each.person.name, each.mri) for each in people]


async def test_what_is_known_of_a_person_is_never_overwritten_by_nothing(unit: UnitOfWork) -> None:
    await unit.people.upsert([met("1", "Ada", "29:ada"), met("2", "")])
    await unit.people.upsert([])
    await unit.people.upsert([met("1", "", "29:new"), met("2", "Bea"), met("2", "", "29:bea"), met("1", "Ada L.")])
    assert shown(await unit.people.everybody()) == [("1", "Ada L.", "29:new"), ("2", "Bea", "29:bea")]
    assert await unit.people.get("3") is None
    found = await unit.people.get("1")
    assert found
    assert shown((found,)) == [("1", "Ada L.", "29:new")]


async def test_two_who_meet_the_same_people_block_nobody(store: Store, unit: UnitOfWork, another: Open) -> None:
    second = await another()
    everybody = [met(f"{n}", f"Person {n}") for n in range(20)]

    async def meet(through: Store, turn: int) -> None:
        await autocommit(through).people.upsert(
            [replace(each, mri=f"29:{turn}") for each in everybody[:: 1 if turn % 2 else -1]]
        )

    await asyncio.gather(*[meet(through, n) for n in range(4) for through in (store, second)])
    assert len(await unit.people.everybody()) == 20


# ── dialogs ────────────────────────────────────────────────────────────────────────────────────────────────────────

STATE: Json = {"step": 3, "form": {"titre": "Mise à jour \x00", "tests": ["a", None, 1.5, True]}}


async def test_a_dialog_goes_on_where_it_was(unit: UnitOfWork) -> None:
    assert await unit.dialogs.load("k") == ({}, 0)
    await unit.dialogs.save("k", STATE, 0)
    state, etag = await unit.dialogs.load("k")
    assert state == STATE
    await unit.dialogs.save("k", {"step": 4}, etag)
    state, second = await unit.dialogs.load("k")
    assert state == {"step": 4}
    assert second not in (0, etag)
    await unit.dialogs.save("k", {}, second)
    assert await unit.dialogs.load("k") == ({}, 0)
    await unit.dialogs.save("k", {}, 0)


@pytest.mark.parametrize("state", [STATE, {}])
async def test_a_dialog_that_went_on_meanwhile_is_not_overwritten(unit: UnitOfWork, state: Json) -> None:
    await unit.dialogs.save("k", {"step": 1}, 0)
    _, old = await unit.dialogs.load("k")
    await unit.dialogs.save("k", {"step": 2}, old)
    for etag in (0, old):
        with pytest.raises(ConcurrencyConflict):
            await unit.dialogs.save("k", state, etag)
    assert (await unit.dialogs.load("k"))[0] == {"step": 2}


async def test_a_dialog_that_began_anew_is_not_taken_for_the_old_one(store: Store) -> None:
    async with store.units() as unit:
        await unit.dialogs.save("k", {"step": 1}, 0)
        _, old = await unit.dialogs.load("k")
        await unit.dialogs.save("k", {}, old)
        await unit.dialogs.save("k", {"step": 1}, 0)
    with pytest.raises(ConcurrencyConflict):
        await autocommit(store).dialogs.save("k", {"step": 9}, old)


async def test_only_plain_json_is_a_dialogs_state(store: Store) -> None:
    with pytest.raises(TypeError):
        await autocommit(store).dialogs.save("k", {"when": s.NOW}, 0)


# ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_delivery_seen_before_gets_the_answer_it_got_then(unit: UnitOfWork) -> None:
    assert await unit.processed_activities.answer("c/1") is None
    await unit.processed_activities.remember("c/1", {}, s.NOW)
    await unit.processed_activities.remember("c/2", {"status": 200, "body": {"statusCode": 200}}, s.NOW)
    assert await unit.processed_activities.answer("c/1") == {}
    assert await unit.processed_activities.answer("c/2") == {"status": 200, "body": {"statusCode": 200}}
    assert await unit.processed_activities.begin("c/3", s.NOW) is None
    assert await unit.processed_activities.begin("c/3", s.NOW) == {}
    await unit.processed_activities.answered("c/3", {"status": 200})
    assert await unit.processed_activities.begin("c/3", s.NOW) == {"status": 200}


async def test_a_delivery_that_arrives_twice_at_once_has_one_effect(store: Store, another: Open) -> None:
    second = await another()

    async def deliver(through: Store) -> str:
        async with through.units() as unit:
            if await unit.processed_activities.answer("c/1") is not None:
                return "known"
            await asyncio.sleep(0.01)
            await s.saved(unit)
            await unit.processed_activities.remember("c/1", {}, s.NOW)
            return "done"

    results = await asyncio.gather(deliver(store), deliver(second), deliver(store), return_exceptions=True)
    assert sum(each == "done" for each in results) == 1
    assert all(each in ("done", "known") or isinstance(each, ConcurrencyConflict) for each in results)
    assert len(await autocommit(store).changes.find()) == 1


# ── operations and settings ────────────────────────────────────────────────────────────────────────────────────────


async def test_an_operation_is_followed_until_it_is_over(unit: UnitOfWork) -> None:
    older = Operation("CHG-2026-0001:snapshot:1", "CHG-2026-0001", "snapshot", "CHG-2026-0001-1", s.at(0))
    newer = replace(older, key="CHG-2026-0001:snapshot:2", name="CHG-2026-0001-2", asked_at=s.at(5))
    restore = replace(older, key="CHG-2026-0001:restore:1", kind="restore", asked_at=s.at(9))
    for each in (newer, older, restore):
        await unit.operations.put(each)
    assert await unit.operations.running() == (older, newer, restore)
    assert await unit.operations.since(s.at(100)) == (restore, older, newer)
    assert await unit.operations.latest("CHG-2026-0001") == {"snapshot": newer, "restore": restore}
    assert await unit.operations.latest("CHG-2026-0002") == {}
    assert await unit.operations.get("nothing") is None
    seen = replace(
        older, state=OperationState.SUCCEEDED, handle="h", percent=100, looked_at=s.at(7), milestones=("half",)
    )
    await unit.operations.put(seen)
    await unit.operations.put(replace(newer, state=OperationState.UNKNOWN))
    assert await unit.operations.get(older.key) == seen
    assert [each.key for each in await unit.operations.running()] == [newer.key, restore.key]
    assert [each.key for each in await unit.operations.since(s.at(0))] == [restore.key, older.key, newer.key]
    assert [each.key for each in await unit.operations.since(s.at(1))] == [restore.key, newer.key]


async def test_a_setting_is_the_last_one_that_was_set(unit: UnitOfWork) -> None:
    assert await unit.settings.get("clock") is None
    await unit.settings.put("clock", "0")
    await unit.settings.put("clock", "3600")
    assert await unit.settings.get("clock") == "3600"
