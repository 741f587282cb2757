"""What each button of each card carries, who reads its fields, which command does the same (docs/process.md, P23)."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from application.change_context import ChangeContext
from application.input_parsing.card_action import _COMMANDS, BY_DIALOG, COMMAND_FOR_VERB, FILL, INPUTS, parse_action
from bot.commands.command_parser import parse_command
from bot.commands.registry import HANDLERS
from bot.messenger.card_refresh import draw_card
from bot.turn.card_press import VIEW_HANDLERS
from cards.account.help import help_card
from cards.elements.controls import ADMIN, COMMAND, LARGEST, SEEN_AT_ONCE, VIEW, action_row, size, view_button
from cards.overview.status import status_card
from changes import commands as c
from changes.model import State
from changes.notification import CardKind, message_of
from dialogs.command_table import COMMANDS
from notices import NoticeRenderer
from tests.cards.subjects import MRIS, NADIA, PEOPLE, WINDOW, change, view
from tests.support.builder import a_change
from tests.support.core import night
from tests.support.teams_rules import walk
from tests.unit.cards.looking import buttons, every_plain_card, inputs, says, seen

NAMES_NOBODY = {"verb", "change", "revision", "message", "test", "result", "typed", "extra_minutes"}
FILLED = {"fill_date", "fill_time", "fill_minutes"}
"""What a button of the form puts into its fields."""


def every_button() -> list[dict[str, Any]]:
    return list(buttons(list(every_plain_card().values())))


FEWEST_VIEWERS = 30
"""A card whose fields are not full has room for so many; the incident's is the fullest."""


@pytest.mark.thorough
def test_every_button_names_its_verb_the_change_and_the_revision_in_its_fallback_too_and_carries_no_right() -> None:
    people = [person.id for person in PEOPLE]
    for button in every_button():
        data, fallback = button["data"], button.get("fallback")
        assert button["verb"] == data["verb"]
        assert data["change"] in ("CHG-2027-0007", "new", "look", "admin", "command")
        assert isinstance(data["revision"], int)
        if fallback is None:
            opens = (data["verb"], data.get("typed", "").partition(" ")[0]) in (("look", "show"), ("command", "repeat"))
            chosen = data["verb"] == "test.result" and "test" in data
            alike = opens or chosen or data["verb"] == FILL
            assert alike, "a row that opens has none, what only fills in the form, and a test that a panel has too"
        else:
            opens_dialog = {"msteams": {"type": "task/fetch"}} if "msteams" in fallback["data"] else {}
            assert (fallback["type"], fallback["title"]) == ("Action.Submit", button["title"])
            assert fallback["data"] == data | opens_dialog
        assert set(data) <= NAMES_NOBODY | FILLED
        assert not any(person in json.dumps(data) for person in people)


@pytest.mark.thorough
def test_every_input_has_an_id_of_the_design_once_a_card_and_a_label() -> None:
    for name, card in every_plain_card().items():
        ids = [node["id"] for node in inputs(card)]
        assert set(ids) <= INPUTS, name
        assert len(ids) == len(set(ids)), name
        assert all(node["label"] for node in inputs(card)), name
        assert not [node for node in at_once(card) if node.get("isRequired")], "it would hold up every button"
        assert not any(node.get("regex") for node in walk(card)), "the server asks"
        assert all(node.get("errorMessage") for node in inputs(card) if node.get("isRequired")), name


