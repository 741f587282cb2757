"""Tells the monitoring of a service from when until when alarms are expected, by how the change stands.

Nothing is remembered of it here: the silence of a change is found by its comment, also after a crash.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from application.ports import Clock, RetryableError, UnitOfWorkFactory
from changes.effects import SyncSilence
from changes.lifecycle.other_tools import AT_WORK
from changes.model import IN_INCIDENT, Change
from changes.text import Message
from web.http_calls import Answer, call, later, moment

log = logging.getLogger(__name__)
INCIDENT_AHEAD = timedelta(hours=3)
"""How long alarms are expected in an incident, from when it was last spoken of: nobody knows when it ends."""
LARGEST_LIST = 4 << 20
"""Bytes of the silences there are: an Alertmanager keeps expired ones for days."""
_CREATOR = "change-bot"
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]+)"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What watches a service. Addresses are empty where there is none; matchers are as Alertmanager writes them."""

    alertmanager: str = ""
    matchers: tuple[str, ...] = ()
    started: str = ""
    ended: str = ""


class Silencer:
    """Carries out SyncSilence."""

    def __init__(
        self,
        looks: UnitOfWorkFactory,
        clock: Clock,
        client: httpx.AsyncClient,
        monitoring: Mapping[str, Monitoring],
    ) -> None:
        """`monitoring` is that of each service, by its key."""
        self._looks, self._clock, self._client, self._monitoring = looks, clock, client, monitoring

    async def __call__(self, effect: SyncSilence) -> None:
        """Make, prolong or lift the silence. Raises RetryableError."""
        async with self._looks() as unit:
            stored = await unit.changes.load(effect.change)
        watching = self._monitoring.get(stored.change.plan.service) if stored else None
        if stored is None or watching is None:
            log.info("%s is dropped: services.toml names no monitoring of it any more", effect.key)
            return
        now = self._clock.now()
        until = _until(stored.change, now)
        if until is not None and until <= now:
            return  # the window is over, and nobody has said what becomes of it: alarms are due
        if watching.alertmanager:
            await self._silence(watching, stored.change, until)
        if url := (watching.started if until else watching.ended):
            await self._send("POST", url, _told(stored.change, until))

    async def _silence(self, watching: Monitoring, change: Change, until: datetime | None) -> None:
        base = f"{watching.alertmanager.rstrip('/')}/api/v2"
        own = await self._own(base, change)
        if until is None:
            for each in own:
                await self._send("DELETE", f"{base}/silence/{each}", gone=True)
            return
        wanted: dict[str, Any] = {
            "matchers": [_matcher(each) for each in watching.matchers],
            "startsAt": moment(change.started_at or self._clock.now()),
            "endsAt": moment(until),
            "createdBy": _CREATOR,
            "comment": f"{_begins(change)}{change.plan.title}",
        }
        await self._send("POST", f"{base}/silences", wanted | ({"id": own[0]} if own else {}))

    async def _own(self, base: str, change: Change) -> list[str]:
        """The ids of the change's silences that have not ended."""
        answer = await self._send("GET", f"{base}/silences")
        try:
            return [
                str(each["id"])
                for each in json.loads(answer.body)
                if each["createdBy"] == _CREATOR
                and each["comment"].startswith(_begins(change))
                and each["status"]["state"] != "expired"
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RetryableError(Message("Alertmanager's list of silences cannot be read.")) from error

    async def _send(self, method: str, url: str, body: object = None, *, gone: bool = False) -> Answer:
        """The answer. Raises RetryableError where it is no success; `gone`: what is not there need not be removed."""
        request = self._client.build_request(method, url, json=body)
        answer = await call(self._client, request, _WHO, most=LARGEST_LIST)
        if not answer.is_success and not (gone and answer.status == HTTPStatus.NOT_FOUND):
            raise later(answer, _WHO)
        return answer


_WHO = Message("The monitoring")


def _until(change: Change, now: datetime) -> datetime | None:
    """When alarms are no longer expected; None where they are not."""
    if change.state not in AT_WORK:
        return None
    return max(change.ends_at, now + INCIDENT_AHEAD) if change.state in IN_INCIDENT else change.ends_at


def _begins(change: Change) -> str:
    return f"{change.id}: "


def _told(change: Change, until: datetime | None) -> dict[str, object]:
    about: dict[str, object] = {"change": change.id, "service": change.plan.service, "title": change.plan.title}
    return about | ({"state": "started", "until": moment(until)} if until else {"state": "ended"})


def _matcher(text: str) -> dict[str, object]:
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no matcher")
    name, sign, value = found.groups()
    return {"name": name, "value": value, "isRegex": "~" in sign, "isEqual": not sign.startswith("!")}
