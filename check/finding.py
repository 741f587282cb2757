"""What one look has found."""

from collections.abc import Awaitable, Callable

LONGEST_S = 10.0
"""Seconds for one finding."""
ANSWER_S = 8.0
"""Seconds for one answer: less than the above, so that the silence is told by what was silent."""
Finding = tuple[bool, str]
"""Whether it is well, and the sentence; several mistakes of one kind have a line each."""
Look = Callable[[], Awaitable[Finding]]
