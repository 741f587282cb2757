"""Approvals by random people, in random stages, with random absences and answers (docs/process.md, P123 to P126)."""

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.approvals.quorum import asked_stage, asked_to_decide, may_approve, stuck_stage
from changes.effects import UpsertCard
from changes.errors import CommandRejected
from changes.lifecycle import decide
from changes.model import Assessment, Person, RiskLevel, RiskRules, Stage, State
from changes.notification import ThreadMessage
from changes.policy import Away, Service
from changes.reporting.worklist import asked_people
from tests.support.core import LEARN, REQUESTED, Story, at, plan
from tests.support.examples import examples

PEOPLE = tuple(Person(each.lower(), each) for each in ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay"))
LEVELS = (None, *RiskLevel)


def a_service(random: Random) -> Service:
    """With stages for some levels or for none, where anybody may be named, and be away."""
    approver, *others = random.sample(PEOPLE, k=len(PEOPLE))
    stages = []
    for _ in range(random.choice([0, 1, 2, 2, 3])):
        people = tuple(random.sample(PEOPLE, k=random.randint(1, 4)))
        stages.append(Stage(people, random.randint(1, len(people)), random.choice((None, None, *LEVELS))))
    away = [Away(each, date(2027, 3, random.randint(1, 31)), date(2027, 4, random.randint(1, 30))) for each in PEOPLE]
    return replace(
        LEARN,
        approver=approver,
        deputies=tuple(others[: random.randint(0, 3)]),
        approvals=tuple(stages),
        risk=random.choice([None, RiskRules(), RiskRules(medium=1, high=2)]),
        away=tuple(random.sample(away, k=random.randint(0, 4))),
    )


def stages_by_hand(story: Story) -> list[Stage]:
    """The stages that decide, as the rule says them and not as the code does."""
    service, risk = story.service, story.now_it_is.risk
    level = risk.level if isinstance(risk, Assessment) else None
    named = [each for each in service.approvals if each.level is None or each.level == level]
    return named or [Stage((service.approver, *service.deputies), 2 if level == "high" else 1)]


def can_be_filled_in_time(story: Story) -> bool:
    """Whether enough of each stage are there between the question of GO and its deadline, and it is not theirs."""
    service, change = story.service, story.now_it_is
    days = [date(2027, 4, day) for day in range(8, 14)]
    may = {each for each in PEOPLE if any(service.away_until(each, day) is None for day in days)}
    may -= {change.requester, change.plan.implementer}
    return all(len(may & {*each.people}) >= each.needed for each in stages_by_hand(story))


def would_be_taken(story: Story, person: Person, command: type[c.ApprovePrecheck] | type[c.GiveGo]) -> bool:
    try:
        decide(story.change, command(person), story.last, story.service)
    except CommandRejected:
        return False
    return True


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32))
def test_never_without_the_quorum_never_stuck_in_silence_and_one_refusal_is_enough(seed: int) -> None:
    random = Random(seed)
    service = a_service(random)
    requester, implementer = random.choice(PEOPLE), random.choice(PEOPLE)
    story = Story(service)
    story.then(REQUESTED, c.Draft(requester, plan(implementer=implementer)), c.Submit(requester))
    assert (ThreadMessage.NOBODY_DECIDES in _lines(story)) is not can_be_filled_in_time(story)
    story.until(at(2027, 4, 1, 9, 1))
    for approve, asked, done in (
        (c.ApprovePrecheck, State.PRECHECK_PENDING, e.PrecheckApproved),
        (c.GiveGo, State.GO_PENDING, e.GoGiven),
    ):
        if story.now_it_is.state is not asked:
            return
        if not _answered(story, random, approve, asked, done):
            return
        story.until(at(2027, 4, 8, 9, 1))


def _answered(story: Story, random: Random, approve: type, asked: State, done: type[e.Event]) -> bool:
    """Whether the question was answered with yes by the random answers."""
    service, decided = story.service, set[Person]()
    told = _lines(story)
    for _ in range(25):
        change = story.now_it_is
        day = service.local(story.last).date()
        taken = {each for each in PEOPLE if would_be_taken(story, each, approve)}
        assert taken == set(asked_stage(change, service).eligible)
        # Never stuck in silence: somebody can go on, all the way, or it was said.
        if stuck_stage(change, service):
            assert ThreadMessage.NOBODY_DECIDES in told
        else:
            assert taken
        # Nobody is asked who has decided, or whose answer would be refused; and somebody is, where anybody may answer.
        now_asked = set(asked_to_decide(change, service, day))
        assert now_asked <= taken
        assert bool(now_asked) == bool(taken)
        assert asked_people(change, service, story.last) <= taken
        assert not taken & set(change.involved)
        person = random.choice(PEOPLE)
        if random.random() < 0.06:
            refuse: c.Command = c.RefuseGo(person, "No.")
            if asked is State.PRECHECK_PENDING:
                refuse = c.RequestCorrections(person, "No.")
            if person in may_approve(change, service):
                story.do(refuse)
                assert story.now_it_is.state in (State.NO_GO, State.CORRECTIONS_REQUESTED)
                return False
            story.refuses(refuse)
            continue
        if person not in taken:
            story.refuses(approve(person))
            continue
        events = story.do(approve(person))
        decided.add(person)
        whole = all(len(decided & {*each.people}) >= each.needed for each in stages_by_hand(story))
        assert whole is any(isinstance(each, done) for each in events)
        if whole:
            return True
        assert story.now_it_is.state is asked
        assert any(isinstance(each, e.ApprovalGiven) for each in events)
    return False


def _lines(story: Story) -> list[ThreadMessage]:
    return [each.line for each in story.caused if hasattr(each, "line")]


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**32))
def test_a_changed_plan_voids_what_some_have_said(seed: int) -> None:
    random = Random(seed)
    story = Story(replace(a_service(random), away=()))
    requester = random.choice(PEOPLE)
    story.then(REQUESTED, c.Draft(requester, plan(implementer=requester)), c.Submit(requester))
    story.until(at(2027, 4, 1, 9, 1))
    first = asked_stage(story.now_it_is, story.service).eligible
    if not first or not any(isinstance(each, e.ApprovalGiven) for each in story.do(c.ApprovePrecheck(first[0]))):
        return
    story.do(c.Edit(requester, plan(implementer=requester, what="Something else.")))
    change = story.now_it_is
    assert change.approvals == ()
    assert first[0] in [each.decision.by for each in change.past_decisions if each.decision]
    assert first[0] in asked_stage(change, story.service).eligible
    assert [each for each in story.caused if isinstance(each, UpsertCard)]
