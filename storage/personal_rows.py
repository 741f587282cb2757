"""Tells the rows that belong to one person only: they are deleted with the person, not redacted."""

import json

from application.api.tokens import MADE
from storage.rows import Values
from storage.traces import Traces


def is_only_theirs(table: str, row: Values, traces: Traces) -> bool:
    """Whether the row belongs to that person only, and is deleted rather than redacted.

    A mail or a message that waits for somebody who is forgotten is not sent.
    """
    match table:
        case "people":
            return traces.is_own(row["id"])
        case "chats" | "absences" | "tasks":
            return traces.is_own(row["person"])
        case "settings":
            is_token = row["name"].startswith(MADE)
            return traces.is_own(json.loads(row["value"])["person"] if is_token else row["name"].rpartition(":")[2])
        case "messages":
            return traces.is_own(row["message"].rpartition("@")[2]) or traces.is_their_chat(row["conversation"])
        case "dialogs":
            conversation, _, who = row["key"].rpartition("|")
            return traces.is_own(who) or traces.is_their_chat(conversation)
        case "deliveries":
            return traces.is_their_chat(row["key"].partition(" ")[0])
        case "sendings":
            return traces.is_their_chat(row["place"])
        case "outbox":
            return _goes_to_them(row["lane"], traces)
        case _:
            return False


def _goes_to_them(lane: str, traces: Traces) -> bool:
    kind, _, place = lane.partition(":")
    match kind:
        case "person":
            return traces.is_own(place)
        case "conversation":
            return traces.is_their_chat(place)
        case "mail":
            return traces.mails.fullmatch(place) is not None
        case _:
            return False
