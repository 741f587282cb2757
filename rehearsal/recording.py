"""What stands on the stage for Teams, the mailbox and the provider: it notes what it gets, and calls nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import ClientSession
from pydantic_core import to_json

from application.ports import Clock
from application.ports.http_answer import HttpAnswer
from application.ports.provider import OperationStatus, PreflightReport, data_disk_only
from bot.connector.client import Connector
from changes.snapshots import OperationState, Server
from notices import Mail


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that somebody would have got: when, in which conversation or at which address, and what it says.

    `begins` a thread in its channel. A mail has a subject.
    """

    at: datetime
    place: str
    activity: dict[str, Any]
    begins: bool = False
    subject: str = ""


Note = Callable[[Delivered], None]


class RecordingConnector(Connector):
    """Notes each message, and answers as Teams would. What is edited in place is no new message."""

    def __init__(self, client: ClientSession, clock: Clock, note: Note) -> None:
        """`client` is never used."""
        super().__init__(client)
        self._clock, self._note, self._numbers = clock, note, count(1)

    async def _call(
        self,
        method: str,
        service_url: str,  # here and below: what a call over HTTP needs
        path: list[str],
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
    ) -> HttpAnswer:
        """The one way by which a call would leave."""
        body, name = body or {}, f"rehearsed-{next(self._numbers)}"
        begins = path == ["conversations"]
        place = str(body["channelData"]["channel"]["id"]) if begins else path[1]
        self._encode(body)
        if method == "POST":
            self._note(Delivered(self._clock.now(), place, body["activity"] if begins else body, begins))
        return HttpAnswer(200, {}, to_json({"id": f"{place};messageid={name}" if begins else name, "activityId": name}))


class RecordingMailbox:
    """Notes each mail."""

    def __init__(self, note: Note) -> None:
        self._note = note

    async def send(self, mail: Mail) -> str:
        """Note it; there is no place where it lies."""
        self._note(Delivered(mail.at, mail.to, {"text": mail.text}, subject=mail.subject))
        return ""

    async def was_sent(self, mail: Mail, asked: datetime, others: frozenset[str]) -> bool:
        """Never before it was sent."""
        return False


class PunctualProvider:
    """A provider that is in order, and whose operations take as long as the settings say."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._ends = clock, dict[str, tuple[datetime, timedelta]]()

    async def preflight(self, vps: Server) -> PreflightReport:
        """Nothing to complain of: nobody is asked."""
        return PreflightReport()

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Begin."""
        return self._begun(vps, f"snapshot:{name}", vps.snapshot_minutes)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Begin."""
        return self._begun(vps, f"restore:{name}", vps.restore_minutes)

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        """The one that was begun here, if any."""
        return await self.get_status(vps, f"snapshot:{name}") if f"snapshot:{name}" in self._ends else None

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        """The one that was begun here, if any."""
        return await self.get_status(vps, f"restore:{name}") if f"restore:{name}" in self._ends else None

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """How far it is, by the clock."""
        end, span = self._ends[handle]
        left = end - self._clock.now()
        if left <= timedelta():
            return OperationStatus(OperationState.SUCCEEDED, handle, 100, finished_at=end)
        return OperationStatus(OperationState.RUNNING, handle, 100 - 100 * left // span)

    def _begun(self, vps: Server, handle: str, minutes: int) -> OperationStatus:
        data_disk_only(vps)
        self._ends[handle] = self._clock.now() + timedelta(minutes=minutes), timedelta(minutes=minutes)
        return OperationStatus(OperationState.RUNNING, handle, 0)
