"""The HTTP side: activities in, and three addresses that tell how the bot is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.auth.authentication import TokenValidator, Unauthorised
from bot.auth.signing_keys import KeysUnavailable
from bot.pages.documents import Documents
from bot.sdk import Activity
from bot.server import (
    LARGEST_BODY,
    UNREADABLE,
    NoSuchRoute,
    error_response,
    invite_body,
    no_continue,
    only_this_machine,
    without_unread_bodies,
)
from bot.turn.activities import BadActivity, parse_activity
from bot.turn.deadline import within
from bot.turn.turn_handler import TurnHandler
from changes.errors import DatabaseUnavailable

log = logging.getLogger(__name__)
LONGEST_BODY_S = 10.0
"""Seconds in which a body has to have arrived: Teams itself has given up by then."""
RETRY_AFTER_S = "10"
"""Seconds after which something that could not be taken or recognised may be sent again."""
FIGURES_S = 2.0
"""Seconds for the figures of the database."""


class Routes:
    """Answers requests. `check` is None in local mode only; `ready` tells what is missing, or nothing."""

    def __init__(
        self,
        turns: TurnHandler,
        check: TokenValidator | None,
        ready: Callable[[], Awaitable[str]],
        documents: Documents | None = None,
        figures: Callable[[], Coroutine[Any, Any, Mapping[str, float]]] | None = None,
    ) -> None:
        """`figures` are measured when somebody asks for them, by their names. Raises DatabaseUnavailable."""
        self._turns, self._check, self._ready, self._documents = turns, check, ready, documents
        self._registry = CollectorRegistry()
        self._answers = Counter("change_activities", "Activities by answer", ["status"], registry=self._registry)
        self._figures = figures
        self._gauges: dict[str, Gauge] = {}
        self._seconds = Histogram("change_turn_seconds", "Time to the answer", registry=self._registry)

    def application(self) -> web.Application:
        """The aiohttp application."""
        guards = [without_unread_bodies] if self._check is not None else [without_unread_bodies, only_this_machine]
        application = web.Application(client_max_size=LARGEST_BODY, middlewares=guards)
        application.router.add_post("/api/messages", self.messages, expect_handler=no_continue)
        application.router.add_get("/healthz", self.healthz, expect_handler=no_continue)
        application.router.add_get("/readyz", self.readyz, expect_handler=no_continue)
        application.router.add_get("/metrics", self.metrics, expect_handler=no_continue)
        if self._documents is not None:
            self._documents.add_to(application.router)
        application.router.register_resource(NoSuchRoute(application.router))
        return application

    async def messages(self, request: web.Request) -> web.Response:
        """One activity of the Bot Framework."""
        with self._seconds.time():
            response = await self._messages(request)
        self._answers.labels(status=str(response.status)).inc()
        return response

    async def _messages(self, request: web.Request) -> web.Response:
        try:
            activity = await self._admitted(request)
        except BadActivity as bad:
            return error_response(str(bad), 400)
        except Unauthorised as refused:
            log.warning("turned away: %r", str(refused))
            return error_response(str(refused), refused.status)
        except KeysUnavailable as away:
            log.warning("turned away for now: %s", away)
            return error_response(str(away), 503, {"Retry-After": RETRY_AFTER_S})
        except TimeoutError:
            return error_response("The body did not arrive in time.", 408)
        except UNREADABLE:
            return error_response("The body cannot be read.", 400)
        except web.HTTPRequestEntityTooLarge:
            return error_response(f"The body is larger than {LARGEST_BODY} bytes.", 413)
        answer = await self._turns.handle(activity)
        if answer is None:
            return web.Response(status=200)
        if answer.body is None:
            headers = {"Retry-After": RETRY_AFTER_S} if answer.status == 503 else {}
            return web.Response(status=answer.status, headers=headers)
        return web.json_response(answer.body, status=answer.status)

    async def _admitted(self, request: web.Request) -> Activity:
        """The activity, from somebody who may send it: strangers are turned away before their body is read."""
        caller = None
        if self._check is not None:
            caller = await self._check(request.headers.get("Authorization", ""))
        async with asyncio.timeout(LONGEST_BODY_S):
            await invite_body(request)
            body = await request.read()
        activity = parse_activity(body, request.headers.get("Content-Type", ""))
        if caller is not None:
            caller.authorize_activity(activity)
        return activity

    async def healthz(self, _: web.Request) -> web.Response:
        """Whether the process answers at all."""
        return web.json_response({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """Whether database and worker are there."""
        missing = await self._ready()
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def metrics(self, _: web.Request) -> web.Response:
        """Counters and figures for Prometheus; without the figures while the database is away."""
        try:
            for name, value in (await within(FIGURES_S, self._figures()) if self._figures else {}).items():
                gauge = self._gauges.get(name) or Gauge(name, name.replace("_", " "), registry=self._registry)
                self._gauges[name] = gauge
                gauge.set(value)
        except DatabaseUnavailable as away:
            log.warning("%s", away)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
