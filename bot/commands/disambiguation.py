"""Disambiguation questions: offered as buttons, answerable once within 24 h."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from application.ports import UnitOfWork
from changes.errors import CommandRejected
from dialogs.turn import TurnInput

FRESH = timedelta(hours=24)
"""How long a question may be answered; the store remembers for longer that it was."""


class ClarificationNeeded(Exception):
    """Nothing was done: the card asks what is meant, and the summary says so in a notification."""

    def __init__(self, card: dict[str, Any], summary: str) -> None:
        self.card = card
        self.summary = summary
        super().__init__()


def question_id(turn_input: TurnInput) -> str:
    """A name for what is asked in this turn."""
    return f"{sha256(turn_input.delivery.encode()).hexdigest()[:16]}@{int(turn_input.session.now.timestamp())}"


async def check_open(unit: UnitOfWork, question: str, now: datetime) -> None:
    """Raise CommandRejected when the question was answered before, or is too old.

    Buttons of no question are always open.
    """
    if not question:
        return
    if now - _asked_at(question) > FRESH:
        raise CommandRejected(
            "This question is too old, so nothing was done. Type the command again if it still holds."
        )
    if await unit.processed_activities.answer(_key(question)) is not None:
        raise CommandRejected(
            "This question was answered already, so nothing was done. `/change list` shows how things stand."
        )


async def close(unit: UnitOfWork, question: str, now: datetime) -> None:
    """Note that the question is answered. Raises ConcurrencyConflict when somebody else answered it meanwhile."""
    if question:
        await unit.processed_activities.remember(_key(question), {}, now)


def _key(question: str) -> str:
    return f"question {question}"


def _asked_at(question: str) -> datetime:
    seconds = question.rpartition("@")[2]
    is_moment = seconds.isascii() and seconds.isdigit() and len(seconds) <= 10
    return datetime.fromtimestamp(int(seconds) if is_moment else 0, UTC)
