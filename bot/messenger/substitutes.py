"""Sends cards and lines to personal chats, once each, when the service's conversation is unreachable."""

from application.ports import Clock, UnitOfWork, UnitOfWorkFactory
from application.queries.directory import Directory
from application.retry import commit_with_retry
from bot.messenger.reposting import is_early, pending_people
from changes.effects import Effect, PostThreadMessage, TellPerson, UpsertCard, UpsertPersonalCard
from changes.model import Change, Person
from changes.notification.cards import cards_in_use, message_of
from changes.policy import Catalogue

IN_THREAD = ":in-thread"
"""With this ends the key of a line that is said in the thread because it could not be said in the person's chat."""


class PersonalFallback:
    """Puts cards and lines on their way to personal chats.

    Their keys are the same whenever the effect is tried again, so nobody is told twice.
    """

    def __init__(self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock

    async def __call__(self, effect: Effect) -> None:
        """Who is asked for something gets the cards needed for it; who is mentioned gets the card, or the line."""

        async def write(unit: UnitOfWork) -> None:
            stored = await unit.changes.load(effect.change)
            if stored is None:
                return
            await self._needed(unit, stored.change)
            if isinstance(effect, UpsertCard) and not effect.only_edit:
                await unit.outbox.add(await copies_of(unit, effect, effect.mention), self._clock.now())
            if isinstance(effect, PostThreadMessage) and await unit.messages.get(effect.change, effect.key) is None:
                there = await with_chat(unit, effect.mention)
                lines = [TellPerson(line_key(effect, each), effect.change, effect, each) for each in there]
                await unit.outbox.add(lines, self._clock.now())

        await commit_with_retry(self._units, write)

    async def _needed(self, unit: UnitOfWork, change: Change) -> None:
        """The cards in use go to those for whom they wait and who have no copy yet."""
        now = self._clock.now()
        service = await Directory(unit).service(self._catalogue.of(change))
        asked = await with_chat(unit, pending_people(change, service, now))
        for card in cards_in_use(change):
            if is_early(card, change, now):
                continue
            message = message_of(card, change)
            have, key = await unit.messages.copies(change.id, message), f"{change.id}:{message}:in-person"
            copies = [
                UpsertPersonalCard(f"{key}@{p.id}", change.id, card, message, p) for p in asked if p.id not in have
            ]
            await unit.outbox.add(copies, now)


async def copies_of(unit: UnitOfWork, effect: UpsertCard, asked: tuple[Person, ...]) -> list[UpsertPersonalCard]:
    """The card's copies in personal chats: for those who are asked, and where one stands already."""
    standing = [Person(each) for each in await unit.messages.copies(effect.change, effect.message)]
    people = [(person, False) for person in await with_chat(unit, asked)]
    people += [(person, True) for person in standing if person not in asked]
    return [
        UpsertPersonalCard(
            f"{effect.key}@{p.id}", effect.change, effect.card, effect.message, p, only_edit, effect.passing
        )
        for p, only_edit in people
    ]


async def recipients_already_told(unit: UnitOfWork, effect: PostThreadMessage) -> frozenset[Person]:
    """The people who were sent the line in their own chat."""
    refs = [(each, await unit.messages.get(effect.change, line_key(effect, each))) for each in effect.mention]
    return frozenset(each for each, ref in refs if ref is not None)


async def with_chat(unit: UnitOfWork, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The people to whom the bot can write."""
    return tuple([each for each in people if await unit.chats.get(each.id) is not None])


def line_key(effect: PostThreadMessage, person: Person) -> str:
    """The key of the line in the person's own chat."""
    return f"{effect.key}@{person.id}"
