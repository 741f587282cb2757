"""Where messages, services and people are in Teams, dialogs, deliveries, operations and settings, in memory."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from unicodedata import normalize

from application.ports import Binding, Json, MessageRef, Operation, PersonalConversation, UserProfile
from changes.model import Person
from tests.fakes.table import Race, View


class MemoryMessages:
    """The Messages."""

    def __init__(self, rows: View[tuple[str, str], MessageRef]) -> None:
        self._rows = rows

    async def get(self, change_id: str, message: str) -> MessageRef | None:
        return self._rows.rows.get((change_id, message))

    async def put(self, change_id: str, message: str, ref: MessageRef) -> None:
        self._rows.rows[change_id, message] = ref

    async def copies(self, change_id: str, message: str) -> tuple[str, ...]:
        keys = [key for change, key in self._rows.rows if change == change_id and key.startswith(f"{message}@")]
        return tuple(sorted(key.partition("@")[2] for key in keys))


class MemoryBindings:
    """The Bindings."""

    def __init__(self, rows: View[str, Binding]) -> None:
        self._rows = rows

    async def get(self, service: str) -> Binding | None:
        return self._rows.rows.get(service)

    async def put(self, binding: Binding) -> None:
        self._rows.rows[binding.service] = binding

    async def at(self, place: str) -> tuple[Binding, ...]:
        bound = [
            each for each in self._rows.rows.values() if place and place in (each.conversation, each.team, each.group)
        ]
        return tuple(sorted(bound, key=lambda each: each.service))

    async def drop(self, service: str) -> None:
        self._rows.rows.pop(service, None)


class MemoryPeople:
    """The People."""

    def __init__(self, rows: View[str, UserProfile]) -> None:
        self._rows = rows

    async def meet(self, acquaintances: Sequence[UserProfile]) -> None:
        for each in acquaintances:
            known = self._rows.rows.get(each.person.id, UserProfile(Person(each.person.id)))
            name, mri = each.person.name or known.person.name, each.mri or known.mri
            language = each.language or known.language
            self._rows.rows[each.person.id] = UserProfile(Person(each.person.id, name), mri, language)

    async def get(self, person_id: str) -> UserProfile | None:
        return self._rows.rows.get(person_id)

    async def everybody(self) -> tuple[UserProfile, ...]:
        return tuple(sorted(self._rows.rows.values(), key=lambda each: (_folded(each.person.name), each.person.id)))


class MemoryChats:
    """The Chats."""

    def __init__(self, rows: View[str, PersonalConversation]) -> None:
        self._rows = rows

    async def get(self, person_id: str) -> PersonalConversation | None:
        return self._rows.rows.get(person_id)

    async def put(self, chat: PersonalConversation) -> None:
        if self._rows.rows.get(chat.person.id) != chat:
            self._rows.rows[chat.person.id] = chat

    async def drop(self, conversation: str) -> None:
        for person in [key for key, each in self._rows.rows.items() if each.conversation == conversation]:
            del self._rows.rows[person]


class MemoryDialogs:
    """The Dialogs. The state lies here as JSON, so that nothing else can be kept."""

    def __init__(self, rows: View[str, tuple[str, int]], etags: Iterator[int], race: Race) -> None:
        self._rows, self._etags, self._race = rows, etags, race

    async def load(self, key: str) -> tuple[Json, int]:
        state, etag = self._rows.rows.get(key, ("{}", 0))
        return json.loads(state), etag

    async def save(self, key: str, state: Json, etag: int) -> None:
        written = json.dumps(state)
        if (await self.load(key))[1] != etag:
            raise self._race.lose()
        self._rows.rows.pop(key, None)
        if state:
            self._rows.rows[key] = written, next(self._etags)


class MemoryDeliveries:
    """The Deliveries."""

    def __init__(self, rows: View[str, str], race: Race) -> None:
        self._rows, self._race = rows, race

    async def answer(self, key: str) -> Json | None:
        given = self._rows.rows.get(key)
        return None if given is None else json.loads(given)

    async def remember(self, key: str, answer: Json, now: datetime) -> None:
        if key in self._rows.rows:
            raise self._race.lose()
        self._rows.rows[key] = json.dumps(answer)


class MemoryOperations:
    """The OperationStore."""

    def __init__(self, rows: View[str, Operation]) -> None:
        self._rows = rows

    async def put(self, operation: Operation) -> None:
        self._rows.rows[operation.key] = operation

    async def get(self, key: str) -> Operation | None:
        return self._rows.rows.get(key)

    async def running(self) -> tuple[Operation, ...]:
        return tuple(each for each in self._oldest_first() if not each.state.over)

    async def latest(self, change_id: str, kind: str) -> Operation | None:
        asked = [each for each in self._oldest_first() if (each.change, each.kind) == (change_id, kind)]
        return asked[-1] if asked else None

    async def since(self, moment: datetime) -> tuple[Operation, ...]:
        return tuple(
            each for each in reversed(self._rows.rows.values()) if not each.state.over or each.asked_at >= moment
        )

    def _oldest_first(self) -> list[Operation]:
        return sorted(self._rows.rows.values(), key=lambda each: each.asked_at)


class MemorySettings:
    """The Settings."""

    def __init__(self, rows: View[str, str]) -> None:
        self._rows = rows

    async def get(self, name: str) -> str | None:
        return self._rows.rows.get(name)

    async def put(self, name: str, value: str) -> None:
        self._rows.rows[name] = value


def _folded(name: str) -> str:
    return normalize("NFKC", normalize("NFKC", name.strip()).casefold())
