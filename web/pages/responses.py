"""How a page is answered: in time, in the reader's language, and with a page that says why where there is none."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from aiohttp import web

from application.limits.deadline import within
from changes.errors import CommandRejected, DatabaseUnavailable, NotFound
from changes.model import Person
from language import N_, _, as_text, of_locale, translate, use_language
from web.access.entra import NotSignedIn
from web.context import SECONDS
from web.pages.drawing import HEADERS, drawn

Draw = Callable[[web.Request], Coroutine[Any, Any, web.Response]]
AWAY = N_("The database of the Change bot cannot be used at the moment. Load this page again in a minute.")


def browsers_language(request: web.Request) -> str:
    """The language of the browser, for whom the bot does not know."""
    return of_locale(request.headers.get("Accept-Language", "").partition(",")[0].strip())


async def in_time(draw: Draw, request: web.Request) -> web.Response:
    """What is drawn, within the time that an answer may take; a page that says why, where it is not."""
    return await answered(request, within(SECONDS, draw(request)))


async def answered(request: web.Request, work: Awaitable[web.Response]) -> web.Response:
    """What `work` gives; a page that says why, where it cannot."""
    with use_language(browsers_language(request)):
        try:
            return await work
        except NotSignedIn as refused:
            return refused_page(refused.status, _(str(refused)), is_stranger=True)
        except CommandRejected as refused:
            return rejected_page(refused)
        except DatabaseUnavailable:  # which was told where it was noticed
            return refused_page(503, _(AWAY))


def rejected_page(refused: CommandRejected, person: Person | None = None) -> web.Response:
    """Why the person gets no page."""
    return refused_page(404 if isinstance(refused, NotFound) else 503, translate(refused), person)


def refused_page(status: int, why: str, person: Person | None = None, *, is_stranger: bool = False) -> web.Response:
    """A page that says why there is no other."""
    values = {"why": as_text(why), "person": person, "is_stranger": is_stranger}
    return page(status, "refused.html", values, {"Retry-After": "60"} if status == 503 else {})


def page(
    status: int, template: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> web.Response:
    """A page of ours, drawn."""
    usual: dict[str, object] = {"tag": "", "person": None, "people": [], "path": ""}
    text, sent = drawn(template, usual | dict(values)), {**HEADERS, **(headers or {})}
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=sent)
