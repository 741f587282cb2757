"""A template as answers of the form and back: its fields by the ids of their inputs."""

from collections.abc import Mapping

from changes.model import Plan
from changes.plan_fields import BY_KEY, Entry
from changes.templates import Template, values_of


def input_of(key: str) -> str:
    """The id of the input in which the field of a template is entered."""
    return "minutes" if BY_KEY[key].entry is Entry.WINDOW else key


def filled_in(values: Mapping[str, str]) -> dict[str, str]:
    """The answers that the values give; what is empty is still to be answered."""
    return {input_of(key): value for key, value in values.items() if value}


def like(plan: Plan) -> dict[str, str]:
    """The answers of a request like that one."""
    return {**filled_in(values_of(plan)), "service": plan.service}


def locked_answers(template: Template) -> dict[str, str]:
    """The answers that are kept."""
    return {input_of(key): template.values.get(key, "") for key in template.locked}
