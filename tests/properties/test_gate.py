"""Whatever has happened to the changes of a service: what the gate answers, and until when that holds."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from changes.model import IMPLEMENTING, IN_INCIDENT, Window
from changes.planning.gate import gate
from changes.policy import Freeze
from tests.properties.test_lifecycle import walk
from tests.support.core import LEARN, at
from tests.support.examples import examples

seeds = st.integers(0, 2**32)
moments = st.integers(-90 * 24 * 60, 120 * 24 * 60).map(lambda minutes: at(2027, 4, 15) + timedelta(minutes=minutes))
freezes = st.lists(
    st.tuples(st.integers(-90, 120), st.integers(0, 20)).map(
        lambda days: Freeze(
            "Freeze",
            date(2027, 4, 15) + timedelta(days=days[0]),
            date(2027, 4, 15) + timedelta(days=days[0] + days[1]),
        )
    ),
    max_size=3,
)


@settings(max_examples=examples(150))
@given(st.lists(seeds, max_size=3), freezes, moments, st.booleans(), st.booleans(), st.floats(0, 1))
def test_it_opens_for_started_windows_alone_and_what_it_answers_holds_until_it_says(
    walks: list[int], frozen: list[Freeze], moment: object, at_a_change: bool, needs_window: bool, part: float
) -> None:
    service = replace(LEARN, freezes=tuple(frozen))
    changes = [walk(seed).now_it_is.with_(id=f"CHG-2027-{number}") for number, seed in enumerate(walks)]
    when = changes[0].plan.window.start + timedelta(minutes=10) if at_a_change and changes else moment
    found = gate(service, changes, when, needs_window=needs_window)  # type: ignore[arg-type]
    assert found.reasons
    assert not (found.change and not found.allowed)
    if found.allowed:
        inside = [each for each in changes if each.id == found.change]
        assert inside or not needs_window
        for each in inside:
            assert each.state in IMPLEMENTING
            assert each.started_at is not None
            assert each.started_at <= when < each.ends_at  # type: ignore[operator]
        let_in = any(each.conflict_allowed for each in inside)
        moment_window = Window(when, when + timedelta(seconds=1))  # type: ignore[arg-type, operator]
        assert let_in or not any(each.touches(moment_window, service.zone) for each in frozen)
        assert not any(each.state in IN_INCIDENT for each in changes)
    if found.until is not None:
        assert found.until > when  # type: ignore[operator]
        later = when + part * (found.until - when)  # type: ignore[operator]
        if later < found.until:
            assert gate(service, changes, later, needs_window=needs_window).allowed == found.allowed
