"""What is refused, and with which status: every refusal becomes a problem+json (RFC 9457), in English."""

from collections.abc import Mapping

from aiohttp import web

from changes.errors import (
    CommandRejected,
    NotAllowed,
    NotFound,
    StaleRevision,
    ValidationFailed,
)
from http_server import problem_response
from language import translate, without_markup

RETRY_AFTER_S = "10"
LONGEST_SAID = 500
"""Maximum length of a sentence about a field, in characters: it may quote what was sent."""


class Problem(Exception):
    """The request is refused; `errors` has a sentence for each wrong field."""

    def __init__(
        self,
        status: int,
        sentence: str,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status, self.errors, self.headers = status, dict(errors or {}), dict(headers or {})

    def response(self) -> web.Response:
        """As it is answered."""
        more: dict[str, object] = {}
        if self.errors:
            more["errors"] = [{"field": each, "detail": said} for each, said in self.errors.items()]
        return problem_response(str(self), self.status, {"Cache-Control": "no-store", **self.headers}, **more)


def unauthorised(sentence: str, *, given: bool) -> Problem:
    """Nobody who is known; `given`: there was a token, but it is not good."""
    error = ', error="invalid_token"' if given else ""
    return Problem(401, sentence, headers={"WWW-Authenticate": f'Bearer realm="change"{error}'})


def out_of_scope(needed: str) -> Problem:
    """The token is good, but not for this."""
    challenge = f'Bearer realm="change", error="insufficient_scope", scope="{needed}"'
    return Problem(
        403, f"The token has not the scope that this needs: {needed}.", headers={"WWW-Authenticate": challenge}
    )


def away() -> Problem:
    """The database cannot be used, or takes too long."""
    return Problem(503, "The database cannot be used at the moment.", headers={"Retry-After": RETRY_AFTER_S})


def lost() -> Problem:
    """Others were faster, each time."""
    return Problem(503, "Too many others write at the moment.", headers={"Retry-After": RETRY_AFTER_S})


def of_fields(errors: Mapping[str, str]) -> Problem:
    """Some fields are wrong."""
    return Problem(422, "Some fields cannot be taken as they are.", errors)


def of_rejection(refusal: CommandRejected) -> Problem:
    """What the core refuses, with its own sentences."""
    match refusal:
        case ValidationFailed():
            return of_fields({field: plain(said) for field, said in refusal.problems.items()})
        case NotFound():
            status = 404
        case NotAllowed():
            status = 403
        case StaleRevision():
            status = 412
        case _:
            status = 409
    return Problem(status, plain(refusal))


def plain(said: object) -> str:
    """A sentence of ours without marks, as it stands in a log or on a console."""
    return without_markup(translate(said))[:LONGEST_SAID]
