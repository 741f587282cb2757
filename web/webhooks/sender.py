"""Posts an event to an endpoint: signed, the same each time it is tried, to an address that was looked at."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import httpx

from application.ports import Clock, PermanentError, RetryableError, UnitOfWork, UnitOfWorkFactory, Write
from application.ports.http_answer import HttpAnswer
from application.retry import commit_with_retry
from changes.effects import CallWebhook
from changes.events import Entry
from changes.events.names import name_of
from changes.lifecycle import fold
from changes.policy import Catalogue
from changes.text import Message, template
from web.http_calls import ANSWER_S, call, host_of, later, resolved
from web.moments import zulu
from web.webhooks.addresses import Resolve, checked

log = logging.getLogger(__name__)
PATIENCE = timedelta(hours=24)
"""How old an event may get before a failure is its last: what waits behind it is not tried for days."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the events of a webhook go. `secrets` are base64 behind `whsec_`, the newest first."""

    name: str
    url: str
    secrets: tuple[str, ...]
    allow_private: bool = False

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything of it is set anew."""
        return hashlib.sha256(repr((self.url, self.secrets, self.allow_private)).encode()).hexdigest()[:16]


class WebhookSender:
    """Carries out CallWebhook."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        looks: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        client: httpx.AsyncClient,
        endpoints: Mapping[str, Endpoint],
        public_url: str,
        real: Clock,
        *,
        resolve: Resolve = resolved,
        seconds: float = ANSWER_S,
    ) -> None:
        """`looks` is for what is only read, `seconds` for one call. Receivers live by `real` time."""
        self._units, self._looks, self._catalogue, self._clock = units, looks, catalogue, clock
        self._client, self._endpoints, self._public_url = client, endpoints, public_url
        self._real, self._resolve, self._seconds = real, resolve, seconds

    async def __call__(self, effect: CallWebhook) -> Write | None:
        """Post the event. Raises RetryableError, and PermanentError where the endpoint wants no more or never did."""
        endpoint = self._endpoints.get(effect.to)
        if endpoint is None:
            log.info("%s is dropped: services.toml names no such webhook any more", effect.key)
            return None
        async with self._looks() as unit:
            refused = await _refused(unit, endpoint)
            entry, body = await self._event(unit, effect)
        if refused and effect.key not in refused:
            log.info("%s is dropped: the webhook %s answered 410 before", effect.key, endpoint.name)
            return None
        try:
            answer = await self._posted(endpoint, effect.key, body)
            if not answer.is_success and answer.status != HTTPStatus.GONE:
                raise later(answer, _who(endpoint))
        except RetryableError as failed:
            if self._clock.now() - entry.at >= PATIENCE:
                raise PermanentError(failed.sentence, status=failed.status) from failed
            raise
        if answer.is_success:
            return partial(_note, endpoint, "") if refused else None
        await commit_with_retry(self._units, partial(_note, endpoint, effect.key))
        raise PermanentError(Message(_GONE, name=endpoint.name), status=answer.status)

    async def _event(self, unit: UnitOfWork, effect: CallWebhook) -> tuple[Entry, bytes]:
        history = (await unit.changes.history(effect.change))[: effect.seq]
        change, entry = fold(history), history[-1]
        service = self._catalogue.of(change)
        data = {
            "change": change.id,
            "title": change.plan.title,
            "service": {"key": service.key, "name": service.name},
            "state": str(change.state),
            "window": {"start": zulu(change.plan.window.start), "end": zulu(change.ends_at)},
            "by": {"id": entry.by.id, "name": entry.by.name},
            "links": {"record": f"{self._public_url}/changes/{change.id}"} if self._public_url else {},
        }
        event = {"type": f"change.{name_of(entry.event)}", "timestamp": zulu(entry.at), "data": data}
        return entry, json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    async def _posted(self, endpoint: Endpoint, key: str, body: bytes) -> HttpAnswer:
        url = httpx.URL(endpoint.url)
        addresses = await checked(url, self._resolve, self._seconds, _who(endpoint), endpoint.allow_private)
        failure: RetryableError | None = None
        for address in addresses:
            request = self._client.build_request(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={"Host": url.netloc.decode(), **signed(endpoint.secrets, key, self._real.now(), body)},
                extensions={"sni_hostname": host_of(url)},
            )
            try:
                return await call(self._client, request, _who(endpoint), self._seconds)
            except RetryableError as failed:
                failure = failed
                if not isinstance(failed.__cause__, httpx.ConnectError):
                    break
        raise failure or RetryableError(
            Message("{who} cannot be called: its host name was not found.", who=_who(endpoint))
        )


def signed(secrets: tuple[str, ...], key: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: whoever knows one of the secrets finds a signature that fits."""
    at = str(int(now.timestamp()))
    content = b".".join((key.encode(), at.encode(), body))
    keys = (base64.b64decode(each.removeprefix("whsec_")) for each in secrets)
    made = (base64.b64encode(hmac.new(each, content, hashlib.sha256).digest()).decode() for each in keys)
    return {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }


_GONE = template(
    "The webhook {name} answered 410 (gone) and was disabled. Once it is back, select *Resend* here, or change it in "
    "services.toml and restart the bot."
)


def _who(endpoint: Endpoint) -> Message:
    return Message("The webhook {name}", name=endpoint.name)


def _row(endpoint: Endpoint) -> str:
    """What the names of the settings begin with that say which events it refused: two may be refused at once."""
    return f"webhook:gone:{endpoint.name}:"


async def _refused(unit: UnitOfWork, endpoint: Endpoint) -> list[str]:
    """The keys of the events to which it answered 410, as it is set now: nothing else is sent until it takes one."""
    found = await unit.settings.beginning_with(_row(endpoint))
    return [name.removeprefix(_row(endpoint)) for name, its in found.items() if its == endpoint.fingerprint]


async def _note(endpoint: Endpoint, key: str, unit: UnitOfWork) -> None:
    """It answered 410 to that event; to none of them any more without a key."""
    if key:
        await unit.settings.put(_row(endpoint) + key, endpoint.fingerprint)
        return
    for name in await unit.settings.beginning_with(_row(endpoint)):
        await unit.settings.remove(name)
