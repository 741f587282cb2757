"""The fields of a plan: each reaches every place that the table says, and is compared with what it was."""

from dataclasses import fields, replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.card_action import INPUTS
from cards.document.as_markdown import markdown
from cards.document.document import document
from cards.request.form import form_card
from cards.request.summary import summary_card
from changes.model import RISK_QUESTIONS as QUESTIONS_OF_RISK
from changes.model import ChangeType, Person, Plan, PlanTask, RiskRules, State
from changes.notification.announcement import announced_text
from changes.notification.notices import NoticeKind
from changes.plan_fields import BY_KEY, PLAN_FIELDS, Entry, PlanField
from changes.planning.validation import LIMITS
from changes.reporting.plan_diff import DiffOp, differences
from changes.reporting.risk import RiskFacts, assess
from changes.reporting.search import words_of
from dialogs.request_answers import QUESTIONS
from notices.renderer import NoticeRenderer
from tests.cards.subjects import PEOPLE, change, service, view
from tests.cards.subjects import plan as full_plan
from tests.support.core import LEARN, LUC, plan
from tests.support.teams import inputs_of
from tests.unit.cards.looking import says

SHOWN_BY = replace(service(), risk=RiskRules())
PLAN = full_plan()
OTHER = Plan(
    service="mail",
    title="Zebra",
    what="Yttrium",
    window=plan(date(2027, 5, 20), minutes=45).window,
    tests=("Xylophone",),
    implementer=Person("other", "Walter Quill"),
    why="Vermouth",
    risks="Umbrella",
    rollback="Tangerine",
    affected="Saxophone",
    kind=ChangeType.EMERGENCY,
    reason="Rhubarb",
    notify=("quince@example.ch",),
    risk_answers=tuple((each.ask, each.answers[-1][0]) for each in QUESTIONS_OF_RISK),
    tasks=(PlanTask("Paprika", Person("other", "Walter Quill"), days=2, blocking=True),),
)
"""A value for each field that stands nowhere in PLAN."""
CHANGING = [each for each in PLAN_FIELDS if each.entry is not Entry.SERVICE]  # the service of a change stays


def edited(field: PlanField, of: Plan = PLAN) -> Plan:
    """The plan with another value in that field alone."""
    return with_values(of, **{field.key: getattr(OTHER, field.key)})


def with_values(of: Plan, **values: Any) -> Plan:
    return replace(of, **values)


def test_every_field_of_a_plan_stands_in_the_table() -> None:
    assert set(BY_KEY) == {each.name for each in fields(Plan)}
    assert len(BY_KEY) == len(PLAN_FIELDS)


@pytest.mark.parametrize("field", PLAN_FIELDS, ids=lambda field: field.key)
def test_a_decision_about_the_plan_does_not_survive_an_edit_of_any_field(field: PlanField) -> None:
    assert edited(field).fingerprint != PLAN.fingerprint
    other_date_only = replace(PLAN, window=plan(date(2027, 6, 1), minutes=PLAN.window.minutes).window)
    assert other_date_only.precheck_fingerprint == PLAN.precheck_fingerprint != edited(field).precheck_fingerprint


def test_a_text_that_moves_to_another_field_is_another_plan() -> None:
    keys = [each.key for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT)]
    bare = with_values(PLAN, **dict.fromkeys(keys, ""))
    for one, other in combinations(keys, 2):
        assert with_values(bare, **{one: "text"}).fingerprint != with_values(bare, **{other: "text"}).fingerprint


def test_decisions_of_earlier_versions_still_hold() -> None:
    first = plan()
    assert (first.fingerprint, first.precheck_fingerprint) == ("440aa96332b6e835", "76752f5a91ef00b4")
    full = replace(first, why="W", affected="A", kind=ChangeType.EMERGENCY, reason="R", notify=("a@example.ch",))
    assert (full.fingerprint, full.precheck_fingerprint) == ("6d782da6672f5958", "7c514785a8a882e8")
    assert announced_text(change(State.DRAFT).with_(plan=full)) == "a7d2c15e87880a4e"