def at_once(node: Any) -> Iterator[dict[str, Any]]:
    """What stands on the card itself, also folded; what a button opens holds up its own buttons only."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if not (isinstance(each, dict) and each.get("type") == "Action.ShowCard"):
            yield from at_once(each)
    if isinstance(node, dict):
        yield node


@pytest.mark.thorough
def test_every_button_that_is_a_command_can_be_read() -> None:
    filled = {"result": "data", "test": "1", "waiver": "known", "extra_minutes": "45", "reason": "slow"}
    filled |= {"comment": "fine", "vps_name": "Hannibal", "snapshot_name": "s"}
    for button in every_button():
        press = parse_action(filled | button["data"], NADIA)
        assert (press.command is None) == (button["verb"] in BY_DIALOG)


@pytest.mark.thorough
def test_a_card_in_a_thread_refreshes_for_those_who_get_a_view_of_their_own() -> None:
    for name, card in every_plain_card().items():
        if "refresh" in card:
            viewers = card["refresh"]["userIds"]
            assert viewers == list(MRIS)[: len(viewers)], name
            assert len(viewers) > FEWEST_VIEWERS, name
            assert card["refresh"]["action"]["verb"] == "card.refresh"
            assert card["refresh"]["action"]["data"]["message"]
    assert any("refresh" in card for card in every_plain_card().values())


@pytest.mark.thorough
def test_every_card_is_of_version_one_point_five_in_full_width_and_has_no_fractions() -> None:
    for card in every_plain_card().values():
        assert (card["type"], card["version"], card["msteams"]) == ("AdaptiveCard", "1.5", {"width": "Full"})
        assert not [value for node in walk(card) for value in node.values() if isinstance(value, float)]


@pytest.mark.thorough
def test_nothing_is_written_in_yellow_and_what_is_new_has_something_to_fall_back_to() -> None:
    found = list(walk(list(every_plain_card().values())))
    assert not [node for node in found if "Text" in str(node.get("type")) and node.get("color") == "Warning"]
    assert any(node.get("style") == "warning" for node in found)
    newer = [node for node in found if node.get("type") in ("ProgressBar", "Badge")]
    assert newer
    assert all(node.get("fallback") for node in newer)


@pytest.mark.thorough
def test_no_card_shows_a_piece_of_the_program() -> None:
    shown = {
        str(node[key]) for node in walk(list(every_plain_card().values())) for key in ("text", "value") if key in node
    }
    for mark in ("None", "datetime", "Person(", "State.", "{'", "<bound"):
        assert not [text for text in shown if mark in text]


PUBLIC = "people affected read this"
FOR_PEOPLE = "Message to the people affected"
WITHIN = "stays in the thread"
READ_BY = [
    ("window.extend", "extension_en", FOR_PEOPLE),
    ("incident.declare", "incident_start_en", FOR_PEOPLE),
    ("incident.update", "incident_update_en", FOR_PEOPLE),
    ("window.extend", "reason", WITHIN),
    ("incident.declare", "incident", WITHIN),
    ("test.accept", "waiver", PUBLIC),
    *((verb, "comment", WITHIN) for verb in ("trouble.report", "snapshot.failed", "snapshot.waive", "incident.tried")),
    *((verb, "comment", WITHIN) for verb in ("incident.handover", "restore.failed")),
    ("go.give", "waiver", WITHIN),
    ("go.refuse", "reason", "sent to the requester"),
    ("precheck.correct", "reason", "sent to the requester"),
]


def panels(card: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each button's verb, with the fields that it sends, by id, and their labels."""
    on_top = _labels(card.get("body", []))
    for node in walk(card):
        if node.get("type") == "Action.ShowCard":
            fields = on_top | _labels(node["card"].get("body", []))
            yield from ((each["verb"], fields) for each in node["card"].get("actions") or [] if "verb" in each)
    yield from ((each["verb"], on_top) for each in card.get("actions") or [] if "verb" in each)


def _labels(body: list[Any]) -> dict[str, str]:
    return {node["id"]: node["label"] for node in inputs(body)}


@cache
def found() -> list[tuple[str, dict[str, str]]]:
    return [each for card in every_plain_card().values() for each in panels(card)]


@pytest.mark.thorough
@pytest.mark.parametrize(("verb", "field", "reader"), READ_BY)
def test_who_reads_a_field_is_said_where_it_is_asked_for(verb: str, field: str, reader: str) -> None:
    labels = {fields[field] for each, fields in found() if each == verb and (field in fields or reader != WITHIN)}
    assert labels
    assert all(reader in label for label in labels)


def test_why_a_date_is_given_up_stays_within_and_whoever_expects_it_reads_a_text_of_its_own() -> None:
    def fields(*, announced: bool, promised: bool = False) -> tuple[set[str], set[str]]:
        window = WINDOW if announced else None
        of = change(State.SNAPSHOTTING).with_(announced=window, promised=WINDOW if promised else None)
        live = status_card(view(of).with_drafts(None, NoticeRenderer()))
        card = draw_card(CardKind.DAY, view(of), "day:1", NoticeRenderer())
        [cancelled] = [found for verb, found in panels(live) if verb == "change.withdraw"]
        [postponed] = [found for verb, found in panels(card) if verb == "change.postpone"]
        assert cancelled["reason"] == postponed["reason"] == f"Reason (required, {WITHIN})"
        return cancelled.keys() - {"reason"}, postponed.keys() - {"reason"}

    cancelled, postponed = ({f"{kind}_{each}" for each in ("en", "fr", "de")} for kind in ("cancelled", "postponed"))
    assert fields(announced=True) == (cancelled, postponed)
    assert fields(announced=False, promised=True) == (cancelled, set()), "a new date follows all the same"
    assert fields(announced=False) == (set(), set())


