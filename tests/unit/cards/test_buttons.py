"""What every button of every card carries (DESIGN.md, Running it)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from application.action_parsing import BY_DIALOG, INPUTS, parse_action
from tests.cards.subjects import MRIS, NADIA, PEOPLE, every_card

CARDS = dict(every_card())
VERBS = {
    *("change.submit", "change.edit", "change.withdraw", "change.move", "precheck.approve", "precheck.correct"),
    *("go.give", "go.refuse", "snapshot.started", "snapshot.finished", "snapshot.failed", "snapshot.retry"),
    *("snapshot.waive", "window.start", "test.result", "change.complete", "trouble.report", "trouble.solved"),
    *("window.extend", "incident.declare", "incident.close", "restore.ask", "restore.confirm", "restore.done"),
    *("restore.failed", "review.save", "test.accept", "incident.update"),
}
IDS = {
    *("service", "title", "what", "why", "date", "time", "minutes", "tests", "risks", "rollback", "implementer"),
    *("affected", "notify", "kind", "reason", "comment", "waiver", "extra_minutes", "test", "result", "vps_name"),
    "snapshot_name",
}
NAMES_NOBODY = {"verb", "change", "revision", "message", "test", "result", "typed"}


def nodes(node: Any, *, fallbacks: bool = False) -> Iterator[dict[str, Any]]:
    """Every object of a card."""
    if isinstance(node, dict):
        yield node
        for name, child in node.items():
            if name != "data" and (fallbacks or name != "fallback"):
                yield from nodes(child, fallbacks=fallbacks)
    elif isinstance(node, list):
        for child in node:
            yield from nodes(child, fallbacks=fallbacks)


def executes(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Its buttons, those that refresh it included."""
    return [node for node in nodes(card) if node.get("type") == "Action.Execute"]


EVERY_BUTTON = [button for card in CARDS.values() for button in executes(card)]


def test_every_button_names_its_verb_the_change_and_the_revision() -> None:
    for button in EVERY_BUTTON:
        assert button["verb"] == button["data"]["verb"]
        assert button["data"]["change"] in ("CHG-2027-0007", "new", "look", "admin", "command")
        assert isinstance(button["data"]["revision"], int)


FEWEST_VIEWERS = 50
"""A card whose fields are not full has room for so many; the incident's is the fullest."""
OF_OUR_OWN = {"change.postpone", "incident.tried", "incident.handover", "restore.withdraw", "look", "admin", "command"}
"""What the process asks for and the design's list of verbs does not have."""


def test_the_verbs_of_all_cards_together_are_those_of_the_design() -> None:
    assert {button["verb"] for button in EVERY_BUTTON} - {"card.refresh"} == VERBS | OF_OUR_OWN


def test_every_button_falls_back_to_a_submit_with_the_same_data() -> None:
    for button in EVERY_BUTTON:
        assert button["fallback"]["type"] == "Action.Submit"
        assert button["fallback"]["title"] == button["title"]
        assert button["fallback"]["data"] == button["data"]


def test_no_button_carries_a_right() -> None:
    people = [person.id for person in PEOPLE]
    for button in EVERY_BUTTON:
        assert set(button["data"]) <= NAMES_NOBODY
        assert not any(person in json.dumps(button["data"]) for person in people)


def test_every_input_has_an_id_of_the_design_once_a_card_and_a_label() -> None:
    for name, card in CARDS.items():
        inputs = [node for node in nodes(card) if str(node.get("type", "")).startswith("Input.")]
        ids = [node["id"] for node in inputs]
        assert set(ids) <= INPUTS, name
        assert len(ids) == len(set(ids)), name
        assert all(node["label"] for node in inputs), name


def test_the_inputs_of_all_cards_together_are_those_of_the_design() -> None:
    inputs = [node for card in CARDS.values() for node in nodes(card) if str(node.get("type", "")).startswith("Input.")]
    assert IDS == INPUTS
    # Of a snapshot the result is chosen; of a test it is the button's own.
    assert {node["id"] for node in inputs} == IDS


def test_no_input_keeps_the_client_from_asking_the_server_what_is_wrong() -> None:
    for card in CARDS.values():
        assert not any(node.get("isRequired") or node.get("regex") for node in nodes(card))


def test_every_button_that_is_a_command_can_be_read() -> None:
    filled = {
        "result": "data",
        "test": "1",
        "waiver": "known",
        "extra_minutes": "45",
        "reason": "slow",
        "comment": "fine",
        "vps_name": "Hannibal",
        "snapshot_name": "s",
    }
    for button in EVERY_BUTTON:
        press = parse_action(filled | button["data"], NADIA)
        assert (press.command is None) == (button["verb"] in BY_DIALOG)


def test_a_test_is_recorded_by_its_index_and_its_result() -> None:
    pressed = [button["data"] for button in EVERY_BUTTON if button["verb"] == "test.result"]
    assert {(data.get("test"), data["result"]) for data in pressed} >= {(0, "pass"), (2, "fail")}


def test_a_card_in_a_thread_refreshes_for_those_who_get_a_view_of_their_own() -> None:
    for name, card in CARDS.items():
        if "refresh" in card:
            viewers = card["refresh"]["userIds"]
            assert viewers == list(MRIS)[: len(viewers)], name
            assert len(viewers) > FEWEST_VIEWERS, name
            assert card["refresh"]["action"]["verb"] == "card.refresh"
            assert card["refresh"]["action"]["data"]["message"]
    assert any("refresh" in card for card in CARDS.values())


def test_every_card_is_of_version_one_point_five_and_not_full_width() -> None:
    for card in CARDS.values():
        assert (card["type"], card["version"], card.get("msteams")) == ("AdaptiveCard", "1.5", None)


def test_a_whole_number_is_written_as_one() -> None:
    for card in CARDS.values():
        assert not [value for node in nodes(card) for value in node.values() if isinstance(value, float)]


def test_nothing_is_written_in_yellow() -> None:
    texts = [node for card in CARDS.values() for node in nodes(card) if node.get("type") in ("TextBlock", "TextRun")]
    assert not [node["text"] for node in texts if node.get("color") == "Warning"]
    assert any(node.get("style") == "warning" for card in CARDS.values() for node in nodes(card))


def test_a_progress_bar_and_a_badge_have_something_to_fall_back_to() -> None:
    newer = [node for card in CARDS.values() for node in nodes(card) if node.get("type") in ("ProgressBar", "Badge")]
    assert newer
    assert all(node.get("fallback") for node in newer)


@pytest.mark.parametrize("mark", ["None", "datetime", "Person(", "State.", "{'", "<bound"])
def test_no_card_shows_a_piece_of_the_program(mark: str) -> None:
    shown = [
        str(node[key]) for card in CARDS.values() for node in nodes(card) for key in ("text", "value") if key in node
    ]
    assert not [text for text in shown if mark in text]
