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

from application.ports import DISABLED_WEBHOOK as DISABLED
from application.ports import Clock, PermanentError, RetryableError, UnitOfWork, UnitOfWorkFactory
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


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Carries out CallWebhook. `looks` only read, `seconds` are for a call, and receivers live by `real` time."""

    units: UnitOfWorkFactory
    looks: UnitOfWorkFactory
    catalogue: Catalogue
    clock: Clock
    client: httpx.AsyncClient
    endpoints: Mapping[str, Endpoint]
    public_url: str
    real: Clock
    resolve: Resolve = resolved
    seconds: float = ANSWER_S

    async def __call__(self, effect: CallWebhook) -> None:
        """Post the event. Raises RetryableError, and PermanentError where the endpoint wants no more or never did."""
        endpoint = self.endpoints.get(effect.to)
        if endpoint is None:
            log.info("%s is dropped: services.toml names no such webhook any more", effect.key)
            return
        async with self.looks() as unit:
            disabled = await unit.settings.get(DISABLED + endpoint.name)
            entry, body = await self._event(unit, effect)
        if disabled:
            log.info("%s is dropped: the webhook %s answered 410 before", effect.key, endpoint.name)
            return
        try:
            answer = await self._posted(endpoint, effect.key, body)
            if not answer.is_success and answer.status != HTTPStatus.GONE:
                raise later(answer, _who(endpoint))
        except RetryableError as failed:
            if self.clock.now() - entry.at >= PATIENCE:
                raise PermanentError(failed.sentence, status=failed.status) from failed
            raise
        if answer.is_success:
            return
        await commit_with_retry(self.units, partial(_disable, endpoint))
        raise PermanentError(Message(_GONE, name=endpoint.name), status=answer.status)

    async def _event(self, unit: UnitOfWork, effect: CallWebhook) -> tuple[Entry, bytes]:
        history = (await unit.changes.history(effect.change))[: effect.seq]
        change, entry = fold(history), history[-1]
        service = self.catalogue.of(change)
        data = {
            "change": change.id,
            "title": change.plan.title,
            "service": {"key": service.key, "name": service.name},
            "state": str(change.state),
            "window": {"start": zulu(change.plan.window.start), "end": zulu(change.ends_at)},
            "by": {"id": entry.by.id, "name": entry.by.name},
            "links": {"record": f"{self.public_url}/changes/{change.id}"} if self.public_url else {},
        }
        event = {"type": f"change.{name_of(entry.event)}", "timestamp": zulu(entry.at), "data": data}
        return entry, json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    async def _posted(self, endpoint: Endpoint, key: str, body: bytes) -> HttpAnswer:
        url = httpx.URL(endpoint.url)
        addresses = await checked(url, self.resolve, self.seconds, _who(endpoint), endpoint.allow_private)
        failure: RetryableError | None = None
        for address in addresses:
            request = self.client.build_request(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={"Host": url.netloc.decode(), **signed(endpoint.secrets, key, self.real.now(), body)},
                extensions={"sni_hostname": host_of(url)},
            )
            try:
                return await call(self.client, request, _who(endpoint), self.seconds)
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


_GONE = template("The webhook {name} answered 410 (gone) and was disabled: enable it above before you resend this.")


def _who(endpoint: Endpoint) -> Message:
    return Message("The webhook {name}", name=endpoint.name)


async def _disable(endpoint: Endpoint, unit: UnitOfWork) -> None:
    """It wants nothing more: `/change admin` shows it until somebody enables it."""
    await unit.settings.put(DISABLED + endpoint.name, "410")
