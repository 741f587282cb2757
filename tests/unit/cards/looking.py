"""How the tests look at a card: what a reader sees, and which buttons there are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Self

import pytest

from application.change_context import ChangeContext
from cards import card_for
from cards.overview.status import status_card
from cards.request.summary import summary_card
from changes.model import Change, ChangeType
from changes.notification.cards import CardKind
from changes.planning.timeline import timeline
from language import use_language
from tests.cards.pictures.chosen import chosen
from tests.cards.subjects import MESSAGES, PLAINLY, START, every_card, variants, view
from tests.support.teams_rules import walk

NORMAL = dict(variants(PLAINLY, ChangeType.NORMAL))
EMERGENCY = dict(variants(PLAINLY, ChangeType.EMERGENCY))


@cache
def every_plain_card() -> dict[str, dict[str, Any]]:
    """Every card there is, in English, of a change that is plainly written, by its name: drawn once for all who ask."""
    with use_language("en"):
        return dict(every_card())


@cache
def unlike_cards() -> frozenset[str]:
    """The names of the cards that differ when they are plainly written: however else one writes, the rest is alike."""
    return frozenset({str(card): name for name, card in every_plain_card().items()}.values())


@cache
def plain_french_cards() -> dict[str, dict[str, Any]]:
    """Those in French that differ in English: drawn once for all who ask."""
    with use_language("fr"):
        return dict(every_card(PLAINLY, unlike_cards()))


@cache
def pictured_cards() -> frozenset[str]:
    """The names of the cards in each state in which they ask for something or say something of their own."""
    return frozenset(chosen(every_plain_card()))


def looked_at(config: pytest.Config) -> frozenset[str]:
    """The names of the cards that are drawn in yet another way: the pictured ones, or all with `--long`."""
    return unlike_cards() if config.getoption("--long") else pictured_cards()


def buttons(card: Any) -> Iterator[dict[str, Any]]:
    """Its buttons, also those in its body, folded, and what it refreshes itself with."""
    return (node for node in walk(card) if node.get("type") == "Action.Execute")


def inputs(card: Any) -> list[dict[str, Any]]:
    return [node for node in walk(card) if str(node.get("type", "")).startswith("Input.")]


def says(card: dict[str, Any]) -> str:
    """Everything a reader sees, in one line."""
    keys = ("text", "title", "value", "label")
    return " | ".join(str(node[key]) for node in walk(card) for key in keys if key in node)


def verbs(card: dict[str, Any]) -> list[str]:
    return [node["verb"] for node in walk(card.get("body", []) + card.get("actions", [])) if "verb" in node]


class Card:
    """A drawn card, and what is asked of it."""

    def __init__(self, drawn: dict[str, Any]) -> None:
        self.drawn, self.said, self.verbs = drawn, says(drawn), verbs(drawn)

    def shows(self, *texts: str) -> Self:
        """Every one of the texts stands on it."""
        assert [text for text in texts if text not in self.said] == [], self.said
        return self

    def lacks(self, *texts: str) -> Self:
        """None of the texts stands on it."""
        assert [text for text in texts if text in self.said] == [], self.said
        return self

    def offers(self, *wanted: str) -> Self:
        """These buttons stand on it, in this order, and no others."""
        assert self.verbs == list(wanted)
        return self

    @property
    def titles(self) -> list[str]:
        """What the buttons below it are called."""
        return [action["title"] for action in self.drawn["actions"]]

    def field(self, name: str) -> dict[str, Any]:
        """Its one input of that id."""
        [found] = [node for node in walk(self.drawn) if node.get("id") == name]
        return found

    def buttons(self, verb: str) -> list[dict[str, Any]]:
        return [node for node in walk(self.drawn) if node.get("verb") == verb]


def seen(of: str | Change, at: float | None = None, backend: str = "vps_api", **other: Any) -> ChangeContext:
    """The change of that name, as one looks at it in its state, or so many minutes after the start of its window."""
    context = view(NORMAL[of] if isinstance(of, str) else of, backend=backend)
    now = context.now if at is None else START + timedelta(minutes=at)
    return replace(context, **{"now": now} | other)


def drawn(
    card: str, of: str | Change | ChangeContext, at: float | None = None, *, message: str = "", notice: str = "notice"
) -> Card:
    """The card of that name about the change."""
    context = of if isinstance(of, ChangeContext) else seen(of, at)
    match card:
        case "status":
            return Card(status_card(context))
        case "summary":
            return Card(summary_card(context, timeline(context.change, context.service)))
        case _:
            kind = CardKind(card)
            return Card(card_for(kind, context, message or MESSAGES[kind], notice))
