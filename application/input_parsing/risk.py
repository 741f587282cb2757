"""The answers about the risk of a plan, as the form and the dialog have them: one input for each question."""

from changes.errors import ValidationFailed
from changes.model import Plan, RiskQuestion, risk_text
from changes.plan_fields import BY_KEY
from changes.policy import Service
from changes.reporting.search import comparable
from changes.text import joined
from changes.text.messages import Message
from language import _, translate

RISK_FIELDS = tuple(each.field for each in BY_KEY["risk_answers"].questions)


def risk_questions(service: Service | None) -> dict[str, RiskQuestion]:
    """What the service asks about the risk, by the input; nothing where it assesses none."""
    rules = service.risk if service is not None else None
    return dict(zip(RISK_FIELDS, rules.questions, strict=False)) if rules is not None else {}


def read_choice(field: str, question: RiskQuestion, text: str) -> str:
    """The answer that was typed: its words in any language, their beginning, or its number. Raises ValidationFailed."""
    typed, words = comparable(text), dict[str, tuple[str, ...]]()
    for number, (each, _points) in enumerate(question.answers, 1):
        words[each] = str(number), comparable(each), comparable(translate(risk_text(each)))
    meant = [each for each in words if typed in words[each]]
    meant = meant or [each for each in words if typed and any(one.startswith(typed) for one in words[each])]
    if len(meant) != 1:
        raise ValidationFailed({field: _("Choose one of: {choices}.", choices=choices(question))})
    return meant[0]


def choices(question: RiskQuestion) -> Message:
    """The answers with their numbers, on one line."""
    answers = (translate(risk_text(answer)) for answer, _score in question.answers)
    numbered = (Message("{number} {answer}", number=at, answer=each) for at, each in enumerate(answers, 1))
    return joined(*numbered, by=" · ")


def risk_answers_of(plan: Plan, service: Service) -> dict[str, str]:
    """What fills the inputs when the plan is edited: the answers that can still be chosen."""
    given, asked = dict(plan.risk_answers), risk_questions(service).items()
    return {field: given[each.ask] for field, each in asked if given.get(each.ask) in dict(each.answers)}
