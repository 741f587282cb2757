"""Whatever happens, the live card in the channel says what it would say if it were drawn now."""

from datetime import datetime
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.change_context import ChangeContext
from cards.overview.status import status_card
from changes import commands as c
from changes.effects import Effect, UpsertStatusCard
from changes.lifecycle import handle
from changes.lifecycle.live_card import is_shown_otherwise
from changes.model import SYSTEM, Change, State
from changes.planning.steps import StepKind
from changes.planning.timeline import pending
from language import use_language
from scheduler.status_refresher import TICKING
from tests.properties.test_lifecycle import walk
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, Story
from tests.support.examples import examples
from tests.unit.cards.looking import says


def drawn(of: Change, now: datetime) -> str:
    with use_language("en"):
        return says(status_card(ChangeContext(of, LEARN, now)))


def stale(story: Story) -> list[str]:
    """What the card said that was no longer so, when everything of that moment had happened."""
    moments = zip(story.entries, story.was, [*story.was[1:], story.now_it_is], strict=True)
    found, stands = [], ""
    for now, group in groupby(moments, key=lambda each: each[0].at):
        at_once = list(group)
        after = at_once[-1][2]
        assert after is not None
        if any(made is not None and is_shown_otherwise(before, entry, made) for entry, before, made in at_once):
            stands = drawn(after, now)
        # While the work goes on it is drawn every minute.
        elif after.state not in TICKING and stands != drawn(after, now):
            found.append(f"{type(at_once[-1][0].event).__name__}: {stands}\n→ {drawn(after, now)}")
    return found


@settings(max_examples=examples(100))
@given(st.integers(0, 2**32))
def test_the_live_card_never_says_what_is_past_as_coming(seed: int) -> None:
    assert stale(walk(seed)) == []


@settings(max_examples=examples(50))
@given(st.integers(0, 2**32))
def test_an_event_after_which_the_live_card_reads_otherwise_has_it_edited(seed: int) -> None:
    story = walk(seed)
    for entry, before, after in zip(story.entries, story.was, [*story.was[1:], story.now_it_is], strict=True):
        if before is not None and after is not None and drawn(before, entry.at) != drawn(after, entry.at):
            assert is_shown_otherwise(before, entry, after), entry.event


def effects_of(story: Story, command: c.Command, now: datetime) -> tuple[Effect, ...]:
    return handle(story.change, len(story.entries), command, now, "test", LEARN).effects


@pytest.mark.parametrize(
    ("stands", "kind"),
    [
        ("scheduled", StepKind.REMINDER),
        ("ready", StepKind.START),
        ("in progress", StepKind.CUTOFF),
        ("completed", StepKind.REVIEW),
    ],
)
def test_a_step_that_the_live_card_announced_has_it_edited(stands: str, kind: StepKind) -> None:
    story = a_change(stands)
    [step] = [each for each in pending(story.now_it_is, LEARN) if each.kind is kind]
    found = effects_of(story, c.FireStep(SYSTEM, step.key), step.due)
    assert [type(each) for each in found].count(UpsertStatusCard) == 1


def test_a_review_that_is_saved_is_seen_on_the_live_card() -> None:
    story = a_change("completed")
    assert story.now_it_is.state is State.COMPLETED
    found = effects_of(story, c.SaveReview(NADIA, "Good."), story.last)
    assert [type(each) for each in found].count(UpsertStatusCard) == 1
