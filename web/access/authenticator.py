"""Tells who is looking at a page. What they may see is decided by the one gate of the chat, changes/permissions."""

import logging
from dataclasses import dataclass

from aiohttp import web

from application import signed_urls
from application.ports import Clock, UnitOfWork
from application.ports.signing_keys import KeysUnavailable
from changes.model import Person
from language import N_
from web.access.entra import EntraTokens, NotSignedIn

log = logging.getLogger(__name__)
LINK, ACTING = "change-link", "change-as"
"""The cookies: of a link that was followed, and of whom one acts as in local mode."""
UNKNOWN = N_(
    "To read the changes here, send `/change calendar link` to the Change bot in Teams and open the link you get."
)
REVOKED = N_("This link has expired or was revoked. Type `/change calendar link` to the Change bot for a new one.")
NO_KEYS = N_("Your sign-in cannot be checked at the moment. Load the page again in a minute.")


@dataclass(frozen=True, slots=True)
class Authenticator:
    """`entra` is None where Teams' sign-in is not set up; `local` is who looks in local mode unless they say whom they
    act as, and None in production. `is_secure`: the pages are reached by https only.
    """

    clock: Clock
    entra: EntraTokens | None = None
    local: Person | None = None
    is_secure: bool = True

    async def signed_in(self, request: web.Request) -> Person | None:
        """Who Teams says is looking; None where the request brings no token. Raises NotSignedIn. Reads no database."""
        authorization = request.headers.get("Authorization", "")
        if not authorization or self.entra is None:
            return None
        try:
            return await self.entra.person(authorization)
        except KeysUnavailable:
            raise NotSignedIn(NO_KEYS, 503) from None
        except NotSignedIn as refused:
            log.warning("turned away from the pages: %r", str(refused))
            raise

    async def linked(self, request: web.Request, unit: UnitOfWork) -> Person:
        """Who has followed a link of their own, or in local mode acts as somebody. Raises NotSignedIn."""
        if self.local is not None:
            return Person(request.cookies.get(ACTING) or self.local.id)
        if not (token := request.cookies.get(LINK)):
            raise NotSignedIn(UNKNOWN)
        return await self.reader(token, unit)

    async def reader(self, token: str, unit: UnitOfWork) -> Person:
        """Whose link it is. Raises NotSignedIn where it opens nothing any more."""
        reader = await signed_urls.pages_reader(unit.settings, token, self.clock.now())
        if reader is None:
            log.warning("turned away from the pages: a link that is expired, revoked or made up")
            raise NotSignedIn(REVOKED)
        return Person(reader)

    def remember(self, response: web.StreamResponse, person: Person, link: str = "") -> None:
        """Let the browser show the token of the person's link with each request to the pages; in local mode their id.

        The address holds it no longer then, so that addresses can be handed on. In a frame no browser shows it: there
        Teams signs in.
        """
        cookie, value = (LINK, link) if self.local is None else (ACTING, person.id)
        days = signed_urls.PAGES_DAYS
        response.set_cookie(
            cookie, value, max_age=days * 86400, path="/", httponly=True, samesite="Lax", secure=self.is_secure
        )
