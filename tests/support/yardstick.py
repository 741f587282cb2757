"""How slow the machine is just now: a bound on processor time is to hold for what is measured, not for the machine."""

import json
import re
import time

REFERENCE_S = 0.004
"""Processor seconds that `work` takes on the machine for which the bounds of the tests were set."""
SLOWEST = 5.0
"""A machine slower than that is not waited for: the bound would say nothing any more."""
_TEXT = json.dumps({f"name {number}": ["a word", number, {"more": "words and words"}] for number in range(180)})
_WORDS = re.compile(r"(\w+) (?:and (\w+))?")


def _work() -> None:
    """What the bot does most of: JSON, patterns, dictionaries and short loops."""
    for _ in range(6):
        parsed = json.loads(_TEXT)
        _WORDS.sub(lambda found: found[1].upper(), json.dumps(parsed, indent=None))
        counted: dict[str, int] = {}
        for name, rest in parsed.items():
            for each in name:
                counted[each] = counted.get(each, 0) + len(rest)


def slowness() -> float:
    """By how much to multiply a bound of seconds here and now; 1 on the machine of the bounds or a faster one."""
    took = []
    for _ in range(3):
        began = time.thread_time()
        _work()
        took.append(time.thread_time() - began)
    return min(max(min(took) / REFERENCE_S, 1.0), SLOWEST)
