"""What stands on the stage for Teams, the mailbox and the provider: it notes what it gets, and calls nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from application.ports import Clock
from application.ports.provider import OperationStatus, PreflightReport, data_disk_only
from bot.connector.client import Connector
from bot.messenger.message_factory import with_text
from changes.snapshots import OperationState, Server
from changes.text import Message, joined
from infomaniak.manual import Manual
from language import N_
from notices import Mail, NoMailbox

Note = Callable[[Message, dict[str, Any]], str]
"""Notes a message, and to whom it goes; its id."""

CHAT, CHANNEL = N_("chat of {name}"), N_("channel of {service}")
MAIL = N_("mail to {address}")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that somebody would have got: when, to whom, and what it says."""

    at: datetime
    to: Message
    activity: dict[str, Any]


class RecordingConnector(Connector):
    """Notes each message, and answers as Teams would. What is edited in place is no new message."""

    def __init__(self, note: Note, chats: Mapping[str, Message], channel: Message) -> None:
        """`chats` says whose each personal conversation is; any other is the `channel`. It has no client."""
        self._note, self._chats, self._channel = note, chats, channel

    async def send(self, service_url: str, conversation_id: str, activity: dict[str, Any]) -> str:
        """Note it."""
        return self._note(self._chats.get(conversation_id, self._channel), activity)

    async def update(self, service_url: str, conversation_id: str, activity_id: str, activity: dict[str, Any]) -> None:
        """Do nothing."""

    async def create_conversation(self, service_url: str, parameters: dict[str, Any]) -> tuple[str, str]:
        """Note its first message."""
        channel = str(parameters["channelData"]["channel"]["id"])
        message = self._note(self._channel, parameters["activity"])
        return f"{channel};messageid={message}", message


class RecordingMailbox(NoMailbox):
    """Notes each mail."""

    def __init__(self, note: Note) -> None:
        self._note = note

    async def send(self, mail: Mail) -> str:
        """Note it; there is no place where it lies."""
        letter = joined(Message("**{subject}**", subject=mail.subject), *mail.text.splitlines(), by="\n\n")
        self._note(Message(MAIL, address=mail.to), with_text(letter))
        return ""


class PunctualProvider(Manual):
    """A provider that is in order, and whose operations take as long as the settings say."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._ends = clock, dict[str, datetime]()

    async def preflight(self, vps: Server) -> PreflightReport:
        """Nothing to complain of: nobody is asked."""
        return PreflightReport()

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Begin."""
        return self._begun(vps, f"snapshot:{name}", vps.snapshot_minutes)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Begin."""
        return self._begun(vps, f"restore:{name}", vps.restore_minutes)

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """Whether it has ended, by the clock."""
        end = self._ends[handle]
        state = OperationState.RUNNING if self._clock.now() < end else OperationState.SUCCEEDED
        return OperationStatus(state, handle, finished_at=end)

    def _begun(self, vps: Server, handle: str, minutes: int) -> OperationStatus:
        data_disk_only(vps)
        self._ends[handle] = self._clock.now() + timedelta(minutes=minutes)
        return OperationStatus(OperationState.RUNNING, handle)
