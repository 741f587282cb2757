"""The questions of a request, one for each input, in the order in which they are asked."""

from changes.plan_fields import PLAN_FIELDS, Entry, Question
from changes.text.messages import joined
from language import N_, _

_SKIP = N_("(`-` for none)")
_OWN_WORDS = (Entry.PERSON, Entry.KIND)
"""These say in their own words how they are left out."""
_BEFORE = {each.asked_before: each.questions for each in PLAN_FIELDS}
QUESTIONS: tuple[Question, ...] = tuple(
    question
    for each in PLAN_FIELDS
    if not each.asked_before
    for question in (*_BEFORE.get(each.key, ()), *each.questions)
)
"""In the order in which they are asked."""
_SKIPPED = frozenset(
    question.field
    for each in PLAN_FIELDS
    if each.entry not in _OWN_WORDS
    for question in each.questions
    if question.optional
)
TEXTS = frozenset(each.key for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT, Entry.TESTS))
"""The fields that take any text."""


def asked(question: Question) -> str:
    """The question in the language of the moment, with how it is skipped."""
    return joined(_(question.question), _(_SKIP) if question.field in _SKIPPED else "")
