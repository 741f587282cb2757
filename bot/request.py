"""One typed command on its way through its handler."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from botbuilder.core import TurnContext

from bot.grammar import Order, read_id
from changes.effects import Effect
from changes.errors import Incomplete, Unknown
from changes.messages import Said
from changes.pasted import first_word
from changes.ports import Binding, Wording
from dialogs.turn import Heard


@dataclass(slots=True)
class Request:
    """One typed command on its way through its handler.

    `dialog` is what has to be opened afterwards, if anything; `acted` is the change that something was done to: a
    dialog that was open about it has no question left.
    """

    context: TurnContext
    heard: Heard
    order: Order
    wording: Wording
    local: bool = False
    dialog: tuple[str, dict[str, Any]] | None = None
    acted: str = ""
    binding: Binding | None = None
    effects: list[Effect] = field(default_factory=list)
    after_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @property
    def change_id(self) -> str:
        """The change that was named. Raises Incomplete when none was."""
        words = self.order.words
        if not words:
            raise Incomplete(
                {
                    "change": Said(
                        "Say which change: `/change {order} CHG-…`. `/change list` shows them.", order=self.order.name
                    )
                }
            )
        found = read_id(words[0], self.heard.desk.now.year)
        if not found.startswith("CHG-"):
            raise Unknown("“{typed}” is no change: give its number, like CHG-2027-0007 or 7.", typed=found[:40])
        return found

    @property
    def argument(self) -> str:
        """What was typed after the change's id."""
        return first_word(self.order.rest)[1]


Handler = Callable[[Request], Awaitable[None]]
