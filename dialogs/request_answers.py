"""The questions of a request and its answers: what is asked, what is wrong with them, and what is still asked for."""

from collections.abc import Collection
from typing import Any

from application.input_parsing.card_action import CardAction
from application.input_parsing.people import is_unknown_id
from application.input_parsing.plan import read_plan
from application.input_parsing.plan_answers import AnswerContext, asks_for, check
from application.input_parsing.risk import choices, risk_questions
from changes.errors import ValidationFailed
from changes.model import Plan, risk_text
from changes.plan_fields import PLAN_FIELDS, Entry, Question
from changes.text import Message, joined
from dialogs.request_template import answered_by_template, with_locked_fields
from dialogs.turn import TurnInput
from language import N_, _, invalid, translate

_SKIP = N_("(`-` for none)")
_OWN_WORDS = (Entry.PERSON, Entry.KIND)
"""These say in their own words how they are left out."""
_BEFORE = {each.asked_before: each.questions for each in PLAN_FIELDS}
QUESTIONS: tuple[Question, ...] = tuple(
    question
    for each in PLAN_FIELDS
    if not each.asked_before
    for question in (*_BEFORE.get(each.key, ()), *each.questions)
)
"""In the order in which they are asked."""
_SKIPPED = frozenset(
    question.field
    for each in PLAN_FIELDS
    if each.entry not in _OWN_WORDS
    for question in each.questions
    if question.optional
)
TEXTS = frozenset(each.key for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT, Entry.TESTS, Entry.TASKS))
"""The fields that take any text."""


def asked(question: Question) -> str:
    """The question in the language of the moment, with how it is skipped."""
    return joined(_(question.question), _(_SKIP) if question.field in _SKIPPED else "")


FIELDS = [question.field for question in QUESTIONS]
"""In the order in which they are asked."""


async def plan_of(turn: TurnInput, state: dict[str, Any]) -> Plan:
    """The plan that the answers give, with what its template locks. Raises ValidationFailed."""
    answers = state["answers"]
    services = {service.key: service for service in await turn.session.services()}
    service = services.get(answers.get("service", ""))
    if service is None:
        raise invalid("service", "Choose the service that is modified.")
    plan = read_plan(answers, service, turn.session.person, await turn.session.people(), turn.session.now)
    return await with_locked_fields(turn, state, plan)


async def wrong_at_once(turn: TurnInput, state: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the answers that were given with the command; the first question follows from them."""
    problems: dict[str, str] = {}
    if state["change"] != "new":
        return problems
    context = await answer_context(turn, state)
    for field, text in list(state["answers"].items()):
        try:
            state["answers"][field] = check(field, text, context)
        except ValidationFailed as wrong:
            problems |= wrong.problems
    left = await asked_fields(turn, state, [each for each in FIELDS if each not in state["answers"]])
    state["asking"] = next(iter([*problems, *left]))
    return problems


def entered(state: dict[str, Any], press: CardAction) -> dict[str, str]:
    """The answers with what stands in the form, and with what the button itself fills in."""
    answers = {**state["answers"], **press.inputs, **(press.fills or {})}
    if press.fills is None or state["change"] != "new":
        return answers
    # The form goes on: what is empty is still to be answered, there or in the conversation.
    return {name: text for name, text in answers.items() if text}


async def choose_the_only_service(turn: TurnInput, state: dict[str, Any]) -> None:
    """Answer the question for the service where there is only one."""
    services = await turn.session.services()
    if len(services) == 1 and not state["answers"].get("service"):
        state["answers"]["service"] = services[0].key


def fields_left(state: dict[str, Any], last: str, answered: Collection[str]) -> list[str]:
    """The fields that are still to be asked for, now that one or more were answered.

    Whoever corrects is asked for what was wrong, and not once more for everything behind it.
    """
    if (wrong := state.get("wrong")) is not None:
        state["wrong"] = [field for field in wrong if field not in answered]
        return list(state["wrong"])
    if state.get("summed_up"):
        return []  # everything has its answer: the summary is next
    if state["change"] == "new":
        return [field for field in FIELDS if field not in state["answers"]]
    return [field for field in FIELDS[FIELDS.index(last) + 1 :] if field not in answered]


async def answer_context(turn: TurnInput, state: dict[str, Any]) -> AnswerContext:
    """What a typed answer is checked against."""
    session = turn.session
    return AnswerContext(
        state["answers"], await session.services(), await session.people(), session.person, session.now
    )


async def asked_fields(turn: TurnInput, state: dict[str, Any], fields: list[str]) -> list[str]:
    """The fields that are asked for, given the answers so far."""
    services, kept = await turn.session.services(), await answered_by_template(turn, state)
    asked_for = [field for field in fields if field not in kept]
    return [field for field in asked_for if asks_for(field, state["answers"], services, turn.session.now)]


async def drop_unknown(turn: TurnInput, state: dict[str, Any]) -> bool:
    """Forget whom the answers name when nobody knows them any more; whether that was so."""
    answers = state["answers"]
    unknown = is_unknown_id(answers.get("implementer", ""), await turn.session.people())
    if unknown:
        del answers["implementer"]
    return unknown


async def asked_now(turn: TurnInput, state: dict[str, Any]) -> str:
    """The question that is asked now; one about the risk is the service's own."""
    question = question_of(state)
    own = risk_questions((await answer_context(turn, state)).service).get(question.field)
    if own is None:
        return asked(question)
    return Message("**{asked}** {choices}", asked=translate(risk_text(own.ask)), choices=choices(own))


def question_of(state: dict[str, Any]) -> Question:
    """What is asked now."""
    return QUESTIONS[FIELDS.index(state["asking"])]
