"""Every card there is, in every state a change can be in, drawn from a change whose fields are as long as allowed."""

import itertools
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from application.change_context import ChangeContext
from application.input_parsing.chat_command import ChatCommand
from application.input_parsing.plan import answers_of
from application.ports import AccessDenial, DeadLetter, NoticeDraft, Operation, Page
from cards import card_for
from cards.account.admin import admin_card
from cards.account.help import help_card
from cards.overview.calendar import calendar_card
from cards.overview.delivery_log import delivery_log_card
from cards.overview.detail import show_card
from cards.overview.list import list_card
from cards.overview.statistics import stats_card
from cards.overview.status import status_card
from cards.overview.worklist import digest_card, worklist_card
from cards.request.choices import (
    disambiguation_card,
    edit_card,
    greeting_card,
    request_card,
    resolved_card,
    suggestion_card,
)
from cards.request.form import form_card
from cards.request.series import series_card, series_list_card
from cards.request.summary import summary_card
from cards.request.templates import template_card, templates_card
from changes import events as e
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.effects import UpsertStatusCard
from changes.events import Entry
from changes.model import (
    BOOKED,
    RISK_QUESTIONS,
    AcceptedTest,
    Change,
    ChangeType,
    Decision,
    Extension,
    Outcome,
    PastDecision,
    Person,
    Plan,
    Preflight,
    Recovery,
    RecoveryAttempt,
    Restore,
    RiskQuestion,
    RiskRules,
    Snapshot,
    SnapshotStatus,
    Stage,
    State,
    TestResult,
    Window,
)
from changes.notification import LONGEST_PUBLIC, CardKind, NoticeKind, drafts_on, public_field
from changes.notification.recipients import MOST_NAMED
from changes.plan_fields import MOST_QUESTIONS, PLAN_FIELDS
from changes.planning.calendar import weeks
from changes.planning.occupancy import Booking
from changes.planning.timeline import timeline
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS
from changes.policy import Backup, Freeze, Recipient, Service
from changes.recurrence.series import Series, SeriesState, WhenBlocked
from changes.reporting.duration_estimates import NOTHING, DurationEstimates, Estimate
from changes.reporting.metrics import ChangeMetrics, measure
from changes.reporting.periods import Period
from changes.reporting.risk import RiskFacts, assess
from changes.reporting.statistics import Counts
from changes.reporting.worklist import PendingTask, TaskKind
from changes.snapshots import FailureReason, OperationState, Server
from changes.templates import LONGEST_NAME, NEEDED, preapproved, taken_from, with_locks
from changes.text.lengths import units
from changes.text.messages import Message
from infomaniak.registry import PROVIDERS
from language import _, translate
from settings.services_risk import LONGEST_ANSWER, LONGEST_QUESTION, MOST_ANSWERS, MOST_PEOPLE, MOST_STAGES
from tests.support.counted import counted

