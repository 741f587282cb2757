"""The tables of docs/ways.md, made from the code: who can go on from where, and when each state speaks again.

`python -m tests.support.tables` writes them anew, and docs/input.md and docs/settings.md too; tests compare.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from application.change_context import ChangeContext
from application.input_parsing.card_action import _COMMANDS, COMMAND_FOR_VERB, parse_action
from bot.messenger.card_refresh import draw_card
from cards.overview.status import status_card
from cards.request.summary import summary_card
from changes import commands as c
from changes.effects import Effect, PostThreadMessage, SendNotice, UpsertCard
from changes.errors import CommandRejected
from changes.events import Event
from changes.labels import duration_label
from changes.lifecycle import decide
from changes.model import SYSTEM, Change, Person, State, Window
from changes.notification.cards import CardKind, awaited_card, message_of
from changes.planning.timeline import timeline
from notices import NoticeRenderer
from tests.support import input_table, settings_table
from tests.support.scenes import NAMES, ROLES, Scene, scene
from tests.unit.cards.looking import verbs

DOCS = Path(__file__).parents[2] / "docs" / "ways.md"
ENDS = {State.COMPLETED, State.CANCELLED}
WORDING = NoticeRenderer()
LONGEST_WAIT = timedelta(days=60)


def attempts(by: Person, scene: Scene) -> Mapping[str, c.Command]:
    """What a person can try, by the verb of the button that does it."""
    change = scene.story.now_it_is
    later = Window(change.plan.window.start + timedelta(days=35), change.plan.window.end + timedelta(days=35))
    typed = {"change": change.id, "revision": 1, "vps_name": "Hannibal", "snapshot_name": "CHG-2027-0001"}
    typed |= dict.fromkeys(("reason", "comment"), "It has to be.") | {"extra_minutes": "45"}
    typed |= {"holding_en": "We are late.", "test": (*change.blocking_tests, 0)[0], "task": 0}
    results = {"snapshot.finished": "data_checked", "incident.tried": "fix"}
    presses = [parse_action(typed | {"verb": verb, "result": results.get(verb, "pass")}, by) for verb in _COMMANDS]
    pressed = {each.verb: each.command for each in presses if each.command}
    by_dialog = {
        "change.edit": c.Edit(by, replace(change.plan, title="Another title")),
        "change.move": c.Move(by, later),
    }
    return {"change.submit": pressed["change.submit"], **by_dialog, **pressed}


def tried(scene: Scene, command: c.Command) -> tuple[Event, ...]:
    """What would come of the command; nothing when it is refused."""
    try:
        return decide(scene.story.now_it_is, command, scene.now, scene.service, scene.bookings)
    except CommandRejected:
        return ()


def allowed(scene: Scene) -> dict[str, tuple[str, ...]]:
    """Every verb that somebody can use there, and who."""
    found: dict[str, list[str]] = {}
    for role, person in ROLES.items():
        for verb, command in attempts(person, scene).items():
            if tried(scene, command):
                found.setdefault(verb, []).append(role)
    return {verb: tuple(roles) for verb, roles in found.items()}


def drawn(scene: Scene) -> set[str]:
    """The verbs of the buttons on the cards that stand there: the live card, and the one that is waited for."""
    change = scene.story.now_it_is
    view = ChangeContext(change, scene.service, scene.now, neighbours=scene.bookings)
    if change.state is State.DRAFT:
        return set(verbs(summary_card(view, timeline(change, scene.service))))
    cards: list[dict[str, Any]] = [status_card(view.with_drafts(None, WORDING))]
    kind = awaited_card(change)
    # The card of the day stays while the cutoff is asked on one of its own.
    standing = (kind, CardKind.DAY) if kind is CardKind.CUTOFF else (kind,)
    cards += [draw_card(each, view, message_of(each, change), WORDING) for each in standing if each is not None]
    return {verb for card in cards for verb in verbs(card)} - {"card.refresh"}


@dataclass(frozen=True, slots=True)
class Message:
    """Something that is said by itself: when, by which step, to whom."""

    after: timedelta
    step: str
    to: tuple[str, ...]
    affected: bool


def spoken(scene: Scene, until: timedelta) -> Iterator[Message]:
    """What is said by itself when nobody does anything, in order."""
    story = scene.story
    end = scene.now + until
    while due := [step for step in story.waiting() if step.due <= end]:
        now = max(due[0].due, scene.now)
        seen = len(story.caused)
        story.do(c.FireStep(SYSTEM, due[0].key), now)
        said = [effect for effect in story.caused[seen:] if _speaks(effect)]
        if said:
            mentioned = [person for effect in said for person in getattr(effect, "mention", ())]
            people = dict.fromkeys(_role(person, story.now_it_is, scene) for person in mentioned)
            told = any(isinstance(effect, SendNotice) for effect in said)
            yield Message(now - scene.now, due[0].kind.value, tuple(people), told)


def _speaks(effect: Effect) -> bool:
    return isinstance(effect, PostThreadMessage | SendNotice) or (
        isinstance(effect, UpsertCard) and not effect.only_edit
    )


def _role(person: Person, change: Change, scene: Scene) -> str:
    named = {change.requester.id: "requester", change.plan.implementer.id: "implementer"}
    return next((role for role, each in ROLES.items() if each == person), named.get(person.id, person.name))


def ways() -> str:
    """The table state × role × way, in markdown."""
    lines = ["| state | who | button | command |", "|---|---|---|---|"]
    for name in NAMES:
        there = scene(name)
        buttons = drawn(there)
        for verb, roles in allowed(there).items():
            on_card = f"`{verb}`" if verb in buttons else "–"
            lines.append(f"| {name} | {', '.join(roles)} | {on_card} | `/change {COMMAND_FOR_VERB[verb]}` |")
    return "\n".join(lines)


def silences(most: int = 4) -> str:
    """The table state × silence, in markdown: what is said by itself when nobody does anything."""
    lines = ["| state | after | step | asked | affected people told |", "|---|---|---|---|---|"]
    for name in NAMES:
        said = list(islice(spoken(scene(name), LONGEST_WAIT), most))
        for each in said:
            minutes = round(each.after.total_seconds() / 60)
            days, rest = divmod(minutes, 24 * 60)
            after = f"{days} d " * bool(days) + duration_label(rest) * bool(rest or not days)
            told = "yes" if each.affected else ""
            lines.append(f"| {name} | {after.strip()} | {each.step} | {', '.join(each.to)} | {told} |")
        if not said:
            lines.append(f"| {name} | – | nothing waits | | |")
    return "\n".join(lines)


def document() -> str:
    """The page."""
    return f"""# Every way on, and every silence

Made from the code by `python -m tests.support.tables`; a test compares.

## From each state: who can do what, by which button and which command

A dash is a way that stands on no card there: the command does it.

{ways()}

## What each state says by itself when nobody does anything

The first four things; the change of these tables has its window on Thursday 15 April 2027, 22:00 to 23:30.

{silences()}
"""


if __name__ == "__main__":
    DOCS.write_text(document(), encoding="utf-8")
    input_table.DOCS.write_text(input_table.document(), encoding="utf-8")
    settings_table.DOCS.write_text(settings_table.document(), encoding="utf-8")
