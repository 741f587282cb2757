"""The pieces cards are made of, and the only place where a text becomes a part of one.

Our sentences are TextBlocks, in which facts are escaped here; what people wrote is shown verbatim in text runs.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from microsoft_teams.cards import (
    ActionSet,
    CardElement,
    Column,
    ColumnSet,
    Container,
    Fact,
    FactSet,
    FlowLayout,
    RichTextBlock,
    TextBlock,
    TextRun,
    ToggleVisibilityAction,
)

from language import _, as_run, as_text, n_, on_card

Colour = Literal["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]
Style = Literal["default", "emphasis", "accent", "good", "attention", "warning"]
_SHORT = 120
"""What is longer hardly comes back, in characters."""
MOST_LINES = 40
"""A text of more lines is shown with the rest of them run together: nobody scrolls that far."""


def text_block(
    text: str,
    *,
    colour: Colour | None = None,
    subtle: bool = False,
    bold: bool = False,
    small: bool = False,
    close: bool = False,
) -> TextBlock | Container:
    """A sentence of ours. A warning stands on a strip: as yellow text on white nobody could read it.

    `close`: with no space to what stands above. Here and in every other element a string that is no Message is
    somebody's text, and is shown as it was written.
    """
    if colour == "Warning":
        return Container(items=[text_block(text, bold=bold)], style="warning", spacing="Small")
    shown = on_card(text)
    make = _known_block if len(shown) <= _SHORT else _block
    return make(shown, colour, subtle=subtle, bold=bold, small=small, close=close)


def _block(text: str, colour: Colour | None, *, subtle: bool, bold: bool, small: bool, close: bool) -> TextBlock:
    return TextBlock(
        text=text,
        wrap=True,
        color=colour,
        is_subtle=subtle or None,
        weight="Bolder" if bold else None,
        size="Small" if small else None,
        spacing="None" if close else "Small",
    )


_known_block = lru_cache(maxsize=1024)(_block)
"""Labels, names and states stand on every card: nobody changes an element that was made."""


def heading(text: str) -> TextBlock:
    """What the card is about."""
    return TextBlock(text=on_card(text), wrap=True, size="Large", weight="Bolder", style="heading")


def label(text: str) -> TextBlock:
    """The name of a section."""
    return TextBlock(text=on_card(text), wrap=True, weight="Bolder", spacing="Medium")


def user_text(
    text: str, *, bold: bool = False, colour: Colour | None = None, large: bool = False, subtle: bool = False
) -> list[CardElement]:
    """What somebody wrote, line by line, as text and nothing else; nothing for an empty text."""
    lines = [line.strip() for line in as_run(text).splitlines() if line.strip()]
    if not lines:
        return []
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " / ".join(lines[MOST_LINES - 1 :])]
    if colour == "Warning":
        return [Container(items=user_text("\n".join(lines), bold=bold), style="warning", spacing="Small")]
    runs: list[CardElement] = [run("\n".join(lines), colour=colour, bold=bold, large=large, subtle=subtle)]
    return [RichTextBlock(inlines=runs, spacing="Small")]


def run(
    text: str,
    *,
    colour: Colour | None = None,
    bold: bool = False,
    struck: bool = False,
    large: bool = False,
    subtle: bool = False,
) -> TextRun:
    """A piece of text in which nothing has a meaning."""
    return TextRun(
        text=as_run(text),
        weight="Bolder" if bold else None,
        size="Large" if large else None,
        color=colour,
        strikethrough=struck or None,
        is_subtle=subtle or None,
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


def strip(items: Sequence[CardElement], style: Style = "warning") -> list[CardElement]:
    """Everything that has to be noticed, on one strip of colour; nothing without items."""
    return [box(items, style)] if items else []


def flowing(*cells: Sequence[CardElement], narrowest: int) -> Container:
    """Elements side by side, each at least so many pixels wide, on as many rows as the width asks for.

    Clients that do not know the layout show them below one another.
    """
    layout = FlowLayout(
        item_fit="Fill",
        min_item_width=f"{narrowest}px",
        column_spacing="Small",
        row_spacing="Small",
        horizontal_items_alignment="Left",
    )
    return Container(items=[Container(items=list(each)) for each in cells], layouts=[layout], spacing="Small")


def fold(title: str, name: str, *items: CardElement) -> list[CardElement]:
    """What is read by few, behind a button that opens it; nothing without items. `name` stands once on a card.

    No field belongs in it: one that is required would hold up every button of the card.
    """
    if not items:
        return []
    opens = ToggleVisibilityAction(title=as_text(title), target_elements=[name])
    return [ActionSet(actions=[opens]), Container(id=name, is_visible=False, items=list(items), style="emphasis")]


def first_of(found: Sequence[str], most: int) -> str:
    """The first so many of them on one line, and how many more there are."""
    listed = "; ".join(found[:most])
    if len(found) <= most:
        return listed
    return n_("{listed}, and one more", "{listed}, and {n} more", len(found) - most, listed=listed)


def more(number: int) -> list[CardElement]:
    """The line that says how many more there are than are shown; empty when there are none."""
    return [text_block(n_("And one more.", "And {n} more.", number), subtle=True)] if number > 0 else []


def range_shown(first: int, number: int, count: int, *, is_least: bool) -> TextBlock | Container:
    """Which of how many a page shows; `is_least`: there are at least so many."""
    last = first + number - 1
    if is_least:
        return text_block(_("{first} to {last} of at least {count}.", first=first, last=last, count=count), subtle=True)
    return text_block(_("{first} to {last} of {count}.", first=first, last=last, count=count), subtle=True)