NADIA = Person("00000000-0000-0000-0000-000000000020", "Nadia Favre")
PIERRE = Person("00000000-0000-0000-0000-000000000021", "Pierre André")
CLAIRE = Person("00000000-0000-0000-0000-000000000022", "Claire Rey")
LUC = Person("00000000-0000-0000-0000-000000000023", "Luc Bonvin")
PEOPLE = (NADIA, PIERRE, CLAIRE)
ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2027, 4, 15, 20, 0, tzinfo=UTC)
TODAY = date(2027, 3, 15)
"""When the requests are filled in."""
WINDOW = Window(START, START + timedelta(minutes=90))
MESSAGES = {
    CardKind.PRECHECK: "precheck:1",
    CardKind.GO: "go:1",
    CardKind.PROGRESS: "progress:1.1",
    CardKind.DAY: "day:1",
    CardKind.CUTOFF: "cutoff:0",
    CardKind.INCIDENT: "incident",
    CardKind.HANDOVER: "handover",
    CardKind.REVIEW: "review",
}
MRIS = tuple(f"29:1{'a' * 60}{number:02}" for number in range(60))


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes: what fills a field up to a number of characters."""

    pattern: str
    full: bool = True

    def fill(self, sample: str, longest: int) -> str:
        """The sample, or a text of `longest` UTF-16 units in this hand, as long as the form lets one write."""
        return (self.pattern * longest)[: longest * len(self.pattern) // units(self.pattern)] if self.full else sample


PLAINLY = Hand("", full=False)
HANDS = {
    "words": Hand("The quick brown fox jumps. "),
    "accents": Hand("Être prêt à déménager dès l’été. "),
    "emoji": Hand("\N{GRINNING FACE}"),
    "ideographs": Hand("漢字"),
    "markup": Hand("<at>you</at> [x](http://example.com) **&amp;** "),
    "stars": Hand("*"),
    "ampersands": Hand("&"),
    "paragraphs": Hand("Then the next step is done by hand.\n"),
}
"""What people write."""
ODD_HANDS = {"quotes": Hand('"'), "backslashes": Hand("\\"), "lines of one letter": Hand("a\n")}
"""What JSON writes twice as long, and nobody types from end to end."""


BACKUPS = (
    Backup("SSD NAS", 45, "https://nas.example.ch/learn", ("Open the share.", "Copy the newest folder.")),
    Backup("Small desktop NAS", 90),
)


LONGEST_BACKUPS = tuple(
    Backup(
        f"{'Network storage ' * 2} {number}", 90, "https://nas.example.ch/" + "x" * 170, ("Copy the folder. " * 7,) * 8
    )
    for number in range(3)
)
"""As much as the settings take, written by an administrator."""


def service(backend: str = "vps_api", hand: Hand = PLAINLY) -> Service:
    """The learning platform, approved by Pierre or, in his place, Claire."""
    return Service(
        key="learn",
        name="ISC Learn Platform",
        zone=ZURICH,
        approver=named(PIERRE, hand),
        deputies=(named(CLAIRE, hand),),
        vps=Server("Hannibal", PROVIDERS[backend].provider),
        backups=LONGEST_BACKUPS if hand.full else BACKUPS,
        incident_link="https://wiki.example.ch/processes/incident",
        languages=("en", "fr", "de"),
        mail=(Recipient("isc-learn@example.ch"),),
        notify=("teams", "mail"),
        approver_mail="pierre.andre@example.ch",
        holidays=frozenset({date(2027, 3, 19)}),
    )


def named(person: Person, hand: Hand) -> Person:
    """The person with a name as long as names get."""
    return replace(person, name=" ".join(hand.fill(person.name, 80).split()))


def plan(hand: Hand = PLAINLY, kind: ChangeType = ChangeType.NORMAL) -> Plan:
    """The update of the learning platform."""
    tests: tuple[str, ...] = ("Log in with a student account", "Open a course and its forum", "Upload a file of 20 MB")
    if hand.full:
        tests = tuple(" ".join(hand.fill("", LONGEST_TEST).split()) or "x" for _ in range(MOST_TESTS))
    text = {
        "title": "Moodle 4.5 to 5.0",
        "what": "Moodle is updated from 4.5 to 5.0, with its plugins.\nThe theme is replaced by the new one.",
        "why": "4.5 gets no more security fixes after October.",
        "risks": "The quiz plugin may not be ready for 5.0.",
        "rollback": "Restore the data snapshot and the old code.",
        "affected": "Courses cannot be opened; quizzes in progress are saved.",
        "reason": "The exams begin in three weeks."
        if kind is ChangeType.NORMAL
        else "Somebody is using a hole in 4.5.",
    }
    filled = {name: hand.fill(sample, LIMITS[name]) for name, sample in text.items()}
    filled["title"] = " ".join(filled["title"].split())
    people = named(NADIA, hand)
    as_many = tuple(f"evening-{number:02}@example.ch" for number in range(MOST_NAMED))
    notify = as_many if hand.full else ("deans@example.ch", "library@example.ch")
    return Plan(
        "learn",
        window=WINDOW,
        tests=tests,
        implementer=people,
        kind=kind,
        notify=notify,
        risk_answers=(),
        tasks=(),
        **filled,
    )


def change(state: State, hand: Hand = PLAINLY, kind: ChangeType = ChangeType.NORMAL, *, deputy: bool = False) -> Change:
    """A change in that state, with everything that happened on the way there."""
    written, mark = plan(hand, kind), plan(hand, kind).fingerprint
    comment = hand.fill("Looks good. Please tell the teachers of the evening courses.", LIMITS["comment"])
    by = named(CLAIRE if deputy else PIERRE, hand)
    stands_for = named(PIERRE, hand) if deputy else None

    def decision(verdict: str, days: int) -> Decision:
        return Decision(verdict, by, START - timedelta(days=days, hours=11), mark, comment, stands_for)

    made = Change("CHG-2027-0007", named(NADIA, hand), written, state, START - timedelta(days=30))
    if state is State.DRAFT:
        return made.with_(tests=(None,) * len(written.tests))
    asked = START - timedelta(days=20)
    made = made.with_(revision=7, round=1, requested_at=asked, submitted_at=asked, short_notice=True, asked_at=asked)
    made = made.with_(tests=(None,) * len(written.tests))
    if state is State.CORRECTIONS_REQUESTED:
        made = made.with_(corrections=decision("corrections", 14))
    if state not in (State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED):
        made = made.with_(precheck=decision("approved", 14))
    if state is State.NO_GO:
        made = made.with_(go=decision("no_go", 7))
    if state in (State.POSTPONED, State.CANCELLED):
        since = START - timedelta(days=8)
        made = made.with_(closing_reason=comment, closed_by=made.requester, state_since=since)
    if (state in BOOKED and state not in (*_BEFORE_GO,)) or state is State.COMPLETED:
        made = made.with_(go=decision("go", 7), scheduled_at=START - timedelta(days=7), announced=WINDOW)
        made = _on_the_day(made, hand, comment)
    return made


_BEFORE_GO = (State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED, State.PRECHECKED, State.GO_PENDING)


def _on_the_day(made: Change, hand: Hand, comment: str) -> Change:
    begun = START - timedelta(minutes=165)
    running = Snapshot(SnapshotStatus.RUNNING, "CHG-2027-0007", 1, started_at=begun)
    done = replace(running, status=SnapshotStatus.FINISHED, finished_at=START - timedelta(minutes=12))
    done = replace(done, name=hand.fill(done.name, 100))
    match made.state:
        case State.SCHEDULED:
            return made
        case State.SNAPSHOTTING:
            return made.with_(snapshot=running)
        case State.READY:
            return made.with_(snapshot=done)
        case _:
            pass
    made = made.with_(snapshot=done, started_at=START + timedelta(minutes=3))
    results = [TestResult(number != 1, made.plan.implementer, START + timedelta(minutes=40)) for number in range(12)]
    tests = tuple(results[: len(made.plan.tests) - 1])
    made = made.with_(tests=(*tests, None))
    if made.state in (State.TROUBLE, State.INCIDENT, State.RESTORING):
        made = made.with_(trouble=comment, incident_at=START + timedelta(minutes=60))
    if made.state is State.EXTENDED:
        reason = hand.fill("The index is rebuilt.", LIMITS["comment"])
        made = made.with_(extensions=(Extension(45, reason, made.plan.implementer, START + timedelta(minutes=61)),))
    if made.state is State.RESTORING:
        asked = START + timedelta(minutes=62)
        restore = Restore(made.plan.implementer, asked, named(PIERRE, hand), asked + timedelta(minutes=3))
        made = made.with_(restore=restore)
    if made.state is State.COMPLETED:
        passed = tuple(replace(result, passed=True) for result in results[: len(made.plan.tests)])
        ended = START + timedelta(minutes=81)
        made = made.with_(tests=passed, ended_at=ended, outcome=Outcome.SUCCESSFUL)
    return made


def moment(state: State) -> datetime:
    """When one would look at a change in that state."""
    if state in _BEFORE_GO or state in (State.DRAFT, State.SCHEDULED, State.NO_GO, State.POSTPONED, State.CANCELLED):
        return START - timedelta(days=7)
    if state in (State.SNAPSHOTTING, State.READY):
        return START - timedelta(minutes=93)
    return START + timedelta(minutes=62)


def near(hand: Hand = PLAINLY) -> tuple[Booking, ...]:
    """Other changes of the server: one is an incident, one takes the time behind this one's; all began since."""
    title = " ".join(hand.fill("New firewall", LIMITS["title"]).split())
    later = Window(WINDOW.end + timedelta(minutes=30), WINDOW.end + timedelta(minutes=90))
    incident = booking("CHG-2027-0008", title, WINDOW, State.INCIDENT)
    return (incident, *(booking(f"CHG-2027-00{number}", title, later) for number in range(10, 15)))


