"""Each field says who reads what is written in it, and no button sends on what stays within."""

from collections.abc import Iterator
from typing import Any

import pytest

from application.action_parsing import parse_action
from cards.implementation.implementation import day_card
from cards.overview.status import status_card
from changes import commands as c
from changes.model import State
from tests.cards.subjects import NADIA, WINDOW, change, every_card, view
from tests.unit.cards.looking import walk

PUBLIC = "people affected read this"
WITHIN = "stays in the thread"
CARDS = dict(every_card())
TOLD_TO_ALL = {
    "window.extend": "reason",
    "incident.declare": "reason",
    "incident.update": "reason",
    "test.accept": "waiver",
}
KEPT_WITHIN = {
    "trouble.report": "comment",
    "snapshot.failed": "comment",
    "snapshot.waive": "comment",
    "incident.tried": "comment",
    "incident.handover": "comment",
    "restore.failed": "comment",
    "go.give": "waiver",
}
SENT_TO_SOME = {
    "go.refuse": ("reason", "sent to the requester"),
    "precheck.correct": ("comment", "sent to the requester"),
}


def panels(card: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each button's verb, with the fields that it sends, by id, and their labels."""
    on_top = _labels(card.get("body", []))
    for node in walk(card):
        if node.get("type") == "Action.ShowCard":
            fields = on_top | _labels(node["card"].get("body", []))
            yield from ((each["verb"], fields) for each in node["card"].get("actions") or [] if "verb" in each)
    yield from ((each["verb"], on_top) for each in card.get("actions") or [] if "verb" in each)


def _labels(body: list[Any]) -> dict[str, str]:
    return {node["id"]: node["label"] for node in walk(body) if str(node.get("type", "")).startswith("Input.")}


FOUND = [(verb, fields) for card in CARDS.values() for verb, fields in panels(card)]


@pytest.mark.parametrize(("verb", "field"), TOLD_TO_ALL.items())
def test_what_is_told_to_everybody_is_asked_for_as_such(verb: str, field: str) -> None:
    labels = {fields[field] for each, fields in FOUND if each == verb}
    assert labels
    assert all(PUBLIC in label for label in labels)


@pytest.mark.parametrize(("verb", "field"), KEPT_WITHIN.items())
def test_what_stays_within_is_asked_for_in_a_field_that_says_so(verb: str, field: str) -> None:
    labels = {fields[field] for each, fields in FOUND if each == verb and field in fields}
    assert labels
    assert all(WITHIN in label for label in labels)


@pytest.mark.parametrize(("verb", "asked"), SENT_TO_SOME.items())
def test_what_goes_to_a_few_says_to_whom(verb: str, asked: tuple[str, str]) -> None:
    field, reader = asked
    labels = {fields[field] for each, fields in FOUND if each == verb}
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


def test_a_client_that_sends_every_field_of_a_card_lets_nothing_out_that_stays_within() -> None:
    everything = {
        "change": "CHG-2027-0007",
        "revision": 7,
        "comment": "within",
        "reason": "public",
        "extra_minutes": "9",
    }

    def command(verb: str) -> c.Command | None:
        return parse_action({**everything, "verb": verb}, NADIA).command

    assert command("trouble.report") == c.ReportTrouble(NADIA, "within")
    assert command("snapshot.waive") == c.WaiveSnapshot(NADIA, "within")
    assert command("snapshot.failed") == c.NoteSnapshotFailed(NADIA, "within")
    assert command("window.extend") == c.Extend(NADIA, 9, "public")
    assert command("incident.declare") == c.DeclareIncident(NADIA, "public")
    assert command("incident.update") == c.UpdateIncident(NADIA, "public")
    assert command("incident.handover") == c.HandOver(NADIA, "within")
    assert command("restore.failed") == c.NoteRestoreFailed(NADIA, "within")
    assert command("change.postpone") == c.Postpone(NADIA, "public")
    assert command("change.withdraw") == c.Cancel(NADIA, "public")
