"""A template as answers of the form: its fields by the ids of their inputs."""

from collections.abc import Mapping

from changes.model import Plan
from changes.plan_fields import Entry
from changes.templates import TEMPLATED, Template, values_of

_INPUTS = {each.key: "minutes" if each.entry is Entry.WINDOW else each.key for each in TEMPLATED}


def filled_in(values: Mapping[str, str]) -> dict[str, str]:
    """The answers that the values give; what is empty is still to be answered."""
    return {_INPUTS[key]: values[key] for key in _INPUTS if values.get(key)}


def like(plan: Plan) -> dict[str, str]:
    """The answers of a request like that one."""
    return {**filled_in(values_of(plan)), "service": plan.service}


def locked_answers(template: Template) -> dict[str, str]:
    """The answers that are kept."""
    return {_INPUTS[key]: template.values.get(key, "") for key in template.locked}
