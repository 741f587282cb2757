"""Carries out what the core wants to be said: the live card, cards and lines in the thread, notices, replies."""

from typing import NoReturn

from application.ports import (
    Clock,
    OutcomeUnknown,
    PermanentError,
    RateLimited,
    RetryableError,
    UnitOfWorkFactory,
    UserProfile,
    Wording,
    Write,
)
from bot.connector.client import Connector
from bot.connector.errors import ConnectorError, RateLimitReached, Throttled, Transient, is_gone
from bot.connector.fallback_connector import FallbackConnector
from bot.messenger.in_thread import InThread
from bot.messenger.journal import Journal
from bot.messenger.personal import Personal
from bot.messenger.substitutes import Instead
from bot.messenger.threads import Unreachable
from bot.messenger.views import Views
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
    passing,
)
from changes.model import Person
from changes.policy import Catalogue


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
        wording: Wording,
        *,
        refreshes: bool,
    ) -> None:
        """`refreshes`: the client asks for fresh cards by itself, as Teams does and the Playground does not."""
        self._units, self._connector = units, connector
        self._fallback = fallback = FallbackConnector(units, connector, clock)
        views = Views(catalogue, clock, refreshes=refreshes)
        self._instead = Instead(units, catalogue, clock)
        self._personal = Personal(units, views, fallback, wording)
        self._in_thread = InThread(units, views, fallback, wording)

    async def __call__(self, effect: Effect) -> Write | None:
        """Carry the effect out; what has to be written of it. Raises RetryableError or PermanentError of a refusal."""
        journal = Journal(self._units)
        try:
            await self._carry(effect, journal)
        except ConnectorError as error:
            await journal.flush()
            _translate(error)
        except BaseException:
            await journal.flush()
            raise
        return journal.pending

    async def _carry(self, effect: Effect, journal: Journal) -> None:
        match effect:
            case Reply():
                await self._reply(effect, journal)
            case SyncTeamMembers():
                await self._meet(effect, journal)
            case UpsertPersonalCard():
                await self._personal.copy(effect, journal)
            case SendDigest():
                await self._personal.digest(effect, journal)
            case TellPerson():
                await self._personal.tell(effect, journal)
            case SendNotice():
                await self._in_thread.notice(effect, journal)
            case UpsertStatusCard() | UpsertCard() | PostThreadMessage():
                await self._post(effect, journal)
            case _:
                raise PermanentError(f"nobody here carries out {type(effect).__name__}")

    async def _post(self, effect: UpsertStatusCard | UpsertCard | PostThreadMessage, journal: Journal) -> None:
        try:
            match effect:
                case UpsertStatusCard():
                    await self._in_thread.status(effect, journal)
                case UpsertCard():
                    await self._in_thread.card(effect, journal)
                case PostThreadMessage():
                    await self._in_thread.line(effect, journal)
        except Unreachable:
            # It is given up, and an admin sees why; whoever it was for is asked all the same.
            if not passing(effect):
                await self._instead(effect)
            raise

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
        await journal.note(lambda unit: unit.people.meet(met))


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
