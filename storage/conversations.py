"""Where messages and services are in Teams, and whom the bot has met there."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any
from unicodedata import normalize

from sqlalchemy import Row, Text, bindparam, case, delete, literal, or_, select

from application.ports import Binding, MessageRef, PersonalConversation, Sender, UserProfile
from changes.model import Person
from storage.codec import load_plain
from storage.columns import among
from storage.tables import bindings, chats, dialogs, messages, people, settings
from storage.transaction import SqlStore, Transaction
from storage.upserts import Upsert, insert_in

_MESSAGE = select(messages).where(messages.c.change == bindparam("of"), messages.c.message == bindparam("name"))
_BINDING = select(bindings).where(bindings.c.service == bindparam("key"))
_place = bindparam("place", type_=Text())
_there = or_(bindings.c.conversation == _place, bindings.c.team == _place, bindings.c.group == _place)
_THERE = select(bindings).where(_there).order_by(bindings.c.service)
_MESSAGES = select(messages).where(messages.c.change == bindparam("of"))
_EVERYBODY = select(people).order_by(people.c.folded, people.c.id)
_PERSON = select(people).where(people.c.id == bindparam("person"))


_NAMED = select(messages).where(messages.c.change == bindparam("of"), among(messages.c.message, "names"))
_PEOPLE = select(people).where(among(people.c.id, "ids"))
_CHAT_COLUMNS = (
    *(chats.c.name.label("chat_name"), chats.c.service_url, chats.c.conversation, chats.c.bot, chats.c.tenant),
)
_CHAT = select(*_CHAT_COLUMNS).where(chats.c.person == bindparam("of"))
_asked = select(literal(1).label("one")).subquery()
# One look for what nearly every turn needs: a statement takes longer to bring there and back than to carry out.
_SENDER = select(
    *(people.c.name, people.c.mri, people.c.language, *_CHAT_COLUMNS),
    *(settings.c.value.label("chosen"), dialogs.c.state, dialogs.c.etag),
).select_from(
    _asked.outerjoin(people, people.c.id == bindparam("person"))
    .outerjoin(chats, chats.c.person == bindparam("person"))
    .outerjoin(settings, settings.c.name == bindparam("language"))
    .outerjoin(dialogs, dialogs.c.key == bindparam("dialog"))
)


class SqlMessages(SqlStore):
    """Messages in the database. Once all of a change are read, the unit of work knows them."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._known: dict[str, dict[str, MessageRef]] = {}

    async def get(self, change_id: str, message: str) -> MessageRef | None:
        row = (await self._transaction.execute(_MESSAGE, {"of": change_id, "name": message})).one_or_none()
        return _ref(row) if row else None

    async def of(self, change_id: str, messages: Collection[str]) -> dict[str, MessageRef]:
        if (known := self._known.get(change_id)) is not None:
            return {name: known[name] for name in messages if name in known}
        rows = (await self._transaction.execute(_NAMED, {"of": change_id, "names": list(messages)})).all()
        return {row.message: _ref(row) for row in rows}

    async def put(self, change_id: str, message: str, ref: MessageRef) -> None:
        self._known.pop(change_id, None)
        await self._transaction.upsert(messages, {"change": change_id, "message": message}, asdict(ref))

    async def copies(self, change_id: str, message: str) -> tuple[str, ...]:
        rows = await self._transaction.execute(_MESSAGES, {"of": change_id})
        known = self._known[change_id] = {row.message: _ref(row) for row in rows}
        copies = (each.partition(f"{message}@") for each in known)
        return tuple(sorted(whose for before, name, whose in copies if name and not before))


