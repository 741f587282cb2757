"""Where people and services are in Teams, and where the bot's messages are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from changes.model import Person


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a message that was posted can be edited. `thread` is the conversation id under which replies to it go."""

    service_url: str
    conversation: str
    activity: str
    thread: str


@dataclass(frozen=True, slots=True)
class Binding:
    """The conversation that belongs to a service: a channel (posts become threads) or a group chat.

    A team has two names: `team` is its thread id, `group` the id of its Microsoft 365 group (docs/process.md, P94).
    """

    service: str
    service_url: str
    conversation: str
    is_channel: bool
    tenant: str = ""
    team: str = ""
    bot: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class UserProfile:
    """A person the bot has met: the Entra object id, the name and the id Teams knows them by (`29:…`).

    `language` is the one their Teams speaks, or the one they chose.
    """

    person: Person
    mri: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PersonalConversation:
    """The personal chat of a person with the bot, where the bot may write to them."""

    person: Person
    service_url: str
    conversation: str
    bot: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Everything that is known of whoever sent an activity: `language` is the one they chose, empty if they did not.

    `dialog` is the state of their open dialog, and `etag` its etag; 0 when none is open.
    """

    profile: UserProfile | None = None
    chat: PersonalConversation | None = None
    language: str = ""
    dialog: Mapping[str, object] = field(default_factory=dict)
    etag: int = 0


@dataclass(frozen=True, slots=True)
class Absence:
    """Days, both included, on which a person decides nothing."""

    id: int
    person: Person
    first: date
    last: date


class Messages(Protocol):
    """Where the bot's messages are, by change and message key (`status`, `precheck:1`, `day`, …)."""

    async def get(self, change_id: str, message: str) -> MessageRef | None:
        """The place of the message, or None."""

    async def of(self, change_id: str, messages: Collection[str]) -> Mapping[str, MessageRef]:
        """The places of those of the messages that were posted."""

    async def put(self, change_id: str, message: str, ref: MessageRef) -> None:
        """Remember it."""

    async def copies(self, change_id: str, message: str) -> tuple[str, ...]:
        """The ids of those in whose chat that message stands too, as `message@id`, in their order."""


class Bindings(Protocol):
    """Which conversation belongs to which service."""

    async def get(self, service: str) -> Binding | None:
        """The service's conversation."""

    async def put(self, binding: Binding) -> None:
        """Bind, replacing what was bound."""

    async def at(self, place: str) -> tuple[Binding, ...]:
        """The services bound to that conversation, or to one of the team that has that thread id or group id."""

    async def drop(self, service: str) -> None:
        """Unbind."""


class People(Protocol):
    """Everybody the bot has met."""

    async def upsert(self, acquaintances: Sequence[UserProfile]) -> None:
        """Insert or update profiles; an empty name or mri never overwrites a known one."""

    async def get(self, person_id: str) -> UserProfile | None:
        """The profile of that person, or None if the bot never met them."""

    async def of(self, person_ids: Collection[str]) -> tuple[UserProfile, ...]:
        """The profiles of those of the people whom the bot has met."""

    async def sender(self, person_id: str, language: str, dialog: str) -> Sender:
        """What is known of them, with the setting `language` and the dialog of that key."""

    async def everybody(self) -> tuple[UserProfile, ...]:
        """All profiles, ordered by name."""


class Chats(Protocol):
    """The personal chats in which the bot is installed."""

    async def get(self, person_id: str) -> PersonalConversation | None:
        """The person's chat, or None where the bot is not installed."""

    async def put(self, chat: PersonalConversation) -> None:
        """Insert or update the chat."""

    async def drop(self, conversation: str) -> None:
        """Remove the chat: the bot was removed from it."""


class Absences(Protocol):
    """When people are away."""

    async def add(self, person: Person, first: date, last: date) -> Absence:
        """Note that the person is away on these days, both included."""

    async def of(self, people: Sequence[Person], since: date) -> tuple[Absence, ...]:
        """The people's absences that are not over on that day, the earliest first."""

    async def drop(self, absence: int) -> None:
        """Remove the absence."""
