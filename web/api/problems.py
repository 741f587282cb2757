"""What is refused, and with which status: every refusal becomes a problem+json (RFC 9457), in English."""

from collections.abc import Mapping

from aiohttp import web

from changes.errors import CommandRejected, NotAllowed, NotFound, ValidationFailed
from http_server import problem_response
from language import translate, without_markup

LONGEST_SAID = 500
"""Maximum length of a sentence of ours, in characters: it may quote what was sent."""


class Problem(Exception):
    """The request is refused; `errors` has a sentence for each wrong field."""

    def __init__(self, status: int, sentence: str, errors: Mapping[str, str] | None = None, **headers: str) -> None:
        """`headers` by their names, with underscores."""
        super().__init__(sentence)
        self.status, self.errors = status, dict(errors or {})
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> web.Response:
        """As it is answered."""
        errors = [{"field": each, "detail": said} for each, said in self.errors.items()]
        more: dict[str, object] = {"errors": errors} if errors else {}
        return problem_response(str(self), self.status, {"Cache-Control": "no-store", **self.headers}, **more)


def challenged(status: int, sentence: str, error: str = "") -> Problem:
    """Nobody who is known, or whose token is not good for this; `error` is what RFC 6750 has behind the realm."""
    return Problem(status, sentence, WWW_Authenticate=f'Bearer realm="change"{error}')


def not_now(sentence: str) -> Problem:
    """It may be sent again."""
    return Problem(503, sentence, Retry_After="10")


def of_fields(errors: Mapping[str, str]) -> Problem:
    """Some fields are wrong."""
    return Problem(422, "Some fields are invalid.", errors)


def of_rejection(refusal: CommandRejected) -> Problem:
    """What the core refuses, with its own sentences."""
    if isinstance(refusal, ValidationFailed):
        return of_fields({field: plain(said) for field, said in refusal.problems.items()})
    status = 404 if isinstance(refusal, NotFound) else 403 if isinstance(refusal, NotAllowed) else 409
    return Problem(status, plain(refusal))


def plain(said: object) -> str:
    """A sentence of ours without marks, as it stands in a log or on a console."""
    return without_markup(translate(said))[:LONGEST_SAID]
