"""What every button of every card carries (DESIGN.md, Running it)."""

import json
from typing import Any

from application.input_parsing.card_action import BY_DIALOG, INPUTS, parse_action
from tests.cards.subjects import MRIS, NADIA, PEOPLE
from tests.unit.cards.looking import buttons, every_plain_card, inputs, walk

NAMES_NOBODY = {"verb", "change", "revision", "message", "test", "result", "typed"}


def every_button() -> list[dict[str, Any]]:
    return list(buttons(list(every_plain_card().values())))


FEWEST_VIEWERS = 30
"""A card whose fields are not full has room for so many; the incident's is the fullest."""


def test_every_button_names_its_verb_the_change_and_the_revision_in_its_fallback_too_and_carries_no_right() -> None:
    people = [person.id for person in PEOPLE]
    for button in every_button():
        data, fallback = button["data"], button["fallback"]
        assert button["verb"] == data["verb"]
        assert data["change"] in ("CHG-2027-0007", "new", "look", "admin", "command")
        assert isinstance(data["revision"], int)
        assert (fallback["type"], fallback["title"], fallback["data"]) == ("Action.Submit", button["title"], data)
        assert set(data) <= NAMES_NOBODY
        assert not any(person in json.dumps(data) for person in people)


def test_every_input_has_an_id_of_the_design_once_a_card_and_a_label() -> None:
    for name, card in every_plain_card().items():
        ids = [node["id"] for node in inputs(card)]
        assert set(ids) <= INPUTS, name
        assert len(ids) == len(set(ids)), name
        assert all(node["label"] for node in inputs(card)), name
        assert not any(node.get("isRequired") or node.get("regex") for node in walk(card)), "the server asks"


def test_every_button_that_is_a_command_can_be_read() -> None:
    filled = {"result": "data", "test": "1", "waiver": "known", "extra_minutes": "45", "reason": "slow"}
    filled |= {"comment": "fine", "vps_name": "Hannibal", "snapshot_name": "s"}
    for button in every_button():
        press = parse_action(filled | button["data"], NADIA)
        assert (press.command is None) == (button["verb"] in BY_DIALOG)


def test_a_card_in_a_thread_refreshes_for_those_who_get_a_view_of_their_own() -> None:
    for name, card in every_plain_card().items():
        if "refresh" in card:
            viewers = card["refresh"]["userIds"]
            assert viewers == list(MRIS)[: len(viewers)], name
            assert len(viewers) > FEWEST_VIEWERS, name
            assert card["refresh"]["action"]["verb"] == "card.refresh"
            assert card["refresh"]["action"]["data"]["message"]
    assert any("refresh" in card for card in every_plain_card().values())


def test_every_card_is_of_version_one_point_five_in_full_width_and_has_no_fractions() -> None:
    for card in every_plain_card().values():
        assert (card["type"], card["version"], card["msteams"]) == ("AdaptiveCard", "1.5", {"width": "Full"})
        assert not [value for node in walk(card) for value in node.values() if isinstance(value, float)]


def test_nothing_is_written_in_yellow_and_what_is_new_has_something_to_fall_back_to() -> None:
    found = list(walk(list(every_plain_card().values())))
    assert not [node for node in found if "Text" in str(node.get("type")) and node.get("color") == "Warning"]
    assert any(node.get("style") == "warning" for node in found)
    newer = [node for node in found if node.get("type") in ("ProgressBar", "Badge")]
    assert newer
    assert all(node.get("fallback") for node in newer)


def test_no_card_shows_a_piece_of_the_program() -> None:
    shown = {
        str(node[key]) for node in walk(list(every_plain_card().values())) for key in ("text", "value") if key in node
    }
    for mark in ("None", "datetime", "Person(", "State.", "{'", "<bound"):
        assert not [text for text in shown if mark in text]
