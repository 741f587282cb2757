"""`NAME [SCOPES] [DAYS]`: what a new token of the API is called, what it is good for and for how long."""

import re
from collections.abc import Sequence

from application.api.tokens import Scope
from changes.reporting.search import comparable
from language import invalid

USUAL_DAYS, MOST_DAYS = 90, 365
LONGEST_NAME = 40
"""Maximum length of a name, and of a wrong word as it is quoted, in characters."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SCOPES = {each.value: each for each in Scope}
_BETWEEN = re.compile(r"[,;+\s]+")


def read_token_request(words: Sequence[str]) -> tuple[str, frozenset[Scope], int]:
    """The name, the scopes and the number of days; without a scope it may read. Raises ValidationFailed."""
    name, scopes, days = read_token_name(words[:1]), set[Scope](), list[int]()
    for typed in filter(None, _BETWEEN.split(" ".join(words[1:]))):
        word = comparable(typed[:LONGEST_NAME])
        if word in _SCOPES:
            scopes.add(_SCOPES[word])
        elif word.isascii() and word.isdigit():
            days.append(int(word))
        else:
            raise invalid(
                "scopes",
                "“{typed}” is neither a scope nor a number of days: the scopes are read, gate and write.",
                typed=word,
            )
    if len(days) > 1:
        raise invalid("days", "Give one number of days only.")
    if days and not 1 <= days[0] <= MOST_DAYS:
        raise invalid("days", "A token is good for 1 to {limit} days.", limit=MOST_DAYS)
    return name, frozenset(scopes or {Scope.READ}), days[0] if days else USUAL_DAYS


def read_token_name(words: Sequence[str]) -> str:
    """The name of a token. Raises ValidationFailed."""
    name = comparable(words[0][: LONGEST_NAME + 1]) if words else ""
    if len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
        return name
    raise invalid(
        "name",
        "Give the token a name of letters, digits, dots and hyphens, {limit} characters at most, like "
        "`/change admin token deploy gate 90`.",
        limit=LONGEST_NAME,
    )