@pytest.mark.parametrize("field", CHANGING, ids=lambda field: field.key)
def test_an_edit_is_a_difference_and_is_searched_announced_and_shown_as_the_table_says(field: PlanField) -> None:
    found = differences(PLAN, edited(field), SHOWN_BY)
    assert [each.field for each in found if each.field != "minutes"] == [field.key]
    assert found[0].label == field.label
    before = change(State.SCHEDULED)
    after = before.with_(plan=edited(field))
    assert (words_of(after) != words_of(before)) == field.searched
    assert (announced_text(after) != announced_text(before)) == field.announced
    renderer = NoticeRenderer()
    notices = [renderer.preview(NoticeKind.PLANNED, each, SHOWN_BY, before.created_at) for each in (before, after)]
    assert (notices[0] != notices[1]) == field.announced
    # The reason is shown where one is needed.
    given = PLAN if field.entry is Entry.KIND else replace(PLAN, kind=ChangeType.EMERGENCY)
    first, second = (
        view(change(State.DRAFT).with_(plan=each, risk=assess(each, SHOWN_BY, RiskFacts())))
        for each in (given, edited(field, given))
    )
    assert says(summary_card(first, ())) != says(summary_card(second, ()))
    assert markdown(document(first, ())) != markdown(document(second, ()))


@pytest.mark.parametrize("field", PLAN_FIELDS, ids=lambda field: field.key)
def test_every_field_is_asked_for_in_the_form_and_in_the_dialog(field: PlanField) -> None:
    inputs = [question.field for question in field.questions]
    form = form_card({"kind": "emergency"}, {}, [SHOWN_BY], PEOPLE, date(2027, 3, 1))
    assert set(inputs) <= set(inputs_of(form)) & {each.field for each in QUESTIONS} & INPUTS
    assert LIMITS.get(field.key, 0) == field.longest
    assert all(each.help.endswith(".") for each in field.questions)
    is_own = field.entry is Entry.RISK  # the service's own questions
    assert is_own or all("**" in each.question for each in field.questions)


BEFORE = plan(what="The platform is updated to version 5.", risks="The forum may be slow.")


def marks(field: str, **other: object) -> list[tuple[DiffOp, str]]:
    [found] = differences(BEFORE, replace(BEFORE, **other), LEARN)  # type: ignore[arg-type]
    assert found.field == field
    return [(piece.mark, piece.text) for piece in found.pieces]


def test_what_is_left_out_or_new_is_said_as_such_and_nothing_of_the_same_plan() -> None:
    assert differences(BEFORE, BEFORE, LEARN) == ()
    assert (DiffOp.ADDED, "Send a message\n") in marks("tests", tests=("Send a message", "Log in", "Open a course"))
    assert marks("risks", risks="") == [(DiffOp.REMOVED, BEFORE.risks)]
    assert (DiffOp.ADDED, "library@x.ch\n") in marks("notify", notify=("library@x.ch",))
    assert marks("affected", affected="It is closed.") == [(DiffOp.ADDED, "It is closed.")]
    assert marks("implementer", implementer=LUC) == [(DiffOp.REMOVED, "Nadia"), (DiffOp.ADDED, "Luc")]
    assert marks("kind", kind=ChangeType.EMERGENCY) == [(DiffOp.REMOVED, "normal"), (DiffOp.ADDED, "emergency")]


def test_a_text_is_compared_word_by_word_however_long() -> None:
    assert marks("what", what="The platform is updated to version 6.") == [
        (DiffOp.KEPT, "The platform is updated to version "),
        (DiffOp.REMOVED, "5."),
        (DiffOp.ADDED, "6."),
    ]
    words = [f"word{number} and the" for number in range(60)]
    other = list(words)
    other[7], other[31] = "Moved and the", "word31 and a"
    pieces = [
        piece
        for found in differences(replace(BEFORE, what=" ".join(words)), replace(BEFORE, what=" ".join(other)), LEARN)
        for piece in found.pieces
        if piece.mark is not DiffOp.KEPT
    ]
    assert [(piece.mark, piece.text) for piece in pieces] == [
        (DiffOp.REMOVED, "word7"),
        (DiffOp.ADDED, "Moved"),
        (DiffOp.REMOVED, "the"),
        (DiffOp.ADDED, "a"),
    ]


def test_another_date_is_another_window_and_another_length_another_downtime_too() -> None:
    moved = differences(BEFORE, replace(BEFORE, window=plan(date(2027, 4, 20)).window), LEARN)
    assert [each.field for each in moved] == ["window"]
    longer = differences(BEFORE, replace(BEFORE, window=plan(minutes=120).window), LEARN)
    assert [each.field for each in longer] == ["window", "minutes"]


TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_give_both_texts_back(old: str, new: str) -> None:
    before, after = replace(BEFORE, what=old), replace(BEFORE, what=new)
    for found in differences(before, after, LEARN):
        assert "".join(each.text for each in found.pieces if each.mark is not DiffOp.ADDED) == old
        assert "".join(each.text for each in found.pieces if each.mark is not DiffOp.REMOVED) == new
