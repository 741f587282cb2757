"""What comes out of office programs and phones keeps every visible character, and what stood apart stays apart."""

import pytest

from changes.text.pasted import cleaned, is_blank, without_invisible_edges

SEPARATORS = ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r", "\r\n", "\n"]


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_a_separator_is_replaced_never_deleted(separator: str) -> None:
    assert cleaned(f"Log in{separator}Open a course").splitlines() == ["Log in", "Open a course"]


INVISIBLE = ("", " ", "\u200b", "\ufeff\u200b\u200d", "\u2800", "\u3164", "\u0301", "\u00ad", "\t\n", "\u2066\u2069")


@pytest.mark.parametrize("text", [*INVISIBLE, "a", "?", "👍", "é", "1", "-", "ⵣ", "字"], ids=ascii)
def test_invisible_is_empty_and_what_is_seen_is_not(text: str) -> None:
    assert is_blank(text) is (text in INVISIBLE)


def test_an_emoji_keeps_what_belongs_to_it() -> None:
    family = "\U0001f469\u200d\U0001f467 \u2764\ufe0f"
    assert without_invisible_edges(f"\ufeff\u200b {family}\u200b") == family
