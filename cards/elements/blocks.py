"""The pieces cards are made of, and the only place where a text becomes a part of one.

Our sentences are TextBlocks, in which facts are escaped here; what people wrote is shown verbatim in text runs.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

from microsoft_teams.cards import (
    Action,
    ActionSet,
    AdaptiveCard,
    CardElement,
    Choice,
    ChoiceSetInput,
    Column,
    ColumnSet,
    Container,
    ExecuteAction,
    Fact,
    FactSet,
    RefreshDefinition,
    RichTextBlock,
    ShowCardAction,
    SubmitAction,
    TextBlock,
    TextInput,
    TextRun,
    ToggleVisibilityAction,
)

from application.change_context import ChangeContext
from cards.elements.lengths import weight
from changes.text.messages import strip_bidi_controls
from language import _, as_run, as_text, n_, on_card

Colour = Literal["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]
Style = Literal["default", "emphasis", "accent", "good", "attention", "warning"]
VERSION: Literal["1.5"] = "1.5"
LONG_CHOICE = 30
"""Number of choices from which on the input offers a search."""
MOST_LINES = 40
"""A text of more lines is shown with the rest of them run together: nobody scrolls that far."""
LARGEST = 28 * 1024 // 2
"""The largest card, in UTF-16 units of its JSON: 28 KB, well under what Teams takes."""
VIEW = "look"
ADMIN = "admin"
COMMAND = "command"
"""The verbs of buttons that stand for a typed command: one that only shows, an admin's, any. They name no change."""
SEEN_AT_ONCE = 3
"""The number of actions that are seen at once (CARDS.md, rule 3)."""
MOST_VIEWERS = 60
"""Teams refreshes a card for no more people than this."""


def text_block(
    text: str, *, colour: Colour | None = None, subtle: bool = False, bold: bool = False
) -> TextBlock | Container:
    """A sentence of ours. A warning stands on a strip: as yellow text on white nobody could read it.

    Here and in every other element a string that is no Message is somebody's text, and is shown as it was written.
    """
    if colour == "Warning":
        return Container(items=[text_block(text, bold=bold)], style="warning", spacing="Small")
    return TextBlock(
        text=on_card(text),
        wrap=True,
        color=colour,
        is_subtle=subtle or None,
        weight="Bolder" if bold else None,
        spacing="Small",
    )


def tag(text: str, colour: Colour | None = None) -> TextBlock:
    """A state or a date beside others in a list: a warning is bold there, where a strip has no room."""
    if colour == "Warning":
        return TextBlock(text=on_card(text), wrap=True, weight="Bolder", spacing="Small")
    return TextBlock(text=on_card(text), wrap=True, color=colour, spacing="Small")


def heading(text: str) -> TextBlock:
    """What the card is about."""
    return TextBlock(text=on_card(text), wrap=True, size="Large", weight="Bolder", style="heading")


def label(text: str) -> TextBlock:
    """The name of a section."""
    return TextBlock(text=on_card(text), wrap=True, weight="Bolder", spacing="Medium")


def user_text(text: str, *, bold: bool = False, colour: Colour | None = None, large: bool = False) -> list[CardElement]:
    """What somebody wrote, line by line, as text and nothing else; nothing for an empty text."""
    lines = [line.strip() for line in as_run(text).splitlines() if line.strip()]
    if not lines:
        return []
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " / ".join(lines[MOST_LINES - 1 :])]
    if colour == "Warning":
        return [Container(items=user_text("\n".join(lines), bold=bold), style="warning", spacing="Small")]
    runs: list[CardElement] = [run("\n".join(lines), colour=colour, bold=bold, large=large)]
    return [RichTextBlock(inlines=runs, spacing="Small")]


def run(
    text: str, *, colour: Colour | None = None, bold: bool = False, struck: bool = False, large: bool = False
) -> TextRun:
    """A piece of text in which nothing has a meaning."""
    return TextRun(
        text=as_run(text),
        weight="Bolder" if bold else None,
        size="Large" if large else None,
        color=colour,
        strikethrough=struck or None,
    )


