"""What follows outside from each event: which notice, which line to whom, which card, which call of the provider."""

from datetime import timedelta
from typing import Any

import pytest

from changes import commands as c
from changes.deliveries import ordering_key
from changes.effects import (
    BeginRestore,
    BeginSnapshot,
    FollowByHand,
    Preflight,
    Reply,
    SendNotice,
    SyncTeamMembers,
    UpsertCard,
    UpsertStatusCard,
)
from changes.model import SYSTEM
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from tests.support.builder import a_change, urgent
from tests.support.core import NADIA, PIERRE, at, night, plan

CARD, LINE = CardKind, ThreadMessage


FOLLOWS: dict[str, Any] = {
    "corrections are told to the requester": (
        *("pre-check asked", c.RequestCorrections(PIERRE, "Which plug-ins?"), []),
        *({LINE.CORRECTIONS_WANTED: (NADIA,)}, [(CARD.PRECHECK, True)]),
    ),
    "GO announces, and edits the cards it was given on": (
        *("GO asked", c.GiveGo(PIERRE, "Good luck."), [NoticeKind.PLANNED]),
        *({LINE.GO_GIVEN: (NADIA,)}, [(CARD.PRECHECK, True), (CARD.GO, True)]),
    ),
    "half of a snapshot alarms nobody": (
        *("snapshot running", c.NoteSnapshotMilestone(SYSTEM, "half"), []),
        *({}, [(CARD.PROGRESS, False)]),
    ),
    "a late snapshot alarms the implementer": (
        *("snapshot running", c.NoteSnapshotMilestone(SYSTEM, "late"), []),
        *({LINE.SNAPSHOT_LATE: (NADIA,)}, [(CARD.PROGRESS, False)]),
    ),
    "a failed snapshot gets a card with the ways on even when it never began": (
        *("snapshot requested", c.NoteSnapshotFailed(SYSTEM, "The quota is used up."), []),
        *({LINE.SNAPSHOT_FAILED: (NADIA, PIERRE)}, [(CARD.PROGRESS, False), (CARD.DAY, True)]),
    ),
}


@pytest.mark.parametrize("what", FOLLOWS)
def test_each_event_has_its_notices_its_lines_and_its_cards(what: str) -> None:
    stands, command, told, said, shown = FOLLOWS[what]
    story = a_change(stands)
    before = len(story.notices()), len(story.lines()), len(story.cards())
    story.do(command, story.last + timedelta(minutes=1))
    notices, lines, cards = story.notices()[before[0] :], story.lines()[before[1] :], story.cards()[before[2] :]
    assert [each.kind for each in notices] == told
    assert {each.line: each.mention for each in lines} == said
    assert [(each.card, each.only_edit) for each in cards] == shown
    if detail := getattr(command, "comment", None):
        assert [(each.detail, each.by) for each in lines] == [(detail, PIERRE)]


def test_nobody_is_told_anything_of_a_draft() -> None:
    story = a_change("draft").then(None, c.Edit(NADIA, plan(title="Another title")), c.Cancel(NADIA, ""))
    assert story.caused == []


def test_a_reminder_is_no_news_on_the_day_of_the_announcement() -> None:
    story = a_change("GO asked").then(at(2027, 4, 12, 18), c.GiveGo(PIERRE))
    assert story.notices(NoticeKind.REMINDER) == []
    hasty = urgent(night(12)).then(None, c.GiveGo(PIERRE)).at_once(night(12))
    assert [each.kind for each in hasty.notices()] == [NoticeKind.PLANNED]
    assert len(hasty.said(Preflight)) == 1


def test_a_snapshot_that_a_person_begins_is_followed_by_hand_and_one_of_the_provider_is_not() -> None:
    by_hand = a_change("snapshot failed").then(None, c.NoteSnapshotStarted(NADIA))
    snapshot = by_hand.now_it_is.snapshot
    assert (snapshot.by_hand, snapshot.started_at, snapshot.detail) == (True, by_hand.last, "")
    assert [each.name for each in by_hand.said(FollowByHand)] == [snapshot.name]
    assert not a_change("snapshot running").said(FollowByHand)


def test_everyone_affected_hears_of_the_incident_and_of_its_restore_before_the_provider_is_asked() -> None:
    effects = a_change("restoring").caused
    *told, asked = [each for each in effects if isinstance(each, SendNotice | BeginRestore)]
    assert [each.kind for each in told if isinstance(each, SendNotice)][-2:] == [
        NoticeKind.INCIDENT_START,
        NoticeKind.INCIDENT_UPDATE,
    ]
    assert isinstance(asked, BeginRestore)


def test_effects_of_a_change_share_a_lane_and_the_provider_has_its_own() -> None:
    change = "CHG-2027-0001"
    lanes = {
        f"change:{change}": (UpsertStatusCard("k", change), UpsertCard("l", change, CardKind.DAY, "day:1")),
        f"provider:{change}": (BeginSnapshot("k", change, "n"), BeginRestore("l", change, "n"), Preflight("m", change)),
        "conversation:19:x": (Reply("k", "", {"id": "19:x"}, {}),),
        "service:learn": (SyncTeamMembers("k", "", "learn"),),
    }
    for lane, effects in lanes.items():
        assert {ordering_key(each) for each in effects} == {lane}
