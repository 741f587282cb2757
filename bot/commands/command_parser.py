"""What a typed line asks for: `/change list`, `change show CHG-2026-0007`, `/change nouveau`, slash or not.

Each word is known in English and in French, with its accents or without.
"""

import re
from datetime import date

from application.input_parsing.chat_command import ChatCommand
from application.input_parsing.dates import UnfitDate, take_date
from application.input_parsing.durations import take_duration
from bot.commands.command_words import COMMANDS_BY_WORD, MOST_WORDS, PREFIXES
from changes.errors import ValidationFailed
from changes.model import change_id_of
from changes.reporting.search import comparable
from changes.text import first_word, normalized

_CALLS = frozenset({*PREFIXES, *(f"/{each}" for each in PREFIXES)})
_ALSO_ANSWERS = frozenset(
    (
        *("test", "incident", "trouble", "update", "start", "started", "failed", "finished", "done", "solved"),
        *("restore", "restored", "notrestored", "absent", "correct", "tried", "accept", "admin"),
    )
)
"""Commands whose words begin an answer as well, or are one."""
_TAKES_ANY_WORDS = frozenset({"list", "absent", "language", "bind", "admin", "help", "template"})
"""Commands behind which something else than a change's number stands."""
_OF_NO_CHANGE = frozenset({"new", "list", "mine", "help", "calendar", "stats"})
"""Commands that are typed without a change's number."""
_LOCAL = {"/as": "as", "/comme": "as", "/clock": "clock", "/horloge": "clock"}
LONGEST_WORD = 100
"""Characters; the words of commands have fewer, whatever invisible ones they were pasted with."""
_ID = re.compile(r"^(?:CHG-?)?(?:(\d{4})-)?(\d{1,6})$", re.ASCII | re.IGNORECASE)


def parse_command(text: str) -> ChatCommand | None:
    """The command in the text; None when it is none, but perhaps an answer to a question.

    A command that does not exist is the order `unknown` with what was typed.
    """
    called, typed = first_word(text)
    if (local := _LOCAL.get(_spelled(called))) is not None:
        return ChatCommand(local, typed)
    if _spelled(called) not in _CALLS:
        return None
    word, rest = first_word(typed)
    if not word:
        return ChatCommand("help")
    if (phrase := _phrase(typed)) is not None:
        return phrase
    name = COMMANDS_BY_WORD.get(_spelled(word))
    if name is None and not rest and _ID.match(_bare(word)):
        return ChatCommand("show", word)
    return ChatCommand(name, rest) if name else ChatCommand("unknown", typed)


def _phrase(typed: str) -> ChatCommand | None:
    """The command that is typed as a phrase, as on its button: “report an issue 7 …”, or “your tasks” and no more."""
    words: list[str] = []
    rest = typed
    while rest and len(words) < MOST_WORDS:
        word, rest = first_word(rest)
        words.append(_spelled(word))
        name = COMMANDS_BY_WORD.get("-".join(words)) if len(words) > 1 else None
        if name is not None and (_ID.match(_bare(first_word(rest)[0])) or (not rest and name in _OF_NO_CHANGE)):
            return ChatCommand(name, rest)
    return None


def command_without_prefix(text: str) -> ChatCommand | None:
    """The command in a text without `change` in front: its word and a change's number, or its word alone; else None.

    Any other text that begins with such a word is a sentence: “Test of the new disks failed”.
    """
    word, rest = first_word(text)
    name = COMMANDS_BY_WORD.get(_spelled(word).strip("/.!`"))
    if name is None or (rest and not _ID.match(_bare(first_word(rest)[0]))):
        return None
    return ChatCommand(name, rest)


def is_unambiguous_command(order: ChatCommand, text: str) -> bool:
    """Whether the text, in which `bare_order` found the command, can hardly be an answer to a question for a text.

    “Test 2 failed” and “incident” are answers too; `cancel 2`, and whatever names a change in full, are commands.
    """
    number, rest = first_word(order.rest)
    if text.lstrip().startswith("/") or (number and _bare(number).startswith("chg")):
        return True
    if order.name in _ALSO_ANSWERS:
        return False
    is_length = order.name == "extend" and take_duration(rest) is not None
    return not rest or is_length or (order.name == "move" and _begins_with_date(rest))


def may_be_answer(order: ChatCommand, text: str) -> bool:
    """Whether the text, in which `parse_command` found the command, may be an answer: “Change of plans”."""
    if text.lstrip().startswith("/") or order.name in _TAKES_ANY_WORDS or _spelled(first_word(text)[0]) in _LOCAL:
        return False
    first = first_word(order.rest)[0]
    return order.name == "unknown" or (bool(first) and not _ID.match(_bare(first)))


def _spelled(word: str) -> str:
    """The word as words of commands are compared; one that is too long for any is not looked at."""
    return comparable(word) if len(word) <= LONGEST_WORD else ""


def _begins_with_date(text: str) -> bool:
    try:
        take_date(text, date(2000, 1, 1))
    except UnfitDate:
        return True
    except ValidationFailed:
        return False
    return True


def short_number(word: str) -> int | None:
    """The number in `7`, `#7`, `7.` or `CHG-7`, which name no year; None for anything else."""
    found = _ID.match(_bare(word))
    return int(found[2]) if found and not found[1] else None


def read_id(word: str, year: int) -> str:
    """The change id meant by `CHG-2026-0007`, `chg-2026-7` or `7` (then of that year); the word itself otherwise."""
    found = _ID.match(_bare(word))
    if not found:
        return word.strip()
    return change_id_of(int(found[1] or year), int(found[2]))


def _bare(word: str) -> str:
    return normalized(word).strip("#.,:;()")
