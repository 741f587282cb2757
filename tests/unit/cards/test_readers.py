"""Each field says who reads what is written in it, and no button sends on what stays within."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from application.input_parsing.card_action import parse_action
from cards.implementation.implementation import day_card
from cards.overview.status import status_card
from changes import commands as c
from changes.model import State
from tests.cards.subjects import NADIA, WINDOW, change, view
from tests.unit.cards.looking import every_plain_card, inputs, walk

PUBLIC = "people affected read this"
WITHIN = "stays in the thread"
READ_BY = [
    *((verb, "reason", PUBLIC) for verb in ("window.extend", "incident.declare", "incident.update")),
    ("test.accept", "waiver", PUBLIC),
    *((verb, "comment", WITHIN) for verb in ("trouble.report", "snapshot.failed", "snapshot.waive", "incident.tried")),
    *((verb, "comment", WITHIN) for verb in ("incident.handover", "restore.failed")),
    ("go.give", "waiver", WITHIN),
    ("go.refuse", "reason", "sent to the requester"),
    ("precheck.correct", "comment", "sent to the requester"),
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


@pytest.mark.parametrize(("verb", "field", "reader"), READ_BY)
def test_who_reads_a_field_is_said_where_it_is_asked_for(verb: str, field: str, reader: str) -> None:
    labels = {fields[field] for each, fields in found() if each == verb and (field in fields or reader != WITHIN)}
    assert labels
    assert all(reader in label for label in labels)


def test_why_a_date_is_given_up_is_read_by_those_who_expect_it_and_else_stays_within() -> None:
    def labels(*, announced: bool, promised: bool = False) -> tuple[str, str]:
        window = WINDOW if announced else None
        of = change(State.SNAPSHOTTING).with_(announced=window, promised=WINDOW if promised else None)
        [cancelled] = [fields["reason"] for verb, fields in panels(status_card(view(of))) if verb == "change.withdraw"]
        card = day_card(view(of), "day:1")
        [postponed] = [fields["reason"] for verb, fields in panels(card) if verb == "change.postpone"]
        return cancelled, postponed

    public, within = f"Reason ({PUBLIC})", f"Reason ({WITHIN})"
    assert labels(announced=True) == (public, public)
    assert labels(announced=False, promised=True) == (public, within), "a new date follows all the same"
    assert labels(announced=False) == (within, within)


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