def test_what_goes_by_itself_when_the_window_ends_can_be_changed_in_every_language() -> None:
    card = draw_card(CardKind.CUTOFF, seen("cutoff asked", 60), "cutoff:0", NoticeRenderer())
    [fields] = [found for verb, found in panels(card) if verb == "holding.keep"]
    assert list(fields) == ["holding_en", "holding_fr", "holding_de"]
    assert size(card) <= LARGEST
    said = says(card)
    assert "declared an incident by Thu 15 Apr 2027, 23:30 (CEST), everyone affected gets this notice" in said
    assert all(each in said for each in ("not finished yet", "pas encore terminée", "noch nicht beendet"))


def test_once_the_window_is_over_no_holding_notice_is_left_to_change() -> None:
    over = a_change("in progress").until(night(23, 31))
    view_of = ChangeContext(over.now_it_is, over.service, night(23, 31))
    for kind in (CardKind.CUTOFF, CardKind.DAY):
        card = draw_card(kind, view_of, message_of(kind, over.now_it_is), NoticeRenderer())
        assert "window.extend" in str(card)
        assert "holding.keep" not in str(card)


@pytest.mark.parametrize(
    ("verb", "command"),
    [
        ("trouble.report", c.ReportTrouble(NADIA, "within")),
        ("snapshot.waive", c.WaiveSnapshot(NADIA, "within")),
        ("snapshot.failed", c.NoteSnapshotFailed(NADIA, "within")),
        ("window.extend", c.Extend(NADIA, 9, "public")),
        ("incident.declare", c.DeclareIncident(NADIA, "public")),
        ("incident.update", c.UpdateIncident(NADIA, "public")),
        ("incident.handover", c.HandOver(NADIA, "within")),
        ("restore.failed", c.NoteRestoreFailed(NADIA, "within")),
        ("change.postpone", c.Postpone(NADIA, "public")),
        ("change.withdraw", c.Cancel(NADIA, "public")),
    ],
)
def test_a_client_that_sends_every_field_lets_nothing_out_that_stays_within(verb: str, command: c.Command) -> None:
    everything = {"change": "CHG-2027-0007", "revision": 7, "comment": "within", "reason": "public"}
    assert parse_action(everything | {"extra_minutes": "9", "verb": verb}, NADIA).command == command


BY_THEIR_LINE = {VIEW, ADMIN, COMMAND}
"""Buttons that carry the very line that could be typed."""


@pytest.mark.thorough
def test_every_button_that_is_drawn_or_understood_has_a_command() -> None:
    found = {button["verb"] for button in every_button()}
    assert len(found) > 25
    assert found - COMMAND_FOR_VERB.keys() == BY_THEIR_LINE | {FILL}, "what it fills in is typed into the field"
    assert set(COMMAND_FOR_VERB) == (set(_COMMANDS) | BY_DIALOG) - BY_THEIR_LINE - {FILL}


def test_each_of_these_commands_is_understood_and_carried_out() -> None:
    for verb, word in COMMAND_FOR_VERB.items():
        order = parse_command(f"/change {word} 7")
        assert order is not None
        assert (order.name, order.rest) == (word, "7"), verb
        assert word in HANDLERS, verb


@pytest.mark.thorough
def test_a_button_that_looks_carries_a_line_that_can_be_typed() -> None:
    lines = [(button["verb"], button["data"]["typed"]) for button in every_button() if button["verb"] in BY_THEIR_LINE]
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


def test_what_waits_behind_the_three_dots_is_more_than_one_button() -> None:
    for number in range(2, 7):
        shown = action_row([view_button("Statistics", "stats")] * number)
        behind = sum(getattr(each, "mode", None) == "secondary" for each in shown)
        assert behind == (number - SEEN_AT_ONCE if number > SEEN_AT_ONCE + 1 else 0), number
