"""Carries out what the core wants to be said: the live card, cards and lines in the thread, notices, replies."""

from dataclasses import dataclass
from typing import Any, NoReturn

from bot.connector import Connector
from bot.connector_errors import ConnectorError, Full, Throttled, Transient
from bot.personal import Personal, view_of
from bot.posts import mentioning, with_card, with_text
from cards import card_for, invitation, line
from cards.status import status_card
from cards.view import View
from changes.effects import (
    CardKind,
    Effect,
    MeetTeam,
    NoticeKind,
    Reply,
    SendDigest,
    SendNotice,
    ShowCard,
    ShowCopy,
    ShowStatus,
    Tell,
)
from changes.insist import insist
from changes.model import Change, Person
from changes.policy import Catalogue, Service
from changes.ports import (
    Acquaintance,
    Binding,
    Clock,
    Later,
    MessageRef,
    Never,
    NotYet,
    Result,
    Told,
    UnitOfWork,
    Units,
    Unsure,
    Wording,
)
from changes.sayings import Said
from changes.service import language_of
from changes.told import of_post
from language import LANGUAGES, speaking

STATUS = "status"


@dataclass(frozen=True, slots=True)
class _Scene:
    """A change as it stands when something about it is said."""

    view: View
    binding: Binding

    @property
    def change(self) -> Change:
        return self.view.change


