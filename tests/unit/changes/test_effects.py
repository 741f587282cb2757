"""What follows outside from each event: which notice, which line to whom, which card, which call of the provider."""

from datetime import timedelta

import pytest

from changes import commands as c
from changes.effects import (
    BeginRestore,
    BeginSnapshot,
    Effect,
    PostThreadMessage,
    Preflight,
    Reply,
    SendNotice,
    SyncTeamMembers,
    UpsertCard,
    UpsertStatusCard,
    ordering_key,
)
from changes.model import SYSTEM, ChangeType, Person
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from tests.support.core import (
    CLAIRE,
    LUC,
    NADIA,
    PIERRE,
    Story,
    after_tests,
    at,
    at_go,
    at_precheck,
    in_progress,
    plan,
    requested,
    scheduled,
)

EVENING = at(2027, 4, 15, 22, 30)


def after(story: Story, command: c.Command) -> list[Effect]:
    """What the command alone caused."""
    count = len(story.caused)
    story.do(command, story.entries[-1].at + timedelta(minutes=1))
    return story.caused[count:]


def notices(effects: list[Effect]) -> list[NoticeKind]:
    return [effect.kind for effect in effects if isinstance(effect, SendNotice)]


def lines(effects: list[Effect]) -> dict[ThreadMessage, tuple[Person, ...]]:
    return {effect.line: effect.mention for effect in effects if isinstance(effect, PostThreadMessage)}


def cards(effects: list[Effect]) -> list[tuple[CardKind, bool]]:
    return [(effect.card, effect.only_edit) for effect in effects if isinstance(effect, UpsertCard)]


def test_a_whole_good_change_sends_each_notice_once_and_in_order() -> None:
    story = in_progress()
    for index in range(2):
        story.do(c.RecordTest(NADIA, index, passed=True), EVENING)
    story.do(c.Complete(NADIA), EVENING)
    story.until(at(2027, 4, 20))
    assert notices(story.caused) == [NoticeKind.PLANNED, NoticeKind.REMINDER, NoticeKind.START, NoticeKind.END]


def test_every_effect_has_a_key_of_its_own_that_begins_with_its_change() -> None:
    story = in_progress()
    keys = [effect.key for effect in story.caused]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith("CHG-2027-0001:") for key in keys)


def test_nobody_is_told_anything_of_a_draft() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan()), at(2027, 3, 15, 10))
    story.do(c.Edit(NADIA, plan(title="Another title")), at(2027, 3, 15, 10))
    story.do(c.Cancel(NADIA, ""), at(2027, 3, 15, 11))
    assert story.caused == []


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [(plan(), (PIERRE,)), (plan(implementer=PIERRE), (CLAIRE,)), (plan(implementer=LUC), (PIERRE,))],
)
def test_the_precheck_is_asked_of_the_approver_or_of_the_deputies_when_it_is_the_approvers_own(
    wanted: object, asked: tuple[Person, ...]
) -> None:
    story = requested(wanted)  # type: ignore[arg-type]
    story.until(at(2027, 4, 1))
    (card,) = [each for each in story.said(UpsertCard) if isinstance(each, UpsertCard)]
    assert (card.card, card.message, card.mention) == (CardKind.PRECHECK, "precheck:1", asked)


def test_corrections_are_told_to_the_requester_with_the_approvers_words() -> None:
    effects = after(at_precheck(), c.RequestCorrections(PIERRE, "Which plug-ins?"))
    (told,) = [each for each in effects if isinstance(each, PostThreadMessage)]
    assert (told.line, told.detail, told.mention, told.by) == (
        ThreadMessage.CORRECTIONS_WANTED,
        "Which plug-ins?",
        (NADIA,),
        PIERRE,
    )
    assert cards(effects) == [(CardKind.PRECHECK, True)]


def test_go_announces_and_edits_the_cards_it_was_given_on() -> None:
    effects = after(at_go(), c.GiveGo(PIERRE, "Good luck."))
    assert notices(effects) == [NoticeKind.PLANNED]
    assert lines(effects) == {ThreadMessage.GO_GIVEN: (NADIA,)}
    assert cards(effects) == [(CardKind.PRECHECK, True), (CardKind.GO, True)]


@pytest.mark.parametrize(
    ("command", "told", "line"),
    [
        (c.Cancel(NADIA, "Not needed."), NoticeKind.CANCELLED, ThreadMessage.CANCELLED),
        (c.Postpone(PIERRE, "Exams."), NoticeKind.POSTPONED, ThreadMessage.POSTPONED),
    ],
)
# CASES.md 13
def test_who_was_told_a_date_hears_that_it_is_off_and_nobody_hears_who_was_not(
    command: c.Command, told: NoticeKind, line: ThreadMessage
) -> None:
    announced, unannounced = after(scheduled(), command), after(at_precheck(), command)
    assert (notices(announced), notices(unannounced)) == ([told], [])
    assert line in lines(announced)
    assert line in lines(unannounced)


def test_a_notice_that_takes_a_date_back_is_about_the_date_that_was_told() -> None:
    story = scheduled()
    told = story.now_it_is.plan.window
    (notice,) = [each for each in after(story, c.Cancel(NADIA, "Not needed.")) if isinstance(each, SendNotice)]
    assert (notice.window, notice.detail) == (told, "Not needed.")


def test_silence_tells_everyone_concerned_that_it_was_silence() -> None:
    story = at_go()
    story.until(at(2027, 4, 13))
    (told,) = [
        each
        for each in story.said(PostThreadMessage)
        if isinstance(each, PostThreadMessage) and each.line is ThreadMessage.POSTPONED_SILENT
    ]
    assert set(told.mention) == {NADIA, PIERRE}
    assert notices(story.caused) == []


