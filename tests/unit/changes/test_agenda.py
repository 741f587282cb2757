"""What the process waits for, person by person."""

from datetime import datetime, timedelta

from changes import commands as c
from changes.model import SYSTEM, Person, State
from changes.reporting.worklist import DECIDERS_ASKED, TaskKind, pending_task_for
from tests.support.core import (
    CLAIRE,
    LEARN,
    LUC,
    NADIA,
    PIERRE,
    Story,
    at,
    at_go,
    at_precheck,
    in_progress,
    plan,
    requested,
    scheduled,
)
from tests.unit.changes.test_every_verb import MARC, SCENES, SERVICE, scene


def waits(story: Story, now: datetime) -> dict[str, TaskKind]:
    """Who is asked for what."""
    found = {
        person.name: pending_task_for(person, story.now_it_is, LEARN, now) for person in (NADIA, PIERRE, CLAIRE, LUC)
    }
    return {name: item.asked for name, item in found.items() if item is not None}


def deadline(story: Story, person: Person, now: datetime) -> datetime | None:
    item = pending_task_for(person, story.now_it_is, LEARN, now)
    assert item is not None
    return item.by


def test_nothing_is_asked_of_anybody_before_the_preparation_is_due() -> None:
    assert waits(requested(), at(2027, 3, 16)) == {}


def test_the_requester_prepares_until_the_pre_check() -> None:
    story = requested()
    story.until(at(2027, 3, 30))
    assert waits(story, at(2027, 3, 31)) == {"Nadia": TaskKind.PREPARE}
    assert deadline(story, NADIA, at(2027, 3, 31)) == at(2027, 4, 1)


def test_the_pre_check_waits_for_the_approver_alone() -> None:
    assert waits(at_precheck(), at(2027, 4, 2)) == {"Pierre": TaskKind.PRECHECK}


def test_the_pre_check_of_the_approvers_own_change_waits_for_the_deputy() -> None:
    assert waits(at_precheck(plan(implementer=PIERRE)), at(2027, 4, 2)) == {"Claire": TaskKind.PRECHECK}


def test_corrections_wait_for_the_requester_until_go_is_asked_for() -> None:
    story = at_precheck()
    story.do(c.RequestCorrections(PIERRE, "Which backup?"), at(2027, 4, 1, 12))
    assert waits(story, at(2027, 4, 2)) == {"Nadia": TaskKind.CORRECTIONS}
    assert deadline(story, NADIA, at(2027, 4, 2)) == at(2027, 4, 8)
    assert deadline(story, NADIA, at(2027, 4, 9)) == at(2027, 4, 13)


def test_go_waits_for_the_approver_and_from_the_second_day_for_the_deputies_too() -> None:
    story = at_go()
    assert waits(story, at(2027, 4, 8, 10)) == {"Pierre": TaskKind.GO}
    story.until(at(2027, 4, 12))
    assert waits(story, at(2027, 4, 12, 10)) == {"Pierre": TaskKind.GO, "Claire": TaskKind.GO}
    assert deadline(story, PIERRE, at(2027, 4, 12, 10)) == at(2027, 4, 13)


def test_nothing_is_asked_between_go_and_the_day() -> None:
    assert waits(scheduled(), at(2027, 4, 9)) == {}


def test_a_snapshot_that_failed_waits_for_the_implementer() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    assert waits(story, at(2027, 4, 15, 19, 16)) == {}
    story.do(c.NoteSnapshotFailed(SYSTEM, "no room"), at(2027, 4, 15, 19, 17))
    assert waits(story, at(2027, 4, 15, 19, 18)) == {"Nadia": TaskKind.SNAPSHOT}


def test_the_work_waits_for_the_implementer_and_at_its_limits_for_the_approver_too() -> None:
    story = in_progress()
    assert waits(story, at(2027, 4, 15, 22, 5)) == {"Nadia": TaskKind.TESTS}
    assert waits(story, at(2027, 4, 15, 23, 1)) == {"Nadia": TaskKind.CUTOFF}
    assert waits(story, at(2027, 4, 15, 23, 11)) == {"Nadia": TaskKind.CUTOFF, "Pierre": TaskKind.CUTOFF}
    assert waits(story, at(2027, 4, 15, 23, 31)) == {"Nadia": TaskKind.OVERRUN, "Pierre": TaskKind.OVERRUN}


def test_a_start_waits_for_the_implementer_and_after_half_an_hour_for_the_approver_too() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 45))
    assert waits(story, at(2027, 4, 15, 21, 59)) == {}
    assert waits(story, at(2027, 4, 15, 22, 1)) == {"Nadia": TaskKind.START}
    assert waits(story, at(2027, 4, 15, 22, 16)) == {"Nadia": TaskKind.START}
    assert waits(story, at(2027, 4, 15, 22, 31)) == {"Nadia": TaskKind.START, "Pierre": TaskKind.START}


def test_a_restore_waits_for_everyone_who_may_confirm_it_but_not_for_who_asked() -> None:
    story = in_progress()
    now = at(2027, 4, 15, 22, 30)
    story.do(c.DeclareIncident(NADIA, "It is slow."), now)
    assert waits(story, now) == {"Nadia": TaskKind.INCIDENT}
    story.do(c.AskRestore(PIERRE), now + timedelta(minutes=1))
    assert waits(story, now + timedelta(minutes=2)) == {"Nadia": TaskKind.INCIDENT, "Claire": TaskKind.CONFIRM_RESTORE}


def test_the_review_waits_for_the_implementer_from_the_next_working_day_until_it_is_written() -> None:
    story = in_progress()
    for test in (0, 1):
        story.do(c.RecordTest(NADIA, test, passed=True), at(2027, 4, 15, 22, 30))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 22, 40))
    assert waits(story, at(2027, 4, 15, 23)) == {}
    story.until(at(2027, 4, 16))
    assert waits(story, at(2027, 4, 16, 10)) == {"Nadia": TaskKind.REVIEW}
    assert deadline(story, NADIA, at(2027, 4, 16, 10)) is None
    story.do(c.SaveReview(NADIA, "All went well."), at(2027, 4, 16, 11))
    assert waits(story, at(2027, 4, 16, 12)) == {}


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
