"""One typed command on its way through its handler."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from application.input_parsing.chat_command import ChatCommand
from application.ports import Binding, NoticeTexts
from application.session import UserSession
from bot.commands.command_parser import read_id, short_number
from bot.commands.command_words import word_for
from bot.commands.disambiguation import ClarificationNeeded, question_id
from bot.messenger.private_answers import answer_alone
from bot.sdk import TurnContext
from cards.request.choices import disambiguation_card
from changes.effects import Effect
from changes.errors import NotFound, invalid
from changes.model import Change
from changes.text import first_word
from dialogs.turn import TurnInput
from language import _

_YEAR = re.compile(r"CHG-(\d+)-")


async def named_changes(session: UserSession, word: str) -> tuple[Change, ...]:
    """Every change that the word may mean to the person. Raises NotFound when it means none."""
    number = short_number(word)
    if number is not None and len(found := await session.numbered(number)) > 1:
        return found
    if number is not None:
        return (await session.change(found[0].id if found else read_id(word, session.now.year)),)
    full = read_id(word, session.now.year)
    if not full.startswith("CHG-"):
        raise NotFound("“{typed}” is no change: give its number, like CHG-2027-0007 or 7.", typed=full[:40])
    return (await session.change(full),)


@dataclass(slots=True)
class CommandContext:
    """One typed command on its way through its handler.

    `dialog` is what has to be opened afterwards, if anything; `acted` is the change that something was done to: a
    dialog that was open about it has no question left.
    """

    context: TurnContext
    turn_input: TurnInput
    order: ChatCommand
    wording: NoticeTexts
    local: bool = False
    dialog: tuple[str, dict[str, Any]] | None = None
    acted: str = ""
    binding: Binding | None = None
    effects: list[Effect] = field(default_factory=list)
    after_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def change(self) -> Change:
        """The change that was named, as it stands: the only reading of an id in a command.

        A number without a year means an open change. Raises ValidationFailed when none was named, NotFound when there
        is none that the person may see, and ClarificationNeeded when it may mean several.
        """
        found = await named_changes(self.turn_input.session, self._named())
        if len(found) > 1:
            raise await self._which(found)
        return found[0]

    def may_name(self, change_id: str) -> bool:
        """Whether the change with that id is, or may be, the one that was named."""
        year = _YEAR.match(change_id)
        return year is not None and read_id(first_word(self.order.rest)[0], int(year[1])) == change_id

    @property
    def argument(self) -> str:
        """What was typed after the change's id."""
        return first_word(self.order.rest)[1]

    def _named(self) -> str:
        word = first_word(self.order.rest)[0]
        if not word:
            raise invalid(
                "change",
                "Say which change: `/change {order} CHG-…`. `/change list` shows them.",
                order=word_for(self.order.name),
            )
        return word

    async def _which(self, changes: tuple[Change, ...]) -> ClarificationNeeded:
        session = self.turn_input.session
        if any(each.is_private for each in changes):
            await answer_alone(self.context, self.turn_input)
        services = {service.key: service for service in await session.services()}
        typed = ChatCommand(word_for(self.order.name), self.argument)
        card = disambiguation_card(typed, changes, services, question_id(self.turn_input))
        return ClarificationNeeded(card, _("Which change is meant?"))


Handler = Callable[[CommandContext], Awaitable[None]]
