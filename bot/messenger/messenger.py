"""Carries out what the core wants to be said: the live card, cards and lines in the thread, notices, replies."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from application.change_context import ChangeContext
from application.ports import (
    Clock,
    OutcomeUnknown,
    PermanentError,
    RateLimited,
    RetryableError,
    UnitOfWorkFactory,
    UserProfile,
    Wording,
)
from application.queries import language_of
from application.retry import commit_with_retry
from bot.connector.client import Connector
from bot.connector.errors import ConnectorError, RateLimitReached, Rejected, Throttled, Transient, is_gone
from bot.connector.fallback_connector import FallbackConnector
from bot.connector.refusal_memory import RefusalMemory
from bot.messenger.message_factory import mentioning, with_card, with_text
from bot.messenger.personal import Personal, view_of
from bot.messenger.reposting import STATUS
from bot.messenger.substitutes import Instead, heard
from bot.messenger.threads import Stood, Threads, Unreachable
from cards import card_for, invitation, line
from cards.elements.notification import about, about_change
from cards.thread_messages import carried_on
from changes.effects import (
    Effect,
    PostThreadMessage,
    Reply,
    SendDigest,
    SendNotice,
    SyncTeamMembers,
    TellPerson,
    UpsertCard,
    UpsertPersonalCard,
    UpsertStatusCard,
    addressee,
    passing,
)
from changes.model import Change, Person
from changes.notification.cards import CardKind, cards_in_use, message_of
from changes.notification.delivery_log import DeliveryChannel, DeliveryStatus, of_post, of_reduced
from changes.notification.notices import NoticeKind
from changes.policy import Catalogue, Service
from changes.text.messages import Message, template
from language import LANGUAGES, use_language

Carrier = Callable[[Any], Awaitable[None]]
UNCALLED = template("Teams refused the line that calls people to the card, so nobody was notified.")


class Messenger:
    """Draws from the change as it stands at delivery, and remembers where each message is."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        connector: Connector,
        wording: Wording,
        *,
        refreshes: bool,
    ) -> None:
        """`refreshes`: the client asks for fresh cards by itself, as Teams does and the Playground does not."""
        self._units, self._catalogue, self._clock = units, catalogue, clock
        self._connector, self._wording, self._refreshes = connector, wording, refreshes
        self._fallback = fallback = FallbackConnector(units, connector, clock)
        self._uncalled = RefusalMemory(clock)
        self._threads, self._instead = Threads(units, fallback), Instead(units, catalogue, clock)
        self._personal = Personal(
            units, catalogue, clock, fallback, wording, self._threads.announce, refreshes=refreshes
        )

        self.carriers: Mapping[type[Effect], Carrier] = {
            Reply: self._reply,
            SyncTeamMembers: self._meet,
            UpsertStatusCard: self._in_thread(self._status),
            UpsertCard: self._in_thread(self._card),
            PostThreadMessage: self._in_thread(self._tell),
            UpsertPersonalCard: self._personal.copy,
            SendDigest: self._personal.digest,
            TellPerson: self._personal.tell,
            SendNotice: self._notice,
        }

    async def __call__(self, effect: Effect) -> None:
        """Carry the effect out. Raises RetryableError or PermanentError when Teams did not take it."""
        with use_language(await self._language(effect)):
            await self._carry(effect)

    async def _language(self, effect: Effect) -> str:
        """To one person in their own language, to everybody in the first of the service's that the bot speaks."""
        if not effect.change:
            return "en"
        async with self._units() as unit:
            stored = await unit.changes.load(effect.change)
            person = addressee(effect)
            own = await language_of(unit, person) if person and await unit.chats.get(person.id) else ""
        if own:
            return own
        return shared(self._catalogue.of(stored.change)) if stored else "en"

    async def _carry(self, effect: Effect) -> None:
        try:
            carry = self.carriers.get(type(effect))
            if carry is None:
                raise PermanentError(f"nobody here carries out {type(effect).__name__}")
            await carry(effect)
        except ConnectorError as error:
            _translate(error)

    async def _reply(self, effect: Reply) -> None:
        where = effect.conversation
        try:
            await self._fallback.send(str(where["serviceUrl"]), str(where["id"]), dict(effect.activity))
        except ConnectorError as error:
            if is_gone(error):
                await self._personal.forget(str(where["id"]), error)
            raise

    def _in_thread(self, carry: Carrier) -> Carrier:
        async def carried(effect: Effect) -> None:
            try:
                await carry(effect)
            except Unreachable:
                # It is given up, and an admin sees why; whoever it was for is asked all the same.
                if not passing(effect):
                    await self._instead(effect)
                raise

        return carried

    async def _meet(self, effect: SyncTeamMembers) -> None:
        async with self._units() as unit:
            binding = await unit.bindings.get(effect.service)
        if binding is None:
            return
        members = await self._connector.members(binding.service_url, binding.conversation)
        async with self._units() as unit:
            await unit.people.meet(
                [UserProfile(Person(each.aad_object_id, each.name), each.id) for each in members if each.aad_object_id]
            )

    async def _status(self, effect: UpsertStatusCard) -> None:
        view = await self._view(effect.change)
        if not effect.passing:
            await self._threads.status(view)
        elif await self._redrawn_in_passing(view) is Stood.LOST:
            await self._ask_anew(view, STATUS, UpsertStatusCard("", effect.change))

    async def _redrawn_in_passing(self, view: ChangeContext) -> Stood:
        try:
            return await self._threads.redraw_status(view)
        except Unreachable:
            return Stood.LOST

    async def _ask_anew(self, view: ChangeContext, message: str, effect: UpsertStatusCard | UpsertCard) -> None:
        """Ask once for what a redraw in passing found gone: that is tried but once, and is no way to post anything."""
        async with self._units() as unit:
            ref = await unit.messages.get(view.change.id, message)
            key = f"{view.change.id}:{message}:anew:for:{ref.activity if ref else ''}"
            await unit.outbox.add([replace(effect, key=key)], self._clock.now())

    async def _card(self, effect: UpsertCard) -> None:
        async with self._units() as unit:
            # Before the channel's own card: whatever becomes of that, whoever is asked has it.
            await self._personal.copies(unit, effect)
        view = await self._view(effect.change)
        notice = ""
        if effect.card is CardKind.GO:
            notice = self._wording.preview(NoticeKind.PLANNED, view.change, view.service, self._clock.now())
        text = _asking(effect, view) if effect.mention else about(view.change)
        activity = with_card(card_for(effect.card, view, effect.message, notice), text, effect.mention)
        stood = await self._threads.redraw(view, effect.message, activity)
        if effect.passing and stood is Stood.LOST:
            again = replace(effect, passing=False, only_edit=True, anew=True)
            await self._ask_anew(view, effect.message, again)
            return
        posts = stood is not Stood.EDITED and _is_wanted(effect, stood, view.change)
        if posts or (effect.anew and stood is Stood.EDITED):
            await self._with_call(effect, view, stood, activity if posts else None)

    async def _with_call(
        self, effect: UpsertCard, view: ChangeContext, stood: Stood, activity: dict[str, Any] | None
    ) -> None:
        """Call people to the card and post it, unless it stands; where Teams refuses the call, the card alone."""
        key = f"{effect.message}:mention"
        call = f"{view.change.id}|{key}"
        known = self._uncalled.get(call)
        if known is None:
            try:
                await self._invite(effect, view, stood)
            except Rejected as refusal:
                if is_gone(refusal):
                    raise
                # Until the card stands: there may be no room for it yet, and the call is not tried again meanwhile.
                known = self._uncalled.put(call, refusal)
        if activity is not None:
            try:
                await self._threads.card(view, effect.message, activity)
            except (Rejected, Unreachable):
                # It is given up with its call, and whoever sends it again sends both.
                self._uncalled.discard(call)
                raise
        if known is not None:
            # Only now: before it stands nothing was sent that could have gone out with less.
            why, now = f"{UNCALLED} {known.first}", self._clock.now()
            told = of_reduced(view.change.id, key, view.service.name, DeliveryChannel.TEAMS, now, why)
            await commit_with_retry(self._units, lambda unit: unit.ledger.note(told))
            self._uncalled.discard(call)

    async def _invite(self, effect: UpsertCard, view: ChangeContext, stood: Stood) -> None:
        """A line of its own, because a card tells nobody; its own key keeps it single on a retry."""
        key = f"{effect.message}:mention"
        said_here = await self._threads.says(view, key)
        # A card that stood all the time and for which nobody was called here needs no call now.
        if effect.mention and not said_here and not (said_here is None and stood is Stood.EDITED):
            await self._say(view, key, _asking(effect, view), effect.mention)

    async def _tell(self, nudge: PostThreadMessage) -> None:
        effect = await self._personal.nudged(nudge)
        if effect is None:
            return
        view = await self._view(effect.change)
        async with self._units() as unit:
            if await unit.messages.get(effect.change, effect.key) is not None:
                return
            told = await heard(unit, effect)
        await self._say(view, effect.key, line(effect, view), effect.mention, told)

    async def _notice(self, effect: SendNotice) -> None:
        view = await self._view(effect.change)
        async with self._units() as unit:
            ref = await unit.messages.get(effect.change, effect.key)
        if ref is None:
            subject = self._wording.subject(effect, view.change, view.service)
            summary = Message("{subject} ({title})", subject=subject, title=view.change.plan.title)
            text = Message.from_markup(self._wording.post(effect, view.change, view.service))
            activity = with_text(text, summary)
            told = of_post(effect, view.service, DeliveryStatus.SENT, self._clock.now())
            await self._threads.announce(view.service, effect.change, effect.key, activity, told)

    async def _say(
        self, view: ChangeContext, message: str, text: str, mention: tuple[Person, ...], told: Collection[Person] = ()
    ) -> None:
        """Say it in the thread; `told` are named only, because they have heard it already."""
        async with self._units() as unit:
            people = [
                UserProfile(person) if person in told else await unit.people.get(person.id) or UserProfile(person)
                for person in mention
            ]
        await self._threads.say(view, message, mentioning(text, people, about_change(text, view.change)))

    async def _view(self, change_id: str) -> ChangeContext:
        async with self._units() as unit:
            return await view_of(unit, self._catalogue, self._clock, change_id, refreshes=self._refreshes)


def _asking(effect: UpsertCard, view: ChangeContext) -> str:
    """What the card asks of those who are mentioned with it."""
    return carried_on(view) if effect.anew else invitation(effect.card, view)


def _is_wanted(effect: UpsertCard, stood: Stood, change: Change) -> bool:
    """Whether a card that does not stand is posted: one that is only edited is a record, unless it is in use."""
    if not effect.only_edit:
        return True
    in_use = effect.message in [message_of(kind, change) for kind in cards_in_use(change)]
    return in_use and (stood is Stood.LOST or effect.anew)


def shared(service: Service) -> str:
    """The language in which the bot speaks to everybody of the service."""
    return next((each for each in service.languages if each in LANGUAGES), "en")


def _translate(error: ConnectorError) -> NoReturn:
    match error:
        case RateLimitReached():
            raise RateLimited(str(error), error.seconds) from error
        case Throttled():
            raise RetryableError(str(error), error.retry_after) from error
        case Transient(maybe_accepted=True):
            raise OutcomeUnknown(str(error)) from error
        case Transient():
            raise RetryableError(str(error)) from error
        case _:
            raise PermanentError(str(error)) from error
