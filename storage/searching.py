"""The statements of a search. Searches of one shape share them, so that each is built once.

What is found in order comes as it lies in an index, of each phase or state and each part of a person by itself: only
the page is read, however many match. A word that many changes have is found among the first LOOKED_AT of them in that
order, and any other by the index of words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import Any

import sqlalchemy as sa

from changes.model import LONGEST_WITH_EXTENSIONS, OPEN, State
from changes.reporting.search import Search
from storage import word_index
from storage.columns import Instant
from storage.tables import changes, operations

_RARE = ("restore",)
"""Operations that few changes ask for: the changes are found by them, and not the other way round."""
_ASKED_BEFORE = 2 * LONGEST_WITH_EXTENSIONS
_ESCAPE = "/"
_SHAPES = 512
"""Maximum number of shapes that are kept."""
LOOKED_AT = 1000
"""So many changes are looked at for words before the index of words is asked."""
Columns = sa.ColumnCollection[str, Any]
Conditions = Sequence[sa.ColumnElement[bool]]


class Phase(IntEnum):
    """Several states that are listed together, as a column has them."""

    DRAFT = 0
    OPEN = 1
    OVER = 2

    @classmethod
    def of(cls, state: State) -> "Phase":
        """The phase that the state is part of."""
        if state is State.DRAFT:
            return cls.DRAFT
        return cls.OPEN if state in OPEN else cls.OVER


_STATES = {phase: frozenset(each for each in State if Phase.of(each) is phase) for phase in Phase}


@dataclass(frozen=True, slots=True)
class Shape:
    """What searches have in common whose statements differ in their values only."""

    states: tuple[State, ...]
    by: tuple[str, ...]
    operation: str
    words: int
    newest_first: bool
    is_paged: bool
    index: str = ""
    """The engine by whose index of words they are found."""


def shape_of(search: Search, *, is_paged: bool = False) -> Shape:
    """The shape of the search."""
    values = {
        "viewer": search.viewer is not None,
        "service": search.service,
        "requester": search.requester,
        "person": search.person,
        "since": search.since,
        "until": search.until,
    }
    by = tuple(name for name, given in values.items() if given)
    states = frozenset(search.states) or (frozenset(State) if search.since or search.until else frozenset())
    return Shape(tuple(sorted(states)), by, search.operation, len(search.words), search.newest_first, is_paged)


def values_of(search: Search, limit: int | None = None, most: int | None = None) -> dict[str, Any]:
    """The values of its parameters; `limit` of a page, in changes, and `most` that are read at all."""
    found: dict[str, Any] = {f"word_{number}": _anywhere(word) for number, word in enumerate(search.words)}
    given = ("service", "requester", "person", "since", "until")
    found |= {name: getattr(search, name) for name in given if getattr(search, name) not in (None, "")}
    if search.viewer is not None:
        found["viewer"] = search.viewer
    if search.since is not None:
        found |= {"earliest": search.since - LONGEST_WITH_EXTENSIONS, "asked_since": search.since - _ASKED_BEFORE}
    if limit is not None:
        found |= {"skipped": (search.page - 1) * limit, "most": limit, "upto": search.page * limit}
    if most is not None:
        found |= {"skipped": 0, "most": most, "upto": most}
    return found


def _anywhere(word: str) -> str:
    for each in (_ESCAPE, "%", "_"):
        word = word.replace(each, _ESCAPE + each)
    return f"%{word}%"


@lru_cache(_SHAPES)
def finding(shape: Shape, *names: str) -> sa.Select[Any]:
    """The columns of those names of what matches, in order, or of the page."""
    source, branches = _branches(shape)
    columns = [source[name] for name in names]
    if len(branches) == 1:
        query = sa.select(*columns).where(*branches[0]).order_by(*_order(source, shape))
        return _page(query) if shape.is_paged else query
    if not shape.is_paged:
        needed = dict.fromkeys((*names, "starts_at", "id"))
        parts = (sa.select(*(source[name] for name in needed)).where(*each) for each in branches)
        found = sa.union_all(*parts).subquery()
        return sa.select(*(found.c[name] for name in names)).order_by(*_order(found.c, shape))
    if "document" not in names:  # which would be read for nothing of all that are not on the page
        merged = _merged(source, branches, shape, *names)
        return _page(sa.select(*(merged.c[name] for name in names)).order_by(*_order(merged.c, shape)))
    merged = _merged(source, branches, shape, "id")
    keys = _page(sa.select(merged).order_by(*_order(merged.c, shape))).subquery()
    query = sa.select(*(changes.c[name] for name in names)).select_from(keys.join(changes, changes.c.id == keys.c.id))
    return query.order_by(*_order(keys.c, shape))


@lru_cache(_SHAPES)
def looking(shape: Shape) -> sa.Select[tuple[str]]:
    """The ids, in order, of those with the words among the first `upto` of those that match otherwise."""
    source, branches = _branches(replace(shape, words=0))
    merged = _merged(source, branches, shape, "id", "words")
    query = sa.select(merged)
    if len(branches) > 1:
        query = query.order_by(*_order(merged.c, shape)).limit(sa.bindparam("upto"))
    first = query.subquery()
    return sa.select(first.c.id).where(*_with_words(shape, first.c)).order_by(*_order(first.c, shape))


@lru_cache(_SHAPES)
def counting(shape: Shape) -> sa.Select[tuple[int]]:
    """How many match, of each branch up to `most`."""
    source, branches = _branches(shape)
    found = (sa.select(source.id).where(*each).limit(sa.bindparam("most")).subquery() for each in branches)
    counts = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in found]
    return sa.select(sum(counts[1:], start=counts[0]))


def _merged(source: Columns, branches: Sequence[Conditions], shape: Shape, *names: str) -> sa.Subquery:
    """What a page needs is among the first of each branch: no more is read of any."""
    needed = [source[name] for name in dict.fromkeys((*names, "starts_at", "id"))]
    firsts = [
        sa.select(*needed).where(*each).order_by(*_order(source, shape)).limit(sa.bindparam("upto")).subquery()
        for each in branches
    ]
    return firsts[0] if len(firsts) == 1 else sa.union_all(*(sa.select(each) for each in firsts)).subquery()


def _page(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.offset(sa.bindparam("skipped")).limit(sa.bindparam("most"))


def _order(of: Columns, shape: Shape) -> list[sa.ColumnElement[Any]]:
    keys = [of.starts_at, of.id]
    return [each.desc() for each in keys] if shape.newest_first else keys


def _branches(shape: Shape) -> tuple[Columns, list[Conditions]]:
    """Where it is searched, and the conditions of parts of what matches that have nothing in common."""
    of = _source(shape)
    is_rare = of is not changes.c
    common = _common(shape, of)
    places = [[_in_states(of, shape.states)] if shape.states else []] if is_rare else _places(of, shape)
    return of, [[*common, *place, *theirs] for place, theirs in product(places, _parts(of, shape))]


def _source(shape: Shape) -> Columns:
    """The columns of what is searched: all changes, or those of which there are few because of what was asked for."""
    if shape.index:
        read = [each for each in changes.c if each.name != "document"]
        having = word_index.having(is_postgresql=shape.index == "postgresql")
        return sa.select(*read).where(changes.c.id.in_(having)).cte("few").prefix_with("MATERIALIZED").c
    if shape.operation not in _RARE:
        return changes.c
    asked = sa.select(operations.c.change).where(operations.c.kind == shape.operation)
    if "since" in shape.by:
        asked = asked.where(operations.c.asked_at > sa.bindparam("asked_since"))
    # Materialised: whatever the engine believes, there are fewer of these than changes of one service and state.
    few = sa.select(changes).where(changes.c.id.in_(asked)).cte("few").prefix_with("MATERIALIZED")
    return few.c


def _places(of: Columns, shape: Shape) -> list[list[sa.ColumnElement[bool]]]:
    """The phases, or the states, as an index has them one after the other."""
    states = frozenset(shape.states)
    if not states:
        return [[_in_phase(of, phase)] for phase in Phase] if shape.is_paged else [[]]
    of_person = "person" in shape.by or "requester" in shape.by
    parts = {phase: its & states for phase, its in _STATES.items() if its & states}
    whole = {phase for phase, part in parts.items() if part == _STATES[phase]}
    if not of_person and (len(states) == 1 or not (shape.is_paged or whole == parts.keys())):
        return [[_in_states(of, states)]]
    found: list[list[sa.ColumnElement[bool]]] = []
    for phase, part in parts.items():
        if phase in whole:
            found.append([_in_phase(of, phase)])
        elif of_person:
            found.append([_in_phase(of, phase), _in_states(of, part)])
        else:  # a phase may have very many that are in other states
            found += [[_in_states(of, {state})] for state in sorted(part)]
    return found


def _in_states(of: Columns, states: Iterable[State]) -> sa.ColumnElement[bool]:
    # No parameters: PostgreSQL keeps a plan only where it is as good as one for the values.
    names = [sa.literal_column(each, sa.Text()) for each in sorted(f"'{state.value}'" for state in states)]
    found: sa.ColumnElement[bool] = of.state == names[0] if len(names) == 1 else of.state.in_(names)
    return found


def _in_phase(of: Columns, phase: Phase) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = of.phase == sa.literal_column(str(phase.value))
    return found


def _parts(of: Columns, shape: Shape) -> list[list[sa.ColumnElement[bool]]]:
    """Each by an index: one `or` would make an engine read all that there is."""
    if "person" not in shape.by:
        return [[]]
    person = sa.bindparam("person", type_=sa.Text())
    return [[of.requester == person], [of.implementer == person, of.handed_in, of.requester != person]]


def _with_words(shape: Shape, of: Columns) -> list[sa.ColumnElement[bool]]:
    return [of.words.like(sa.bindparam(f"word_{n}"), escape=_ESCAPE) for n in range(shape.words)]


def _common(shape: Shape, of: Columns) -> Conditions:
    found = _with_words(shape, of)
    if "viewer" in shape.by:
        found.append(sa.or_(of.handed_in, of.requester == sa.bindparam("viewer")))
    found += [of[name] == sa.bindparam(name) for name in ("service", "requester") if name in shape.by]
    if shape.operation and shape.operation not in _RARE:
        asked = sa.select(operations.c.id).where(operations.c.change == of.id, operations.c.kind == shape.operation)
        found.append(asked.exists())
    if "since" in shape.by:
        # The indexes know when windows start: without a first day everything that is over would be looked at.
        found.append(of.ends_at > sa.bindparam("since", type_=Instant()))
        found.append(of.starts_at > sa.bindparam("earliest", type_=Instant()))
    if "until" in shape.by:
        found.append(of.starts_at < sa.bindparam("until", type_=Instant()))
    return found
