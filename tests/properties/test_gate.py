"""However the changes of a service stand and wherever their windows lie: what the gate answers."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from changes.model import IMPLEMENTING, IN_INCIDENT, Change, Decision, Window
from changes.planning.gate import gate
from changes.policy import Freeze
from tests.support.builder import WAYS, a_change
from tests.support.core import LEARN, PIERRE, at
from tests.support.examples import examples

minutes = st.integers(-3 * 24 * 60, 3 * 24 * 60)
days = st.tuples(st.integers(-4, 4), st.integers(0, 3))
cases = st.tuples(st.sampled_from(sorted(WAYS)), minutes, st.booleans())


@cache
def standing(stands: str) -> Change:
    return a_change(stands).now_it_is


def changed(stands: str, by: int, let_in: bool) -> Change:
    """A change that stands there, with everything moved by so many minutes."""
    change, moved = standing(stands), timedelta(minutes=by)
    window = Window(change.plan.window.start + moved, change.plan.window.end + moved)
    allowed = Decision("allowed", PIERRE, at(2027, 4, 1), change.plan.fingerprint) if let_in else None
    started = change.started_at + moved if change.started_at else None
    return change.with_(plan=replace(change.plan, window=window), started_at=started, conflict_allowed=allowed)


def frozen(first: int, length: int) -> Freeze:
    day = date(2027, 4, 15) + timedelta(days=first)
    return Freeze("Freeze", day, day + timedelta(days=length))


@settings(max_examples=examples(200))
@given(st.lists(cases, max_size=3), st.lists(days, max_size=2), minutes, st.booleans())
def test_it_opens_for_started_windows_alone_and_never_in_a_freeze_or_an_incident(
    stands: list[tuple[str, int, bool]], freezes: list[tuple[int, int]], when: int, needs_window: bool
) -> None:
    service = replace(LEARN, freezes=tuple(frozen(*each) for each in freezes))
    changes = [changed(*each).with_(id=f"CHG-2027-{number:04}") for number, each in enumerate(stands, start=1)]
    moment: datetime = at(2027, 4, 15, 22) + timedelta(minutes=when)
    found = gate(service, changes, moment, needs_window=needs_window)
    assert found.reasons
    inside = [each for each in changes if each.id == found.change]
    if found.allowed:
        assert inside or not needs_window
        for each in inside:
            assert each.state in IMPLEMENTING
            assert each.started_at is not None
            assert each.started_at <= moment < each.ends_at
        is_frozen = any(
            each.touches(Window(moment, moment + timedelta(seconds=1)), service.zone) for each in service.freezes
        )
        assert not is_frozen or any(each.conflict_allowed for each in inside)
        assert not any(each.state in IN_INCIDENT for each in changes)
    else:
        assert not found.change
