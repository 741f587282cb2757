"""The registry of the phases knows every command and event, and a phase leaves alone what is another's."""

import pytest

from changes import commands as c
from changes import events as e
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.registry import APPLICATIONS, DECISIONS, REACTIONS, Apply, React
from changes.model import SYSTEM
from tests.support.builder import a_change
from tests.support.core import LEARN, REQUESTED

COMMANDS = {each for each in vars(c).values() if isinstance(each, type) and issubclass(each, c.Command)} - {c.Command}
EVENTS = {each for each in vars(e).values() if isinstance(each, type) and issubclass(each, e.Event)} - {e.Event}
ENTRY = e.Entry(9, REQUESTED, SYSTEM, "test", e.Drafted("CHG-2027-0001", a_change().now_it_is.plan))
TESTING = REACTIONS[e.TestRecorded]  # shows the results whichever of its events it is


def test_every_command_is_decided_and_every_event_after_the_first_is_applied() -> None:
    assert set(DECISIONS) == COMMANDS
    assert set(APPLICATIONS) == EVENTS - {e.Drafted}
    assert set(REACTIONS) == EVENTS - {e.Drafted, e.StepFired, e.StepSkipped}


@pytest.mark.parametrize(
    "apply", sorted(set(APPLICATIONS.values()), key=lambda apply: apply.__module__), ids=lambda apply: apply.__module__
)
def test_a_phase_makes_nothing_of_an_event_of_another(apply: Apply) -> None:
    change = a_change().now_it_is
    assert apply(change, ENTRY) is change


@pytest.mark.parametrize(
    "react",
    sorted(set(REACTIONS.values()) - {TESTING, REACTIONS[e.Reassigned]}, key=lambda react: react.__module__),
    ids=lambda react: react.__module__,
)
def test_a_phase_has_no_effects_of_an_event_of_another(react: React) -> None:
    effects = EffectBuilder(ENTRY, None, a_change().now_it_is, LEARN)
    react(effects, ENTRY.event)
    assert not effects.list
