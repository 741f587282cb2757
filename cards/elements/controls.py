"""Fields and buttons, and the card around everything."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from microsoft_teams.cards import (
    Action,
    AdaptiveCard,
    CardElement,
    Choice,
    ChoiceSetInput,
    ExecuteAction,
    QueryData,
    RefreshDefinition,
    ShowCardAction,
    SubmitAction,
    TextInput,
)
from pydantic_core import from_json, to_json

from application.change_context import ChangeContext
from cards.elements.lengths import weight
from changes.text.messages import strip_bidi_controls
from language import _, as_text

VERSION: Literal["1.5"] = "1.5"
LONG_CHOICE = 30
"""Number of choices from which on the input offers a search."""
LARGEST = 28 * 1024 // 2
"""The largest card, in UTF-16 units of its JSON: 28 KB, well under what Teams takes."""
VIEW = "look"
ADMIN = "admin"
COMMAND = "command"
"""The verbs of buttons that stand for a typed command: one that only shows, an admin's, any. They name no change."""
SEEN_AT_ONCE = 3
"""The number of actions that are seen at once (docs/process.md, P99)."""
MOST_NEEDED = 20
"""So many people come before the buttons of old clients: those concerned by a change are fewer."""
MOST_VIEWERS = 60
"""Teams refreshes a card for no more people than this."""
_WHOLE = json.JSONDecoder(parse_float=lambda number: int(whole) if (whole := float(number)).is_integer() else whole)
"""Reads 90 where a card has 90.0: its models know only fractions, and not every client takes one for a count."""


def text_input(
    name: str, title: str, *, value: str = "", hint: str = "", lines: bool = False, required: str = ""
) -> TextInput:
    """A field to write in. The server says what is missing or too long once more, with everything kept.

    `required` is the sentence of the client itself where nothing was written. Only within a `show_card_button`: in the
    body of a card it would hold up every button. Clients cut off what is pasted beyond a field's length, and say
    nothing: so none is given.
    """
    return TextInput(
        id=name,
        label=as_text(title),
        value=strip_bidi_controls(value) or None,
        placeholder=as_text(hint) or None,
        is_multiline=lines or None,
        is_required=True if required else None,
        error_message=as_text(required) or None,
    )


def choice(name: str, title: str, choices: Sequence[tuple[str, str]], value: str) -> ChoiceSetInput:
    """A field to choose in; `choices` are (value, what is shown)."""
    return ChoiceSetInput(
        id=name,
        label=as_text(title),
        value=value or None,
        choices=[Choice(title=as_text(shown), value=each) for each, shown in choices],
        style="filtered" if len(choices) > LONG_CHOICE else "compact",
    )


def searched_choice(name: str, title: str, choices: Sequence[tuple[str, str]], dataset: str) -> ChoiceSetInput:
    """A field to choose in, where the client asks the bot for what else of the `dataset` is called as one types."""
    found = choice(name, title, choices, "")
    return found.model_copy(update={"style": "filtered", "choices_data": QueryData(dataset=dataset)})


def button(
    title: str,
    verb: str,
    change: str,
    revision: int,
    *,
    style: Literal["default", "positive", "destructive"] | None = None,
    alone: bool = False,
    **more: Any,
) -> ExecuteAction:
    """A button. Its data names the change and the revision and grants nothing; `alone` sends no inputs with it."""
    data = {"verb": verb, "change": change, "revision": revision, **more}
    inputs: Literal["auto", "none"] | None = "none" if alone else None
    # Clients that know no Action.Execute send the same data as a message; what else they send with it is not read.
    fallback = SubmitAction(title=as_text(title), data=data)
    return ExecuteAction(
        title=as_text(title), verb=verb, data=data, style=style, associated_inputs=inputs, fallback=fallback
    )


def action_button(view: ChangeContext, message: str, title: str, verb: str, **more: Any) -> ExecuteAction:
    """A button on the card of a change that stands as `message`."""
    return button(title, verb, view.change.id, view.change.revision, message=message, **more)


def view_button(title: str, typed: str) -> ExecuteAction:
    """A button that stands for a typed command which only shows something; its answer takes the card's place."""
    return button(title, VIEW, VIEW, 0, alone=True, typed=" ".join(typed.split()))


