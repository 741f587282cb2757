"""One activity while it is handled: who sent what, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from application.ports import Json, PersonalConversation, UnitOfWork, Wording
from bot.commands.command_context import CommandContext, Handler
from bot.sdk import Activity, TurnContext
from changes.effects import Effect
from dialogs.dialog_runner import DialogHost, asks_for_a_text, open_change
from dialogs.turn import TurnInput


@dataclass(slots=True)
class TurnOutcome:
    """What came of an activity: the answer to an invoke, a sentence for the presser, and what has to follow."""

    card: dict[str, Any] | None = None
    sentence: str = ""
    effects: list[Effect] = field(default_factory=list)
    requests: list[CommandContext] = field(default_factory=list)


@dataclass(slots=True)
class OpenDialog:
    """The dialog with whoever writes, in this conversation or in their own chat; its state is empty where none is open.

    `change` is `new` before the draft has an id. Where it `asks_for_text`, any other command takes its place.
    """

    unit: UnitOfWork
    key: str
    state: Json
    etag: int

    @classmethod
    async def of(cls, unit: UnitOfWork, activity: Activity, alone: PersonalConversation | None = None) -> Self:
        """As it is stored now, for the activity's conversation or for the chat `alone`."""
        key = f"{alone.conversation if alone else activity.conversation.id}|{activity.from_property.id}"
        return cls(unit, key, *await unit.dialogs.load(key))

    async def save(self, state: Json) -> None:
        """Replace the state; an empty one closes the dialog. Raises ConcurrencyConflict."""
        await self.unit.dialogs.save(self.key, state, self.etag)
        self.state, self.etag = await self.unit.dialogs.load(self.key)

    @property
    def change(self) -> str:
        """The id of the change, or an empty text."""
        return open_change(self.state)

    @property
    def asks_for_text(self) -> bool:
        """Whether it is the question of a command."""
        return asks_for_a_text(self.state)


@dataclass(slots=True)
class Turn:
    """What an activity is handled with; whatever is remembered of it is in the unit of work."""

    context: TurnContext
    heard: TurnInput
    dialog: OpenDialog
    dialogs: DialogHost
    handlers: Mapping[str, Handler]
    wording: Wording
    local: bool
    outcome: TurnOutcome = field(default_factory=TurnOutcome)

    @property
    def unit(self) -> UnitOfWork:
        """The transaction that everything of the turn is in."""
        return self.heard.desk.unit

    async def dialog_alone(self) -> OpenDialog:
        """The dialog in the person's own chat where the answer is for them alone, else that of this conversation."""
        if self.heard.alone is None:
            return self.dialog
        return await OpenDialog.of(self.unit, self.context.activity, self.heard.alone)
