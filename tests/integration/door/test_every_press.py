"""Every button of every card, pressed by everybody in a channel where others read, once and twice: each press is
answered, to whoever pressed and in plain words, and nothing is posted but what follows for all.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from application.change_context import ChangeContext
from application.ports import Page
from bot.turn.already_done import EVENTS
from cards import card_for
from cards.overview.list import list_card
from cards.overview.status import status_card
from cards.overview.worklist import worklist_card
from cards.request.choices import greeting_card
from cards.request.summary import summary_card
from changes import commands as c
from changes.effects import Reply
from changes.model import State
from changes.notification.cards import CardKind, awaited_card, message_of
from changes.planning.timeline import timeline
from tests.support.scenes import NAMES, ROLES, Scene, scene
from tests.support.street import EVERYBODY, STRANGER, street
from tests.support.tables import attempts
from tests.support.teams import words
from tests.unit.cards.looking import buttons

CARD, MESSAGE = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"
ENTERED = {
    **dict.fromkeys(("reason", "comment", "waiver"), "Because of the exams."),
    "extra_minutes": "30",
    "vps_name": "Hannibal",
    "snapshot_name": "CHG-2027-0001",
}


def standing(there: Scene) -> list[dict[str, Any]]:
    """The cards with buttons that may stand in the channel then: the change's own, and those that were asked for."""
    change = there.story.now_it_is
    view = ChangeContext(change, there.service, there.now, neighbours=there.bookings)
    cards: list[dict[str, Any]] = []
    if change.state in (State.DRAFT, State.GO_PENDING):
        services = {"learn": there.service}
        cards = [worklist_card((), (change,), services, there.now), list_card(Page((change,), 1), services)]
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


def told(answer: dict[str, Any]) -> str:
    return answer["value"] if answer["type"] == MESSAGE else " ".join(words(answer["value"]))


@pytest.mark.parametrize("name", NAMES)
async def test_every_press_is_answered_for_the_presser_alone(name: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    async with street(name, tmp_path) as here:
        for number, action in enumerate(presses(scene(name))):
            # Half of the people with each button: those with a part in it and those without take turns.
            for role in tuple(EVERYBODY)[number % 2 :: 2]:
                who = EVERYBODY[role]
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
