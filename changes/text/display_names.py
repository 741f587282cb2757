"""The names of people as directories give them, fit to be shown: one line, in which something can be seen."""

import re
from functools import lru_cache

from changes.text.pasted import stripped

LONGEST_NAME = 256
"""So much of a display name is kept, in characters: Entra ID takes no longer one."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not allow, not even as a reference: Teams reads a mention as XML and refuses the message."""


def display_name(raw: str) -> str:
    """The name in one line; empty where nothing of it is seen, as of somebody who was not met so far."""
    return _known_name(raw) if len(raw) <= LONGEST_NAME else _shown(raw)


def _shown(raw: str) -> str:
    return " ".join(stripped(_NOT_IN_XML.sub(" ", raw)).split())[:LONGEST_NAME]


_known_name = lru_cache(maxsize=1024)(_shown)
"""The same few people are on every card."""
