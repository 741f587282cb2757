"""Random templates, edits, people and times: what is locked never gets through without anybody being asked."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected
from changes.model import SYSTEM, ChangeType, Person, Plan, PlanTask
from changes.planning.timeline import pending
from changes.templates import TEMPLATED, Template, preapproved, taken_from, with_locks
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, plan
from tests.support.examples import examples
from tests.support.templated import FAR, Templated, a_change, a_template

TEXTS = ("", "One", "Two", "None known")
PEOPLE = (NADIA, PIERRE, CLAIRE, LUC)


def some_plan(random: Random, of: Plan) -> Plan:
    """The plan with a few fields otherwise, whichever they are."""
    for each in random.sample(list(TEMPLATED), random.choice([0, 0, 1, 1, 3])):
        match each:
            case "minutes":
                day = date(2027, 4, 15) + timedelta(days=random.randrange(30))
                of = replace(of, window=plan(day, minutes=random.choice([60, 90, 90])).window)
            case "tests":
                of = replace(of, tests=random.choice([("Log in", "Open a course"), ("Log in",)]))
            case "tasks":
                of = replace(of, tasks=random.choice([(), (PlanTask("Order", LUC, 10, 0, 0, True),)]))
            case "notify":
                of = replace(of, notify=random.choice([(), ("a@example.ch",)]))
            case key:
                of = replace(of, **{key: random.choice([*TEXTS, getattr(of, key)])})
    return replace(of, kind=random.choice([*[ChangeType.NORMAL] * 19, ChangeType.EMERGENCY]), reason="Why not")


def some_template(random: Random) -> Template:
    return a_template(
        plan(), random.choice([NADIA, NADIA, PIERRE]), *random.sample(list(TEMPLATED), random.randrange(6))
    )


def fate(random: Random, template: Template) -> Template:
    """What somebody does to the template meanwhile."""
    by = random.choice(PEOPLE)
    match random.randrange(9):
        case 0:
            return replace(template, retired=True, approval=None)
        case 1:
            return replace(template, suspended_by="CHG-2027-0009")
        case 2:
            source = a_change(some_plan(random, template.plan), by, editors=tuple(random.sample(PEOPLE, 1)))
            return taken_from(source, template.name, random.choice(PEOPLE), REQUESTED, template)
        case 3:
            return with_locks(template, {*template.locked} ^ {random.choice(list(TEMPLATED))}, by, REQUESTED)
        case 4:
            return replace(template, approval=None)
        case _:
            return template


def text_of(plan: Plan, key: str) -> object:
    """The field, read off the plan without the template's own help."""
    return plan.window.end - plan.window.start if key == "minutes" else getattr(plan, key)


@dataclass
class Watched(Templated):
    """Looks at every answer that was given without anybody being asked, at the moment at which it is given."""

    agreed: dict[str, object] = field(default_factory=dict)
    """What was locked when somebody pre-approved the template last."""
    given: int = 0

    def agree(self, by: Person) -> None:
        """Somebody pre-approves the template as it is, if that can be."""
        with suppress(CommandRejected):
            self.template = preapproved(self.template, by, None, REQUESTED, FAR)
            self.agreed = {key: text_of(self.template.plan, key) for key in self.template.locked}
            assert not any(by in self.template.authors[key] for key in self.agreed)

    def do(self, command: c.Command, now: datetime) -> tuple[e.Event, ...]:
        template = self.template
        events = super().do(command, now)
        for event in events:
            if isinstance(event, e.PrecheckApproved | e.GoGiven) and event.standing is not None:
                plan = self.now_it_is.plan
                assert event.fingerprint == plan.fingerprint
                assert {key: text_of(plan, key) for key in self.agreed} == self.agreed
                assert self.agreed.keys() == set(template.locked)
                assert event.standing.by not in self.now_it_is.involved
                assert plan.kind is ChangeType.NORMAL
                assert not template.retired
                assert not template.suspended_by
                assert template.approval is not None
                self.given += 1
        return events


def lived(random: Random) -> Watched:
    """A change from a random template, and what becomes of both."""
    story, now = Watched(some_template(random)), REQUESTED
    story.agree(random.choice([PIERRE, CLAIRE]))
    with suppress(CommandRejected):
        story.requested(
            some_plan(random, random.choice([plan(), plan(title="Two")])), by=random.choice([NADIA, NADIA, PIERRE])
        )
        for _ in range(10):
            now += timedelta(days=random.randrange(9))
            with suppress(CommandRejected):
                _something(random, story, now)
    return story


def _something(random: Random, story: Watched, now: datetime) -> None:
    match random.randrange(8):
        case 0:
            story.do(c.Edit(random.choice([NADIA, PIERRE]), some_plan(random, story.now_it_is.plan)), now)
        case 1:
            story.template = fate(random, story.template)
        case 2:
            story.agree(random.choice([PIERRE, CLAIRE]))
        case 3:
            story.do(c.Move(NADIA, some_plan(random, story.now_it_is.plan).window, "Why not"), now)
        case _:
            while due := [each for each in pending(story.now_it_is, LEARN) if each.due <= now]:
                story.do(c.FireStep(SYSTEM, due[0].key), now)


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(60))
def test_no_locked_field_gets_through(random: Random) -> None:
    lived(random)


def test_some_of_them_are_given_without_a_question() -> None:
    assert sum(lived(Random(seed)).given for seed in range(40)) > 5


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(60))
def test_whatever_is_entered_what_is_locked_is_put_back_and_nothing_else(random: Random) -> None:
    template, asked = some_template(random), some_plan(random, plan())
    kept = template.with_locked_fields(asked)
    assert template.breaches(kept) == ()
    for key in TEMPLATED:
        assert text_of(kept, key) == text_of(template.plan if key in template.locked else asked, key)
    assert (kept.window.start, kept.implementer, kept.kind) == (asked.window.start, asked.implementer, asked.kind)
