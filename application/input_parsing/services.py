"""Services as people name them: by key, by name or a part of it, or by number."""

from collections.abc import Sequence

from changes.policy import Service
from changes.reporting.search import comparable
from changes.text import read_number
from changes.text.messages import listed
from language import invalid

MOST_WORDS = 12
"""Of a service's name, so many are looked at."""
LONGEST_NAME = 200
"""Maximum length compared, of a name and of what is typed, in characters."""


def read_service(text: str, services: Sequence[Service]) -> Service:
    """The service that is meant, by its place among them too. Raises ValidationFailed with those there are."""
    wanted, number = comparable(text[:LONGEST_NAME]), read_number(text)
    found = [each for each in services if wanted in _names(each)]
    found = found or [each for each in services if wanted and wanted in _names(each)[1]]
    if not found and number is not None and 1 <= number <= len(services):
        found = [services[number - 1]]
    if len(found) != 1:
        names = listed(f"{each.name} ({each.key})" for each in services)
        raise invalid("service", "Choose one of: {names}.", names=names)
    return found[0]


def find_service(text: str, services: Sequence[Service]) -> tuple[Service | None, str]:
    """The service that is named whole at the beginning or at the end of the text, or None; and the rest of it."""
    words = text[:LONGEST_NAME].split()
    named = {name: each for each in reversed(services) for name in _names(each) if name}
    for length in range(min(len(words), MOST_WORDS), 0, -1):
        for name, rest in ((words[:length], words[length:]), (words[-length:], words[:-length])):
            if (found := named.get(comparable(" ".join(name)))) is not None:
                return found, " ".join(rest)
    return None, " ".join(words)


def _names(service: Service) -> tuple[str, str]:
    return comparable(service.key[:LONGEST_NAME]), comparable(service.name[:LONGEST_NAME])