class SqlBindings(SqlStore):
    """Bindings in the database."""

    async def get(self, service: str) -> Binding | None:
        async def find() -> Binding | None:
            row = (await self._transaction.execute(_BINDING, {"key": service})).mappings().one_or_none()
            return Binding(**row) if row else None

        return await self._transaction.cached(("binding", service), find)

    async def put(self, binding: Binding) -> None:
        values = asdict(binding)
        await self._transaction.upsert(bindings, {"service": values.pop("service")}, values)

    async def at(self, place: str) -> tuple[Binding, ...]:
        if not place:
            return ()  # a group chat has no team
        return tuple(Binding(**row) for row in (await self._transaction.execute(_THERE, {"place": place})).mappings())

    async def drop(self, service: str) -> None:
        await self._transaction.execute(delete(bindings).where(bindings.c.service == service))


class SqlPeople(SqlStore):
    """People in the database."""

    async def upsert(self, acquaintances: Sequence[UserProfile]) -> None:
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
        if rows:
            await self._transaction.execute(_met(self._transaction.is_postgresql), rows)

    async def get(self, person_id: str) -> UserProfile | None:
        row = (await self._transaction.execute(_PERSON, {"person": person_id})).one_or_none()
        return _profile(row) if row else None

    async def of(self, person_ids: Collection[str]) -> tuple[UserProfile, ...]:
        ids = sorted(person_ids)

        async def find() -> tuple[UserProfile, ...]:
            return tuple(_profile(row) for row in await self._transaction.execute(_PEOPLE, {"ids": ids}))

        return await self._transaction.cached(("people", *ids), find)

    async def sender(self, person_id: str, language: str, dialog: str) -> Sender:
        asked = {"person": person_id, "language": language, "dialog": dialog}
        row = (await self._transaction.execute(_SENDER, asked)).one()
        return Sender(
            UserProfile(Person(person_id, row.name), row.mri, row.language) if row.name is not None else None,
            _chat(person_id, row) if row.conversation is not None else None,
            row.chosen or "",
            load_plain(row.state) if row.etag else {},
            row.etag or 0,
        )

    async def everybody(self) -> tuple[UserProfile, ...]:
        rows = await self._transaction.execute(_EVERYBODY)
        return tuple(_profile(row) for row in rows)


class SqlChats(SqlStore):
    """Chats in the database."""

    async def get(self, person_id: str) -> PersonalConversation | None:
        row = (await self._transaction.execute(_CHAT, {"of": person_id})).one_or_none()
        return None if row is None else _chat(person_id, row)

    async def put(self, chat: PersonalConversation) -> None:
        values = {
            "name": chat.person.name,
            "service_url": chat.service_url,
            "conversation": chat.conversation,
            "bot": chat.bot,
            "tenant": chat.tenant,
        }
        await self._transaction.upsert(chats, {"person": chat.person.id}, values)

    async def drop(self, conversation: str) -> None:
        await self._transaction.execute(delete(chats).where(chats.c.conversation == conversation))


@cache
def _met(is_postgresql: bool) -> Upsert:
    """Inserts people, or takes what is known of them anew."""
    new = insert_in(people, is_postgresql)
    said, known = new.excluded, people.c
    kept = {
        "name": case((said.name == "", known.name), else_=said.name),
        "folded": case((said.name == "", known.folded), else_=said.folded),
        "mri": case((said.mri == "", known.mri), else_=said.mri),
        "language": case((said.language == "", known.language), else_=said.language),
    }
    is_news = or_(kept["name"] != known.name, kept["mri"] != known.mri, kept["language"] != known.language)
    return new.on_conflict_do_update(index_elements=["id"], set_=kept, where=is_news)


def _profile(row: Row[Any]) -> UserProfile:
    return UserProfile(Person(row.id, row.name), row.mri, row.language)


def _ref(row: Row[Any]) -> MessageRef:
    return MessageRef(row.service_url, row.conversation, row.activity, row.thread)


def _chat(person_id: str, row: Row[Any]) -> PersonalConversation:
    who = Person(person_id, row.chat_name)
    return PersonalConversation(who, row.service_url, row.conversation, row.bot, row.tenant)


def _folded(name: str) -> str:
    # Neither engine folds what is not ASCII the way Python does.
    return normalize("NFKC", normalize("NFKC", name.strip()).casefold())
