"""The card that answers a press, as it is now; and the card on which somebody can act now, wherever they ask."""

from typing import Any

from application.change_context import ChangeContext
from application.input_parsing.card_action import CardAction
from application.ports import NoticeTexts
from application.session import UserSession
from cards import card_for
from cards.overview.status import status_card
from cards.request.summary import summary_card
from changes.model import Change, ChangeType, State
from changes.notification import CardKind, NoticeKind, awaited_card, message_of
from changes.permissions import Permission, is_allowed

_KIND = {
    "precheck": CardKind.PRECHECK,
    "go": CardKind.GO,
    "snapshot": CardKind.PROGRESS,
    "window.start": CardKind.DAY,
    "test": CardKind.DAY,
    "change.complete": CardKind.DAY,
    "task": CardKind.DAY,
    "trouble.report": CardKind.DAY,
    "trouble.solved": CardKind.CUTOFF,
    "window.extend": CardKind.CUTOFF,
    "holding.keep": CardKind.CUTOFF,
    "incident.declare": CardKind.CUTOFF,
    "incident": CardKind.INCIDENT,
    "restore": CardKind.INCIDENT,
    "review": CardKind.REVIEW,
}
"""Which card a button stands on, by its verb or the first word of it."""

_ACTS: dict[CardKind, tuple[Permission, ...]] = {
    CardKind.PRECHECK: (Permission.APPROVE,),
    CardKind.GO: (Permission.APPROVE,),
    CardKind.PROGRESS: (Permission.REPORT_SNAPSHOT, Permission.DECIDE),
    CardKind.DAY: (Permission.RUN, Permission.DECIDE),
    CardKind.CUTOFF: (Permission.RUN, Permission.DECIDE),
    CardKind.INCIDENT: (Permission.RUN, Permission.CONFIRM_RESTORE),
    CardKind.HANDOVER: (Permission.RUN,),
    CardKind.REVIEW: (Permission.REVIEW,),
}
"""What the buttons of a card ask for: whoever may do one of these can do something with it."""


async def fresh_card(session: UserSession, press: CardAction, wording: NoticeTexts) -> tuple[dict[str, Any], Change]:
    """The pressed card, drawn anew, and its change.

    Raises NotFound when the change is not there, or not for the person to see.
    """
    change = await session.change(press.change)
    kind, message = _pressed_card(press, change)
    if kind is None:
        return draw_status(await session.view(change), wording), change
    return draw_card(kind, await _view(session, change, kind), message, wording), change


async def acting_card(
    session: UserSession, change: Change, wording: NoticeTexts, *, shared: bool
) -> dict[str, Any] | None:
    """The card with the buttons that the person can use now: the one that waits, or else the live card.

    In a `shared` conversation whoever reads it may be the one who acts. None where there is nothing to press.
    """
    view = await session.view(change)
    kind = awaited_card(change)
    if kind is not None and (shared or _may(session, view, *_ACTS[kind])):
        card = draw_card(kind, await _view(session, change, kind), message_of(kind, change), wording)
        if _buttons(card):
            return card
    if not shared and not _may(session, view, Permission.EDIT):
        return None
    if change.state is State.DRAFT:
        card = summary_card(await session.plan_view(change), view.steps)
    else:
        card = draw_status(view, wording)
    return card if _buttons(card) else None


def draw_status(view: ChangeContext, wording: NoticeTexts) -> dict[str, Any]:
    """The change's live card, with the notice that its buttons send."""
    return status_card(view.with_drafts(None, wording))


def draw_card(kind: CardKind, view: ChangeContext, message: str, wording: NoticeTexts) -> dict[str, Any]:
    """The card of that kind for the message key; where GO is given on it, it shows what would be sent."""
    change = view.change
    asks_for_go = kind is CardKind.GO and change.state is State.GO_PENDING
    in_emergency = kind is CardKind.PRECHECK and change.plan.kind is ChangeType.EMERGENCY
    sends = asks_for_go or (in_emergency and change.state is State.PRECHECK_PENDING)
    notice = wording.preview(NoticeKind.PLANNED, change, view.service, view.now) if sends else ""
    return card_for(kind, view.with_drafts(kind, wording), message, notice)


async def _view(session: UserSession, change: Change, kind: CardKind) -> ChangeContext:
    return await (session.plan_view(change) if kind is CardKind.PRECHECK else session.view(change))


def _may(session: UserSession, view: ChangeContext, *acts: Permission) -> bool:
    return any(is_allowed(session.person, act, view.change, view.service, session.catalogue.admins) for act in acts)


def _buttons(card: dict[str, Any]) -> bool:
    """Whether there is a button on the card, in its body or folded; that a card refreshes itself is none."""
    left: list[Any] = [card]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if node.get("type") == "Action.Execute":
                return True
            node = [child for name, child in node.items() if name not in ("refresh", "fallback")]
        left += [each for each in node if isinstance(each, (dict, list))]
    return False


def _pressed_card(press: CardAction, change: Change) -> tuple[CardKind | None, str]:
    """The kind and key of the card; a button that does not say stands on the change's newest card of its kind."""
    if press.message:
        name = press.message.partition(":")[0]
        return next((each for each in CardKind if each == name), None), press.message
    kind = _KIND.get(press.verb) or _KIND.get(press.verb.partition(".")[0])
    return kind, message_of(kind, change) if kind else ""
