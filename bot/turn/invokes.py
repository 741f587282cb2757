"""Answers to invokes: a press on a card waits for exactly one of these, and Teams shows it to whoever pressed."""

from dataclasses import dataclass
from typing import Any

from bot.sdk import Activity
from bot.turn.dialog_answers import DIALOGS, dialog_failure, is_of_dialog
from bot.turn.links import LINK, is_link, link_body
from bot.turn.people_search import SEARCH, is_search, search_body
from dialogs.turn import CARD
from language import N_, without_markup

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
PRESSED = "adaptiveCard/action"
"""The name of the invoke that the cards of the conversation give; dialogs have their own."""

FAILED = N_("Something went wrong on our side and nothing was changed. Please try again in a moment.")


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """What the HTTP response to an invoke carries: its status, and a body of plain JSON or none."""

    status: int
    body: dict[str, Any] | None


def invoke_card(card: dict[str, Any]) -> dict[str, Any]:
    """The card takes the place of the one that was pressed, for this person."""
    return {"statusCode": 200, "type": CARD, "value": card}


def invoke_message(text: str) -> dict[str, Any]:
    """The Message is shown to whoever pressed, without any markup, and the card stays as it is."""
    return {"statusCode": 200, "type": MESSAGE, "value": without_markup(text)}


def invoke_error(code: str, message: str, status: int = 500) -> dict[str, Any]:
    """The press failed: `message` is a sentence for the person, `code` a word for us, `status` in the terms of HTTP."""
    return {"statusCode": status, "type": ERROR, "value": {"code": code, "message": without_markup(message)}}


def failure(activity: Activity, code: str, sentence: str, status: int) -> dict[str, Any]:
    """The press of that activity failed, as `invoke_error` says it.

    A dialog stays open, and can be sent once more; a search finds nothing, and a link unfolds into nothing.
    """
    if is_link(activity):
        return link_body()
    if is_search(activity):
        return search_body(activity)
    if is_of_dialog(activity):
        return dialog_failure(activity, sentence)
    return invoke_error(code, sentence, status)


UNSUPPORTED = InvokeResult(501, None)
"""The response to an invoke that is none of ours."""


def is_unsupported(name: str | None) -> bool:
    """Whether nothing of ours gives invokes of that name: composeExtension/query, signin/verifyState, …

    Teams expects 501 for them, Not Implemented, which is also what the SDK's own handlers answer.
    """
    return name not in (PRESSED, SEARCH, LINK) and name not in DIALOGS
