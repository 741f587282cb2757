"""Tells the owner of a recurring change what becomes of it, and asks them to confirm its draft (P141)."""

from application.ports import PermanentError, UserProfile
from application.queries.directory import Directory
from bot.messenger.journal import Journal
from bot.messenger.message_factory import mentioning, with_card, with_text
from bot.messenger.personal import Personal
from bot.messenger.posting import Posting
from bot.messenger.views import shared_language
from cards.request.summary import summary_card
from changes.effects import TellOwner
from changes.model import State
from changes.planning.timeline import timeline
from changes.text.messages import Message, joined
from language import _, translate, use_language


def confirming(series: str, change: str, said: str) -> Message:
    """What the owner reads above the draft that they are asked to submit."""
    return _("Confirm your recurring change {id} with {change}. {said}", id=series, change=change, said=said)


def telling(series: str, said: str) -> Message:
    """What the owner reads where nothing is asked of them."""
    return _("Your recurring change {id}: {said}", id=series, said=said)


class OwnerMessages(Personal):
    """Writes to the owner's chat; where there is none, the service's conversation reads that they are asked."""

    async def tell_owner(self, effect: TellOwner, journal: Journal) -> None:
        """Say it once; the draft stands below as the card on which it is submitted. Raises PermanentError."""
        async with self._units() as unit:
            directory, of = Directory(unit), effect.series
            service = self._views.catalogue.services.get(effect.service)
            if service is None or await unit.messages.get(of, effect.key) is not None:
                return
            view = await self._views.of(directory, effect.change) if effect.asks else None
            chat, binding = await unit.chats.get(effect.to.id), await unit.bindings.get(effect.service)
            named = {"service": service.name, "name": effect.to.name}
            own = await directory.language(effect.to) if chat is not None else ""
            who = await directory.profile(effect.to) or UserProfile(effect.to)
        with use_language(own or shared_language(service)):
            said = joined(*map(translate, effect.said))
            if view is not None and view.change.state is State.DRAFT:
                card = summary_card(view, timeline(view.change, view.service), said, of)
                said = confirming(of, effect.change, said)
                activity = with_card(card, said, [effect.to])
            else:
                said = telling(of, said)
                activity = with_text(said)
            if chat is not None and await self._send(chat, activity, of, effect.key, journal):
                return
            if binding is None:
                raise PermanentError(Message("{service} has no channel, and {name} no chat with me.", **named))
            # Others read it too: what is in the draft is not for them yet.
            posted = await Posting(self._connector, journal).begin(binding, mentioning(said, [who]), None)
        await journal.note(lambda unit: unit.messages.put(of, effect.key, posted.value))
