"""The changes as a list, page by page."""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.ports import Page
from cards.elements.blocks import range_shown, text_block
from cards.elements.controls import command_button, draw, render_card, view_button
from cards.elements.header import page_header
from cards.overview.rows import change_row, drawn_row
from cards.request.dialog import opens_dialog
from changes.policy import Service
from language import _, n_

A_PAGE = 10


def list_card(found: Page, services: Mapping[str, Service], typed: str = "", page: int = 1) -> dict[str, Any]:
    """The page with that number of the changes that match what was typed after `list`."""
    changes, count = found.changes, found.count
    about = _("Search: {typed}", typed=typed) if typed else _("Open changes")
    head: list[CardElement] = page_header(_("Changes"), text_block(about, subtle=True))
    if not count:
        return _nothing(head, typed)
    rows = [drawn_row(change_row, change, services.get(change.plan.service)) for change in changes]
    below: list[CardElement] = []
    if not changes:
        below.append(text_block(n_("There is only {n}.", "There are only {n}.", count), subtle=True))
    elif count > A_PAGE or typed:
        below.append(range_shown((page - 1) * A_PAGE + 1, len(changes), count, is_least=found.is_least))
    if changes:
        below.append(text_block(_("Select a change to open it."), subtle=True))
    parts = [part for row in rows for part in row]
    return render_card(head, _pages(typed, page, count), below=[*parts, *draw(below)])


def _nothing(head: Sequence[CardElement], typed: str) -> dict[str, Any]:
    if typed:
        said = text_block(_("No change matches. Try fewer words, or look through all changes."))
        return render_card([*head, said], [view_button(_("All changes"), "list all")])
    said = text_block(_("There are no open changes at the moment."))
    return render_card(
        [*head, said], [opens_dialog(command_button(_("New change"), "new")), view_button(_("All changes"), "list all")]
    )


def _pages(typed: str, page: int, count: int) -> list[Action]:
    pages = -(-count // A_PAGE)
    actions: list[Action] = []
    if page > 1:
        actions.append(view_button(_("Previous page"), f"list {typed} page {min(page, pages + 1) - 1}"))
    if page < pages:
        actions.append(view_button(_("Next page"), f"list {typed} page {page + 1}"))
    return actions
