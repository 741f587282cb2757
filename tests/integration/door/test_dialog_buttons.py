"""Which buttons open a dialog: in Teams those that stand for a form, in local mode none; and what a failure leaves."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.change_context import ChangeContext
from application.ports import Binding
from application.retry_log import RetryLog
from bot.connector.client import Connector, pooled_client
from bot.messenger.message_factory import with_card
from bot.turn.activities import parse_activity
from bot.turn.activity_router import ActivityRouter
from bot.turn.turn_handler import TurnHandler
from cards.elements.notification import about
from cards.overview.status import status_card
from changes.reporting.search import Search
from notices import NoticeRenderer
from settings import LOCAL_SERVICES, load_services
from storage import open_store
from tests.integration.scheduler.conftest import Clock
from tests.support.key_server import key_server
from tests.support.production import NOW, House, begin_request, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import FORM, Bot
from tests.support.scenes import scene
from tests.support.teams import CHANNEL, NADIA, TENANT, Teams, actions, inputs_of, text_of

FETCH = {"type": "task/fetch"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys, CHANGE_TENANTS=f"{SERVED},{TENANT}") as built:
            yield built
            await built.deliveries()  # none is under way when Teams is gone


def opening(card: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The buttons that open a dialog, by their titles."""
    found = {each["title"]: each for each in actions(card or {}) if (each.get("data") or {}).get("msteams") == FETCH}
    assert {each["type"] for each in found.values()} <= {"Action.Submit"}
    return found


async def test_in_teams_a_button_opens_the_dialog_and_as_a_message_its_form(house: House) -> None:
    await house.post(house.signed(), house.typed("hello"))
    await house.deliveries()
    greeting = house.teams.calls[-1].message.card or {}
    (button,) = opening(greeting).values()
    assert "Action.Execute" in {each["type"] for each in actions(greeting)}, "what only shows is no form"
    invoke = house.typed(text="", type="invoke", name="task/fetch", value={"data": button["data"]})
    task = (await house.post(house.signed(), invoke)).json()["task"]
    assert (task["type"], task["value"]["title"]) == ("continue", "Request a change")
    # Clients without dialogs send the button's data as a message.
    await house.post(house.signed(), house.typed("", value=button["data"]))
    await house.deliveries()
    posted = house.teams.calls[-1].message
    assert inputs_of(posted.card or {}), "the form"
    assert "Or type your answers" in text_of(posted)


async def test_a_change_requested_in_a_dialog_stands_on_cards_that_open_it_in_the_answer_to_a_press_too(
    house: House,
) -> None:
    async def invoked(name: str, value: dict[str, Any]) -> dict[str, Any]:
        answer = await house.post(house.signed(), house.typed("", type="invoke", name=name, value=value))
        given: dict[str, Any] = answer.json()
        return given

    await house.unit.bindings.put(Binding("learn", house.teams.service_url, CHANNEL, is_channel=True))
    form = (await invoked("composeExtension/fetchTask", {"commandId": "new"}))["task"]["value"]["card"]["content"]
    data = next(each for each in actions(form) if each["title"] == "Continue")["data"]
    day = {"date": f"{NOW + timedelta(days=60):%Y-%m-%d}"}
    summary = (await invoked("composeExtension/submitAction", {"data": data | FORM | day}))["task"]["value"]["card"]
    data = next(each for each in actions(summary["content"]) if each["title"] == "Submit")["data"]
    receipt = (await invoked("composeExtension/submitAction", {"data": data}))["task"]
    assert (receipt["type"], "has been submitted" in receipt["value"]) == ("message", True), "there is no chat yet"
    look = {"verb": "card.refresh", "change": data["change"], "revision": 1, "message": "status"}
    card = (await invoked("adaptiveCard/action", {"action": {"verb": "card.refresh", "data": look}}))["value"]
    assert list(opening(card)) == ["Edit"]


@pytest.mark.parametrize(("name", "title"), [("submitted", "Edit"), ("NO-GO", "New date")])
async def test_every_message_with_the_card_of_a_change_opens_its_form_in_a_dialog(name: str, title: str) -> None:
    there = scene(name)
    change = there.story.now_it_is
    message = with_card(status_card(ChangeContext(change, there.service, there.now)), about(change))
    for has_dialogs in (False, True):
        async with Teams("", lambda: there.now) as teams, pooled_client() as client:
            connector = Connector(client, has_dialogs=has_dialogs)
            at = await connector.send(teams.service_url, CHANNEL, message)
            await connector.update(teams.service_url, CHANNEL, at, message)
            thread = {"channelData": {"channel": {"id": CHANNEL}}, "activity": message}
            await connector.create_conversation(teams.service_url, thread)
            assert [call.kind for call in teams.calls] == ["post", "edit", "thread"]
            for call in teams.calls:
                buttons = opening(call.message.card)
                assert list(buttons) == ([title] if has_dialogs else [])
                if has_dialogs:
                    data = buttons[title]["data"]
                    assert (data["change"], data["revision"], data["message"]) == (change.id, change.revision, "status")


async def test_in_local_mode_the_form_stands_in_the_place_of_the_card(bot: Bot) -> None:
    await bot.requested()
    assert not any(opening(each.card) for each in bot.teams.messages.values())
    answer = await bot.press(NADIA, "change.edit")
    assert FORM["what"] in str(answer)


