"""One change among many: a row that opens it wherever it is pressed, with its state as a badge."""

from collections.abc import Callable, Hashable, Sequence

from microsoft_teams.cards import Action, ActionSet, CardElement

from cards.elements.blocks import more, text_block, user_text
from cards.elements.controls import LARGEST, draw, render_card, size, view_button
from cards.elements.header import badge
from cards.elements.lengths import shortened
from cards.elements.state_labels import state_look
from cards.elements.table import row
from cards.request.dialog import Drawn
from changes.model import Change
from changes.policy import Service
from changes.text.messages import joined
from language import _, current_catalogue, current_language, window_text

Row = list[CardElement]
LONGEST_TITLE = 90
"""Maximum length of a title in a row, in UTF-16 units: the change itself shows it whole."""
_MOST_DRAWN = 1024
_drawn: dict[Hashable, list[Drawn]] = {}
_REST = 1500
"""Size that is left free for what stands below the rows, in UTF-16 units."""
_FRAME = 200
"""What a card takes around its body, at most."""


def change_row(change: Change, service: Service | None) -> Row:
    """The state, the title, and when it takes place."""
    look = state_look(change)
    lines = [badge(look, look.label), *_title(change), _small(change.id, window_of(change, service))]
    return [opening_row(change, lines)]


def task_row(change: Change, what: str, until: str, actions: Sequence[Action], *, urgent: bool = False) -> Row:
    """What somebody is asked to do, about which change, until when; and the button that does it."""
    due = text_block(until, colour="Attention", bold=True) if urgent else text_block(until, subtle=True)
    lines = [text_block(what, bold=True), *_title(change), due, _small(change.id)]
    return [opening_row(change, lines), *([ActionSet(actions=list(actions))] if actions else [])]


def brief_row(change: Change, service: Service | None) -> Row:
    """The same in little room, for a card with many of them: the state in words."""
    small = _small(change.id, state_look(change).label, window_of(change, service))
    return [opening_row(change, [*_title(change), small])]


def drawn_row(make: Callable[[Change, Service | None], Row], change: Change, service: Service | None) -> list[Drawn]:
    """The row that `make` makes of the change."""
    state, zone = state_look(change), service.zone if service else None
    key = (make, change.id, change.plan.title, state, change.plan.window.start, change.ends_at, zone)
    return drawn_once(key, lambda: make(change, service))


def drawn_once(key: tuple[object, ...], make: Callable[[], Row]) -> list[Drawn]:
    """The row as it is drawn; nobody may change it. `key` is everything that stands in it.

    What was drawn is remembered, as drawing a row takes much longer than reading its change, and pages of many rows are
    looked at again and again.
    """
    known = (current_language(), current_catalogue(), key)
    if known not in _drawn:
        if len(_drawn) >= _MOST_DRAWN:
            _drawn.clear()
        _drawn[known] = draw(make())
    return _drawn[known]


def opening_row(change: Change, lines: Sequence[CardElement]) -> CardElement:
    """The lines one below the other: beside each other a phone has no room for them."""
    opens = view_button(_("Open {id}", id=change.id), f"show {change.id}")
    opens.fallback = None  # it would stand on the card a second time, for clients that select no rows anyway
    drawn = row([lines], (1,), opens=opens)
    drawn.spacing = "Medium"
    return drawn


def window_of(change: Change, service: Service | None) -> str:
    """When the change takes place, extensions included; empty for a service that is no longer known."""
    return window_text(change.window, service.zone) if service else ""


def that_fit(body: Sequence[CardElement], above: Sequence[Drawn], rows: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    """What is `above` the rows, those that the card has room for with that body, and how many more there are."""
    shown = [*above, *(part for row in rows for part in row)]
    if size({"body": [*draw(body), *shown]}) <= LARGEST - _REST - _FRAME:
        return shown
    shown = [*above]
    for number, each in enumerate(rows):
        if size(render_card(body, below=[*shown, *each])) > LARGEST - _REST:
            return [*shown, *draw(more(len(rows) - number))]
        shown += each
    return shown


def _title(change: Change) -> Sequence[CardElement]:
    return user_text(shortened(change.plan.title, LONGEST_TITLE), bold=True)


def _small(*parts: str) -> CardElement:
    return text_block(joined(*(each for each in parts if each), by=" · "), subtle=True, close=True)
