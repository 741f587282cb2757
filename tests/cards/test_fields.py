"""No card has a field that Teams does not know: `microsoft-teams-cards` itself lets a misspelt one through."""

from collections.abc import Iterator
from typing import Any

import pytest
from microsoft_teams import cards as models
from microsoft_teams.cards import (
    Choice,
    ChoiceSetInput,
    Column,
    ColumnSet,
    ExecuteAction,
    Fact,
    FactSet,
    ProgressBar,
    SubmitActionData,
    TextBlock,
    TextInput,
)
from pydantic import BaseModel

from cards.elements.controls import render_card, show_card_button

TYPES = {
    model.model_fields["type"].default: model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and "type" in model.model_fields
}
OURS = SubmitActionData
"""What a button carries is ours to name."""


def unknown_fields(node: Any, where: str = "card") -> Iterator[str]:
    """Every field of the card that its model does not have, with the way to it."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from unknown_fields(each, f"{where}[{number}]")
    if not isinstance(node, dict):
        return
    model = TYPES.get(node["type"]) if "type" in node else None
    if model is not None:
        # The library knows "full", Microsoft's documents and Teams itself "Full".
        known = {name: value for name, value in node.items() if name != "msteams"}
        yield from _extras(model.model_validate(known), where)
    elif "type" in node:
        yield f"{where}: there is no {node['type']}"
    for name, child in node.items():
        if name != "data":
            yield from unknown_fields(child, f"{where}.{name}")


def _extras(model: BaseModel, where: str) -> Iterator[str]:
    """The extra fields of the model and of the models in it that have no type of their own, such as facts."""
    for name in model.model_extra or {}:
        yield f"{where}.{name}"
    for name, value in model:
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, BaseModel) and not isinstance(child, OURS) and not hasattr(child, "type"):
                yield from _extras(child, f"{where}.{name}")


def plant(model: type[Any], **fields: Any) -> Any:
    """A model with whatever fields, as a hurried author would write it."""
    return model(**fields)


PLANTED: dict[str, dict[str, Any]] = {
    "in an element": render_card([plant(TextBlock, text="x", is_subtel=True)]),
    "in a fact": render_card([FactSet(facts=[plant(Fact, title="a", value="b", valeu="b")])]),
    "in a column": render_card([ColumnSet(columns=[plant(Column, items=[], widht="auto")])]),
    "in a choice": render_card([ChoiceSetInput(id="kind", choices=[plant(Choice, title="a", value="b", vlaue="b")])]),
    "in a fallback": render_card([ProgressBar(value=1, fallback=plant(TextBlock, text="x", warp=True))]),
    "in a button": render_card([], [plant(ExecuteAction, title="x", verb="go.give", asociated_inputs="none")]),
    "behind a button": render_card([], [show_card_button("x", [plant(TextInput, id="reason", is_multi_line=True)])]),
    "of the card": {**render_card([]), "versoin": "1.5"},
    "an element that does not exist": {**render_card([]), "body": [{"type": "TextBlok", "text": "x"}]},
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_misspelt_field_is_found_wherever_it_is(where: str) -> None:
    assert len(list(unknown_fields(PLANTED[where]))) == 1
