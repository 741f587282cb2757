"""One activity while it is handled: who sent what, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from application.ports import NoticeTexts, UnitOfWork
from bot.commands.command_context import CommandContext, Handler
from bot.sdk import TurnContext
from changes.effects import Effect
from changes.model import Person
from dialogs.dialog_runner import DialogRunner
from dialogs.open_dialog import OpenDialog
from dialogs.turn import TurnInput


@dataclass(slots=True)
class TurnOutcome:
    """The outcome of an activity: the answer to an invoke, a sentence for the presser, and what has to follow.

    `title` stands above the card where that is in a dialog of Teams, `found` answers a search, `unfolded` a link.
    `messages` are what is said besides, in order.
    """

    card: dict[str, Any] | None = None
    title: str = ""
    sentence: str = ""
    found: list[Person] = field(default_factory=list)
    unfolded: dict[str, Any] | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    requests: list[CommandContext] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """Everything that one activity is handled with; what is to be kept goes into the unit of work."""

    context: TurnContext
    turn_input: TurnInput
    dialog: OpenDialog
    dialogs: DialogRunner
    handlers: Mapping[str, Handler]
    wording: NoticeTexts
    local: bool
    outcome: TurnOutcome = field(default_factory=TurnOutcome)

    @property
    def unit(self) -> UnitOfWork:
        """The transaction that everything of the turn is in."""
        return self.turn_input.session.unit

    async def dialog_alone(self) -> OpenDialog:
        """The dialog in the person's own chat where the answer is for them alone, else that of this conversation."""
        if self.turn_input.alone is None:
            return self.dialog
        return await OpenDialog.of_chat(self.unit, self.context.activity, self.turn_input.alone)
