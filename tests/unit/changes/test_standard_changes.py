"""Standard changes in the core: when nobody is asked, and why somebody is after all (docs/process.md, P106 to P109)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected, NotAllowed, ValidationFailed
from changes.lifecycle import fold
from changes.model import ChangeType, Outcome, Plan, PlanTask, RiskLevel, RiskRules, Stage, State, TemplateRef
from changes.permissions import authorize_copy, authorize_template
from changes.policy import Service
from changes.templates import (
    NEEDED,
    TEMPLATED,
    Template,
    TrackRecord,
    apply_events,
    is_setback,
    preapproved,
    taken_from,
    with_locks,
)
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, at, plan
from tests.support.templated import FAR, Templated, a_change, a_template, approved

ASKED = (e.PrecheckAsked, e.GoAsked)
GIVEN = (e.PrecheckApproved, e.GoGiven)
AFTER_GO = at(2027, 4, 8, 9, 1)


def test_nobody_is_asked_and_the_answers_bear_the_name_of_who_pre_approved() -> None:
    story = Templated(approved(a_template())).requested().until(AFTER_GO)
    change = story.now_it_is
    assert change.state is State.SCHEDULED
    assert not story.happened(*ASKED)
    assert change.precheck is not None
    assert change.go is not None
    assert {change.precheck.by, change.go.by} == {PIERRE}
    [precheck, go] = story.happened(*GIVEN)
    for event in (precheck, go):
        assert isinstance(event, e.PrecheckApproved | e.GoGiven)
        assert event.standing is not None
        assert (event.standing.by, event.standing.template) == (PIERRE, TemplateRef("Monthly", 1))
    assert change.announced == change.plan.window
    assert fold(story.entries) == change


def test_the_steps_of_a_normal_change_stay_but_those_that_ask() -> None:
    story = Templated(approved(a_template())).requested()
    steps = {entry.event.kind.value for entry in story.until(AFTER_GO).entries if isinstance(entry.event, e.StepFired)}
    assert {"precheck", "preflight_week", "go"} <= steps
    assert not {"prepare", "precheck_nudge", "go_nudge", "silence"} & steps


def test_it_needs_no_lead_time_but_its_week_of_notice() -> None:
    late = at(2027, 4, 8, 12)
    story = Templated(approved(a_template())).requested(now=late)
    assert story.now_it_is.standard is not None
    assert not story.now_it_is.short_notice
    assert story.until(late).now_it_is.state is State.SCHEDULED
    too_late = at(2027, 4, 9, 12)
    with pytest.raises(ValidationFailed, match="say why it cannot wait"):
        Templated(approved(a_template())).requested(now=too_late)
    normal = Templated(approved(a_template())).requested(plan(reason="Security"), too_late).until(too_late)
    assert normal.happened(*ASKED)
    assert "less than 7 days ahead" in said_normal(normal)


def said_normal(story: Templated) -> str:
    [event] = story.happened(e.MadeNormal)
    assert isinstance(event, e.MadeNormal)
    return str(event.reason)


LAPSES: dict[str, tuple[dict[str, object], str]] = {
    "suspended": ({"suspended_by": "CHG-2027-0009"}, "since CHG-2027-0009 did not go as planned"),
    "taken back": ({"approval": None}, "no pre-approval"),
    "rewritten": ({"plan": plan(what="Something else.")}, "holds no longer"),
    "a lock more": ({"locked": (*NEEDED, "risks")}, "holds no longer"),
    "a lock less": ({"locked": NEEDED[:2]}, "holds no longer"),
}


@pytest.mark.parametrize("lapse", LAPSES.values(), ids=LAPSES)
@pytest.mark.parametrize("step", ["precheck", "go"])
def test_what_holds_no_longer_when_the_answer_is_due_is_asked_and_said(
    lapse: tuple[dict[str, object], str], step: str
) -> None:
    changed, why = lapse
    story = Templated(approved(a_template())).requested()
    if step == "go":
        story.until(at(2027, 4, 7))
        assert story.now_it_is.state is State.PRECHECKED
    story.rewritten(**changed)
    story.until(AFTER_GO)
    assert why in said_normal(story)
    assert story.now_it_is.standard is None
    wanted = State.PRECHECK_PENDING if step == "precheck" else State.GO_PENDING
    assert story.now_it_is.state is wanted
    assert all(getattr(each, "standing", None) is None for each in story.happened(e.GoGiven))


ORDER = PlanTask("Order the certificate", LUC, 10, 0, 15, blocking=True)


def test_tasks_come_along_with_a_template_and_those_that_are_locked_are_kept() -> None:
    tasks = (ORDER, PlanTask("Tell the helpdesk"))
    template = approved(a_template(plan(tasks=tasks), NADIA, "tasks"))
    assert template.plan.tasks == tasks
    assert Templated(template).requested(plan(tasks=tasks)).now_it_is.standard is not None
    fewer = Templated(template).requested(plan(tasks=tasks[:1]))
    assert fewer.now_it_is.standard is None
    assert "what the template locks was edited" in said_normal(fewer)


def test_it_ends_with_its_day_and_with_the_one_who_gave_it() -> None:
    story = Templated(approved(a_template(), date(2027, 4, 5))).requested().until(AFTER_GO)
    assert "Pierre until" in said_normal(story)
    assert "holds no longer" in said_normal(story)
    assert story.now_it_is.state is State.GO_PENDING
    by_luc = replace(approved(a_template()).approval, by=LUC)  # type: ignore[type-var]
    gone = Templated(replace(approved(a_template()), approval=by_luc)).requested()
    assert "Luc until" in said_normal(gone)


@pytest.mark.parametrize(
    ("of", "by", "why"),
    [
        (plan(what="Other"), NADIA, "Description"),
        (plan(tests=("Log in",)), NADIA, "Test plan"),
        (plan(kind=ChangeType.EMERGENCY, reason="Now"), NADIA, "emergency"),
        (plan(), PIERRE, "their own"),
        (plan(implementer=PIERRE), NADIA, "their own"),
    ],
)
def test_what_was_not_agreed_with_beforehand_is_decided_like_any_other(of: Plan, by: object, why: str) -> None:
    story = Templated(approved(a_template())).requested(of, by=by)  # type: ignore[arg-type]
    assert why in said_normal(story)
    assert not story.until(AFTER_GO).happened(*GIVEN)


def test_a_locked_field_that_is_edited_later_asks_and_what_may_be_edited_does_not() -> None:
    story = Templated(approved(a_template())).requested().until(AFTER_GO)
    story.do(c.Edit(NADIA, plan(title="Another title")), AFTER_GO)
    assert story.now_it_is.standard is not None
    assert not story.happened(*ASKED)
    story.do(c.Edit(NADIA, plan(title="Another title", rollback="None known")), AFTER_GO)
    assert "Rollback plan" in said_normal(story)
    assert story.now_it_is.state is State.PRECHECK_PENDING
    # Whoever is being asked answers, whatever is put back.
    put_back = story.do(c.Edit(NADIA, plan(title="Another title")), AFTER_GO)
    assert not [each for each in put_back if isinstance(each, e.MadeStandard | e.PrecheckApproved)]
    assert story.happened(e.PrecheckAsked)


def test_an_edit_after_it_was_taken_back_makes_it_normal_for_good_and_says_so() -> None:
    story = Templated(approved(a_template())).requested().until(at(2027, 4, 7))
    story.rewritten(approval=None)
    story.do(c.Edit(NADIA, plan(title="Another title")), at(2027, 4, 7))
    assert story.now_it_is.state is State.PRECHECK_PENDING
    assert "no pre-approval any more" in said_normal(story)
    story.template = approved(story.template)
    story.do(c.ApprovePrecheck(PIERRE, ""), at(2027, 4, 7))
    assert story.until(AFTER_GO).now_it_is.state is State.GO_PENDING, "it stays normal then"


def test_an_approver_who_edits_it_makes_it_normal() -> None:
    story = Templated(approved(a_template())).requested().until(at(2027, 4, 2))
    story.do(c.Edit(PIERRE, plan(title="Mine")), at(2027, 4, 2))
    assert "their own" in said_normal(story)


def test_only_what_is_enough_can_be_pre_approved_and_by_whom() -> None:
    with pytest.raises(CommandRejected, match="Description, Test plan and Rollback plan"):
        approved(replace(a_template(), locked=()))
    with pytest.raises(CommandRejected, match="somebody else who decides"):
        approved(a_template(by=PIERRE))
    given = approved(a_template(by=PIERRE), by=CLAIRE)
    assert given.approval is not None
    assert given.approval.deputy_for == PIERRE
    with pytest.raises(CommandRejected, match="pre-approved already"):
        approved(given, by=CLAIRE)
    with pytest.raises(CommandRejected, match="retired"):
        approved(replace(a_template(), retired=True))


def test_nobody_pre_approves_words_of_their_own_whoever_saved_them() -> None:
    by_pierre = a_change(by=PIERRE)
    edited_by_pierre = a_change(editors=(PIERRE,))
    handed_over = a_change(formerly=(PIERRE,))
    of_his_template = a_change(template=TemplateRef("His", 1))
    for source in (by_pierre, edited_by_pierre, handed_over, of_his_template):
        origin = a_template(by=PIERRE) if source.template else None
        saved = taken_from(source, "Monthly", NADIA, REQUESTED, origin=origin)
        template = with_locks(saved, NEEDED, NADIA, REQUESTED)
        with pytest.raises(CommandRejected, match="written by you"):
            approved(template)
        assert approved(template, by=CLAIRE).approval is not None
    rewritten = a_change(plan(what="Other.", tests=("Other",), rollback="Other."), template=TemplateRef("His", 1))
    own = taken_from(rewritten, "Monthly", NADIA, REQUESTED, origin=a_template(by=PIERRE))
    assert approved(with_locks(own, NEEDED, NADIA, REQUESTED)).approval is not None, "none of the words are his"


def test_the_words_of_an_earlier_version_stay_those_of_who_wrote_them_while_they_are_locked() -> None:
    first = a_template(by=PIERRE)
    other = plan(what="Other.", tests=("Other",), rollback="Other.", risks="Other.")
    for kept in NEEDED:
        again = a_change(replace(other, **{kept: getattr(first.plan, kept)}))
        with pytest.raises(CommandRejected, match="written by you"):
            approved(taken_from(again, "Monthly", NADIA, REQUESTED, first))
    free = taken_from(a_change(replace(other, title=first.plan.title)), "Monthly", NADIA, REQUESTED, first)
    assert approved(free).approval is not None  # the title is Pierre's, and not locked
    with pytest.raises(CommandRejected, match="written by you"):
        approved(with_locks(free, {*NEEDED, "title"}, NADIA, REQUESTED))


def test_what_is_locked_is_kept_to_the_letter_and_its_length_too() -> None:
    of = plan(minutes=60, tasks=(ORDER,), notify=("a@example.ch",), affected="Nobody")
    template = replace(a_template(of), locked=tuple(TEMPLATED))
    asked = plan(minutes=90, title="Mine", what="Mine", implementer=LUC)
    kept = template.with_locked_fields(asked)
    assert template.breaches(asked)
    assert template.breaches(kept) == ()
    assert (kept.window.start, kept.window.minutes, kept.implementer) == (asked.window.start, 60, LUC)
    assert template.breaches(replace(kept, service="mail")) == ("service",)


def test_who_edits_a_template_and_of_whose_drafts_one_is_made() -> None:
    authorize_template(NADIA, a_template(), LEARN)
    authorize_template(CLAIRE, a_template(), LEARN)
    authorize_template(LUC, a_template(), LEARN, admins=(LUC,))
    with pytest.raises(NotAllowed, match="Only those who wrote the template"):
        authorize_template(LUC, a_template(), LEARN)
    draft = a_change(submitted_at=None)
    authorize_copy(NADIA, draft)
    authorize_copy(PIERRE, a_change())
    with pytest.raises(NotAllowed, match="only its requester"):
        authorize_copy(PIERRE, draft)


def test_an_edit_of_what_is_not_locked_keeps_the_pre_approval() -> None:
    before = approved(a_template())
    after = taken_from(a_change(plan(title="New")), "Monthly", NADIA, REQUESTED, before)
    assert (after.version, after.fingerprint) == (2, before.fingerprint)
    assert Templated(after).requested(plan(title="New")).now_it_is.standard is not None


def ended(template: Template, outcome: Outcome, **happened: object) -> Template:
    story = Templated(template).requested()
    started = story.now_it_is.plan.window.start
    change = story.now_it_is.with_(
        state=State.COMPLETED, outcome=outcome, started_at=started, ended_at=started + timedelta(minutes=40), **happened
    )
    entry = e.Entry(99, started + timedelta(minutes=40), NADIA, "test", e.Completed(outcome))
    return apply_events(story.template, change, [entry])


def test_a_run_is_counted_and_one_that_did_not_end_as_planned_suspends_once() -> None:
    good = ended(approved(a_template()), Outcome.SUCCESSFUL)
    assert good.record == TrackRecord(1, 1, 0, 0)
    assert not good.suspended_by
    assert good.users == (NADIA,)
    bad = ended(good, Outcome.ROLLED_BACK, incident_at=REQUESTED)
    assert bad.record == TrackRecord(2, 1, 0, 1)
    assert bad.suspended_by == "CHG-2027-0001"
    again = preapproved(bad, PIERRE, None, REQUESTED, FAR)
    assert not again.suspended_by


def test_a_run_that_the_pre_approval_let_through_suspends_it_whatever_the_template_locks_meanwhile() -> None:
    story = Templated(approved(a_template())).requested(plan(risks="Other risks")).until(AFTER_GO)
    assert story.now_it_is.state is State.SCHEDULED
    story.rewritten(locked=(*NEEDED, "risks"))
    failed = e.Entry(99, AFTER_GO, NADIA, "test", e.IncidentDeclared("down"))
    put_back = replace(apply_events(story.template, story.now_it_is, [failed]), locked=story.template.locked[:3])
    assert put_back.suspended_by == "CHG-2027-0001"
    assert Templated(put_back).requested().now_it_is.standard is None


@pytest.mark.parametrize(
    ("event", "suspends"),
    [
        (e.Extended(30, "slow", REQUESTED), True),
        (e.IncidentDeclared("down"), True),
        (e.TestAccepted(0, "later", None), True),
        (e.Completed(Outcome.FIXED), True),
        (e.Completed(Outcome.SUCCESSFUL), False),
        (e.TroubleSolved(), False),
    ],
)
def test_what_suspends_a_pre_approval(event: e.Event, suspends: bool) -> None:
    assert is_setback(event) == suspends


def test_old_drafts_open_without_a_template() -> None:
    drafted = e.Drafted("CHG-2027-0001", plan())
    change = fold([e.Entry(1, datetime(2027, 3, 1, tzinfo=LEARN.zone), NADIA, "test", drafted)])
    assert (change.template, change.standard) == (None, None)


def test_a_task_that_holds_go_holds_it_for_a_pre_approval_too() -> None:
    order = PlanTask("Order the certificate", days=10, blocking=True)
    story = Templated(approved(a_template())).requested(plan(tasks=(order,))).until(AFTER_GO)
    assert story.now_it_is.state is State.GO_PENDING
    assert "its tasks hold GO: 1. Order the certificate" in said_normal(story)
    done = Templated(approved(a_template())).requested(plan(tasks=(order,)))
    done.do(c.FinishTask(NADIA, 0), REQUESTED)
    assert done.until(AFTER_GO).now_it_is.state is State.SCHEDULED


RISKY = replace(LEARN, risk=RiskRules(high=1))
"""Every plan is a high risk."""


@pytest.mark.parametrize(
    ("service", "who"),
    [
        (RISKY, "Claire"),
        (replace(LEARN, approvals=(Stage((LUC,)),)), "Luc"),
        (replace(RISKY, approvals=(Stage((PIERRE, LUC), 2, RiskLevel.HIGH),)), "Luc"),
    ],
    ids=["two of those who decide", "somebody else", "two by name"],
)
def test_one_pre_approval_is_one_answer_where_more_are_asked_or_others(service: Service, who: str) -> None:
    story = Templated(approved(a_template()), service=service).requested()
    assert story.now_it_is.standard is None
    assert f"it takes more than its pre-approval: {who}" in said_normal(story)
    assert story.until(AFTER_GO).now_it_is.state is State.PRECHECK_PENDING


def test_where_the_settings_ask_for_more_meanwhile_the_others_are_asked() -> None:
    story = Templated(approved(a_template())).requested()
    story.service = replace(LEARN, approvals=(Stage((PIERRE, CLAIRE), 2),))
    assert story.until(AFTER_GO).now_it_is.state is State.PRECHECK_PENDING
    assert "Claire" in said_normal(story)
