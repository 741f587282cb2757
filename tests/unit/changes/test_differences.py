"""What is another since the last pre-check, field by field."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from changes.model import ChangeType
from changes.reporting.plan_diff import DiffOp, differences
from tests.support.core import LEARN, LUC, plan

BEFORE = plan(what="The platform is updated to version 5.", risks="The forum may be slow.")


def marks(field: str, **other: object) -> list[tuple[DiffOp, str]]:
    [found] = differences(BEFORE, replace(BEFORE, **other), LEARN)  # type: ignore[arg-type]
    assert found.field == field
    return [(piece.mark, piece.text) for piece in found.pieces]


def test_what_is_left_out_or_new_is_said_as_such_and_nothing_of_the_same_plan() -> None:
    assert differences(BEFORE, BEFORE, LEARN) == ()
    assert (DiffOp.ADDED, "Send a message\n") in marks("tests", tests=("Send a message", "Log in", "Open a course"))
    assert marks("risks", risks="") == [(DiffOp.REMOVED, BEFORE.risks)]
    assert (DiffOp.ADDED, "library@x.ch\n") in marks("notify", notify=("library@x.ch",))
    assert marks("affected", affected="It is closed.") == [(DiffOp.ADDED, "It is closed.")]
    assert marks("implementer", implementer=LUC) == [(DiffOp.REMOVED, "Nadia"), (DiffOp.ADDED, "Luc")]
    assert marks("kind", kind=ChangeType.EMERGENCY) == [(DiffOp.REMOVED, "normal"), (DiffOp.ADDED, "emergency")]


def test_a_text_is_compared_word_by_word_however_long() -> None:
    assert marks("what", what="The platform is updated to version 6.") == [
        (DiffOp.KEPT, "The platform is updated to version "),
        (DiffOp.REMOVED, "5."),
        (DiffOp.ADDED, "6."),
    ]
    words = [f"word{number} and the" for number in range(60)]
    other = list(words)
    other[7], other[31] = "Moved and the", "word31 and a"
    pieces = [
        piece
        for found in differences(replace(BEFORE, what=" ".join(words)), replace(BEFORE, what=" ".join(other)), LEARN)
        for piece in found.pieces
        if piece.mark is not DiffOp.KEPT
    ]
    assert [(piece.mark, piece.text) for piece in pieces] == [
        (DiffOp.REMOVED, "word7"),
        (DiffOp.ADDED, "Moved"),
        (DiffOp.REMOVED, "the"),
        (DiffOp.ADDED, "a"),
    ]


def test_another_date_is_another_window_and_another_length_another_downtime_too() -> None:
    moved = differences(BEFORE, replace(BEFORE, window=plan(date(2027, 4, 20)).window), LEARN)
    assert [each.field for each in moved] == ["window"]
    longer = differences(BEFORE, replace(BEFORE, window=plan(minutes=120).window), LEARN)
    assert [each.field for each in longer] == ["window", "minutes"]


TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_give_both_texts_back(old: str, new: str) -> None:
    before, after = replace(BEFORE, what=old), replace(BEFORE, what=new)
    for found in differences(before, after, LEARN):
        assert "".join(each.text for each in found.pieces if each.mark is not DiffOp.ADDED) == old
        assert "".join(each.text for each in found.pieces if each.mark is not DiffOp.REMOVED) == new
