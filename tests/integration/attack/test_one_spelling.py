"""Ids are compared in one spelling everywhere, so that nobody approves their own change under two."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changes.model import State
from tests.support.key_server import key_server
from tests.support.production import House, begin_request, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import CHANGE, FORM, START, ZURICH, running
from tests.support.services import services_toml
from tests.support.teams import TENANT, Somebody, words

NADIA, PIERRE, CLAIRE, LUC = (
    Somebody(f"29:{number}", name, f"0abcdef0-0000-4000-8000-0000000000{20 + number}")
    for number, name in enumerate(("Nadia Favre", "Pierre André", "Claire Rey", "Luc Bonvin"))
)
OWN = "You requested, edited or implement"


def capitals(who: Somebody) -> Somebody:
    return replace(who, object_id=who.object_id.upper())


def braced(who: Somebody) -> Somebody:
    return replace(who, object_id="{" + who.object_id.upper() + "}")


def services(folder: Path, backend: str) -> str:
    """Everybody in capitals, the deputy in braces: as somebody may copy them from elsewhere."""
    path = folder / "own.toml"
    admins, deputies = [capitals(NADIA).object_id], [braced(CLAIRE).object_id]
    text = services_toml(capitals(PIERRE).object_id, admins=admins, deputies=deputies, backend=backend)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A bot in production mode, bound to its channel by an admin."""
    with key_server() as keys:
        given = {"CHANGE_SERVICES": services(tmp_path, "dashboard"), "CHANGE_TENANTS": f"{SERVED},{TENANT}"}
        async with production(tmp_path, keys, **given) as built:
            built.teams._client.headers["Authorization"] = built.signed()
            await built.teams.type(NADIA, "bind learn", "channel")
            await built.app.worker.run_due()
            yield built


async def emergency(house: House, who: Somebody, **more: str) -> None:
    """That person asks for an emergency change, whose pre-check and GO are one question."""
    begins = datetime.now(UTC).astimezone(ZURICH) + timedelta(days=1)  # noqa: TID251  # production lives by real time
    form = FORM | {"date": f"{begins:%Y-%m-%d}", "time": "12:00", "kind": "emergency", "reason": "It is broken."}
    await begin_request(house, who)
    await house.teams.press(who, "change.edit", inputs=form | more)
    await house.teams.press(who, "change.submit")
    await house.app.worker.run_due()


async def state(house: House) -> State:
    (found,) = await house.unit.changes.find()
    return found.state


async def test_who_comes_under_another_spelling_cannot_approve_the_own_change_and_who_stands_in_capitals_decides(
    house: House,
) -> None:
    await emergency(house, CLAIRE)

    for claire in (CLAIRE, capitals(CLAIRE), braced(CLAIRE)):
        answer = await house.teams.press(claire, "go.give", inputs={"comment": "Fine."})
        assert OWN in str(answer)

    assert await state(house) is State.PRECHECK_PENDING
    await house.teams.press(PIERRE, "go.give", inputs={"comment": "Fine."})
    assert await state(house) is State.SCHEDULED


async def test_an_implementer_who_is_named_under_another_spelling_cannot_approve_either(house: House) -> None:
    await house.teams.type(CLAIRE, "/change help")
    await emergency(house, NADIA, implementer=braced(CLAIRE).object_id)

    answer = await house.teams.press(CLAIRE, "go.give", inputs={"comment": "Fine."})

    assert OWN in str(answer)


async def test_nobody_is_two_people(house: House) -> None:
    await house.teams.type(CLAIRE, "/change language fr")
    await house.teams.type(capitals(CLAIRE), "/change absent 2030-12-01")
    await house.teams.type(braced(CLAIRE), "/change help")

    met = [each for each in await house.unit.people.everybody() if each.person.name == CLAIRE.name]
    assert [each.person.id for each in met if each.person.id.startswith("0abc")] == [CLAIRE.object_id]
    assert await house.unit.settings.get(f"language:{CLAIRE.object_id}") == "fr"
    assert await house.unit.chats.get(CLAIRE.object_id) is not None
    await house.app.worker.run_due()
    absences, _ = (words(each.message.card) for each in house.teams.calls[-2:])
    assert absences[0] == "Vos absences"
    assert "dim. 1 déc. 2030" in absences


async def test_whoever_asked_for_a_restore_cannot_confirm_it_under_another_spelling(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, "vps_api")) as bot:
        await bot.type(NADIA, "change bind learn", "channel")
        await bot.requested(who=NADIA)
        await bot.advance(datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH))
        await bot.press(PIERRE, "precheck.approve")
        await bot.advance(datetime(2027, 4, 8, 9, 0, 10, tzinfo=ZURICH))
        await bot.press(PIERRE, "go.give")
        await bot.advance(datetime(2027, 4, 15, 22, 0, 10, tzinfo=ZURICH))
        await bot.press(NADIA, "window.start")
        await bot.type(NADIA, f"/change incident {CHANGE} The data is broken.")
        await bot.press(PIERRE, "restore.ask")

        for pierre in (PIERRE, capitals(PIERRE), braced(PIERRE)):
            answer = await bot.press(pierre, "restore.confirm", vps_name="Hannibal")
            assert "A restore needs two people" in str(answer)
        restore = (await bot.change()).restore
        assert restore is not None
        assert restore.waits

        await bot.press(capitals(CLAIRE), "restore.confirm", vps_name="Hannibal")
        restore = (await bot.change()).restore
        assert restore is not None
        assert not restore.waits
