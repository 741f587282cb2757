"""Tasks on cards: none where there are none, and every card fits with as many and as long ones as a plan may have."""

from dataclasses import replace

import pytest

from application.change_context import ChangeContext
from bot.messenger.card_refresh import draw_card, draw_status
from cards.elements.controls import LARGEST, size
from cards.overview.detail import show_card
from cards.request.form import form_card
from cards.request.summary import summary_card
from changes.model import IMPLEMENTING, PlanTask, State, TaskMark
from changes.notification.cards import CardKind, message_of
from changes.planning.validation import LONGEST_TASK, MOST_TASKS
from notices.renderer import NoticeRenderer
from tests.cards.subjects import CLAIRE, HANDS, PEOPLE, PLAINLY, START, Hand, change, service, view
from tests.unit.cards.looking import says

WORDING = NoticeRenderer()
TASKS = tuple(
    PlanTask(
        ("Prüfen & " * 20)[: LONGEST_TASK - 2] + f"{n:02}", CLAIRE, 0 if n > 5 else n, max(0, n - 5), 90, n % 2 > 0
    )
    for n in range(1, MOST_TASKS + 1)
)


def with_tasks(state: State, hand: Hand = PLAINLY, done: int = 0) -> ChangeContext:
    found = change(state, hand)
    marks = tuple(TaskMark(each, CLAIRE, START, "Because. " * 30) for each in TASKS[:done])
    return view(found.with_(plan=replace(found.plan, tasks=TASKS), task_marks=marks), hand)


KINDS = {
    State.PRECHECK_PENDING: CardKind.PRECHECK,
    State.GO_PENDING: CardKind.GO,
    State.READY: CardKind.DAY,
    **dict.fromkeys(IMPLEMENTING, CardKind.DAY),
    State.COMPLETED: CardKind.DAY,
}


@pytest.mark.parametrize("hand", [PLAINLY, HANDS["words"]], ids=["plainly", "fully"])
@pytest.mark.parametrize("state", sorted(KINDS))
def test_every_card_fits_with_all_tasks_that_a_plan_may_have(state: State, hand: Hand) -> None:
    for done in (0, 3, MOST_TASKS):
        seen = with_tasks(state, hand, done)
        kind = KINDS[state]
        for card in (draw_card(kind, seen, message_of(kind, seen.change), WORDING), draw_status(seen, WORDING)):
            assert size(card) <= LARGEST, (state, done, size(card))
        assert size(show_card(seen, ())) <= LARGEST


def test_a_change_without_tasks_says_nothing_of_them() -> None:
    for state in sorted(State):
        seen = view(change(state))
        assert "Task" not in says(draw_status(seen, WORDING)) + says(show_card(seen, ())), state


def test_the_draft_and_the_form_fit_too() -> None:
    seen = with_tasks(State.DRAFT, HANDS["words"])
    assert size(summary_card(seen, seen.steps)) <= LARGEST
    answers = {"tasks": "\n".join(each.typed for each in TASKS)}
    assert size(form_card(answers, {}, [service()], PEOPLE, START.date())) <= LARGEST
