"""Tells the owner of a recurring change what becomes of it, and asks them to confirm its draft (P141)."""

from application.ports import PermanentError, UserProfile
from application.queries.directory import Directory
from bot.messenger.journal import Journal
from bot.messenger.message_factory import mentioning, with_card, with_text
from bot.messenger.personal import Personal, chat_of
from bot.messenger.posting import Posting
from cards.request.summary import summary_card
from changes.effects import TellOwner
from changes.model import State
from changes.planning.timeline import timeline
from changes.text.messages import Message, joined
from language import _, translate, use_language


def telling(series: str, said: str) -> Message:
    """What the owner reads of it; a draft that they are asked to submit stands below."""
    return _("Your recurring change {id}: {said}", id=series, said=said)


class OwnerMessages(Personal):
    """Writes to the owner's chat; where there is none, the service's conversation reads that they are asked."""

    async def tell_owner(self, effect: TellOwner, journal: Journal) -> None:
        """Say it once; the draft stands below as the card on which it is submitted. Raises PermanentError."""
        async with self._units() as unit:
            directory = Directory(unit)
            view = await self._views.of(directory, effect.change)
            if await unit.messages.get(effect.change, effect.key) is not None:
                return
            binding = await unit.bindings.get(view.service.key)
            chat, language = await chat_of(directory, effect.to, view.service)
            who = await directory.profile(effect.to) or UserProfile(effect.to)
        with use_language(language):
            line = telling(effect.series, said := joined(*map(translate, effect.said)))
            activity = with_text(line)
            if view.change.state is State.DRAFT:
                card = summary_card(view, timeline(view.change, view.service), said, effect.series)
                activity = with_card(card, line, [effect.to])
            if chat is not None and await self._send(chat, activity, effect.change, effect.key, journal):
                return
            if binding is None:
                named = {"service": view.service.name, "name": effect.to.name}
                raise PermanentError(Message("{service} has no channel, and {name} no chat with me.", **named))
            # Others read it too: what is in the draft is not for them yet.
            posted = await Posting(self._connector, journal).begin(binding, mentioning(line, [who]), None)
        await journal.note(lambda unit: unit.messages.put(effect.change, effect.key, posted.value))
