"""What waits for one person, the most urgent first, and their own open changes: `/change mine` and the digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from microsoft_teams.cards import ActionSet, CardElement

from cards.elements.blocks import Colour, columns, heading, label, tag, text_block, user_text
from cards.elements.controls import render_card, view_button
from cards.elements.state_labels import state_label
from changes.model import Change, Window
from changes.policy import Service
from changes.reporting.worklist import PendingTask, TaskKind
from language import N_, _, moment_text, n_, window_text

MOST, MOST_OWN = 8, 6
SOON = timedelta(days=1)
_ASKED: dict[TaskKind, str] = {
    TaskKind.PREPARE: N_("The pre-check comes: is everything prepared?"),
    TaskKind.PRECHECK: N_("The pre-check waits for your answer"),
    TaskKind.CORRECTIONS: N_("The plan waits for your corrections"),
    TaskKind.GO: N_("GO or NO-GO waits for your answer"),
    TaskKind.NEW_DATE: N_("It needs a new date, or an end"),
    TaskKind.SNAPSHOT: N_("The snapshot waits for you"),
    TaskKind.START: N_("It is time to start"),
    TaskKind.TESTS: N_("It is in your hands: run the tests, then complete it"),
    TaskKind.CUTOFF: N_("The cutoff: say how it goes on"),
    TaskKind.OVERRUN: N_("The window is over: say how it goes on"),
    TaskKind.INCIDENT: N_("The incident waits for a way out"),
    TaskKind.CONFIRM_RESTORE: N_("A restore waits for somebody to confirm it"),
    TaskKind.HANDOVER: N_("It is with the incident process: say how it stands, or close it"),
    TaskKind.REVIEW: N_("The review waits for your words"),
}


def worklist_card(
    items: Sequence[PendingTask], own: Sequence[Change], services: Mapping[str, Service], now: datetime
) -> dict[str, Any]:
    """The person's tasks, and their other open changes."""
    body: list[CardElement] = [heading(_("What waits for you"))]
    if not items:
        body.append(text_block(_("Nothing waits for you. Enjoy the day!"), colour="Good"))
    body += _asked(items, services, now)
    if own:
        body.append(label(_("Your other open changes")))
    for change in own[:MOST_OWN]:
        service = services.get(change.plan.service)
        when = window_text(Window(change.plan.window.start, change.ends_at), service.zone) if service else ""
        state, colour = state_label(change)
        body += _row(change, [tag(state, colour), text_block(f"{change.id} · {when}", subtle=True)])
    if len(own) > MOST_OWN:
        body.append(text_block(_("**/change list mine** shows all of them."), subtle=True))
    if not items and not own:
        body.append(text_block(_("**/change new** requests a change.")))
    return render_card(body)


def digest_card(items: Sequence[PendingTask], services: Mapping[str, Service], now: datetime) -> dict[str, Any]:
    """All that waits for one person this morning, instead of a reminder for each."""
    return render_card([heading(_("Good morning: what waits for you")), *_asked(items, services, now)])


def digest_line(items: Sequence[PendingTask]) -> str:
    """The sentence in front of the digest, for the notification on a phone."""
    return n_(
        "one thing waits for you this morning.", "{n} things wait for you this morning; here they are.", len(items)
    )


def _asked(items: Sequence[PendingTask], services: Mapping[str, Service], now: datetime) -> list[CardElement]:
    rows: list[CardElement] = []
    for item in items[:MOST]:
        said, colour = _until(item, services.get(item.change.plan.service), now)
        lines: list[CardElement] = [text_block(_(_ASKED[item.asked]))]
        when = f"{item.change.id} · {said}"
        rows += _row(item.change, [*lines, tag(when, colour) if colour else text_block(when, subtle=True)])
    if len(items) > MOST:
        more = len(items) - MOST
        rows.append(text_block(n_("And one more, less urgent.", "And {n} more, less urgent.", more), subtle=True))
    return rows


def _row(change: Change, lines: Sequence[CardElement]) -> list[CardElement]:
    """The title with its button, and under both what there is to say: a phone has no room beside them."""
    button = ActionSet(actions=[view_button(_("Show"), f"show {change.id}")])
    row = columns((user_text(change.plan.title, bold=True), "stretch"), ([button], "auto"))
    row.spacing = "Medium"
    return [row, *lines]


def _until(item: PendingTask, service: Service | None, now: datetime) -> tuple[str, Colour | None]:
    """By when it has to be done, or since when it waits; and the colour of that."""
    if service is None:
        return "", None
    if item.by is None:
        return _("since {when}", when=moment_text(item.since, service.zone)), None
    if item.by <= now:
        return _("due since {when}", when=moment_text(item.by, service.zone)), "Attention"
    return _("by {when}", when=moment_text(item.by, service.zone)), "Warning" if item.by - now <= SOON else None
