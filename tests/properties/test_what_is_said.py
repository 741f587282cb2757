"""Whatever is done by whomever: each line is true when it is said, and so is what affected people read last."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes.effects import PostThreadMessage, SendNotice
from changes.errors import CommandRejected
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, IMPLEMENTING, Change, State, Window
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import RETIRED, ThreadMessage
from changes.planning.timeline import pending
from tests.properties.test_lifecycle import likely_command, random_command, walk
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, REQUESTED, Story
from tests.support.examples import examples
from tests.support.truth import TRUTHS, untrue

MOST = 0.8
"""Of the lines. The others are said by the bot itself, by earlier versions, between two changes, or hardly ever."""
ELSEWHERE = {
    *(ThreadMessage.TASKS_DUE, ThreadMessage.APPROVAL_GIVEN),
    *(ThreadMessage.GO_STANDING, ThreadMessage.MADE_NORMAL, ThreadMessage.TEMPLATE_SUSPENDED),
}
"""Said where a plan has tasks or a template, or several decide: there are walks of their own for these."""


def wrong(story: Story) -> list[str]:
    """What the lines of the story said that was not so when the command that brought them was carried out."""
    moments = zip(story.caused, story.became, strict=True)
    said = [(each, of, beside) for each, (of, beside) in moments if isinstance(each, PostThreadMessage)]
    return [found for each, of, beside in said if (found := untrue(each, of, LEARN, beside))]


def test_every_line_has_its_truth() -> None:
    assert set(TRUTHS) == set(ThreadMessage) - RETIRED


@settings(max_examples=examples(150))
@given(st.integers(0, 2**32))
def test_what_a_line_says_is_the_state_it_says_it_of(seed: int) -> None:
    assert wrong(walk(seed)) == []


def test_the_walks_come_to_most_of_the_lines() -> None:
    said: set[ThreadMessage] = set()
    spoken = set(ThreadMessage) - RETIRED - ELSEWHERE
    for seed in range(200):
        if len(said & spoken) >= MOST * len(spoken):
            break
        said |= {each.line for each in walk(seed).lines()}
    assert not said & RETIRED
    assert len(said & spoken) >= MOST * len(spoken), spoken - said


BROKEN = {State.INCIDENT, State.RESTORING}
GIVEN_UP = {State.POSTPONED, State.NO_GO}


ANNOUNCING = (NoticeKind.PLANNED, NoticeKind.RESCHEDULED)


def reached(story: Story) -> list[tuple[SendNotice, Change]]:
    """What reached people, in order, and the change of which it told: the outbox takes each key once."""
    first: dict[str, tuple[SendNotice, Change]] = {}
    for effect, (of, _) in zip(story.caused, story.became, strict=True):
        if isinstance(effect, SendNotice):
            first.setdefault(effect.key, (effect, of))
    return list(first.values())


def last_told(story: Story) -> SendNotice | None:
    """What reached people last."""
    return next((notice for notice, _ in reversed(reached(story))), None)


def read_of(change: Change) -> tuple[object, ...]:
    """What an announcement says of the change."""
    return change.plan.window, change.plan.title, change.plan.affected


def misread(story: Story) -> str:
    """What people read last of a date that stands, if it is not what they would read now."""
    if story.now_it_is.state not in AWAITING_IMPLEMENTATION:
        return ""
    announced = [of for notice, of in reached(story) if notice.kind in ANNOUNCING]
    if not announced:
        return "a date has GO and nobody was told"
    read, now = read_of(announced[-1]), read_of(story.now_it_is)
    return "" if read == now else f"they read {read} and would read {now}"


def misleading(told: SendNotice | None, change: Change, now: datetime) -> str:
    """What is wrong with the last message as the change stands now; empty when it is true."""
    window, state = Window(change.plan.window.start, change.ends_at), change.state
    if told is None:
        return "nobody was told that the work began" if state in IMPLEMENTING | BROKEN | {State.COMPLETED} else ""
    match told.kind:
        case NoticeKind.PLANNED | NoticeKind.REMINDER | NoticeKind.RESCHEDULED:
            if state not in AWAITING_IMPLEMENTATION | AWAITING_APPROVAL:
                return f"it is {state}"
            if told.window != window:
                return f"they expect {told.window}"
            return "the window is over" if now > window.end else ""
        case NoticeKind.START:
            return "" if state in IMPLEMENTING and told.window == window else f"it is {state} until {window.end}"
        case NoticeKind.EXTENSION:
            return (
                "" if state in IMPLEMENTING and told.window.end == window.end else f"it is {state} until {window.end}"
            )
        case NoticeKind.HOLDING:
            return "" if state in IMPLEMENTING and now >= window.end else f"it is {state}"
        case NoticeKind.INCIDENT_START | NoticeKind.INCIDENT_UPDATE:
            # After a restore the tests are run again, and the incident is over when they passed.
            return "" if state in BROKEN | IMPLEMENTING and change.incident_at else f"it is {state}"
        case NoticeKind.END | NoticeKind.INCIDENT_END:
            return "" if state is State.COMPLETED else f"it is {state}"
        case NoticeKind.CANCELLED:
            return "" if state is State.CANCELLED else f"it is {state}"
        case NoticeKind.POSTPONED:
            # It said that a new date follows: that stays true until the new one has GO, or people hear that it is off.
            return "" if state in GIVEN_UP | AWAITING_APPROVAL else f"it is {state}"


def later(random: Random, story: Story, now: datetime) -> datetime:
    """A little later, or when the next thing is due."""
    coming = [step.due for step in pending(story.now_it_is, LEARN) if step.due > now]
    if coming and random.random() < 0.5:
        return coming[0]
    return now + timedelta(minutes=random.choice([0, 0, 5, 20, 60, 60 * 24]))


def any_command(random: Random, story: Story) -> c.Command:
    """Mostly what a team would do; often a new date or an end to it all, sometimes anything."""
    dice = random.random()
    if dice < 0.1:
        start = story.now_it_is.plan.window.start + timedelta(days=random.choice([-7, -1, 1, 7, 30]))
        return c.Move(NADIA, Window(start, start + timedelta(minutes=random.choice([90, 120]))), "It is urgent.")
    if dice < 0.14:
        return random.choice([c.Postpone(NADIA, "Later."), c.Cancel(NADIA, "Not needed.")])
    if dice < 0.2:
        read = {
            "affected": random.choice(["Nobody can log in.", "It is slow."]),
            "risks": random.choice(["None.", "?"]),
        }
        return c.Edit(NADIA, replace(story.now_it_is.plan, **read))  # type: ignore[arg-type]
    return likely_command(random, story) if dice < 0.9 else random_command(random, story)


@given(st.integers(0, 2**32))
@settings(max_examples=examples(400))
def test_each_affected_persons_last_message_about_the_change_is_true(seed: int) -> None:
    random = Random(seed)
    story, now = a_change(), REQUESTED
    for _ in range(60):
        now = later(random, story, now)
        story.until(now)
        if wrong := misleading(last_told(story), story.now_it_is, now):
            pytest.fail(f"{last_told(story)}: {wrong} ({now})")
        command = any_command(random, story)
        try:
            story.do(command, now)
        except CommandRejected:
            continue
        if wrong := misleading(last_told(story), story.now_it_is, now) or misread(story):
            pytest.fail(f"after {command}: {last_told(story)}: {wrong} ({now})")
    for notice, of in reached(story):
        if notice.kind in ANNOUNCING:
            assert of.go is not None
            assert (of.state, of.go.verdict, of.plan.window) == (State.SCHEDULED, "go", notice.window), "without GO"
