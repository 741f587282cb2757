"""A sentence of ours that can be said again in another language; and text of people that turns nothing around."""

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


_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def upright(text: str) -> str:
    """The text without marks that change the direction of writing: they would turn around what stands beside it.

    Letters that are written from right to left stay, and are shown as such without any mark.
    """
    return text.translate(_TURNING)


def template(sentence: str) -> str:
    """The sentence as it is, marked for the catalogues: it is a template whose places are filled later."""
    return sentence