async def test_a_dialog_that_fails_stays_open_with_everything_that_was_typed(tmp_path: Path) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("a defect")

    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    catalogue = load_services(LOCAL_SERVICES).catalogue
    router = ActivityRouter(catalogue, Clock(NOW), NoticeRenderer(), broken)
    data = {"verb": "change.edit", "change": "new", "revision": 0, "form": "0" * 16, "title": "Typed for an hour"}
    teams = Teams("", lambda: NOW, service_url="http://127.0.0.1:9/")
    async with pooled_client() as client:
        handler = TurnHandler(store.units, Clock(NOW), router, lambda _: None, Connector(client), store.read_only_units)
        for name, locale, said in (
            ("task/submit", "en-GB", "Something went wrong on our side"),
            ("composeExtension/submitAction", "fr-CH", "Quelque chose n’a pas marché"),
        ):
            raw = teams.activity(NADIA, CHANNEL) | {"type": "invoke", "name": name, "value": {"data": data}}
            answer = await handler.handle(parse_activity(json.dumps(raw | {"locale": locale}).encode()))
            assert answer is not None
            assert answer.body is not None
            card = answer.body["task"]["value"]["card"]["content"]
            assert said in str(card)
            (again,) = actions(card)
            assert (again["type"], again["data"]) == ("Action.Submit", data)
    await store.close()


@pytest.mark.parametrize("where", ["personal", "channel"])
async def test_a_typed_request_is_offered_the_form_in_a_dialog_or_here_where_it_was_typed(
    house: House, where: str
) -> None:
    house.teams._client.headers["Authorization"] = house.signed()
    await house.teams.type(NADIA, "/change new Update to version 6", where)
    await house.deliveries()
    (offer,) = [call.message for call in house.teams.calls]
    assert "answer here, one question at a time" in text_of(offer)
    assert not inputs_of(offer.card or {}), "no form is posted"
    assert [each["title"] for each in actions(offer.card or {})] == ["Open the form", "Answer here"]

    (button,) = opening(offer.card).values()
    fetch = house.teams.activity(NADIA, where) | {"type": "invoke", "name": "task/fetch"}
    answer = await house.teams.deliver(fetch | {"value": {"data": button["data"]}})
    form = answer.json()["task"]["value"]["card"]["content"]
    assert inputs_of(form)["title"]["value"] == "Update to version 6"
    assert await house.deliveries() == 1, "nothing is said of it in the conversation"

    here = await house.teams.press(NADIA, "command")
    assert inputs_of(here["value"])["title"]["value"] == "Update to version 6"
    await house.deliveries()
    assert "**Description?**" in str([here["value"], *house.teams.texts()])


async def test_where_no_card_is_shown_what_its_text_says_to_type_asks_the_questions(house: House) -> None:
    house.teams.refuses = lambda activity: "no cards" if activity.get("attachments") else ""
    await house.post(house.signed(), house.typed("/change new Update to version 6"))
    await house.deliveries()
    [line] = re.findall(r"`(/change [^`]*)`", text_of(house.teams.calls[-1].message))
    await house.post(house.signed(), house.typed(line))
    await house.deliveries()
    asked = house.teams.texts()[-1]
    assert "Its title is “Update to version 6”" in asked
    assert "**Description?**" in asked
    # A text in a card's place has no sentence of its own for its notification.
    house.teams.calls = [each for each in house.teams.calls if each.message.activity.get("summary")]


async def test_a_typed_edit_is_offered_the_same_two_ways(house: House) -> None:
    house.teams._client.headers["Authorization"] = house.signed()
    await house.unit.bindings.put(Binding("learn", house.teams.service_url, CHANNEL, is_channel=True))
    await begin_request(house, NADIA)
    await house.teams.press(NADIA, "change.edit", inputs=FORM | {"date": f"{NOW + timedelta(days=60):%Y-%m-%d}"})
    await house.deliveries()
    [change] = await house.unit.changes.find(Search())
    await house.teams.type(NADIA, f"/change edit {change.id}")
    await house.deliveries()
    offer = house.teams.calls[-1].message
    assert not inputs_of(offer.card or {}), "no form is posted"
    (button,) = opening(offer.card).values()
    fetch = house.teams.activity(NADIA, "personal") | {"type": "invoke", "name": "task/fetch"}
    answer = await house.teams.deliver(fetch | {"value": {"data": button["data"]}})
    assert inputs_of(answer.json()["task"]["value"]["card"]["content"])["title"]["value"] == FORM["title"]
    here = await house.teams.press(NADIA, "command")
    assert inputs_of(here["value"])["title"]["value"] == FORM["title"]


async def test_a_title_that_is_too_long_for_a_button_is_refused_in_the_form_itself(house: House) -> None:
    await house.post(house.signed(), house.typed(f"/change new {'x' * 1000}"))
    await house.deliveries()
    assert "shorten it to 100" in str([text_of(call.message) for call in house.teams.calls])


async def test_in_local_mode_a_typed_request_is_answered_with_the_form(bot: Bot) -> None:
    await bot.type(NADIA, "/change new Update to version 6")
    assert inputs_of(bot.teams.with_button("change.edit").card)["title"]["value"] == "Update to version 6"
