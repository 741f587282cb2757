"""People, by one spelling of their ids."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

_GUID = re.compile(r"\s*(\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?(1)\})\s*", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=4096)
def normalized_id(text: str) -> str:
    """The id in the one spelling that is compared and stored: a GUID in lower case and without braces.

    Any other id is returned as it is: those of conversations and of Teams itself (`29:…`) tell capitals apart.
    """
    found = _GUID.fullmatch(text)
    return found[2].lower() if found else text


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by Entra object id, in one spelling. The name is for reading only, empty until the person was seen."""

    id: str
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        # Nobody approves their own change because the settings and Teams spell them differently.
        object.__setattr__(self, "id", normalized_id(self.id))


SYSTEM = Person("clock", "the timeline")
"""Who acts when a step falls due or the provider answers."""
