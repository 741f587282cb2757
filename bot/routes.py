"""The HTTP side: activities in, and three addresses that tell how the bot is."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from bot.activities import BadActivity, parse_activity
from bot.documents import Documents
from bot.signing_keys import KeysUnavailable
from bot.tokens import TokenCheck, Unauthorised
from bot.turns import Turns

log = logging.getLogger(__name__)
LARGEST_BODY = 1024 * 1024


class Routes:
    """Answers requests. `check` is None in local mode only; `ready` tells what is missing, or nothing."""

    def __init__(
        self,
        turns: Turns,
        check: TokenCheck | None,
        ready: Callable[[], Awaitable[str]],
        documents: Documents | None = None,
    ) -> None:
        self._turns, self._check, self._ready, self._documents = turns, check, ready, documents
        self._registry = CollectorRegistry()
        self._answers = Counter("change_activities", "Activities by answer", ["status"], registry=self._registry)
        self._seconds = Histogram("change_turn_seconds", "Time to the answer", registry=self._registry)

    def application(self) -> web.Application:
        """The aiohttp application."""
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_post("/api/messages", self.messages)
        application.router.add_get("/healthz", self.healthz)
        application.router.add_get("/readyz", self.readyz)
        application.router.add_get("/metrics", self.metrics)
        if self._documents is not None:
            self._documents.add_to(application.router)
        return application

    async def messages(self, request: web.Request) -> web.Response:
        """One activity of the Bot Framework."""
        with self._seconds.time():
            response = await self._messages(request)
        self._answers.labels(status=str(response.status)).inc()
        return response

    async def _messages(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            activity = parse_activity(body, request.headers.get("Content-Type", ""))
            if self._check is not None:
                await self._check(request.headers.get("Authorization", ""), activity)
        except BadActivity as bad:
            return web.json_response({"error": str(bad)}, status=400)
        except Unauthorised as refused:
            return web.json_response({"error": str(refused)}, status=401)
        except KeysUnavailable as away:
            log.warning("signing keys cannot be fetched: %s", away)
            return web.json_response({"error": str(away)}, status=503)
        answer = await self._turns.take(activity)
        if answer is None:
            return web.Response(status=200)
        if answer.body is None:
            return web.Response(status=answer.status)
        return web.json_response(answer.body, status=answer.status)

    async def healthz(self, _: web.Request) -> web.Response:
        """Whether the process answers at all."""
        return web.json_response({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """Whether database and worker are there."""
        missing = await self._ready()
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def metrics(self, _: web.Request) -> web.Response:
        """Counters for Prometheus."""
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