class Messenger:
    """Draws from the change as it stands at delivery, and remembers where each message is."""

    def __init__(
        self,
        units: Units,
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
        self._personal = Personal(units, catalogue, clock, connector, wording, self._announce, refreshes=refreshes)

    async def __call__(self, effect: Effect) -> None:
        """Carry the effect out. Raises Later or Never when Teams did not take it."""
        with speaking(await self._language(effect)):
            await self._carry(effect)

    async def _language(self, effect: Effect) -> str:
        """To one person in their own language, to everybody in the first of the service's that the bot speaks."""
        if not effect.change:
            return "en"
        async with self._units() as unit:
            stored = await unit.changes.load(effect.change)
            own = ""
            if isinstance(effect, ShowCopy | SendDigest):
                own = await language_of(unit, effect.to) if await unit.chats.get(effect.to.id) else ""
        if own:
            return own
        return shared(self._catalogue.service(stored.change.plan.service)) if stored else "en"

    async def _carry(self, effect: Effect) -> None:
        try:
            match effect:
                case Reply():
                    where = effect.conversation
                    await self._connector.send(str(where["serviceUrl"]), str(where["id"]), dict(effect.activity))
                case MeetTeam():
                    await self._meet(effect)
                case ShowStatus():
                    await self._status(effect.change)
                case ShowCard():
                    await self._card(effect)
                case ShowCopy():
                    await self._personal.copy(effect)
                case SendDigest():
                    await self._personal.digest(effect)
                case Tell():
                    await self._tell(effect)
                case SendNotice():
                    await self._notice(effect)
                case _:
                    raise Never(f"nobody here carries out {type(effect).__name__}")
        except ConnectorError as error:
            _translate(error)

    async def _meet(self, effect: MeetTeam) -> None:
        async with self._units() as unit:
            binding = await unit.bindings.get(effect.service)
        if binding is None:
            return
        members = await self._connector.members(binding.service_url, binding.conversation)
        async with self._units() as unit:
            await unit.people.meet(
                [Acquaintance(Person(each.aad_object_id, each.name), each.id) for each in members if each.aad_object_id]
            )

    async def _status(self, change_id: str) -> MessageRef:
        """Post or edit the change's live card; where it is."""
        async with self._units() as unit:
            scene = await self._scene(unit, change_id)
            ref = await unit.messages.get(change_id, STATUS)
        activity = with_card(status_card(scene.view))
        if ref is not None:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity)
            return ref
        return await self._post(scene.binding, activity, change_id, STATUS)

    async def _card(self, effect: ShowCard) -> None:
        async with self._units() as unit:
            # Before the channel's own card: whatever becomes of that, whoever is asked has it.
            await self._personal.copies(unit, effect)
        async with self._units() as unit:
            scene = await self._scene(unit, effect.change)
            ref = await unit.messages.get(effect.change, effect.message)
        notice = ""
        if effect.card is CardKind.GO:
            notice = self._wording.preview(NoticeKind.PLANNED, scene.change, scene.view.service, self._clock.now())
        activity = with_card(card_for(effect.card, scene.view, effect.message, notice))
        if ref is not None:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity)
            return
        if effect.only_edit:
            return
        # The mention is a line of its own, because a card tells nobody; its own key keeps it single on a retry.
        if effect.mention:
            text = invitation(effect.card, scene.view)
            await self._say(effect.change, f"{effect.message}:mention", text, effect.mention)
        await self._in_thread(effect.change, effect.message, activity)

    async def _tell(self, nudge: Tell) -> None:
        effect = await self._personal.nudged(nudge)
        if effect is None:
            return
        async with self._units() as unit:
            scene = await self._scene(unit, effect.change)
        await self._say(effect.change, effect.key, line(effect, scene.view), effect.mention)

    async def _notice(self, effect: SendNotice) -> None:
        async with self._units() as unit:
            scene = await self._scene(unit, effect.change)
            ref = await unit.messages.get(effect.change, effect.key)
        if ref is None:
            text = self._wording.post(effect, scene.change, scene.view.service)
            told = of_post(effect, scene.view.service, Result.SENT, self._clock.now())
            await self._post(scene.binding, with_text(text), effect.change, effect.key, told)

    async def _say(self, change_id: str, message: str, text: str, mention: tuple[Person, ...]) -> None:
        async with self._units() as unit:
            if await unit.messages.get(change_id, message) is not None:
                return
            people = [await unit.people.get(person.id) or Acquaintance(person) for person in mention]
        await self._in_thread(change_id, message, mentioning(text, people))

    async def _in_thread(self, change_id: str, message: str, activity: dict[str, Any]) -> None:
        async with self._units() as unit:
            root = await unit.messages.get(change_id, STATUS)
        root = root or await self._status(change_id)
        posted = await self._connector.send(root.service_url, root.thread, activity)
        ref = MessageRef(root.service_url, root.thread, posted, root.thread)
        await insist(self._units, lambda unit: unit.messages.put(change_id, message, ref))

    async def _post(
        self, binding: Binding, activity: dict[str, Any], change_id: str, message: str, told: Told | None = None
    ) -> MessageRef:
        """A message of its own: a new thread in a channel, a plain message in a group chat; `told` is noted with it."""
        if binding.is_channel:
            parameters = {
                "isGroup": True,
                "bot": {"id": binding.bot},
                "tenantId": binding.tenant,
                "activity": activity,
                "channelData": {"channel": {"id": binding.conversation}, "tenant": {"id": binding.tenant}},
            }
            thread, posted = await self._connector.create_conversation(binding.service_url, parameters)
        else:
            thread = binding.conversation
            posted = await self._connector.send(binding.service_url, thread, activity)
        ref = MessageRef(binding.service_url, thread, posted, thread)

        async def write(unit: UnitOfWork) -> None:
            await unit.messages.put(change_id, message, ref)
            if told is not None:
                await unit.ledger.note(told)

        await insist(self._units, write)
        return ref

    async def _scene(self, unit: UnitOfWork, change_id: str) -> _Scene:
        view = await view_of(unit, self._catalogue, self._clock, change_id, refreshes=self._refreshes)
        return _Scene(view, await self._bound(unit, view.service))

    async def _bound(self, unit: UnitOfWork, service: Service) -> Binding:
        binding = await unit.bindings.get(service.key)
        if binding is None:
            raise Never(
                Said(
                    "{name} is not bound to a channel: type `@Change bot bind {key}` in it.",
                    name=service.name,
                    key=service.key,
                )
            )
        return binding

    async def _announce(self, service: Service, activity: dict[str, Any], change_id: str, message: str) -> None:
        """A message of its own in the service's channel or group chat."""
        async with self._units() as unit:
            binding = await self._bound(unit, service)
        await self._post(binding, activity, change_id, message)


def shared(service: Service) -> str:
    """The language in which the bot speaks to everybody of the service."""
    return next((each for each in service.languages if each in LANGUAGES), "en")


def _translate(error: ConnectorError) -> NoReturn:
    match error:
        case Full():
            raise NotYet(str(error), error.seconds) from error
        case Throttled():
            raise Later(str(error), error.retry_after) from error
        case Transient(maybe_accepted=True):
            raise Unsure(str(error)) from error
        case Transient():
            raise Later(str(error)) from error
        case _:
            raise Never(str(error)) from error
