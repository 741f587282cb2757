"""The API's place among the routes; what answers is loaded with the first request, so that no start waits for it."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aiohttp import web

from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWorkFactory, Work
from changes.policy import Catalogue
from http_server import API, no_continue


@dataclass(frozen=True, slots=True)
class Api:
    """`catalogue` has the admins, `wake_worker` is called after a commit with the work that it has caused."""

    units: UnitOfWorkFactory
    looks: ReadOnlyUnitFactory
    catalogue: Catalogue
    clock: Clock
    wake_worker: Callable[[AbstractSet[Work]], None]

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Everything below the API's address."""
        for path in (API, API + "/{rest:.*}"):
            router.add_route("*", path, self.answer, expect_handler=no_continue)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        from web.api.serving import serve  # noqa: PLC0415  # which loads the models

        return await serve(self, request)
