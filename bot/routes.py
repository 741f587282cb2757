"""The HTTP side: activities in, documents out, and the addresses that tell how the bot is."""

import logging
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web
from prometheus_client import Counter, Histogram

from application.bearer_tokens import Unauthorised
from application.ports.signing_keys import KeysUnavailable
from bot.auth.authentication import TokenValidator
from bot.health import Health
from bot.sdk import Activity
from bot.turn.activities import BadActivity, parse_activity
from bot.turn.turn_handler import TurnHandler
from http_server import (
    LARGEST_BODY,
    NoSuchRoute,
    Unreadable,
    error_response,
    no_continue,
    only_this_machine,
    read_body,
    without_unread_bodies,
)

log = logging.getLogger(__name__)
RETRY_AFTER_S = "10"
"""Seconds after which something that could not be taken or recognised may be sent again."""


class Site(Protocol):
    """Pages for a browser, or what programs ask."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""


class Routes:
    """Answers requests; `sites` are what stands beside the bot. `check` is None in local mode only."""

    def __init__(
        self,
        turns: TurnHandler,
        check: TokenValidator | None,
        health: Health,
        sites: Sequence[Site] = (),
    ) -> None:
        self._turns, self._check, self._health, self._sites = turns, check, health, sites
        registry = health.registry
        self._answers = Counter("change_activities", "Activities by answer", ["status"], registry=registry)
        self._seconds = Histogram("change_turn_seconds", "Time to the answer", registry=registry)

    def application(self) -> web.Application:
        """The aiohttp application."""
        guards = [without_unread_bodies] if self._check is not None else [without_unread_bodies, only_this_machine]
        application = web.Application(client_max_size=LARGEST_BODY, middlewares=guards)
        application.router.add_post("/api/messages", self.messages, expect_handler=no_continue)
        self._health.add_to(application.router)
        for site in self._sites:
            site.add_to(application.router)
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
            return error_response(str(away), 503, {"Retry-After": RETRY_AFTER_S})
        except Unreadable as broken:
            return error_response(str(broken), broken.status)
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
        body = await read_body(request)
        activity = parse_activity(body, request.headers.get("Content-Type", ""))
        if caller is not None:
            caller.authorize_activity(activity)
        return activity
