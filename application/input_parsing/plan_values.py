"""What is entered in a field of the plan, by itself: its normal form, and how long it may be."""

from collections.abc import Mapping

from application.input_parsing.durations import read_duration
from application.input_parsing.lists import read_addresses, read_tests
from changes.errors import ValidationFailed
from changes.model import ChangeType
from changes.notification import LONGEST_PUBLIC, PUBLIC_FIELDS
from changes.notification.recipients import MOST_NAMED, each_once
from changes.plan_fields import BY_KEY
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS, length_problem
from changes.reporting.search import comparable
from changes.text import LONGEST_VALUE, units
from language import N_, _, invalid

_NONE_KNOWN = N_("None known")
_NOT_ONE = frozenset({"-", "n/a", "none", "no", "nothing", "aucun", "aucune", "rien", "non", "keine", "nichts"})
_OF_THEM = frozenset({"known", "risk", "risks", "plan", "connu", "connue", "risque", "bekannt", "risiken"})
"""“None known” in other words: one of these, and perhaps some of those."""
LONGEST_ANSWER = 200
"""Of a field that is no text: a date, a name, a number."""
_LIMITS = LIMITS | dict.fromkeys(PUBLIC_FIELDS, LONGEST_PUBLIC)
_EMERGENCY = frozenset({"emergency", "urgence", "urgent", "urgente", "notfall", "dringend"})
_NORMAL = frozenset({"", "-", "normal", "normale"})


def none_known(text: str) -> str:
    """The text, or “None known” in the language of the moment where it says no more than that."""
    first, *others = comparable(text).rstrip(".! ").split() or [""]
    return _(_NONE_KNOWN) if first in _NOT_ONE and _OF_THEM.issuperset(others) else text


def all_too_long(answers: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each answer that is too long."""
    found = {field: too_long(field, text.strip()) for field, text in answers.items()}
    return {field: sentence for field, sentence in found.items() if sentence}


def too_long(field: str, text: str) -> str:
    """A sentence when the text fills more than its part of a card. What counts is how long Teams finds it."""
    if field == "tests":
        tests = read_tests(text)
        if len(tests) > MOST_TESTS:
            return _(
                "{tests} tests are too many for one card: combine them to {limit} lines at most.",
                tests=len(tests),
                limit=MOST_TESTS,
            )
        longest = max((units(test) for test in tests), default=0)
        if longest > LONGEST_TEST:
            return _(
                "A test has {length} characters; one short line each, please, of {limit} at most.",
                length=longest,
                limit=LONGEST_TEST,
            )
        return ""
    if field == "tasks":
        return ""  # each line has its own limit
    longest, length = _LIMITS.get(field, LONGEST_ANSWER), units(text)
    return (
        _("This has {length} characters (an emoji counts as two); shorten it to {limit}.", length=length, limit=longest)
        if length > longest
        else ""
    )


def read_minutes(text: str) -> str:
    """The downtime in minutes. Raises ValidationFailed."""
    minutes = read_duration(text)
    if problem := length_problem(minutes):
        raise ValidationFailed({"minutes": problem})
    return str(minutes)


def checked_tests(text: str) -> str:
    """The tests, one a line. Raises ValidationFailed where there is none, or one too many."""
    tests = read_tests(text)
    if not any(character.isalnum() for test in tests for character in test):
        raise invalid("tests", BY_KEY["tests"].missing)
    if problem := too_long("tests", text):
        raise ValidationFailed({"tests": problem})
    return "\n".join(tests)


def read_named_addresses(text: str) -> str:
    """The addresses in their normal form: each once, with commas between them."""
    if problem := too_long("notify", text):
        raise ValidationFailed({"notify": problem})
    found = each_once(read_addresses(text))
    if len(found) > MOST_NAMED:
        number = len(found)
        too_many = _(
            "{number} addresses are too many: name {limit} at most, or a distribution list.",
            number=number,
            limit=MOST_NAMED,
        )
        raise ValidationFailed({"notify": too_many})
    return ", ".join(found)


def read_kind(text: str) -> str:
    """Normal or emergency, as ChangeType has it. Raises ValidationFailed."""
    word = comparable(text) if len(text) <= LONGEST_VALUE else text
    if word in _EMERGENCY:
        return ChangeType.EMERGENCY.value
    if word in _NORMAL:
        return ChangeType.NORMAL.value
    raise invalid("kind", "Answer `normal` or `emergency`.")