def facts(*pairs: tuple[str, str]) -> FactSet:
    """Names and values, those without a value left out."""
    return FactSet(facts=[Fact(title=on_card(name), value=on_card(value)) for name, value in pairs if value])


def box(items: Sequence[CardElement], style: Style = "emphasis") -> Container:
    """A container that sets what belongs together apart."""
    return Container(items=list(items), style=style, spacing="Medium")


def columns(*cells: tuple[Sequence[CardElement], str]) -> ColumnSet:
    """Elements side by side, each with its width."""
    return ColumnSet(columns=[Column(items=list(items), width=width) for items, width in cells], spacing="Small")


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


def command_button(title: str, typed: str, question: str = "") -> ExecuteAction:
    """A button that stands for any typed command, and asks who presses it as that one asks who types it.

    It is carried out once for each `question` that it answers; without one as often as it is pressed.
    """
    return button(title, COMMAND, COMMAND, 0, alone=True, typed=strip_bidi_controls(typed), message=question)


def show_card_button(title: str, items: Sequence[CardElement], *actions: Action) -> ShowCardAction:
    """A button that first opens the fields it needs. An input id may stand on a card only once, opened or not."""
    return ShowCardAction(
        title=as_text(title), card=AdaptiveCard(version=VERSION, body=list(items), actions=list(actions))
    )


def action_row(actions: Sequence[Action]) -> list[Action]:
    """The actions in order, the primary one first: what does not belong to the first three waits behind “…”."""
    return [
        each.model_copy(update={"mode": "secondary"}) if number >= SEEN_AT_ONCE else each
        for number, each in enumerate(actions)
    ]


def fold(title: str, name: str, *items: CardElement) -> list[CardElement]:
    """What is read by few, behind a button that opens it; nothing without items. `name` stands once on a card.

    No field belongs in it: one that is required would hold up every button of the card.
    """
    if not items:
        return []
    opens = ToggleVisibilityAction(title=as_text(title), target_elements=[name])
    return [ActionSet(actions=[opens]), Container(id=name, is_visible=False, items=list(items), style="emphasis")]


def render_card(
    body: Sequence[CardElement], actions: Sequence[Action] = (), view: ChangeContext | None = None, message: str = ""
) -> dict[str, Any]:
    """The card as Teams reads it; people known to the bot get their own view of it when they look.

    Those people come first come first served: as many as there is room for.
    """
    refresh = None
    if view is not None and view.mris and message:
        again = button(_("Refresh"), "card.refresh", view.change.id, view.change.revision, message=message)
        refresh = RefreshDefinition(action=again, user_ids=list(view.mris[:MOST_VIEWERS]))
    card = AdaptiveCard(version=VERSION, body=list(body), actions=action_row(actions) or None, refresh=refresh)
    drawn: dict[str, Any] = _whole(card.model_dump(by_alias=True, exclude_none=True))
    drawn["msteams"] = {"width": "Full"}
    if refresh is not None:
        people = drawn["refresh"]["userIds"]
        while people and size(drawn) > LARGEST:
            people.pop()
        if not people:
            del drawn["refresh"]  # without people it would be for everybody who looks
    return drawn


def _whole(node: Any) -> Any:
    """The card with 90 instead of 90.0: the models know only fractions, and not every client takes one for a count."""
    if isinstance(node, dict):
        return {name: _whole(child) for name, child in node.items()}
    if isinstance(node, list):
        return [_whole(child) for child in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node


def size(drawn: dict[str, Any]) -> int:
    """How long the card's JSON is, in UTF-16 units; or half its bytes in UTF-8, where those are more."""
    return weight(json.dumps(drawn, ensure_ascii=False, separators=(",", ":")))


def first_of(found: Sequence[str], most: int) -> str:
    """The first so many of them on one line, and how many more there are."""
    listed = "; ".join(found[:most])
    if len(found) <= most:
        return listed
    return n_("{listed}, and one more", "{listed}, and {n} more", len(found) - most, listed=listed)


def more(number: int) -> list[CardElement]:
    """The line that says how many more there are than are shown; empty when there are none."""
    return [text_block(n_("And one more.", "And {n} more.", number), subtle=True)] if number > 0 else []
