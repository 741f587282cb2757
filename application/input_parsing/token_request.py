"""`NAME [SCOPES] [DAYS]`: what a new token of the API is called, what it is good for and for how long."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from application.api.tokens import Scope
from changes.errors import ValidationFailed
from changes.reporting.search import comparable
from language import _, invalid

USUAL_DAYS, MOST_DAYS = 90, 365
LONGEST_NAME = 40
LONGEST_SHOWN = 40
"""Maximum length of a wrong word as it is quoted, in characters."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DAYS = re.compile(r"(\d+)(?:d|j|days?|jours?)?")
_BETWEEN = re.compile(r"[,;+\s]+")
_UNITS = frozenset({"d", "j", "day", "days", "jour", "jours"})
_SCOPES = {
    **dict.fromkeys(("read", "reading", "lire", "lecture"), Scope.READ),
    **dict.fromkeys(("gate", "barriere", "feu-vert"), Scope.GATE),
    **dict.fromkeys(("write", "writing", "ecrire", "ecriture"), Scope.WRITE),
}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What was asked for."""

    name: str
    scopes: frozenset[Scope]
    days: int


def read_token_request(words: Sequence[str]) -> TokenRequest:
    """The name, then scopes and days in any order; without a scope it may read. Raises ValidationFailed."""
    name = read_token_name(words[:1])
    scopes, days, is_number = set[Scope](), list[int](), False
    for typed in filter(None, _BETWEEN.split(" ".join(words[1:]))):
        word = comparable(typed[:LONGEST_SHOWN])
        if found := _DAYS.fullmatch(word):
            days.append(_days(found[1]))
        elif word in _SCOPES:
            scopes.add(_SCOPES[word])
        elif not (is_number and word in _UNITS):
            raise invalid(
                "scopes",
                "“{typed}” is neither a scope nor a number of days: the scopes are read, gate and write.",
                typed=word,
            )
        if len(days) > 1:
            raise invalid("days", "Give one number of days only.")
        is_number = found is not None
    return TokenRequest(name, frozenset(scopes or {Scope.READ}), days[0] if days else USUAL_DAYS)


def read_token_name(words: Sequence[str]) -> str:
    """The name of a token. Raises ValidationFailed."""
    name = comparable(words[0][: LONGEST_NAME + 1]) if words else ""
    if len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
        return name
    raise ValidationFailed(
        {
            "name": _(
                "Give the token a name of letters, digits, dots and hyphens, {limit} characters at most, like "
                "`/change admin token deploy gate 90`.",
                limit=LONGEST_NAME,
            )
        }
    )


def _days(digits: str) -> int:
    number = int(digits)
    if 1 <= number <= MOST_DAYS:
        return number
    raise invalid("days", "A token is good for 1 to {limit} days.", limit=MOST_DAYS)
