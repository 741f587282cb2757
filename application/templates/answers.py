"""The plan of a template, or of a change that another is to be like, as answers of the form."""

from application.input_parsing.plan import answers_of
from changes.labels import duration_label
from changes.model import Plan
from changes.policy import Service
from changes.templates import MINUTES, TEMPLATED


def filled_in(plan: Plan, service: Service) -> dict[str, str]:
    """What it fills in: all that is not empty, by the ids of the inputs."""
    answers = answers_of(plan, service)
    return {key: answers[key] for key in ("service", *TEMPLATED) if answers[key]}


def shown(plan: Plan, service: Service) -> dict[str, str]:
    """The same as people read it."""
    return filled_in(plan, service) | {MINUTES: duration_label(plan.window.minutes)}
