"""Tells the monitoring of a service from when until when alarms are expected, by how the change stands.

Nothing is remembered of it here: the silence of a change is found by its comment, also after a crash.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from application.ports import Clock, RetryableError, UnitOfWorkFactory
from application.ports.http_answer import HttpAnswer
from changes.effects import SyncSilence
from changes.lifecycle.other_tools import AT_WORK
from changes.model import IN_INCIDENT, Change
from changes.text import Message
from web.http_calls import call, later
from web.moments import zulu

log = logging.getLogger(__name__)
INCIDENT_AHEAD = timedelta(hours=3)
"""How long alarms are expected in an incident, from when it was last spoken of: nobody knows when it ends."""
LARGEST_LIST = 4 << 20
"""Bytes of the silences there are: an Alertmanager keeps expired ones for days."""
_CREATOR = "change-bot"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What watches a service. Addresses are empty where there is none; matchers are as Alertmanager's API has them."""

    alertmanager: str = ""
    matchers: Sequence[Mapping[str, object]] = ()
    started: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Silencer:
    """Carries out SyncSilence. `monitoring` is that of each service, by its key."""

    looks: UnitOfWorkFactory
    clock: Clock
    client: httpx.AsyncClient
    monitoring: Mapping[str, Monitoring]

    async def __call__(self, effect: SyncSilence) -> None:
        """Make, prolong or lift the silence. Raises RetryableError."""
        async with self.looks() as unit:
            stored = await unit.changes.load(effect.change)
        watching = self.monitoring.get(stored.change.plan.service) if stored else None
        if stored is None or watching is None:
            log.info("%s is dropped: services.toml names no monitoring of it any more", effect.key)
            return
        change, now = stored.change, self.clock.now()
        until = _until(change, now)
        if until is not None and until <= now:
            return  # the window is over, and nobody has said what becomes of it: alarms are due
        if watching.alertmanager:
            await self._silence(watching, change, until)
        if url := (watching.started if until else watching.ended):
            told = {"change": change.id, "service": change.plan.service, "title": change.plan.title}
            told |= {"state": "started", "until": zulu(until)} if until else {"state": "ended"}
            await self._send("POST", url, told)

    async def _silence(self, watching: Monitoring, change: Change, until: datetime | None) -> None:
        base, begins = f"{watching.alertmanager.rstrip('/')}/api/v2", f"{change.id}: "
        own = _own(await self._send("GET", f"{base}/silences"), begins)
        if until is None:
            for each in own:
                await self._send("DELETE", f"{base}/silence/{each}")
            return
        wanted = {
            "matchers": watching.matchers,
            "startsAt": zulu(change.started_at or self.clock.now()),
            "endsAt": zulu(until),
            "createdBy": _CREATOR,
            "comment": begins + change.plan.title,
        }
        await self._send("POST", f"{base}/silences", wanted | ({"id": own[0]} if own else {}))

    async def _send(self, method: str, url: str, body: object = None) -> HttpAnswer:
        """The answer. Raises RetryableError where it is no success: what is there is then looked for anew."""
        answer = await call(self.client, self.client.build_request(method, url, json=body), _WHO, most=LARGEST_LIST)
        if not answer.is_success:
            raise later(answer, _WHO)
        return answer


_WHO = Message("The monitoring")


def _own(answer: HttpAnswer, begins: str) -> list[str]:
    """The ids of our silences that begin so and have not ended."""
    try:
        ours = [each for each in json.loads(answer.body) if each["createdBy"] == _CREATOR]
        current = [each for each in ours if each["status"]["state"] != "expired"]
        return [str(each["id"]) for each in current if each["comment"].startswith(begins)]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise RetryableError(Message("Alertmanager's list of silences cannot be read.")) from error


def _until(change: Change, now: datetime) -> datetime | None:
    """When alarms are no longer expected; None where they are not."""
    if change.state not in AT_WORK:
        return None
    return max(change.ends_at, now + INCIDENT_AHEAD) if change.state in IN_INCIDENT else change.ends_at