def admin_button(title: str, typed: str) -> ExecuteAction:
    """A button that stands for an admin's typed command, and like that one asks who presses it."""
    return button(title, ADMIN, ADMIN, 0, alone=True, typed=typed)


def command_button(
    title: str, typed: str, question: str = "", *, style: Literal["default", "positive"] | None = None
) -> ExecuteAction:
    """A button that stands for any typed command, and asks who presses it as that one asks who types it.

    It is carried out once for each `question` that it answers; without one as often as it is pressed.
    """
    return button(
        title, COMMAND, COMMAND, 0, style=style, alone=True, typed=strip_bidi_controls(typed), message=question
    )


def show_card_button(title: str, items: Sequence[CardElement], *actions: Action) -> ShowCardAction:
    """A button that first opens the fields it needs. An input id may stand on a card only once, opened or not."""
    return ShowCardAction(
        title=as_text(title), card=AdaptiveCard(version=VERSION, body=list(items), actions=list(actions))
    )


def action_row(actions: Sequence[Action]) -> list[Action]:
    """The actions in order, the primary one first: what does not belong to the first three waits behind “…”.

    A single one stands in the place of the “…”, which would be as large and say nothing.
    """
    shown = len(actions) if len(actions) == SEEN_AT_ONCE + 1 else SEEN_AT_ONCE
    return [
        each.model_copy(update={"mode": "secondary"}) if number >= shown else each
        for number, each in enumerate(actions)
    ]


def draw(elements: Sequence[CardElement]) -> list[dict[str, Any]]:
    """The elements as they stand in the body of a card."""
    drawn: list[dict[str, Any]] = _as_json(AdaptiveCard(version=VERSION, body=list(elements)))["body"]
    return drawn


def render_card(
    body: Sequence[CardElement],
    actions: Sequence[Action] = (),
    view: ChangeContext | None = None,
    message: str = "",
    *,
    below: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The card as Teams reads it; people known to the bot get their own view of it when they look.

    Those people come first come first served: as many as there is room for. `below` the body stands what is drawn.
    """
    refresh = None
    if view is not None and view.mris and message:
        again = button(_("Refresh"), "card.refresh", view.change.id, view.change.revision, message=message)
        refresh = RefreshDefinition(action=again, user_ids=list(view.mris[:MOST_VIEWERS]))
    card = AdaptiveCard(version=VERSION, body=list(body), actions=action_row(actions) or None, refresh=refresh)
    drawn = _as_json(card)
    drawn["body"] += below
    drawn["msteams"] = {"width": "Full"}
    _drop_viewers(drawn, MOST_NEEDED)
    if size(drawn) > LARGEST:
        drawn = from_json(to_json(drawn))  # what stands below may be drawn on other cards too
        _drop_fallbacks(drawn)
    _drop_viewers(drawn, 0)
    return drawn


def _as_json(card: AdaptiveCard) -> dict[str, Any]:
    """By way of its JSON, which is written and read several times faster than all its parts are looked at."""
    drawn: dict[str, Any] = _WHOLE.decode(card.model_dump_json(by_alias=True, exclude_none=True))
    return drawn


def _drop_viewers(drawn: dict[str, Any], fewest: int) -> None:
    """Leave out people from the end, as long as the card is too full."""
    people = drawn.get("refresh", {}).get("userIds", [])
    while len(people) > fewest and size(drawn) > LARGEST:
        people.pop()
    if not people:
        drawn.pop("refresh", None)  # without people it would be for everybody who looks


def _drop_fallbacks(drawn: dict[str, Any]) -> None:
    """Leave out of a card that is too full what clients older than Adaptive Cards 1.4 would draw for its buttons."""
    left: list[Any] = [drawn]
    while left:
        node = left.pop()
        if node.__class__ is dict:
            if node.get("type") == "Action.Execute":
                node.pop("fallback", None)
            node = node.values()
        left += [each for each in node if each.__class__ in (dict, list)]


def size(drawn: dict[str, Any]) -> int:
    """How long the card's JSON is, in UTF-16 units; or half its bytes in UTF-8, where those are more."""
    return weight(to_json(drawn).decode())
