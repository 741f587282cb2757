"""Whatever a button does can be typed too (DESIGN.md, Decisions 5)."""

import json
from typing import Any

from application.input_parsing.card_action import _COMMANDS, BY_DIALOG, COMMAND_FOR_VERB
from bot.commands.command_parser import parse_command
from bot.commands.registry import HANDLERS
from bot.turn.card_press import VIEW_HANDLERS
from cards.account.help import help_card
from cards.elements.blocks import ADMIN, COMMAND, VIEW
from dialogs.command_table import COMMANDS
from tests.unit.cards.looking import buttons, every_plain_card

BY_THEIR_LINE = {VIEW, ADMIN, COMMAND}
"""Buttons that carry the very line that could be typed."""


def drawn() -> list[dict[str, Any]]:
    return list(buttons(list(every_plain_card().values())))


def test_every_button_that_is_drawn_or_understood_has_a_command() -> None:
    found = {button["verb"] for button in drawn()}
    assert len(found) > 25
    assert found - COMMAND_FOR_VERB.keys() == BY_THEIR_LINE
    assert set(COMMAND_FOR_VERB) == (set(_COMMANDS) | BY_DIALOG) - BY_THEIR_LINE


def test_each_of_these_commands_is_understood_and_carried_out() -> None:
    for verb, word in COMMAND_FOR_VERB.items():
        order = parse_command(f"/change {word} 7")
        assert order is not None
        assert (order.name, order.rest) == (word, "7"), verb
        assert word in HANDLERS, verb


def test_a_button_that_looks_carries_a_line_that_can_be_typed() -> None:
    lines = [(button["verb"], button["data"]["typed"]) for button in drawn() if button["verb"] in BY_THEIR_LINE]
    assert {verb for verb, _line in lines} == BY_THEIR_LINE
    for verb, line in lines:
        order = parse_command(f"/change {line}")
        assert order is not None
        assert order.name in VIEW_HANDLERS.get(verb, HANDLERS), line
        assert order.name in HANDLERS, line


def test_the_help_card_names_each_of_these_commands_and_only_rights_and_people_have_more() -> None:
    said = json.dumps(help_card(is_local=False, is_admin=False))
    assert [
        word for word in COMMAND_FOR_VERB.values() if f"/change {word} " not in said and f"**{word}**" not in said
    ] == []
    assert COMMANDS.keys() - set(COMMAND_FOR_VERB.values()) == {"allow", "assign"}
