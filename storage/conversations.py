"""Where messages and services are in Teams, and whom the bot has met there."""

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from sqlalchemy import Row, bindparam, case, delete, or_, select

from application.ports import Binding, MessageRef, PersonalConversation, UserProfile
from changes.model import Person
from storage.sql_store import SqlStore
from storage.tables import bindings, chats, messages, people

_MESSAGE = select(messages).where(messages.c.change == bindparam("of"), messages.c.message == bindparam("name"))
_BINDING = select(bindings).where(bindings.c.service == bindparam("key"))
_PERSON = select(people).where(people.c.id == bindparam("person"))
_CHAT = select(chats).where(chats.c.person == bindparam("of"))


class SqlMessages(SqlStore):
    """Messages in the database."""

    async def get(self, change_id: str, message: str) -> MessageRef | None:
        """The place of the message, or None."""
        row = (await self._transaction.execute(_MESSAGE, {"of": change_id, "name": message})).one_or_none()
        return MessageRef(row.service_url, row.conversation, row.activity, row.thread) if row else None

    async def put(self, change_id: str, message: str, ref: MessageRef) -> None:
        """Remember it."""
        values = {
            "service_url": ref.service_url,
            "conversation": ref.conversation,
            "activity": ref.activity,
            "thread": ref.thread,
        }
        await self._transaction.upsert(messages, {"change": change_id, "message": message}, values)

    async def copies(self, change_id: str, message: str) -> tuple[str, ...]:
        """The ids of those in whose chat that message stands too, as `message@id`, in their order."""
        query = select(messages.c.message).where(
            messages.c.change == change_id, messages.c.message.startswith(f"{message}@", autoescape=True)
        )
        found = (await self._transaction.execute(query)).scalars()
        return tuple(sorted(each.partition("@")[2] for each in found))


class SqlBindings(SqlStore):
    """Bindings in the database."""

    async def get(self, service: str) -> Binding | None:
        """The service's conversation."""
        row = (await self._transaction.execute(_BINDING, {"key": service})).one_or_none()
        return _binding(row) if row else None

    async def put(self, binding: Binding) -> None:
        """Bind, replacing what was bound."""
        values = {
            "service_url": binding.service_url,
            "conversation": binding.conversation,
            "is_channel": binding.is_channel,
            "tenant": binding.tenant,
            "team": binding.team,
            "bot": binding.bot,
            "group": binding.group,
        }
        await self._transaction.upsert(bindings, {"service": binding.service}, values)

    async def at(self, place: str) -> tuple[Binding, ...]:
        """The services bound to that conversation, or to one of the team that has that thread id or group id."""
        if not place:
            return ()  # a group chat has no team
        named = or_(bindings.c.conversation == place, bindings.c.team == place, bindings.c.group == place)
        query = select(bindings).where(named).order_by(bindings.c.service)
        return tuple(_binding(row) for row in await self._transaction.execute(query))

    async def drop(self, service: str) -> None:
        """Unbind."""
        await self._transaction.execute(delete(bindings).where(bindings.c.service == service))


class SqlPeople(SqlStore):
    """People in the database."""

    async def upsert(self, acquaintances: Sequence[UserProfile]) -> None:
        """Insert or update profiles; an empty name or mri never overwrites a known one."""
        # Always in the order of their ids, so that two who remember the same people cannot block each other.
        rows = [
            {
                "id": each.person.id,
                "name": each.person.name,
                "folded": _folded(each.person.name),
                "mri": each.mri,
                "language": each.language,
            }
            for each in sorted(acquaintances, key=lambda each: each.person.id)
        ]
        new = self._transaction.insert(people)
        said, known = new.excluded, people.c
        kept = {
            "name": case((said.name == "", known.name), else_=said.name),
            "folded": case((said.name == "", known.folded), else_=said.folded),
            "mri": case((said.mri == "", known.mri), else_=said.mri),
            "language": case((said.language == "", known.language), else_=said.language),
        }
        is_news = or_(kept["name"] != known.name, kept["mri"] != known.mri, kept["language"] != known.language)
        if rows:
            await self._transaction.execute(
                new.on_conflict_do_update(index_elements=["id"], set_=kept, where=is_news), rows
            )

    async def get(self, person_id: str) -> UserProfile | None:
        """The profile of that person, or None if the bot never met them."""
        row = (await self._transaction.execute(_PERSON, {"person": person_id})).one_or_none()
        return _profile(row) if row else None

    async def everybody(self) -> tuple[UserProfile, ...]:
        """All profiles, ordered by name."""
        rows = await self._transaction.execute(select(people).order_by(people.c.folded, people.c.id))
        return tuple(_profile(row) for row in rows)


class SqlChats(SqlStore):
    """Chats in the database."""

    async def get(self, person_id: str) -> PersonalConversation | None:
        """The person's chat, or None where the bot is not installed."""
        row = (await self._transaction.execute(_CHAT, {"of": person_id})).one_or_none()
        if row is None:
            return None
        return PersonalConversation(
            Person(row.person, row.name), row.service_url, row.conversation, row.bot, row.tenant
        )

    async def put(self, chat: PersonalConversation) -> None:
        """Insert or update the chat."""
        values = {
            "name": chat.person.name,
            "service_url": chat.service_url,
            "conversation": chat.conversation,
            "bot": chat.bot,
            "tenant": chat.tenant,
        }
        await self._transaction.upsert(chats, {"person": chat.person.id}, values)

    async def drop(self, conversation: str) -> None:
        """Remove the chat: the bot was removed from it."""
        await self._transaction.execute(delete(chats).where(chats.c.conversation == conversation))


def _profile(row: Row[Any]) -> UserProfile:
    return UserProfile(Person(row.id, row.name), row.mri, row.language)


def _binding(row: Row[Any]) -> Binding:
    return Binding(
        row.service,
        row.service_url,
        row.conversation,
        row.is_channel,
        tenant=row.tenant,
        team=row.team,
        bot=row.bot,
        group=row.group,
    )


def _folded(name: str) -> str:
    # Neither engine folds what is not ASCII the way Python does.
    return normalize("NFKC", normalize("NFKC", name.strip()).casefold())
