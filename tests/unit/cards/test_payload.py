"""A pressed button becomes a command, whatever a device sends."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.card_action import _COMMANDS, LONGEST, parse_action
from changes import commands as c
from changes.errors import CommandRejected, NotFound, ValidationFailed
from changes.model import Person
from tests.cards.subjects import NADIA

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ABOUT: dict[str, object] = {"change": "CHG-2027-0007", "revision": 7}
WITH_A_TEXT: list[tuple[str, str, Callable[[Person, str], c.Command]]] = [
    *(("change.withdraw", "reason", c.Cancel), ("precheck.approve", "comment", c.ApprovePrecheck)),
    *(("precheck.correct", "comment", c.RequestCorrections), ("precheck.correct", "reason", c.RequestCorrections)),
    ("go.give", "comment", c.GiveGo),
    *(("go.refuse", "reason", c.RefuseGo), ("snapshot.retry", "reason", c.RetrySnapshot)),
    *(("snapshot.failed", name, c.NoteSnapshotFailed) for name in ("reason", "comment")),
    *(("snapshot.waive", name, c.WaiveSnapshot) for name in ("reason", "comment")),
    *(("trouble.report", name, c.ReportTrouble) for name in ("reason", "comment")),
    *(("window.start", "reason", c.Start), ("incident.declare", "reason", c.DeclareIncident)),
    *(("incident.update", "reason", c.UpdateIncident), ("restore.failed", "reason", c.NoteRestoreFailed)),
    *(
        ("restore.confirm", "vps_name", c.ConfirmRestore),
        ("review.save", "comment", c.SaveReview),
        ("incident.declare", "incident", c.DeclareIncident),
    ),
]
COMMANDS: list[tuple[str, Mapping[str, object], c.Command]] = [
    *((verb, {name: "why"}, command(NADIA, "why")) for verb, name, command in WITH_A_TEXT),
    ("go.give", {"comment": "", "waiver": "tiny"}, c.GiveGo(NADIA, "", "tiny")),
    *(
        ("snapshot.finished", {"snapshot_name": "s", "result": result}, c.NoteSnapshotFinished(NADIA, "s", *facts))
        for result, facts in {"data": (), "data_checked": (True, True), "system": (False,)}.items()
    ),
    ("test.result", {"test": 2, "result": "pass"}, c.RecordTest(NADIA, 2, True)),
    ("test.result", {"test": "0", "result": "fail", "comment": "500"}, c.RecordTest(NADIA, 0, False, "500")),
    ("test.accept", {"test": "1", "waiver": "known before"}, c.AcceptTest(NADIA, 1, "known before")),
    ("test.accept", {"test": 1, "reason": "known before"}, c.AcceptTest(NADIA, 1, "known before")),
    ("review.save", {"went_well": "Fast."}, c.SaveReview(NADIA, "Went well: Fast.")),
    ("review.save", {"went_well": "A", "to_improve": "B"}, c.SaveReview(NADIA, "Went well: A\nTo improve: B")),
    ("test.result", {"test": "1", "result": "fail", "note": "500"}, c.RecordTest(NADIA, 1, passed=False, note="500")),
    ("tests.pass", {}, c.PassTests(NADIA)),
    ("task.done", {"task": 2}, c.FinishTask(NADIA, 2)),
    ("task.done", {"task": "1", "task_note": "not needed"}, c.FinishTask(NADIA, 1, "not needed")),
    ("task.reopen", {"task": "0"}, c.ReopenTask(NADIA, 0)),
    ("window.extend", {"extra_minutes": "45", "reason": "slow"}, c.Extend(NADIA, 45, "slow")),
    ("holding.keep", {"holding_fr": "En retard.", "holding_en": ""}, c.KeepHolding(NADIA, {"fr": "En retard."})),
    *(
        (verb, {"reason": "why", f"{kind}_en": "No."}, command(NADIA, "why", {"en": "No."}))
        for verb, kind, command in (
            ("change.withdraw", "cancelled", c.Cancel),
            ("change.postpone", "postponed", c.Postpone),
            ("go.refuse", "postponed", c.RefuseGo),
        )
    ),
    ("window.extend", {"extra_minutes": 45.0, "reason": ""}, c.Extend(NADIA, 45, "")),
]


@pytest.mark.parametrize(("verb", "inputs", "command"), COMMANDS)
def test_a_button_with_its_inputs_is_one_command(verb: str, inputs: Mapping[str, object], command: c.Command) -> None:
    press = parse_action({**ABOUT, "verb": verb, **inputs}, NADIA)
    assert (press.verb, press.change, press.revision, press.command) == (verb, "CHG-2027-0007", 7, command)


@pytest.mark.parametrize("verb", ["change.edit", "change.move", "card.refresh"])
def test_a_button_that_a_dialog_answers_is_no_command_and_keeps_its_inputs(verb: str) -> None:
    press = parse_action({**ABOUT, "verb": verb, "title": "  Moodle 5 ", "minutes": 90}, NADIA)
    assert press.command is None
    assert press.inputs == {"title": "Moodle 5", "minutes": "90"}


def test_who_acts_is_who_pressed_and_never_what_the_payload_says() -> None:
    press = parse_action({**ABOUT, "verb": "go.give", "by": "somebody else", "from": {"id": "admin"}}, NADIA)
    assert press.command is not None
    assert press.command.by == NADIA


def test_a_button_that_does_not_exist_or_is_about_no_change_is_refused_with_what_to_do() -> None:
    for verb in ("", "go.maybe", "GO.GIVE", None, 7, ["go.give"]):
        with pytest.raises(NotFound, match="/change list"):
            parse_action({**ABOUT, "verb": verb}, NADIA)
    with pytest.raises(NotFound, match="does not say which change"):
        parse_action({"verb": "go.give", "revision": 7}, NADIA)


@pytest.mark.parametrize("revision", [None, "seven", True, 7.5, [7], "²"])
def test_a_button_without_a_sound_revision_is_taken_for_an_old_one(revision: object) -> None:
    assert parse_action({"verb": "go.give", "change": "C", "revision": revision}, NADIA).revision == -1


NO_TEST: list[Mapping[str, object]] = [
    *({"test": test, "result": "pass"} for test in ("", "-1", None)),
    *({"test": test, "result": result} for test, result in (("0", "maybe"), (None, None), ("²", "fail"))),
    *({"verb": "test.accept", "test": test, "reason": "x"} for test in ("", "-1", None, "²", "1000")),
]


@pytest.mark.parametrize("sent", NO_TEST)
def test_a_test_without_index_or_result_is_refused(sent: Mapping[str, object]) -> None:
    with pytest.raises(NotFound, match=r"which test|whether the test"):
        parse_action({**ABOUT, "verb": "test.result", **sent}, NADIA)


NO_MINUTES = ("", "soon", "-5", "1e3", "²", "4.5", None, float("nan"), float("inf"))
UNSOUND: dict[str, tuple[str, str, tuple[object, ...]]] = {
    "extra_minutes": ("window.extend", "minute", NO_MINUTES),
    "result": ("snapshot.finished", "of the data or of the system", ("", "pass", "Data", None, 1)),
}


@pytest.mark.parametrize("field", UNSOUND)
def test_what_cannot_be_meant_is_asked_about_beside_its_field(field: str) -> None:
    verb, said, values = UNSOUND[field]
    for value in values:
        with pytest.raises(ValidationFailed, match=said) as refused:
            parse_action({**ABOUT, "verb": verb, "reason": "x", "snapshot_name": "s", field: value}, NADIA)
        assert list(refused.value.problems) == [field], value


def test_what_no_store_takes_is_replaced_in_what_was_written() -> None:
    press = parse_action({**ABOUT, "verb": "change.withdraw", "reason": "a\x00b\ud800c\r\nd"}, NADIA)
    assert press.command == c.Cancel(NADIA, "a b c\nd")


def test_a_text_without_end_is_refused_and_none_of_it_is_cut_off_unseen() -> None:
    with pytest.raises(ValidationFailed) as refused:
        parse_action({**ABOUT, "verb": "change.edit", "what": "x" * 100_000}, NADIA)
    assert "100000 characters" in refused.value.problems["what"]
    assert len(parse_action({**ABOUT, "verb": "change.edit", "what": "x" * LONGEST}, NADIA).inputs["what"]) == LONGEST


@given(data=st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_arbitrary_json_is_refused_with_a_sentence_and_never_breaks(data: dict[str, Any]) -> None:
    with pytest.raises(CommandRejected) as refused:
        parse_action(data, NADIA)
    assert refused.value.sentence


@given(
    verb=st.sampled_from([*_COMMANDS, "change.edit", "card.refresh"]),
    rest=st.dictionaries(
        st.sampled_from(["revision", "message", "test", "result", "reason", "comment", "extra_minutes", "vps_name"]),
        JSON,
    ),
)
def test_a_known_button_with_arbitrary_inputs_is_read_or_refused(verb: str, rest: dict[str, Any]) -> None:
    with contextlib.suppress(CommandRejected):
        press = parse_action({"verb": verb, "change": "C", **rest}, NADIA)
        assert all(text.encode().decode() == text for text in press.inputs.values())
