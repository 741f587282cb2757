"""Every button of every card, pressed by everybody in a channel where others read, once and twice: each press is
answered, to whoever pressed and in plain words, and nothing is posted but what follows for all.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from application.change_context import ChangeContext
from application.ports import Binding, UnitOfWork, UserProfile
from bot.connector.client import Connector, pooled_client
from bot.turn.activities import parse_activity
from bot.turn.activity_router import ActivityRouter
from bot.turn.already_done import EVENTS
from bot.turn.identity import sender
from bot.turn.turn_handler import TurnHandler
from cards import card_for
from cards.overview.list import list_card
from cards.overview.status import status_card
from cards.overview.worklist import worklist_card
from cards.request.choices import greeting_card
from cards.request.summary import summary_card
from changes import commands as c
from changes.effects import Effect, Reply
from changes.model import Person, State
from changes.notification.cards import CardKind, awaited_card, message_of
from changes.planning.timeline import pending, timeline
from changes.policy import Catalogue
from notices import NoticeRenderer
from storage import Store, open_store
from tests.support.scenes import ADMIN, NAMES, ROLES, Scene, scene
from tests.support.tables import attempts
from tests.support.teams import CHANNEL, Somebody, Teams, words
from tests.unit.cards.looking import buttons

CARD, MESSAGE = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"
STRANGER = Person("e", "Eva Moret")
EVERYBODY = {**ROLES, "stranger": STRANGER}
ENTERED = {
    **dict.fromkeys(("reason", "comment", "waiver"), "Because of the exams."),
    "extra_minutes": "30",
    "vps_name": "Hannibal",
    "snapshot_name": "CHG-2027-0001",
}
THREAD = f"{CHANNEL};messageid=1"


class Undone(Exception):
    """Whatever was written is taken back."""


@dataclass(frozen=True, slots=True)
class Clock:
    at: datetime

    def now(self) -> datetime:
        return self.at


def somebody(person: Person) -> Somebody:
    return Somebody(f"29:{person.id}", person.name, person.id)


def standing(there: Scene) -> list[dict[str, Any]]:
    """The cards with buttons that may stand in the channel then: the change's own, and those that were asked for."""
    change = there.story.now_it_is
    view = ChangeContext(change, there.service, there.now, neighbours=there.bookings)
    cards: list[dict[str, Any]] = []
    if change.state in (State.DRAFT, State.GO_PENDING):
        services = {"learn": there.service}
        cards = [worklist_card((), (change,), services, there.now), list_card((change,), services, 1)]
        cards.append(greeting_card("Hello!"))
    if change.state is State.DRAFT:
        return [summary_card(view, timeline(change, there.service)), *cards]
    kinds = [kind for kind in (awaited_card(change), CardKind.DAY) if kind is not None]
    cards += [card_for(kind, view, message_of(kind, change), "The notice.") for kind in kinds]
    return [status_card(view), *cards]


def presses(there: Scene) -> Iterator[dict[str, Any]]:
    """What each of their buttons sends, with its fields left empty and filled in."""
    seen: set[str] = set()
    for button in (each for card in standing(there) for each in buttons(card)):
        for entered in ({}, {} if button.get("associatedInputs") == "none" else ENTERED):
            action = {"type": "Action.Execute", "verb": button["verb"], "data": button["data"] | entered}
            if json.dumps(action) not in seen:
                seen.add(json.dumps(action))
                yield action


