"""A sentence of ours that can be said again in another language."""

from collections.abc import Mapping
from typing import Self


class Said(str):
    """The English sentence; `template` and `facts` are what it was made of, so that it can be translated.

    The template has a place `{name}` for each fact. A fact that is itself a Said is translated with it.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Self:
        """Fill the template. Raises KeyError when a place has no fact."""
        said = super().__new__(cls, template.format(**facts))
        said.template, said.facts = template, facts
        return said