def booking(number: str, title: str, window: Window, state: State = State.SCHEDULED) -> Booking:
    """Another change of the same server, begun since the snapshot of this one if it has begun."""
    begun = START - timedelta(minutes=5) if state is not State.SCHEDULED else None
    return Booking(number, title, window, state, window, same_service=False, people=(CLAIRE,), started_at=begun)


def draft(kind: NoticeKind, language: str) -> NoticeDraft:
    """A notice before it goes, as long as ours are."""
    said = " ".join(["**Planned maintenance** of the platform."] * 6)
    return NoticeDraft(public_field(kind, language), language, said, "The platform is late.", said)


def view(
    of: Change,
    hand: Hand = PLAINLY,
    backend: str = "vps_api",
    mris: tuple[str, ...] = (),
    neighbours: tuple[Booking, ...] = (),
) -> ChangeContext:
    """What a card of that change is drawn from."""
    operation = restoring = None
    if of.state is State.RESTORING and of.restore is not None and of.restore.started_at is not None:
        begun = of.restore.started_at
        restoring = Operation("r", of.id, "restore", of.snapshot.name, begun, "2", OperationState.RUNNING, 35)
    if of.snapshot.status is SnapshotStatus.RUNNING and of.snapshot.started_at is not None:
        begun = of.snapshot.started_at
        operation = Operation("k", of.id, "snapshot", of.snapshot.name, begun, "1", OperationState.RUNNING, 48)
    prepared = of.restore is not None and of.restore.confirmed_by is not None
    trail: tuple[Entry, ...] = tuple(history(of, hand, 60)) if of.handed_over_at or prepared else ()
    if of.cutoff_asked_at is not None and of.cutoff_answered:
        trail = (Entry(1, of.cutoff_asked_at + timedelta(minutes=2), named(NADIA, hand), "card", e.TroubleSolved()),)
    past = LONGER if of.state is State.DRAFT or of.state is State.PRECHECK_PENDING else NOTHING
    if of.state is State.COMPLETED:
        trail, past = stumbled(of), NOTHING
    ledger = LEDGER if of.state is State.COMPLETED else ()
    seen = ChangeContext(of, service(backend, hand), moment(of.state), operation, mris, restoring, trail, ledger, past)
    if of.snapshot.status is SnapshotStatus.HELD and not neighbours:
        neighbours = (neighbour(hand),)
    sent = dict.fromkeys(kind for card in (None, *CardKind) for kind in drafts_on(card, of))
    drafts = {kind: tuple(draft(kind, each) for each in seen.service.languages) for kind in sent}
    return replace(seen, neighbours=neighbours, drafts=drafts)


