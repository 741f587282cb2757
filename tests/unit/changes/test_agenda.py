"""What the process waits for, person by person, and on which card: the one that must never be lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from changes import commands as c
from changes.model import State
from changes.notification.cards import CardKind, awaited_card, cards_in_use
from changes.reporting.worklist import DECIDERS_ASKED, TaskKind, pending_task_for
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, Story, at, night
from tests.unit.changes.test_every_verb import MARC, SCENES, SERVICE, scene

ASKED = TaskKind


def waits(story: Story, now: datetime) -> dict[str, tuple[TaskKind, datetime | None]]:
    """Who is asked for what, and until when."""
    people = (NADIA, PIERRE, CLAIRE, LUC)
    found = {person.name: pending_task_for(person, story.now_it_is, LEARN, now) for person in people}
    return {name: (item.asked, item.by) for name, item in found.items() if item is not None}


WAITS: dict[str, tuple[Callable[[], Story], list[tuple[datetime, dict[str, TaskKind]]]]] = {
    "nothing of anybody before the preparation is due": (a_change, [(at(2027, 3, 16), {})]),
    "the pre-check for the approver alone": (
        lambda: a_change("pre-check asked"),
        [(at(2027, 4, 2), {"Pierre": ASKED.PRECHECK})],
    ),
    "the pre-check of the approver's own change for the deputy": (
        lambda: a_change("pre-check asked", implementer=PIERRE),
        [(at(2027, 4, 2), {"Claire": ASKED.PRECHECK})],
    ),
    "GO for the approver": (lambda: a_change("GO asked"), [(at(2027, 4, 8, 10), {"Pierre": ASKED.GO})]),
    "nothing between GO and the day": (lambda: a_change("scheduled"), [(at(2027, 4, 9), {})]),
    "nothing while the snapshot is taken": (lambda: a_change("snapshot requested"), [(night(19, 16), {})]),
    "a snapshot that failed for the implementer": (
        lambda: a_change("snapshot failed"),
        [(night(19, 21), {"Nadia": ASKED.SNAPSHOT})],
    ),
    "the start for the implementer, and after half an hour for the approver too": (
        lambda: a_change("ready"),
        [
            *((night(21, 59), {}), (night(22, 1), {"Nadia": ASKED.START}), (night(22, 16), {"Nadia": ASKED.START})),
            (night(22, 31), {"Nadia": ASKED.START, "Pierre": ASKED.START}),
        ],
    ),
    "the work for the implementer, and at its limits for the approver too": (
        lambda: a_change("in progress"),
        [
            *((night(22, 5), {"Nadia": ASKED.TESTS}), (night(23, 1), {"Nadia": ASKED.CUTOFF})),
            (night(23, 11), {"Nadia": ASKED.CUTOFF, "Pierre": ASKED.CUTOFF}),
            (night(23, 31), {"Nadia": ASKED.OVERRUN, "Pierre": ASKED.OVERRUN}),
        ],
    ),
    "an incident for the implementer": (lambda: a_change("incident"), [(night(22, 30), {"Nadia": ASKED.INCIDENT})]),
    "a restore for everyone who may confirm it but not for who asked": (
        lambda: a_change("restore asked", restores=PIERRE),
        [(night(22, 42), {"Nadia": ASKED.INCIDENT, "Claire": ASKED.CONFIRM_RESTORE})],
    ),
    "no review on the same night": (lambda: a_change("completed"), [(night(23, 1), {})]),
    "no review once it is written": (lambda: a_change("reviewed"), [(at(2027, 4, 16, 12), {})]),
}


@pytest.mark.parametrize("what", WAITS)
def test_the_process_waits_for(what: str) -> None:
    make, moments = WAITS[what]
    for now, expected in moments:
        assert {name: task for name, (task, _) in waits(make(), now).items()} == expected, now


def test_what_is_waited_for_has_its_deadline() -> None:
    prepare = a_change().until(at(2027, 3, 30))
    assert waits(prepare, at(2027, 3, 31)) == {"Nadia": (ASKED.PREPARE, at(2027, 4, 1))}
    corrected = a_change("corrections requested")
    assert waits(corrected, at(2027, 4, 2)) == {"Nadia": (ASKED.CORRECTIONS, at(2027, 4, 8))}, "until GO is asked for"
    assert waits(corrected, at(2027, 4, 9))["Nadia"][1] == at(2027, 4, 13)
    go = a_change("GO asked").until(at(2027, 4, 12))
    both = dict.fromkeys(("Pierre", "Claire"), (ASKED.GO, at(2027, 4, 13)))
    assert waits(go, at(2027, 4, 12, 10)) == both, "from the second day on the deputies too"
    review = a_change("completed").until(at(2027, 4, 16))
    assert waits(review, at(2027, 4, 16, 10)) == {"Nadia": (ASKED.REVIEW, None)}


def test_whoever_decides_is_asked_only_in_the_states_in_which_their_tasks_are_looked_for() -> None:
    """Their own changes are looked for in every state, those of others in DECIDERS_ASKED."""
    seen: set[State] = set()
    for name in SCENES:
        story, now = scene(name, NADIA, LUC)
        for later in (timedelta(), timedelta(hours=3), timedelta(days=2), timedelta(days=60)):
            asked = [pending_task_for(each, story.now_it_is, SERVICE, now + later) for each in (PIERRE, CLAIRE, MARC)]
            seen |= {story.now_it_is.state for each in asked if each is not None}
    assert seen <= DECIDERS_ASKED
    assert {State.PRECHECK_PENDING, State.GO_PENDING, State.READY, State.IN_PROGRESS, State.INCIDENT} <= seen


CARD = CardKind


@pytest.mark.parametrize(
    ("stands", "card"),
    [
        *(("submitted", None), ("pre-check asked", CARD.PRECHECK), ("pre-checked", None), ("GO asked", CARD.GO)),
        *(("scheduled", None), ("snapshot requested", CARD.PROGRESS), ("ready", CARD.DAY), ("in progress", CARD.DAY)),
        *(("completed", None), ("reviewed", None)),
    ],
)
def test_the_card_that_is_waited_for_is_that_of_what_comes_next(stands: str, card: CardKind | None) -> None:
    assert awaited_card(a_change(stands).now_it_is) is card


def test_the_review_is_waited_for_from_the_day_on_which_it_is_asked_for() -> None:
    assert awaited_card(a_change("completed").until(at(2027, 4, 16)).now_it_is) is CARD.REVIEW


def cut_off() -> Story:
    return a_change("trouble").until(night(23))


IN_USE: dict[str, tuple[Callable[[], Story], tuple[CardKind, ...]]] = {
    "an issue leaves the tests": (lambda: a_change("trouble"), (CARD.DAY,)),
    "from the cutoff on it is that, and the tests are still needed": (cut_off, (CARD.CUTOFF, CARD.DAY)),
    "until it is answered": (lambda: cut_off().then(night(23, 5), c.SolveTrouble(NADIA)), (CARD.DAY,)),
    "in an incident it is that": (lambda: a_change("incident"), (CARD.INCIDENT,)),
    "while the data is put back also everything that is known": (
        lambda: a_change("restoring"),
        (CARD.INCIDENT, CARD.HANDOVER),
    ),
    "handed over too": (lambda: a_change("handed over"), (CARD.INCIDENT, CARD.HANDOVER)),
}


@pytest.mark.parametrize("what", IN_USE)
def test_the_cards_in_use(what: str) -> None:
    make, cards = IN_USE[what]
    assert cards_in_use(make().now_it_is) == cards


@pytest.mark.parametrize("stands", ["cancelled", "postponed", "NO-GO", "draft"])
def test_what_is_given_up_or_not_begun_waits_on_its_live_card(stands: str) -> None:
    assert cards_in_use(a_change(stands).now_it_is) == ()
