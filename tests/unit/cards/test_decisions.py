"""The pre-check and GO cards, and the records that they turn into."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.messenger.card_refresh import draw_card
from changes.model import Change, Decision, State
from changes.notification.cards import CardKind, message_of
from changes.policy import Away
from notices.renderer import NoticeRenderer
from tests.cards.subjects import CLAIRE, PIERRE, START, WINDOW, near, view
from tests.support.teams_rules import walk
from tests.unit.cards.looking import EMERGENCY, NORMAL, Card, drawn, seen

SHORT = "Short notice: requested less than 21 days ahead."
UNTIL = "Without GO by Tue 13 Apr 2027, 09:00 (CEST) the change is postponed."


def test_the_pre_check_shows_what_changes_how_it_is_tested_the_downtime_the_risks_and_the_way_back() -> None:
    card = drawn("precheck", "precheck_pending").offers("precheck.approve", "precheck.correct")
    card.shows(
        "with its plugins", "Log in with a student", "22:00–23:30 (CEST)", "quiz plugin", "Restore the data snapshot"
    )
    card.shows(UNTIL)
    # A deadline that is more than a week away stands on the change's own card.
    drawn("precheck", seen("precheck_pending", -14 * 24 * 60)).lacks("Without GO by")
    reason = "The exams begin in three weeks."
    card.shows(SHORT, reason, "Approve this pre-check? This also waives the lead time.")
    drawn("precheck", NORMAL["precheck_pending"].with_(short_notice=False)).lacks("waives")
    card.shows("The requester corrects the plan", "What has to change? (required, sent to the requester)")


def test_an_emergency_has_one_card_with_go_and_no_go() -> None:
    card = drawn("precheck", EMERGENCY["precheck_pending"]).offers("go.give", "go.refuse")
    card.shows("Somebody is using a hole in 4.5.", "✓ Ready: Test plan", "Earliest start", "Without GO by")
    card.shows("– Snapshot preflight: not run yet")


@pytest.mark.parametrize(("card", "asks"), [("precheck", State.PRECHECK_PENDING), ("go", State.GO_PENDING)])
def test_an_answered_pre_check_or_go_has_no_buttons(card: str, asks: State) -> None:
    """docs/process.md, P20."""
    for state in set(State) - {asks}:
        drawn(card, state.value).offers()


def test_go_shows_the_very_notice_that_it_sends() -> None:
    notice = "**Planned maintenance** on Thursday.\n\nNobody can log in."
    card = drawn("go", "go_pending", notice=notice).offers("go.give", "go.refuse")
    card.shows("**Planned maintenance** on Thursday. | Nobody can log in.")


@pytest.mark.parametrize(("card", "named"), [("go", NORMAL["go_pending"]), ("precheck", EMERGENCY["precheck_pending"])])
def test_the_notice_is_folded_by_language_with_who_gets_it(card: str, named: Change) -> None:
    notice = "Maintenance on Thursday.\n\n---\n\nMaintenance jeudi.\n\n---\n\nWartung am Donnerstag."
    found = drawn(card, named, notice=notice)
    found.said = found.said.replace("\u2060", "")
    learn = (
        "Sent in Teams and by e-mail to isc-learn@example.ch; pierre.andre@example.ch; deans@example.ch, and one more."
    )
    found.shows(*(f"Show it in {name} | {learn}" for name in ("English", "French", "German")), "Wartung am Donnerstag.")
    folded = {node["id"] for node in walk(found.drawn) if node.get("isVisible") is False}
    assert {"announcementen", "announcementfr", "announcementde"} <= folded
    assert [node["targetElements"] for node in walk(found.drawn) if node.get("title") == "Show it in French"] == [
        ["announcementfr"]
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("named", [NORMAL, EMERGENCY])
def test_wherever_go_is_given_the_notice_that_it_sends_is_shown(named: dict[str, Change]) -> None:
    renderer = NoticeRenderer()
    for of in named.values():
        context = view(of)
        for kind in CardKind:
            card = Card(draw_card(kind, context, message_of(kind, of), renderer))
            assert ("Announcement sent on GO" in card.said) == ("go.give" in card.verbs)
            assert "go.give" not in card.verbs or "Wartung" in card.said


def test_what_was_changed_comes_before_the_plan_which_is_folded_then() -> None:
    said = drawn("precheck", "corrected").shows("Show the whole plan").said
    places = [said.index(each) for each in ("Approve this pre-check?", "Changed since the pre-check", "Justification")]
    assert places == sorted(places)
    drawn("precheck", "precheck_pending").lacks("Show the whole plan")


def test_no_go_names_what_it_does_and_asks_for_its_reason() -> None:
    gone = "The change does not take place on Thu 15 Apr 2027: it needs a new date, or is cancelled."
    told = "People affected are told that it is postponed."
    card = drawn("go", "go_pending").shows(gone).lacks(told)
    assert (card.field("reason")["isRequired"], card.field("reason")["errorMessage"]) == (
        True,
        "Say why it is a NO-GO.",
    )
    drawn("go", NORMAL["go_pending"].with_(announced=WINDOW)).shows(f"{gone} {told}")


@pytest.mark.parametrize(
    ("card", "name", "badge"),
    [
        *(("precheck", "prechecked", "Pre-check approved"), ("precheck", "in_progress", "Pre-check approved")),
        *(("precheck", "corrections_requested", "Corrections requested"), ("go", "completed", "GO given")),
        *(
            ("go", "no_go", "NO-GO"),
            ("go", "cancelled", "Cancelled"),
            ("go", "edited after the decision", "Superseded"),
        ),
    ],
)
def test_the_header_of_a_decided_card_says_what_was_decided_whatever_happened_since(
    card: str, name: str, badge: str
) -> None:
    assert next(node["text"] for node in walk(drawn(card, name).drawn) if node.get("type") == "Badge") == badge


GIVEN = "**Pierre André** gave GO on Thu 8 Apr 2027, 11:00 (CEST).", "Thu 15 Apr 2027, 22:00–23:30 (CEST)"
WAIVED = "Without a snapshot, waived by Pierre André: | Infomaniak: the quota of snapshots is used up."
TEACHERS = "Please tell the teachers"
RECORDS: dict[str, tuple[str, ...]] = {
    "who, when and the comment": ("go", "scheduled", *GIVEN, TEACHERS),
    "deputy for the approver": ("go", "decided by a deputy", "**Claire Rey (deputy for Pierre André)** gave GO"),
    "what has to be corrected": ("precheck", "corrections_requested", "requested corrections", TEACHERS),
    **{
        f"what became of it unanswered, {state}": ("go", state, f"No decision was made here: CHG-2027-0007 is {state}.")
        for state in ("postponed", "cancelled")
    },
    "that the snapshot was waived with GO, by whom and why": ("go", "snapshot waived with GO", WAIVED),
}
"""docs/process.md, P9, P20."""


@pytest.mark.parametrize("what", RECORDS)
def test_the_record_of_a_decision_says(what: str) -> None:
    card, name, *texts = RECORDS[what]
    drawn(card, name).shows(*texts)


DECIDED = {
    "precheck": (
        "**Pierre André** approved the pre-check on Thu 1 Apr 2027, 11:00 (CEST).",
        "Looks good. Please tell the teachers",
    ),
    "go": ("**Pierre André** gave GO on Thu 8 Apr 2027, 11:00 (CEST).", "Looks good. Please tell the teachers"),
}


@pytest.mark.parametrize("card", ["precheck", "go"])
def test_a_decision_about_another_text_is_superseded_and_stays_readable(card: str) -> None:
    """docs/process.md, P19."""
    strip = "Superseded: **Nadia Favre** changed the plan on Fri 9 Apr 2027, 22:00 (CEST). A new approval is requested"
    drawn(card, "edited after the decision").shows(strip, *DECIDED[card]).offers()
    of = NORMAL["edited after the decision"].with_(past_decisions=())
    drawn(card, of).shows("Superseded: the plan was changed. A new approval is requested").offers()


def test_a_decision_that_was_overtaken_says_so() -> None:
    """docs/process.md, P21."""
    drawn("go", NORMAL["scheduled"].with_(state=State.CANCELLED)).shows("Since then: CHG-2027-0007 is cancelled.")


def test_an_overlap_that_was_let_through_is_shown_with_who_and_why_unless_it_was_of_another_plan() -> None:
    of, why = NORMAL["precheck_pending"], "Both can be done at once."
    allowed = Decision("conflict", CLAIRE, START, of.plan.fingerprint, why)
    drawn("precheck", of.with_(conflict_allowed=allowed)).shows("Accepted by **Claire Rey**:", why)
    other = replace(allowed, fingerprint="another plan")
    drawn("precheck", of.with_(conflict_allowed=other)).lacks("Accepted by")


def test_a_restore_that_has_to_begin_before_the_cutoff_is_no_tick_but_says_until_when() -> None:
    of = seen("preflight passed")
    drawn("go", of).shows("! Rollback plan | a restore must begin by 22:15")
    change, policy = of.change, replace(of.service.policy, cutoff_minutes=90)
    longer = replace(change.plan, window=replace(change.plan.window, end=change.plan.window.end + timedelta(hours=1)))
    earlier = seen(change.with_(plan=longer), service=replace(of.service, policy=policy))
    drawn("go", earlier).shows("✓ Rollback plan | fits the window: 1 h restore + 15 min tests")


def test_go_shows_the_tests_the_rollback_plan_the_risks_and_whether_it_can_take_place() -> None:
    drawn("go", seen("preflight passed", neighbours=near()[1:2])).shows(
        "1. Log in with a student account\n2. Open a course and its forum",
        "Test plan | 1. Log in",
        "✓ Test plan | 3 tests",
        "! Rollback plan | a restore must begin by 22:15",
        "✓ Pre-check | Pierre André, Thu 1 Apr 2027, 11:00 (CEST)",
        "Rollback plan | Restore the data snapshot and the old code.",
        "Risks | The quiz plugin may not be ready for 5.0.",
        "✓ Snapshot preflight | passed, Wed 7 Apr 2027, 22:00 (CEST)",
        "– Nearby changes | CHG-2027-0010 (New firewall), Fri 16 Apr 2027, 00:00–01:00 (CEST)",
        "✓ Earliest start | Thu 15 Apr 2027, 22:00 (CEST)",
        UNTIL,
    )
    drawn("go", "preflight failed").shows(
        "✗ Snapshot preflight | found problems, Wed 7 Apr 2027, 22:00 (CEST)",
        "The data disk of Hannibal was not found. The token is not accepted.",
    )
    drawn("go", "go_pending").shows("– Snapshot preflight | not run yet", "✓ Approvers | nobody is away").lacks(
        "GO without snapshot", "days’ notice"
    )


GO_ASKED = NORMAL["go_pending"]


def test_go_says_who_is_away_and_that_a_deputy_decides_where_the_approver_is_involved() -> None:
    drawn("go", NORMAL["go_pending"].with_(requester=PIERRE)).shows(
        "Pierre André requests this change, so a deputy decides: Claire Rey."
    )
    claire, service = Away(CLAIRE, date(2027, 4, 1), date(2027, 4, 20)), seen("go_pending").service
    one = replace(service, away=(claire,))
    asked = GO_ASKED.with_(asked_at=START - timedelta(days=8))
    drawn("go", seen(asked, service=one)).shows("– Approvers | away: Claire Rey, until Tue 20 Apr 2027")
    both = replace(service, away=(claire, replace(claire, person=PIERRE)))
    nobody = "are there until the deadline, Tue 13 Apr 2027, 09:00 (CEST): answers still needed: 1; there: nobody."
    drawn("go", seen("go_pending", service=both)).shows(nobody)


def test_a_go_that_leaves_people_less_than_a_week_says_so_before_and_in_the_record() -> None:
    in_time = drawn("go", GO_ASKED.with_(asked_at=START - timedelta(days=7)))
    in_time.shows("✓ Announcement | 7 days ahead with GO by Thu 8 Apr 2027").lacks("days’ notice")
    for days, said in ((3, "People get 3 days’ notice at most."), (0, "People get less than one day’s notice.")):
        late = drawn("go", GO_ASKED.with_(asked_at=START - timedelta(days=days)))
        late.shows(said).lacks("✓ Announcement")
    given = NORMAL["scheduled"]
    assert given.go is not None
    given = given.with_(go=replace(given.go, at=START - timedelta(hours=24)))
    drawn("go", given).shows("GO was late: people get one day’s notice.")
    drawn("go", "scheduled").lacks("GO was late")


@pytest.mark.parametrize(("card", "named"), [("go", NORMAL), ("precheck", EMERGENCY)])
def test_a_snapshot_that_go_would_begin_too_late_can_be_waived_with_go(card: str, named: dict[str, object]) -> None:
    """GO at 02:31 for 02:51 promised a start at 02:51 beside a snapshot that ends 05:01."""
    found = drawn(card, view(named["snapshot too late for GO"]))  # type: ignore[arg-type]
    found.offers("go.give", "go.give", "go.refuse").shows("the work starts later than", "GO without snapshot…")
    found.shows("Why may it start without a snapshot? (required, stays in the thread)")


@pytest.mark.parametrize("card", ["go", "status"])
def test_where_nobody_can_decide_nobody_is_said_to_be_asked_and_the_way_out_is(card: str) -> None:
    way_out = "ISC Learn Platform, or it is cancelled and somebody else requests it anew"
    found = drawn(card, "nobody can decide").shows("Nobody can decide about it", way_out)
    found.lacks("Pierre André or a deputy", "says GO or NO-GO")


def test_short_notice_says_why_it_is_and_what_waives_it() -> None:
    moved = NORMAL["go_pending"].with_(requested_at=START - timedelta(days=40), round=2, prechecked_round=1)
    proposed = "Short notice: this date was proposed less than 7 days ahead. GO waives the lead time."
    drawn("go", moved, message="go:2").shows(proposed)
    drawn("go", NORMAL["go_pending"].with_(prechecked_round=1)).shows(SHORT).lacks("must waive")