def neighbour(hand: Hand = PLAINLY, minutes: int = -60) -> Booking:
    """Another change at work on the server, until so many minutes after the start of the window."""
    theirs = Window(START - timedelta(minutes=240), START + timedelta(minutes=minutes))
    title = plan(hand).title
    return Booking("CHG-2027-0003", title, theirs, State.IN_PROGRESS, theirs, people=PEOPLE, started_at=theirs.start)


LONGER = DurationEstimates(Estimate(185, 10), Estimate(95, 10), Estimate(25, 10), Estimate(115, 10), late=4, late_by=35)
"""Everything took longer than it is reckoned with."""
LEDGER = tuple(
    DeliveryRecord(f"{kind}:{to}", "CHG-2027-0007", kind, to, way, result, START - timedelta(days=7))
    for kind in NoticeKind
    for to, way, result in (
        ("learn", DeliveryChannel.TEAMS, DeliveryStatus.SENT),
        ("a@example.ch", DeliveryChannel.MAIL, DeliveryStatus.SENT),
        ("b@example.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED),
    )
)


def stumbled(of: Change) -> tuple[Entry, ...]:
    """A trail in which every test failed once, and the first snapshot did."""
    failed: list[e.Event] = [e.SnapshotFailed("No room."), e.Postponed("No time.", silent=False)]
    failed += [e.TestRecorded(index, passed=False, note="") for index in range(len(of.plan.tests))]
    return tuple(Entry(number, START, NADIA, "card", event) for number, event in enumerate(failed, 1))


def variants(hand: Hand, kind: ChangeType) -> Iterator[tuple[str, Change]]:
    """A change in each state, and in the turns that have no state of their own."""
    for state in State:
        yield state.value, change(state, hand, kind)
    comment = hand.fill("Infomaniak: the quota of snapshots is used up.", LIMITS["comment"])
    waiting = change(State.SNAPSHOTTING, hand, kind)
    due = START - timedelta(minutes=165)
    asked = replace(waiting.snapshot, status=SnapshotStatus.REQUESTED, started_at=None, since=due)
    yield "snapshot asked for", waiting.with_(snapshot=asked)
    yield "snapshot waits for ours", waiting.with_(snapshot=replace(asked, milestones=("busy",)))
    held = Snapshot(SnapshotStatus.HELD, detail="CHG-2027-0003", since=due)
    yield "snapshot held", waiting.with_(snapshot=held)
    given_up = {"closing_reason": comment, "snapshot": waiting.snapshot}
    yield "cancelled during the snapshot", waiting.with_(state=State.CANCELLED, **given_up)
    failed = replace(waiting.snapshot, status=SnapshotStatus.FAILED, detail=comment)
    yield "snapshot failed", waiting.with_(snapshot=failed)
    for cause in FailureReason:
        yield f"snapshot failed, {cause}", waiting.with_(snapshot=replace(failed, cause=cause))
    yield "snapshot late", waiting.with_(snapshot=replace(waiting.snapshot, milestones=("half", "late")))
    yield "snapshot out of sight", waiting.with_(snapshot=replace(waiting.snapshot, milestones=("blind",)))
    yield "snapshot taken by hand", waiting.with_(snapshot=replace(waiting.snapshot, by_hand=True))
    waived = replace(waiting.snapshot, status=SnapshotStatus.WAIVED, detail=comment, waived_by=named(PIERRE, hand))
    yield "snapshot waived", change(State.READY, hand, kind).with_(snapshot=waived)
    incident = change(State.INCIDENT, hand, kind)
    restore = Restore(incident.plan.implementer, START + timedelta(minutes=70))
    yield "restore asked for", incident.with_(restore=restore)
    ended = replace(restore, failed=comment, finished_at=restore.asked_at)
    yield "restore failed", incident.with_(restore=ended)
    for cause in (FailureReason.FAILED, FailureReason.LOST, FailureReason.BUSY):
        yield f"restore failed, {cause}", incident.with_(restore=replace(ended, cause=cause))
    tried = tuple(
        RecoveryAttempt(Recovery.FILES, comment, incident.plan.implementer, START + timedelta(minutes=60 + number))
        for number in range(9)
    )
    yield "much tried", incident.with_(recovery_attempts=tried)
    handed = incident.with_(
        recovery_attempts=tried, restore=replace(ended, cause=FailureReason.FAILED), handed_over_at=restore.asked_at
    )
    yield "handed over", handed
    running = change(State.RESTORING, hand, kind)
    late = running.restore and replace(running.restore, milestones=("half", "late", "blind"))
    yield "restore late", running.with_(restore=late)
    yield "no snapshot to restore", incident.with_(snapshot=waived)
    worked = change(State.IN_PROGRESS, hand, kind)
    yield "nothing tested", worked.with_(tests=(None,) * len(worked.plan.tests))
    yield "restored", worked.with_(restored=True, restore=replace(restore, finished_at=START + timedelta(minutes=130)))
    cutoff = START + timedelta(minutes=60)
    yield "cutoff asked", worked.with_(cutoff_asked_at=cutoff)
    yield "cutoff answered", worked.with_(cutoff_asked_at=cutoff, cutoff_answered=True)
    passed = tuple(TestResult(True, worked.plan.implementer, cutoff) for _number in worked.plan.tests)
    failed_tests = tuple(replace(result, passed=False) for result in passed)
    why = hand.fill("It failed before the update too.", 300)
    accepted = tuple(
        AcceptedTest(number, why, named(CLAIRE, hand), cutoff, named(PIERRE, hand)) for number in range(len(passed))
    )
    yield "all tests passed", worked.with_(tests=passed)
    yield "all tests failed", worked.with_(tests=failed_tests)
    yield "tests accepted", worked.with_(tests=failed_tests, accepted=accepted)
    yield "a missing test accepted", worked.with_(tests=(None, *passed[1:]), accepted=accepted[:1])
    yield "incident, all tests passed", incident.with_(tests=passed)
    yield "incident, tests accepted", incident.with_(tests=failed_tests, accepted=accepted, informed_at=cutoff)
    yield "incident, nothing tested", incident.with_(tests=(None,) * len(passed))
    early = hand.fill("Nobody is working any more.", 300)
    yield "started early", worked.with_(started_at=START - timedelta(minutes=40), early_reason=early)
    planned = change(State.SCHEDULED, hand, kind)
    yield "snapshot planned earlier", planned.with_(snapshot_at=START - timedelta(hours=5))
    yield "snapshot waived with GO", planned.with_(snapshot=waived)
    ready = Preflight(START - timedelta(days=8), (), ("The data disk is there.",))
    yield "preflight passed", change(State.GO_PENDING, hand, kind).with_(preflight=ready)
    looked = replace(ready, problems=("The data disk of Hannibal was not found.", "The token is not accepted."))
    yield "preflight failed", change(State.GO_PENDING, hand, kind).with_(preflight=looked)
    asking = change(State.PRECHECK_PENDING if kind is ChangeType.EMERGENCY else State.GO_PENDING, hand, kind)
    soon = moment(asking.state) + timedelta(hours=1)
    yield (
        "snapshot too late for GO",
        asking.with_(plan=replace(asking.plan, window=Window(soon, soon + timedelta(hours=3)))),
    )
    own = change(State.GO_PENDING, hand, kind)
    yield "nobody can decide", own.with_(requester=named(PIERRE, hand), editors=(named(CLAIRE, hand),))
    over = change(State.COMPLETED, hand, kind)
    yield "completed with accepted tests", over.with_(accepted=accepted, early_reason=early)
    yield "reviewed", over.with_(review=hand.fill("The theme took longer than planned.", 1500))
    yield "rolled back", over.with_(outcome=Outcome.ROLLED_BACK, restored=True)
    yield "decided by a deputy", change(State.SCHEDULED, hand, kind, deputy=True)
    asked_again = change(State.PRECHECK_PENDING, hand, kind)
    few = replace(
        asked_again.plan, tests=asked_again.plan.tests[1:], what=f"{asked_again.plan.what[2:]} Now.", risks=""
    )
    yield "corrected", asked_again.with_(reviewed_plan=few, judged_at=START - timedelta(days=15))
    other = replace(asked_again.plan, title="?", what="?", why="?", risks="?", rollback="?", affected="?")
    yield "written anew", asked_again.with_(reviewed_plan=other, judged_at=START - timedelta(days=15))
    moved = change(State.PRECHECKED, hand, kind)
    yield "moved after the pre-check", moved.with_(round=moved.round + 1, prechecked_round=moved.round)
    edited = change(State.SUBMITTED, hand, kind).with_(round=2, revision=9)
    given = change(State.SCHEDULED, hand, ChangeType.NORMAL)
    since = START - timedelta(days=6)
    past = tuple(PastDecision(1, each, named(NADIA, hand), since) for each in (given.precheck, given.go))
    yield "edited after the decision", edited.with_(past_decisions=past)


def history(of: Change, hand: Hand, lines: int) -> list[Entry]:
    """A trail of the longest lines."""
    comment = hand.fill("The forum does not open.", LIMITS["comment"])
    by = named(CLAIRE, hand)
    trail: list[Entry] = [Entry(1, START - timedelta(days=30), of.requester, "chat", e.Drafted(of.id, of.plan))]
    for number in range(2, lines + 1):
        asked = e.CorrectionsRequested("f", comment, named(PIERRE, hand))
        trail.append(Entry(number, START + timedelta(minutes=number), by, "card", asked))
    return trail


def every_card(hand: Hand = PLAINLY, wanted: Container[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each card under a name that says which it is; of those about a change only the `wanted`, if that is said."""
    for kind in ChangeType:
        for name, of in variants(hand, kind):
            for backend in ("vps_api", "dashboard"):
                others = near(hand) if backend == "dashboard" else ()
                drawers = _of_change(view(of, hand, backend, MRIS, others), hand)
                titles = {f"{card} card, {kind}, {name}, {backend}": draw for card, draw in drawers.items()}
                yield from ((title, draw()) for title, draw in titles.items() if wanted is None or title in wanted)
    yield from _of_nobody(hand)


def _of_change(seen: ChangeContext, hand: Hand) -> dict[str, Callable[[], dict[str, Any]]]:
    """How each card about the change is drawn."""
    notice = hand.fill("**Planned maintenance** of the ISC Learn Platform.\n\nNobody can log in.", 3000)
    return {
        **{card: partial(card_for, card, seen, message, notice) for card, message in MESSAGES.items()},
        "status": lambda: status_card(seen),
        "show": lambda: show_card(seen, history(seen.change, hand, 60)),
        "summary": lambda: summary_card(seen, timeline(seen.change, seen.service)),
    }


def _of_nobody(hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    answers = answers_of(plan(hand), service(hand=hand))
    quoted = {name: hand.fill("this", 100 if name == "date" else 40) for name in answers}
    problems = {
        name: f"I do not understand “{text}”: please write it as the label says." for name, text in quoted.items()
    }
    people = [replace(named(PIERRE, hand), id=f"00000000-0000-0000-0000-{number:012}") for number in range(200)]
    services = [replace(service(hand=hand), key=f"service{number}") for number in range(6)]
    yield "form, empty", form_card({}, {}, [service()], PEOPLE, TODAY)
    yield "form, filled", form_card(answers, {}, services, people, TODAY, "CHG-2027-0007", 7)
    yield "form, all wrong", form_card(answers, problems, services, people, TODAY)
    past = {each.key: LONGER for each in services}
    yield "form, what past changes say", form_card({}, {}, services, people, TODAY, past=past)
    taught = replace(LONGER, lengths=(75, 105, 1440))
    free = [Window(START + timedelta(days=day), START + timedelta(days=day, hours=2)) for day in range(3)]
    yield (
        "form, with free dates",
        form_card(answers, {}, [service(hand=hand)], people, TODAY, past={"learn": taught}, free=free),
    )
    drafts = tuple(draft(NoticeKind.POSTPONED, each) for each in services[0].languages)
    written = answers | {each.field: hand.fill("It is late.", LONGEST_PUBLIC) for each in drafts}
    about = (people, TODAY, "CHG-2027-0007", 7)
    yield "form, of an announced date", form_card(written, {}, services[:1], *about, past, (), drafts)
    yield "form, of an announced date, all wrong", form_card(written, problems, services[:1], *about, past, (), drafts)
    yield "edit, offered", edit_card(change(State.SUBMITTED, hand))
    yield "request, offered", request_card(hand.fill("Update to version 6", 400))
    yield from _counted(hand)
    changes = [change(state, hand) for state in State] * 4
    yield "list", list_card(Page(tuple(changes[:10]), 37), {"learn": service(hand=hand)}, "mine forum", 2)
    yield "list, of very many", list_card(Page(tuple(changes[:10]), 1000, is_least=True), {"learn": service(hand=hand)})
    frozen = replace(service(hand=hand), freezes=(Freeze("April exams", date(2027, 4, 12), date(2027, 5, 1)),))
    length = timedelta(minutes=90)
    spread = [
        each.with_(plan=replace(each.plan, window=Window(START + n * length, START + (n + 1) * length)))
        for n, each in enumerate(changes)
    ]
    blocks = weeks(date(2027, 4, 1), spread, [frozen])
    yield "calendar", calendar_card(blocks, {"learn": frozen}, "learn", date(2027, 4, 15))
    yield "calendar, empty", calendar_card(weeks(date(2027, 1, 1), [], []), {}, "", date(2027, 1, 1))
    lines = [
        DeliveryRecord(
            str(n),
            "CHG-2027-0007",
            kind,
            hand.fill("isc-learn@example.ch", 120),
            DeliveryChannel.MAIL,
            result,
            START,
            why,
        )
        for n, (kind, result) in enumerate(itertools.product(NoticeKind, DeliveryStatus))
        for why in ["" if result is DeliveryStatus.SENT else hand.fill("503: the mailbox is away.", 500)]
    ]
    yield "ledger", delivery_log_card(view(changes[5], hand), lines)
    yield "ledger, empty", delivery_log_card(view(changes[5], hand), [])
    items = [PendingTask(each, asked, START, START) for each, asked in zip(changes, TaskKind, strict=False)]
    known = {"learn": service(hand=hand)}
    yield "mine", worklist_card(items, changes, known, START)
    yield "mine, nothing", worklist_card([], [], known, START)
    yield "digest", digest_card([replace(each, by=START + timedelta(days=1)) for each in items], known, START)
    yield from _administered(changes, known, hand)
    asked = ("CHG-2026-0007", "CHG-2027-0007")
    both = [replace(each, id=number) for each, number in zip(changes, asked, strict=False)]
    reason = ChatCommand("cancel", hand.fill("No need.", 300))
    yield "which one", disambiguation_card(reason, both, known, "0123456789abcdef@1799999999")
    nearest = [ChatCommand(name, reason.rest) for name in ("cancel", "calendar", "close")]
    yield "suggestion", suggestion_card(hand.fill("cancle 7", 300), nearest, "0123456789abcdef@1799999999")
    yield "greeting", greeting_card(_("Hello! What would you like to do?"))
    yield "chosen", resolved_card(f"/change {reason.line}")
    yield "list, empty", list_card(Page((), 0), {})
    yield "help", help_card(is_local=True, is_admin=True)
    yield from _risky(hand)
    yield from _recurring(hand)
    yield from _templates(hand)


def _risky(hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where a service assesses risk, and asks several: as much as the settings and the facts can say."""
    words = [f"{hand.fill('', LONGEST_ANSWER - 1)}{number}" for number in range(MOST_ANSWERS)]
    asks = [f"{hand.fill('', LONGEST_QUESTION - 1)}{number}" for number in range(MOST_QUESTIONS)]
    own = tuple(RiskQuestion(each, tuple((word, 3) for word in words)) for each in asks)
    rules = RiskRules(questions=own if hand.full else RISK_QUESTIONS)
    answers = tuple((each.ask, each.answers[-1][0]) for each in rules.questions)
    bad = ChangeMetrics("CHG-2027-0001", "learn", State.COMPLETED, WINDOW, short_notice=False)
    facts = RiskFacts(short_notice=True, near=(neighbour(hand),) * 3, runs=(bad,) * 5)
    several = [replace(named(LUC, hand), id=f"b{number}") for number in range(MOST_PEOPLE - 2 if hand.full else 0)]
    both = Stage((named(PIERRE, hand), named(CLAIRE, hand), *several), 2 + len(several))
    later = Stage((named(LUC, hand), *several), 1 + len(several))
    its = replace(service(hand=hand), risk=rules, approvals=(both, *[later] * (MOST_STAGES - 1 if hand.full else 1)))
    past = tuple(change(State.COMPLETED, hand) for _ in range(3))

    def seen(state: State) -> ChangeContext:
        of = change(state, hand)
        wanted = replace(of.plan, risk_answers=answers, window=Window(START, START + timedelta(minutes=45)))
        verdict = "approved" if state is State.PRECHECK_PENDING else "go"
        mark = of.go.fingerprint if of.go is not None else wanted.fingerprint
        comment = hand.fill("Good plan.", LIMITS["comment"])
        agreed = Decision(verdict, named(CLAIRE, hand), START - timedelta(days=13), mark, comment)
        partly = () if state is State.DRAFT else (agreed, *(replace(agreed, by=each) for each in several))
        of = of.with_(plan=wanted, risk=assess(wanted, its, facts), approvals=partly)
        return replace(view(of, hand), service=its, similar=past)

    filled = answers_of(plan(hand), its) | {f"risk_{n}": each for n, (_ask, each) in enumerate(answers, 1)}
    yield "risk: form", form_card(filled, {}, [its], PEOPLE, TODAY)
    problems = {name: "x" * 200 for each in PLAN_FIELDS for name in (question.field for question in each.questions)}
    yield "risk: form, all wrong", form_card(filled | {"reason": "x"}, problems, [its], PEOPLE * 40, TODAY)
    draft_of = seen(State.DRAFT)
    yield "risk: summary", summary_card(draft_of, timeline(draft_of.change, its))
    yield "risk: pre-check", card_for(CardKind.PRECHECK, seen(State.PRECHECK_PENDING), "precheck:1")
    yield (
        "risk: GO",
        card_for(
            CardKind.GO,
            seen(State.GO_PENDING),
            "go:1",
            hand.fill("**Planned maintenance** of the ISC Learn Platform.", 3000),
        ),
    )
    yield "risk: GO given", card_for(CardKind.GO, seen(State.SCHEDULED), "go:1")
    yield "risk: whole", show_card(seen(State.GO_PENDING), history(seen(State.GO_PENDING).change, hand, 60))


def _recurring(hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    """What recurs: chosen, saved, listed, and confirmed."""
    its, of = service(hand=hand), change(State.DRAFT, hand, ChangeType.NORMAL)
    rule, first = "FREQ=MONTHLY;BYMONTHDAY=31", date(2027, 4, 1)
    new = Series(
        *(of.id, named(NADIA, hand), of.plan, rule, first, time(20), WhenBlocked.AFTER, first, (of.id,), ""),
        SeriesState.ENDED,
    )
    one = replace(new, state=SeriesState.ACTIVE, rule="FREQ=YEARLY;INTERVAL=2;BYMONTH=4;BYDAY=1TU,3TU;BYSETPOS=-1")
    moved = Message(
        "It takes place on {other} instead of {day}: {why}.",
        other=TODAY,
        day=first,
        why=Message("{change} takes place then", change=of.id),
    )
    dates = [first + timedelta(days=31 * number) for number in range(4)]
    yield "recurring, choices", series_card(new, of, its, dates)
    yield "recurring, saved", series_card(one, of, its, dates)
    yield "recurring, paused", series_card(replace(new, state=SeriesState.PAUSED), of, its, [])
    yield "recurring, list", series_list_card([one] * 30)
    yield "recurring, none", series_list_card([])
    seen = view(of, hand)
    yield "recurring, confirm", summary_card(seen, timeline(of, seen.service), translate(moved), one.id)


def _templates(hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    """The templates of a service, and one: as its approver and as its author find it."""
    its, of = service(hand=hand), change(State.DRAFT, hand, ChangeType.NORMAL)
    made = with_locks(
        taken_from(of, hand.fill("Monthly update", LONGEST_NAME), of.requester, START), NEEDED, NADIA, START
    )
    given = preapproved(made, its.approver, None, START, TODAY + timedelta(days=365))
    yield "templates", templates_card([given, made], {its.key: its}, START)
    yield "templates: one", template_card(made, its, its.approver, START, _("Saved as version {version}.", version=2))
    yield "templates: pre-approved", template_card(given, its, of.requester, START)


def _administered(changes: list[Change], known: dict[str, Service], hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an admin looks at: nothing, and more than is shown."""
    effects = [UpsertStatusCard(f"k{n}", each.id) for n, each in enumerate(changes)]
    why = hand.fill("The bot is no longer in this conversation.", 300)
    dead = [DeadLetter(n, effect, why, START) for n, effect in enumerate(effects)]
    only = Message("Only {approver} or a deputy can decide about {id}.", approver="Claire Rey", id="CHG-2027-0007")
    refused = [AccessDenial(START, named(NADIA, hand), "CHG-2027-0007", "go.give", "card", only)] * 9
    yield "admin", admin_card(dead, (refused, 2, 23), (7, START), known, _("It is being resent."), (2, START))
    yield "admin, nothing", admin_card([], ([], 1, 0), (0, None), known)


def _counted(hand: Hand) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statistics: none, of one quarter, and of more services and quarters than are shown."""
    one = service(hand=hand)
    many = {
        f"service{number}": replace(one, key=f"service{number}", name=f"{one.name} {number}") for number in range(9)
    }
    measured = [measure(of, one) for _name, of in variants(hand, ChangeType.NORMAL)]
    spread = [
        replace(each, service=key, planned=Window(START + timedelta(days=days), START + timedelta(days=days + 1)))
        for key in many
        for days in (0, 91, 182, -100)
        for each in measured
    ]
    yield "statistics, none", stats_card(Counts(), {}, Period(2027), None)
    yield "statistics, a quarter", stats_card(counted(measured, {one.key: one}), {one.key: one}, Period(2027, 2), one)
    yield "statistics, much", stats_card(counted(spread, many), many, Period(2027), None)
