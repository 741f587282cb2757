"""What is looked at afterwards: history, statistics, estimates, the review, the list, one change whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports import Page
from cards.account.help import help_card
from cards.approval.estimates import overrun_hint
from cards.implementation.review import review_card
from cards.overview.calendar import calendar_card
from cards.overview.detail import happened, show_card
from cards.overview.history import history_line
from cards.overview.list import A_PAGE, list_card
from cards.overview.statistics import MINUS, stats_card
from cards.overview.worklist import worklist_card
from cards.request.choices import greeting_card
from cards.request.form import form_card
from cards.request.summary import summary_card
from changes import events as e
from changes.delivery_log import DeliveryStatus
from changes.events import Entry, Event, RestoreFailed
from changes.model import SYSTEM, AcceptedTest, ChangeType, Outcome, Person, Restore, State, TestResult, Window
from changes.planning.calendar import weeks
from changes.reporting.duration_estimates import NOTHING, SLACK, DurationEstimates, Estimate
from changes.reporting.metrics import ChangeMetrics, measure
from changes.reporting.periods import Period
from language import use_language
from tests.cards import subjects
from tests.cards.subjects import (
    CLAIRE,
    LEDGER,
    LONGER,
    NADIA,
    PIERRE,
    PLAINLY,
    START,
    TODAY,
    change,
    history,
    service,
    view,
)
from tests.support.counted import counted
from tests.support.teams_rules import walk
from tests.unit.cards.looking import NORMAL, Card, drawn, says

DONE = measure(NORMAL["completed"], service())
ROLLED_BACK = replace(DONE, outcome=Outcome.ROLLED_BACK, overrun=30)
SERVICES = {"learn": service()}
YEAR = Period(2027)


def card(*measured: ChangeMetrics, period: Period = YEAR) -> dict[str, Any]:
    return stats_card(counted(measured, SERVICES), SERVICES, period, service())


def chart(of: dict[str, Any]) -> dict[str, Any] | None:
    return next((node for node in walk(of) if node.get("type") == "Chart.HorizontalBar.Stacked"), None)


def test_the_chart_shows_what_came_of_each_quarters_changes_or_the_same_in_words() -> None:
    early = replace(DONE, planned=replace(DONE.planned, start=DONE.planned.start.replace(month=1)))
    drawn = chart(card(DONE, ROLLED_BACK, early))
    assert drawn is not None
    bars = {row["title"]: {bar["legend"]: bar["value"] for bar in row["data"]} for row in drawn["data"]}
    assert bars == {
        "2027-Q1": {"successful": 1, "fixed after an incident": 0, "rolled back": 0},
        "2027-Q2": {"successful": 1, "fixed after an incident": 0, "rolled back": 1},
    }
    drawn = chart(card(DONE, ROLLED_BACK))
    assert drawn is not None
    assert says(drawn["fallback"]) == "ISC Learn Platform: █░ 1 of 2 successful"


def test_each_rate_says_of_how_many_it_was_taken_and_without_a_completed_change_there_is_none() -> None:
    found = Card(card(DONE, ROLLED_BACK)).shows("Successful | 50 %", "Within the window | 50 % (1 of 2)")
    found.shows("Overrun | 30 min", "Short notice | 100 % (2 of 2)")
    drawn_ = card(measure(NORMAL["scheduled"], service()))
    assert chart(drawn_) is None
    Card(drawn_).shows("1 still to come").lacks("Successful", "Within the window")


def test_a_quarter_is_a_trimester_in_french() -> None:
    with use_language("fr"):
        assert "2027-T2" in says(card(DONE, period=Period(2027, 2)))


def planned(past: DurationEstimates) -> str:
    return says(summary_card(replace(view(NORMAL["draft"]), past=past), ()))


@pytest.mark.parametrize(
    ("past", "warning"),
    [
        (DurationEstimates(snapshot=Estimate(151 + SLACK, 3)), "this one begins 2 h 45 min before the window"),
        (DurationEstimates(restore=Estimate(61 + SLACK, 3)), "a rollback ends later than the cards say"),
        (DurationEstimates(tests=Estimate(16 + SLACK, 3)), "raise tests_minutes"),
    ],
)
def test_what_takes_longer_than_it_is_reckoned_with_is_a_warning(past: DurationEstimates, warning: str) -> None:
    assert warning in planned(past)


def test_what_is_within_the_reckoning_is_not_worth_a_word() -> None:
    restore, tests = Estimate(60 + SLACK, 3), Estimate(15 + SLACK, 3)
    assert planned(DurationEstimates(restore=restore, tests=tests, took=Estimate(50, 3))) == planned(NOTHING)


def test_the_form_tells_only_of_the_chosen_service_how_late_its_changes_ended() -> None:
    other = replace(service(), key="mail", name="Mail")
    services, past = [service(), other], {"learn": LONGER, "mail": replace(LONGER, late=1)}
    late = overrun_hint(service(), LONGER)
    assert late.startswith("4 of the last 10 changes of ISC Learn Platform ended after their window, by 35 min")
    assert late not in says(form_card({"service": "mail"}, {}, services, [NADIA], TODAY, past=past))
    assert "One of the last 10 changes of Mail" in says(
        form_card({"service": "mail"}, {}, services, [], TODAY, past=past)
    )
    assert late in says(form_card({}, {}, services, [NADIA], TODAY, past=past))
    assert overrun_hint(service(), NOTHING) == ""


def reviewed(name: str, **other: Any) -> str:
    return says(review_card(replace(view(NORMAL[name]), **other), "review"))


def test_the_review_tells_when_each_notice_went_out_and_whom_it_did_not_reach() -> None:
    said = reviewed("completed")
    ways = "in Teams and by mail to one address; one could not be reached"
    assert f"planned maintenance | Thu 8 Apr 2027, 22:00 (CEST), {ways}" in said
    lost = [replace(line, result=DeliveryStatus.FAILED) for line in LEDGER]
    assert "planned maintenance | reached nobody" in reviewed("completed", delivery_log=tuple(lost))
    assert "Notices" not in reviewed("completed", delivery_log=())


def test_a_restore_that_failed_and_the_incident_stand_in_the_review() -> None:
    of = NORMAL["handed over"].with_(
        state=State.COMPLETED, ended_at=START + timedelta(minutes=200), outcome=Outcome.FIXED
    )
    failed = Entry(99, START, NADIA, "timeline", RestoreFailed("No room."))
    seen = replace(view(NORMAL["completed"]), change=of, history=(failed,))
    said = says(review_card(seen, "review"))
    assert "Restore | failed once" in said
    assert "declared Thu 15 Apr 2027, 23:00 (CEST), handed over Thu 15 Apr 2027, 23:10 (CEST)" in said
    assert "Outcome | fixed after an incident" in said


def test_a_test_that_never_passed_did_not_fail_at_first_but_was_accepted() -> None:
    of = NORMAL["completed"]
    passed, failed = TestResult(passed=True, by=NADIA, at=START), TestResult(passed=False, by=NADIA, at=START)
    taken = AcceptedTest(1, "Nobody uses it.", PIERRE, START)
    told = replace(view(of.with_(tests=(passed, failed, passed), accepted=(taken,))), history=(failing(1),))
    said = says(review_card(told, "review"))
    assert "2 of 3 passed; 1 failed, accepted" in said
    assert "at first" not in said
    untested = replace(told, change=told.change.with_(tests=(passed, None, passed)), history=(failing(0),))
    assert "2 of 3 passed; one failed at first; 1 not tested, accepted" in says(review_card(untested, "review"))


def failing(index: int) -> Entry:
    return Entry(1, START, NADIA, "card", e.TestRecorded(index, passed=False, note=""))


def test_an_end_before_the_planned_one_is_early_and_not_on_time_besides() -> None:
    of = NORMAL["completed"]
    early = of.with_(ended_at=of.plan.window.end - timedelta(minutes=30))
    said = drawn("review", early).lacks("on time").said
    assert "23:00, 30 min early" in said


def test_the_review_names_what_was_accepted_and_an_early_start_and_saved_it_is_a_record() -> None:
    card = drawn("review", "completed with accepted tests").shows("Accepted as is")
    card.shows("2. Open a course and its forum: accepted by Claire Rey (deputy for Pierre André): It failed before")
    card.shows("Started early | Nobody is working any more.")
    drawn("review", "reviewed").shows("The theme took longer than planned.").offers()


def test_the_last_page_of_a_search_says_what_was_looked_for_and_leads_back() -> None:
    card = list_card(Page((change(State.SCHEDULED),) * 3, A_PAGE + 3), {"learn": service()}, "done forum", 2)
    assert "Search: done forum" in says(card)
    assert "11 to 13 of 13." in says(card)
    assert [each["data"]["typed"] for each in card["actions"]] == ["list done forum page 1"]


def test_a_page_of_very_many_says_that_there_are_at_least_so_many_and_leads_on() -> None:
    found = Page((change(State.SCHEDULED),) * A_PAGE, 1010, is_least=True)
    card = list_card(found, {"learn": service()}, "done", 100)
    assert "991 to 1000 of at least 1010." in says(card)
    assert [each["data"]["typed"] for each in card["actions"]] == ["list done page 99", "list done page 101"]


def test_one_change_whole_shows_its_history_and_leaves_out_the_oldest() -> None:
    of = change(State.IN_PROGRESS)
    short = says(show_card(view(of), history(of, PLAINLY, 3)))
    assert "Tue 16 Mar 2027, 21:00 (CET) – Nadia Favre created the draft." in short
    assert "Claire Rey (deputy for Pierre André) requested corrections: The forum does not open." in short
    assert "earlier" not in short
    assert "28 earlier entries: **/change export CHG-2027-0007** has all of them." in says(
        show_card(view(of), history(of, PLAINLY, 40))
    )


def test_the_history_reads_in_one_order_when_its_older_part_is_opened() -> None:
    of = change(State.IN_PROGRESS)
    entries = history(of, PLAINLY, 9)
    said = says(show_card(view(of), entries))
    lines = says({"body": [each.model_dump() for each in happened(view(of), entries)]}).split(" | ")
    assert len(lines) > 5
    assert [said.index(line) for line in lines] == sorted(said.index(line) for line in lines)


def test_a_review_has_its_labels_in_the_language_of_the_reader() -> None:
    of = replace(NORMAL["completed"], review="Went well: Rapide.\nTo improve: Went well: non.")
    with use_language("fr"):
        said = says(review_card(view(of), "review"))
    assert "Ce qui s’est bien passé\N{NO-BREAK SPACE}: Rapide." in said
    assert "Went well: non." in said, "what was typed stays"
    old = replace(of, review="Ce qui s’est bien passé : rapide.")
    assert "Ce qui s’est bien passé : rapide." in says(review_card(view(old), "review"))


def test_a_restore_nobody_named_is_no_crash() -> None:
    nobody = NORMAL["incident"].with_(restore=Restore(Person("x"), START))
    drawn("incident", nobody).shows("**somebody** asked for a restore")


SAYS: list[tuple[Person, Event, str]] = [
    (PIERRE, e.Reassigned(CLAIRE, NADIA), "reassigned it: requester Claire Rey, implementer Nadia Favre."),
    (SYSTEM, e.SnapshotPlanned(START, "CHG-2027-0008"), "because CHG-2027-0008 uses the server later."),
    (SYSTEM, e.SnapshotPlanned(None), "The snapshot starts at the usual time again."),
    (SYSTEM, e.SnapshotHeld("CHG-2027-0008"), "The snapshot was put on hold: CHG-2027-0008 uses the server."),
    (SYSTEM, e.SnapshotMilestone("busy"), "The snapshot waited for another operation on the server."),
    (SYSTEM, e.ReadyToStart(), "Ready to start, without a snapshot."),
    (NADIA, e.SnapshotStarted(by_hand=True), "Nadia Favre started the snapshot manually."),
    (PIERRE, e.Started("All are out.", early=True), "Pierre André started it before its window: All are out."),
    (PIERRE, e.Started("No disk."), "Pierre André allowed the start despite an incident on the same server: No disk."),
    (NADIA, e.Started(), "Nadia Favre started the change."),
    (NADIA, e.TestRecorded(1, passed=False, note="500"), "Nadia Favre: test 2 failed. 500"),
    (CLAIRE, e.TestAccepted(1, "Known.", PIERRE), "(deputy for Pierre André) accepted test 2 as is: Known."),
    (SYSTEM, e.TestsVoided("CHG-2027-0008"), "The restore of CHG-2027-0008 reset earlier test results."),
    (NADIA, e.IncidentUpdated("Still down."), "Nadia Favre sent an incident update: Still down."),
    (NADIA, e.HoldingKept({"en": "Late."}), "Nadia Favre changed what the holding notice says."),
    (NADIA, e.Extended(45, "Slow.", START, ("CHG-2027-0008",)), "by 45 min: Slow. This cuts into CHG-2027-0008."),
    (NADIA, e.RestoreAsked(("CHG-2027-0008",)), "requested a restore. It also overwrites the work of CHG-2027-0008."),
    (
        PIERRE,
        e.RestoreConfirmed("s", ("CHG-2027-0008",)),
        "restore of s. It also overwrites the work of CHG-2027-0008.",
    ),
    (
        SYSTEM,
        e.Cancelled("It had no new date for 56 days."),
        "cancelled automatically: It had no new date for 56 days.",
    ),
    (PIERRE, e.GoGiven("f", "Fine.", None), "Pierre André gave GO. Fine."),
    (PIERRE, e.GoGiven("f", "", None, waives_lead_time=True), "gave GO. The lead time was waived."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=3), "gave GO. Late GO: 3 days of notice."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=1), "gave GO. Late GO: one day of notice."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=0), "gave GO. Late GO: less than one day of notice."),
]


@pytest.mark.parametrize(("by", "event", "said"), SAYS)
def test_what_happened_is_told_with_who_and_why(by: Person, event: Event, said: str) -> None:
    assert history_line(Entry(1, START, by, "card", event), view(change(State.IN_PROGRESS))).endswith(said)


def test_trouble_that_is_no_more_than_an_extension_or_an_incident_is_not_told_beside_it() -> None:
    of = view(change(State.INCIDENT))
    in_passing, reported = (
        history_line(Entry(1, START, NADIA, "card", e.TroubleReported("Nobody can log in.", in_passing=each)), of)
        for each in (True, False)
    )
    assert (in_passing, reported) == ("", "Nadia Favre reported an issue: Nobody can log in.")


def test_one_press_in_an_emergency_is_told_once() -> None:
    of = change(State.SCHEDULED, kind=ChangeType.EMERGENCY)
    assert of.go is not None
    approved = e.PrecheckApproved("f", "Fine.", waives_lead_time=True, deputy_for=None)
    assert history_line(Entry(1, of.go.at, of.go.by, "card", approved), view(of)) == ""
    earlier = history_line(Entry(1, of.go.at - timedelta(days=1), of.go.by, "card", approved), view(of))
    assert earlier.startswith("Pierre André approved the pre-check")


def test_an_issue_whose_words_the_same_press_repeats_is_not_said_twice() -> None:
    seen = view(change(State.INCIDENT))
    events: list[Event] = [e.TroubleReported("Nobody can log in."), e.IncidentDeclared("Nobody can log in.")]
    lines = [Entry(number, START, NADIA, "card", event) for number, event in enumerate(events, 1)]
    assert says({"body": [each.model_dump() for each in happened(seen, lines)]}).count("Nobody can log in.") == 1
    apart = [lines[0], replace(lines[1], at=START + timedelta(hours=1))]
    assert says({"body": [each.model_dump() for each in happened(seen, apart)]}).count("Nobody can log in.") > 1


def test_a_row_of_many_changes_opens_its_change_and_says_its_state_in_words() -> None:
    some = [change(state) for state in State]
    rows = [list_card(Page(tuple(some[:A_PAGE]), 10), SERVICES), worklist_card([], some[:2], SERVICES, START)]
    months = weeks(START.date(), [NORMAL["scheduled"]], [service()])
    rows.append(calendar_card(months, SERVICES, "", START.date()))
    for drawn_ in rows:
        opened = [node["selectAction"]["data"]["typed"] for node in walk(drawn_) if "selectAction" in node]
        assert set(opened) == {"show CHG-2027-0007"}
    badges = [node for node in walk(rows[0]) if node.get("type") == "Badge"]
    assert [each["fallback"]["text"] for each in badges] == [each["text"] for each in badges]
    assert "CHG-2027-0007 · Scheduled · Thu 15 Apr 2027" in says(rows[2])


def test_weeks_without_anything_are_one_line() -> None:
    said = says(calendar_card(weeks(START.date(), [NORMAL["scheduled"]], [service()]), SERVICES, "", START.date()))
    assert said.count("no changes") == 1
    assert "Mon 19 Apr 2027 to Sun 6 Jun 2027: no changes." in said


def began(month: int, of: ChangeMetrics = DONE) -> ChangeMetrics:
    start = of.planned.start.replace(month=month)
    return replace(of, planned=Window(start, start + timedelta(minutes=90)))


def test_a_quarter_says_how_much_better_or_worse_it_went_than_the_one_right_before() -> None:
    year = card(began(1), DONE, ROLLED_BACK, began(8), began(11))
    Card(year).shows(
        *("2027-Q1 | 1 | 100 %", f"2027-Q2 | 2 | 50 % ({MINUS}50 points)", "2027-Q3 | 1 | 100 % (", "+50 points)"),
        "2027-Q4 | 1 | 100 % (unchanged)",
    )
    Card(card(began(1), began(8, ROLLED_BACK))).shows("2027-Q1 | 1 | 100 %", "2027-Q3 | 1 | 0 % |")


def test_one_quarter_alone_is_compared_with_nothing() -> None:
    ahead = began(8, measure(NORMAL["scheduled"], service()))
    for only in (card(DONE, ROLLED_BACK), card(DONE, ROLLED_BACK, ahead)):
        Card(only).lacks("Quarter | Completed", "point")
        drawn_ = chart(only)
        assert drawn_ is not None
        assert [row["title"] for row in drawn_["data"]] == ["ISC Learn Platform"]


def test_the_help_is_four_ways_to_begin_and_folded_every_command() -> None:
    for language, other in (("en", "Français"), ("fr", "English")):
        with use_language(language):
            drawn_ = help_card(is_local=False, is_admin=False)
        assert [each["title"] for each in drawn_["actions"]] == [other]
        [folded] = [node for node in walk(drawn_) if node.get("id") == "commands"]
        assert folded["isVisible"] is False
    starts = [node["data"]["typed"] for node in walk(greeting_card("Hello!")) if node.get("type") == "Action.Execute"]
    assert starts == ["new", "mine", "calendar", "help"]


@pytest.mark.thorough
def test_however_full_it_is_what_is_shown_has_its_buttons() -> None:
    without = []
    for hand in subjects.HANDS.values():
        for name, of in subjects.variants(hand, ChangeType.NORMAL):
            seen = subjects.view(of, hand, "vps_api", subjects.MRIS, ())
            trail = subjects.history(seen.change, hand, 60)
            if not show_card(seen, trail, LEDGER, opens=True).get("actions"):
                without.append(name)
    assert without == []
