"""The changes as a list, page by page."""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.elements.blocks import columns, heading, tag, text_block, user_text
from cards.elements.controls import render_card, view_button
from cards.elements.state_labels import state_label
from changes.model import Change, Window
from changes.policy import Service
from language import _, n_, window_text

A_PAGE = 10


def list_card(
    changes: Sequence[Change], services: Mapping[str, Service], count: int, typed: str = "", page: int = 1
) -> dict[str, Any]:
    """One page of the changes that match what was typed after `list`; `count` is how many match in all."""
    body: list[CardElement] = [heading(_("Changes"))]
    if typed:
        body.append(text_block(_("Looked for: {typed}", typed=typed), subtle=True))
    if not count:
        nothing = _("There is none at the moment. **/change new** requests one.")
        if typed:
            nothing = _("Nothing was found. **/change list all** shows every change; fewer words find more.")
        return render_card([*body, text_block(nothing)])
    for change in changes:
        body += _row(change, services.get(change.plan.service))
    first = (page - 1) * A_PAGE + 1
    shown = _("{first} to {last} of {count}.", first=first, last=first + len(changes) - 1, count=count)
    if not changes:
        shown = n_("There is only {n}.", "There are only {n}.", count)
    if count > A_PAGE or typed:
        body.append(text_block(shown, subtle=True))
    if changes:
        body.append(text_block(_("**/change show {id}** shows one of them whole.", id=changes[0].id), subtle=True))
    return render_card(body, _pages(typed, page, count))


def _row(change: Change, service: Service | None) -> list[CardElement]:
    when = window_text(Window(change.plan.window.start, change.ends_at), service.zone) if service else ""
    said, colour = state_label(change)
    row = columns((user_text(change.plan.title, bold=True), "stretch"), ([tag(said, colour)], "auto"))
    row.spacing = "Medium"
    # Below both: beside the state a phone has no room for it.
    return [row, text_block(f"{change.id} · {when}", subtle=True)]


def _pages(typed: str, page: int, count: int) -> list[Action]:
    pages = -(-count // A_PAGE)
    actions: list[Action] = []
    if page > 1:
        actions.append(view_button(_("Previous page"), f"list {typed} page {min(page, pages + 1) - 1}"))
    if page < pages:
        actions.append(view_button(_("Next page"), f"list {typed} page {page + 1}"))
    return actions