def test_a_week_and_a_day_before_the_backend_is_looked_at_and_its_problems_go_to_the_implementer() -> None:
    story = scheduled(plan(implementer=LUC))
    assert len(story.said(Preflight)) == 1
    story.until(at(2027, 4, 14))
    assert len(story.said(Preflight)) == 2
    fine = after(story, c.NotePreflight(SYSTEM, (), ("The server was found.",)))
    assert lines(fine) == {ThreadMessage.PREFLIGHT_DONE: ()}
    problems = after(story, c.NotePreflight(SYSTEM, ("The token is wrong.",)))
    assert lines(problems) == {ThreadMessage.PREFLIGHT_FAILED: (LUC,)}


def test_a_reminder_is_no_news_on_the_day_of_the_announcement() -> None:
    story = at_go()
    story.do(c.GiveGo(PIERRE), at(2027, 4, 12, 18))
    early = [kind for kind in notices(story.caused) if kind is NoticeKind.REMINDER]
    urgent = requested(plan(kind=ChangeType.EMERGENCY, reason="A hole is exploited."), at(2027, 4, 15, 10))
    urgent.at_once(at(2027, 4, 15, 10))
    urgent.do(c.GiveGo(PIERRE), at(2027, 4, 15, 11))
    urgent.at_once(at(2027, 4, 15, 11))
    assert early == []
    assert notices(urgent.caused) == [NoticeKind.PLANNED]
    assert len(urgent.said(Preflight)) == 1


def test_the_provider_is_asked_for_each_attempt_at_a_snapshot_under_a_name_of_its_own() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFailed(SYSTEM, "The disk is full."), at(2027, 4, 15, 20))
    story.do(c.RetrySnapshot(NADIA), at(2027, 4, 15, 20, 5))
    asked = [each for each in story.said(BeginSnapshot) if isinstance(each, BeginSnapshot)]
    assert [each.name for each in asked] == ["CHG-2027-0001", "CHG-2027-0001-2"]


def test_a_late_snapshot_alarms_the_implementer_and_half_of_it_nobody() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    assert lines(after(story, c.NoteSnapshotMilestone(SYSTEM, "half"))) == {ThreadMessage.SNAPSHOT_HALF: ()}
    assert lines(after(story, c.NoteSnapshotMilestone(SYSTEM, "late"))) == {ThreadMessage.SNAPSHOT_LATE: (NADIA,)}


def test_a_failed_snapshot_gets_a_card_with_the_ways_on_even_when_it_never_began() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    effects = after(story, c.NoteSnapshotFailed(SYSTEM, "The quota is used up."))
    assert cards(effects) == [(CardKind.PROGRESS, False), (CardKind.DAY, True)]
    assert lines(effects) == {ThreadMessage.SNAPSHOT_FAILED: (NADIA, PIERRE)}


def test_an_extension_is_announced_with_its_new_end() -> None:
    effects = after(in_progress(), c.Extend(NADIA, 60, "The import is slow."))
    (notice,) = [each for each in effects if isinstance(each, SendNotice)]
    assert (notice.kind, notice.window.end) == (NoticeKind.EXTENSION, at(2027, 4, 16, 0, 30))


def test_an_incident_is_announced_before_its_restore_is_asked_of_the_provider() -> None:
    story = in_progress()
    for command in (
        c.DeclareIncident(NADIA, "Nobody can log in."),
        c.AskRestore(NADIA),
        c.ConfirmRestore(PIERRE, "Hannibal"),
    ):
        story.do(command, EVENING)
    kinds = [type(each) for each in story.caused]
    announced = next(
        n
        for n, each in enumerate(story.caused)
        if isinstance(each, SendNotice) and each.kind is NoticeKind.INCIDENT_START
    )
    assert kinds.count(BeginRestore) == 1
    assert announced < kinds.index(BeginRestore)
    story.do(c.NoteRestoreFailed(SYSTEM, "The disk is gone."), EVENING)
    after_tests(story, EVENING)
    assert notices(after(story, c.CloseIncident(NADIA))) == [NoticeKind.INCIDENT_END]


def test_an_overrun_is_held_by_one_notice_and_a_change_that_never_started_is_postponed_and_told() -> None:
    working, forgotten = in_progress(), scheduled()
    for story in (working, forgotten):
        story.until(at(2027, 4, 16, 8))
    assert notices(working.caused).count(NoticeKind.HOLDING) == 1
    assert NoticeKind.HOLDING not in notices(forgotten.caused)
    assert lines(forgotten.caused)[ThreadMessage.POSTPONED_SILENT] == (NADIA, PIERRE)
    assert notices(forgotten.caused)[-1] is NoticeKind.POSTPONED


def test_effects_of_a_change_share_a_lane_and_the_provider_has_its_own() -> None:
    change = "CHG-2027-0001"
    assert (
        ordering_key(UpsertStatusCard("k", change))
        == ordering_key(UpsertCard("l", change, CardKind.DAY, "day:1"))
        == f"change:{change}"
    )
    providers: tuple[Effect, ...] = (
        BeginSnapshot("k", change, "n"),
        BeginRestore("l", change, "n"),
        Preflight("m", change),
    )
    assert {ordering_key(each) for each in providers} == {f"provider:{change}"}
    assert ordering_key(Reply("k", "", {"id": "19:x"}, {})) == "conversation:19:x"
    assert ordering_key(SyncTeamMembers("k", "", "learn")) == "service:learn"
