"""Carries out what the core wants to be said: the live card, cards and lines in the thread, notices, replies."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from application.ports import (
    Clock,
    NoticeTexts,
    PermanentError,
    UnitOfWorkFactory,
    UserProfile,
    Write,
)
from bot.connector.client import Connector
from bot.connector.errors import ConnectorError, is_gone
from bot.messenger.fallback_connector import FallbackConnector
from bot.messenger.in_thread import InThread
from bot.messenger.journal import Journal
from bot.messenger.personal import Personal
from bot.messenger.posting import Unreachable
from bot.messenger.series import OwnerMessages
from bot.messenger.substitutes import PersonalFallback
from bot.messenger.views import ContextLoader
from changes.effects import (
    Effect,
    PostThreadMessage,
    Reply,
    SendDigest,
    SendNotice,
    SyncTeamMembers,
    TellOwner,
    TellPerson,
    UpsertCard,
    UpsertPersonalCard,
    UpsertStatusCard,
    passing,
)
from changes.model import Person
from changes.policy import Catalogue

Carrier = Callable[[Any, Journal], Awaitable[None]]


class Messenger:
    """Draws from the change as it stands at delivery, and remembers where each message is.

    A delivery reads everything in one unit of work, and what it did is written in another one, together with its end.
    """

    def __init__(
        self,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        connector: Connector,
        wording: NoticeTexts,
        *,
        refreshes: bool,
    ) -> None:
        """`refreshes`: the client asks for fresh cards by itself, as Teams does and the Playground does not."""
        self._units, self._connector = units, connector
        self._fallback = fallback = FallbackConnector(units, connector, clock)
        views = ContextLoader(catalogue, clock, refreshes=refreshes)
        self._instead = PersonalFallback(units, catalogue, clock)
        self._personal = Personal(units, views, fallback, wording)
        in_thread = InThread(units, views, fallback, wording)
        self.carriers: Mapping[type[Effect], Carrier] = {
            Reply: self._reply,
            SyncTeamMembers: self._meet,
            UpsertStatusCard: self._with_personal_fallback(in_thread.status),
            UpsertCard: self._with_personal_fallback(in_thread.card),
            PostThreadMessage: self._with_personal_fallback(in_thread.line),
            UpsertPersonalCard: self._personal.copy,
            SendDigest: self._personal.digest,
            TellPerson: self._personal.tell,
            TellOwner: OwnerMessages(units, views, fallback, wording).tell_owner,
            SendNotice: in_thread.notice,
        }

    async def __call__(self, effect: Effect) -> Write | None:
        """Carry the effect out; what has to be written of it. Raises RetryableError or PermanentError of a refusal."""
        journal = Journal(self._units)
        try:
            await self._carry(effect, journal)
        except BaseException:
            await journal.flush()
            raise
        return journal.pending

    async def _carry(self, effect: Effect, journal: Journal) -> None:
        carry = self.carriers.get(type(effect))
        if carry is None:
            raise PermanentError(f"nobody here carries out {type(effect).__name__}")
        await carry(effect, journal)

    def _with_personal_fallback(self, carry: Carrier) -> Carrier:
        async def carried(effect: Effect, journal: Journal) -> None:
            try:
                await carry(effect, journal)
            except Unreachable:
                # It is given up, and an admin sees why; whoever it was for is asked all the same.
                if not passing(effect):
                    await self._instead(effect)
                raise

        return carried

    async def _reply(self, effect: Reply, journal: Journal) -> None:
        where = effect.conversation
        try:
            await self._fallback.send(str(where["serviceUrl"]), str(where["id"]), dict(effect.activity))
        except ConnectorError as error:
            if is_gone(error):
                await self._personal.forget(str(where["id"]), error, journal)
            raise

    async def _meet(self, effect: SyncTeamMembers, journal: Journal) -> None:
        async with self._units() as unit:
            binding = await unit.bindings.get(effect.service)
        if binding is None:
            return
        members = await self._connector.members(binding.service_url, binding.conversation)
        met = [UserProfile(Person(each.aad_object_id, each.name), each.id) for each in members if each.aad_object_id]
        await journal.note(lambda unit: unit.people.upsert(met))
