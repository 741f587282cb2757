"""What people type, with and without the slash, in English and French."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import Order, read_id, read_order


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("/change new", Order("new")),
        ("change new", Order("new")),
        ("  Change   NEW ", Order("new")),
        ("/change nouveau", Order("new")),
        ("changement liste", Order("list")),
        ("/change", Order("help")),
        ("/change show CHG-2026-0007", Order("show", "CHG-2026-0007")),
        ("/change annuler 7 plus besoin", Order("cancel", "7 plus besoin")),
        ("/change dance", Order("unknown", "dance")),
        ("/clock +2h30", Order("clock", "+2h30")),
        ("/as Pierre André", Order("as", "Pierre André")),
    ],
)
def test_a_command_is_understood(typed: str, order: Order) -> None:
    assert read_order(typed) == order


@pytest.mark.parametrize(
    "typed", ["", "hello", "changes are good", "we change the server", "exchange new", "15.4.2027"]
)
def test_what_is_no_command_may_be_an_answer(typed: str) -> None:
    assert read_order(typed) is None


@pytest.mark.parametrize("typed", ["CHG-2026-0007", "chg-2026-7", "2026-7", "7", "0007", "CHG-7"])
def test_a_change_can_be_named_short(typed: str) -> None:
    assert read_id(typed, 2026) == "CHG-2026-0007"


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    order = read_order(text)
    assert order is None or order.name
    assert isinstance(read_id(text, 2026), str)
