"""Compares a plan, field by field, with the one that the approver reviewed last."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from changes.labels import duration_label, window_label
from changes.model import Plan, risk_text
from changes.plan_fields import PLAN_FIELDS, Entry, PlanField
from changes.policy import Service
from changes.text import Message, template

FIELDS = tuple(each for each in PLAN_FIELDS if each.entry is not Entry.SERVICE)
"""The fields that are compared, in the order of the form; the window is followed by its length."""
_DOWNTIME = template("Downtime")
_BY_LINE = (Entry.TESTS, Entry.ADDRESSES, Entry.TASKS)
_BY_WORD = (Entry.LINE, Entry.TEXT)
MOST_WORDS = 4000
"""A longer text is compared as a whole; no field of a plan that can be submitted has so many words and blanks."""
DEEPEST = 6
"""Maximum recursion depth of the patience diff: what differs between anchors at that depth is replaced as a whole."""
_WORDS = re.compile(r"\s+|[^\s]+")


class DiffOp(StrEnum):
    """Whether a piece of text was kept, added or removed."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffSegment:
    """A piece of a field's text, and what became of it."""

    mark: DiffOp
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is another, with its label: its text before and after, as pieces in reading order."""

    field: str
    label: str
    pieces: tuple[DiffSegment, ...]


def differences(before: Plan, after: Plan, service: Service) -> tuple[Difference, ...]:
    """The fields that are another: tests and addresses one by one, other texts word by word, dates as a whole."""
    found = []
    for field in FIELDS:
        old, new = _shown(before, field, service), _shown(after, field, service)
        if old == new:
            continue
        pieces: Iterable[DiffSegment]
        if field.entry is Entry.RISK:
            pieces = _answers(before.risk_answers, after.risk_answers)
        elif field.entry in _BY_LINE:
            pieces = _pieces(old.splitlines(keepends=True), new.splitlines(keepends=True))
        elif field.entry in _BY_WORD:
            pieces = _pieces(_WORDS.findall(old), _WORDS.findall(new))
        else:
            pieces = _replaced(old, new)
        found.append(Difference(field.key, field.label, tuple(pieces)))
        if field.entry is Entry.WINDOW and before.window.minutes != after.window.minutes:
            lengths = (duration_label(each.window.minutes) for each in (before, after))
            found.append(Difference("minutes", _DOWNTIME, _replaced(*lengths)))
    return tuple(found)


def _replaced(old: str, new: str) -> tuple[DiffSegment, ...]:
    return DiffSegment(DiffOp.REMOVED, old), DiffSegment(DiffOp.ADDED, new)


def _answers(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> Iterator[DiffSegment]:
    """The answers that are others, each with its question."""
    for mark, those, others in ((DiffOp.REMOVED, old, new), (DiffOp.ADDED, new, old)):
        changed = [(risk_text(ask), risk_text(answer)) for ask, answer in those if (ask, answer) not in others]
        yield from (DiffSegment(mark, Message("{question} {answer}", question=q, answer=a)) for q, a in changed)


def _shown(plan: Plan, field: PlanField, service: Service) -> str:
    value = getattr(plan, field.key)
    match field.entry:
        case Entry.WINDOW:
            return window_label(plan.window, service.zone)
        case Entry.TESTS | Entry.ADDRESSES:
            return "".join(f"{each}\n" for each in value)
        case Entry.TASKS:
            return "".join(f"{each.typed}\n" for each in value)
        case Entry.PERSON:
            return str(value.name or value.id)
        case _:
            return str(value)


def _pieces(old: list[str], new: list[str]) -> Iterator[DiffSegment]:
    """Patience diff: what stands once in both texts anchors the rest, and time grows with the length alone.

    The longest common subsequence would take minutes for two texts of the same few words.
    """
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = ["".join(old)], ["".join(new)]
    kept = [*_common(old, new, range(len(old)), range(len(new)), DEEPEST), (len(old), len(new))]
    i = k = 0
    run: list[str] = []
    for j, m in kept:
        if (i < j or k < m or j == len(old)) and run:
            yield DiffSegment(DiffOp.KEPT, "".join(run))
            run = []
        if i < j:
            yield DiffSegment(DiffOp.REMOVED, "".join(old[i:j]))
        if k < m:
            yield DiffSegment(DiffOp.ADDED, "".join(new[k:m]))
        run += old[j : j + 1]
        i, k = j + 1, m + 1


def _common(old: list[str], new: list[str], left: range, right: range, deep: int) -> Iterator[tuple[int, int]]:
    """The places, in order, of what both sections have: their common begin and end, and the anchors between."""
    i, j, k, m = left.start, left.stop, right.start, right.stop
    while i < j and k < m and old[i] == new[k]:
        yield i, k
        i, k = i + 1, k + 1
    ends = 0
    while i < j - ends and k < m - ends and old[j - ends - 1] == new[m - ends - 1]:
        ends += 1
    j, m = j - ends, m - ends
    anchors = _anchors(old, new, range(i, j), range(k, m)) if deep else []
    for (a, b), (c, d) in pairwise([(i - 1, k - 1), *anchors, (j, m)] if anchors else []):
        if a >= i:
            yield a, b
        yield from _common(old, new, range(a + 1, c), range(b + 1, d), deep - 1)
    yield from zip(range(j, j + ends), range(m, m + ends), strict=True)


def _anchors(old: list[str], new: list[str], left: range, right: range) -> list[tuple[int, int]]:
    """The most pairs of places that keep their order, of words that stand exactly once in each section."""
    seen, met = Counter(old[i] for i in left), Counter(new[k] for k in right)
    place = {new[k]: k for k in right}
    pairs = [(i, place[old[i]]) for i in left if seen[old[i]] == met[old[i]] == 1]
    return _longest_increasing(pairs)


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of the pairs, not necessarily neighbours, whose second numbers grow (patience sorting)."""
    piles: list[int] = []
    tops: list[int] = []
    below: list[int] = []
    for number, (_i, k) in enumerate(pairs):
        pile = bisect_left(piles, k)
        piles[pile : pile + 1] = [k]
        tops[pile : pile + 1] = [number]
        below.append(tops[pile - 1] if pile else -1)
    found: list[tuple[int, int]] = []
    number = tops[-1] if tops else -1
    while number >= 0:
        found.append(pairs[number])
        number = below[number]
    return found[::-1]
