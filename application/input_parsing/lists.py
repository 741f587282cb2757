"""Lists as people type them: the tests of a plan, and mail addresses."""

import re

from changes.notification.recipients import is_address
from changes.planning.validation import LONGEST_SHOWN
from changes.text import cleaned, is_blank, without_bullet, without_invisible
from language import invalid

_BETWEEN = re.compile(r"[,;\s]+")


def read_tests(text: str) -> tuple[str, ...]:
    """The tests without their bullets: one a line or, where all stand on one line, between semicolons."""
    tests = _listed(cleaned(text).split("\n"))
    return _listed(tests[0].split(";")) if len(tests) == 1 else tests


def _listed(lines: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        bare = " ".join(without_bullet(line, len(found) + 1).split())
        if not is_blank(bare):
            found.append(bare)
    return tuple(found)


def read_addresses(text: str) -> tuple[str, ...]:
    """The mail addresses, between which stand commas, semicolons, blanks or ends of lines."""
    bare = (without_invisible(each).strip("<>").removeprefix("mailto:") for each in _BETWEEN.split(text))
    found = tuple(each for each in bare if each)
    if wrong := next((each for each in found if not is_address(each)), ""):
        raise invalid(
            "notify",
            "“{address}” is no e-mail address: give addresses like name@example.ch, with commas between them.",
            address=wrong[:LONGEST_SHOWN],
        )
    return found