class House:
    """A bot that knows the change of a scene, in one transaction that is never kept."""

    def __init__(self, unit: UnitOfWork, there: Scene, connector: Connector, store: Store) -> None:
        @asynccontextmanager
        async def units(_timeout: float | None = None) -> AsyncIterator[UnitOfWork]:
            yield unit

        clock = Clock(there.now)
        router = ActivityRouter(Catalogue({"learn": there.service}, (ADMIN,)), clock, NoticeRenderer(), sender)
        self.handler = TurnHandler(units, clock, router, lambda: None, connector, store.read_only_units)  # type: ignore[arg-type]
        self.unit, self.there = unit, there
        self.id = there.story.now_it_is.id
        self.teams = Teams("", clock.now, service_url="http://127.0.0.1:9/")

    async def press(self, who: Person, action: dict[str, Any]) -> dict[str, Any]:
        raw = self.teams.activity(somebody(who), THREAD) | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "replyToId": "1",
        }
        answer = await self.handler.handle(parse_activity(json.dumps(raw).encode()))
        assert answer is not None
        assert answer.body is not None, action
        return answer.body

    async def sent(self) -> list[Effect]:
        return [each.effect for each in await self.unit.outbox.claim(self.there.now, "test", 1000)]

    async def length(self) -> int:
        """How many lines the audit trail of the change has."""
        found = await self.unit.changes.load(self.id)
        return found.version if found else 0


@dataclass(frozen=True, slots=True)
class Street:
    """Where the change of a scene is known; every house in it stands for one transaction."""

    store: Store
    name: str
    connector: Connector

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        try:
            async with self.store.units() as unit:
                yield House(unit, scene(self.name), self.connector, self.store)
                raise Undone
        except Undone:
            pass


@asynccontextmanager
async def street(name: str, folder: Path) -> AsyncIterator[Street]:
    """Everybody was met, the bot is in the channel, and the change is as in the scene."""
    store, there = await open_store(f"sqlite+aiosqlite:///{folder}/changes.db"), scene(name)
    change = there.story.now_it_is
    async with store.units() as unit:
        await unit.people.upsert([UserProfile(each) for each in EVERYBODY.values()])
        await unit.bindings.put(Binding("learn", "http://127.0.0.1:9/", CHANNEL, is_channel=True))
        steps = tuple(pending(change, there.service))
        await unit.changes.save(change, 0, tuple(there.story.entries), steps, (), there.now)
    async with pooled_client() as client:
        yield Street(store, name, Connector(client))
    await store.close()


def told(answer: dict[str, Any]) -> str:
    return answer["value"] if answer["type"] == MESSAGE else " ".join(words(answer["value"]))


@pytest.mark.parametrize("name", NAMES)
async def test_every_press_is_answered_for_the_presser_alone(name: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    async with street(name, tmp_path) as here:
        for role, who in EVERYBODY.items():
            for action in presses(scene(name)):
                async with here.house() as bot:
                    answer = await bot.press(who, action)
                    posted = [each.activity for each in await bot.sent() if isinstance(each, Reply)]
                    is_plain = not any(mark in told(answer) for mark in ("`", "**", "\\"))
                    if answer["type"] not in (CARD, MESSAGE) or posted or not (is_plain or answer["type"] == CARD):
                        wrong.append(f"{role} {action}: {answer} {posted}")
    assert not wrong, "\n".join(wrong)


AS_OFTEN_AS_PRESSED = {"test.result", "incident.tried", "incident.update"}
"""What may be said again: a test is run twice, and an incident has more than one update."""


@pytest.mark.parametrize("name", NAMES)
async def test_what_was_done_is_not_done_again_and_a_second_press_says_by_whom_it_was(
    name: str, tmp_path: Path
) -> None:
    wrong: list[str] = []
    async with street(name, tmp_path) as here:
        able = [ROLES["deputy"], ROLES["implementer"], ROLES["requester"]]
        for action in presses(scene(name)):
            for who in able:
                async with here.house() as bot:
                    before = await bot.length()
                    await bot.press(who, action)
                    if (after := await bot.length()) == before or action["verb"] in AS_OFTEN_AS_PRESSED:
                        continue
                    answer = await bot.press(who, action)
                    if await bot.length() != after or f"Already done by {who.name}, " not in told(answer):
                        wrong.append(f"{who.name} {action}: {told(answer)}")
    assert not wrong, "\n".join(wrong)


def test_every_command_that_a_button_gives_is_known_by_what_it_leaves_in_the_audit_trail() -> None:
    assert set(EVENTS) == {type(command) for command in attempts(STRANGER, scene("cutoff asked")).values()} - {
        c.Edit,
        c.Move,
    }
