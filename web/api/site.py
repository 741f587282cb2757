"""The API's place among the routes; what answers is loaded with the first request, so that no start waits for it."""

from aiohttp import web

from application.limits.request_limit import RequestLimit
from http_server import API, no_continue
from web.context import WebContext


class Api:
    """Everything below the API's address."""

    def __init__(self, context: WebContext, limit: RequestLimit) -> None:
        self._context, self._limit = context, limit

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        for path in (API, API + r"/{rest:[\s\S]*}"):
            router.add_route("*", path, self.answer, expect_handler=no_continue)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        from web.api.serving import serve  # noqa: PLC0415  # which loads the models

        return await serve(self._context, self._limit, request)
