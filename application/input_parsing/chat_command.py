"""A command of the chat, as it is typed or as a button would have it typed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """A command by its name, in English or as its reader types it, and the rest of the line."""

    name: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The rest, word by word."""
        return self.rest.split()

    @property
    def line(self) -> str:
        """The whole of it, without `/change`."""
        return f"{self.name} {self.rest}".strip()


COMMAND_FOR_VERB: Mapping[str, str] = {
    "card.refresh": "show",
    "change.submit": "submit",
    "change.edit": "edit",
    "change.move": "move",
    "change.withdraw": "cancel",
    "change.postpone": "postpone",
    "precheck.approve": "approve",
    "precheck.correct": "correct",
    "go.give": "go",
    "go.refuse": "nogo",
    "snapshot.started": "started",
    "snapshot.finished": "finished",
    "snapshot.failed": "failed",
    "snapshot.retry": "retry",
    "snapshot.waive": "waive",
    "window.start": "start",
    "test.result": "test",
    "test.accept": "accept",
    "change.complete": "done",
    "trouble.report": "trouble",
    "trouble.solved": "solved",
    "window.extend": "extend",
    "incident.declare": "incident",
    "incident.tried": "tried",
    "incident.update": "update",
    "incident.handover": "handover",
    "incident.close": "close",
    "restore.ask": "restore",
    "restore.confirm": "confirm",
    "restore.withdraw": "norestore",
    "restore.done": "restored",
    "restore.failed": "notrestored",
    "review.save": "review",
}
"""What can be typed instead of pressing a button, by the button's verb. A button that looks carries its own line."""
