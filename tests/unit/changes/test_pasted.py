"""What comes out of office programs and phones keeps every visible character, and what stood apart stays apart."""

import pytest

from changes.text.pasted import cleaned, is_blank, without_bullet, without_invisible_edges

SEPARATORS = ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r", "\r\n", "\n"]


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_a_separator_is_replaced_never_deleted(separator: str) -> None:
    assert cleaned(f"Log in{separator}Open a course").splitlines() == ["Log in", "Open a course"]


BULLETS = (
    *(
        *("- ", "* ", "• ", "•\t", "o\t", "\uf0b7\t", "\uf0a7 ", "\uf0d8 ", "➢ ", "➢", "✓ ", "▪ ", "◦\t", "– ", "‣ "),
        "a.\t",
    ),
    *("§\t", "Ø\t", "ü\t", "v\t", "q\t", "❑ ", "⇒ ", "\u2012 ", "\u2212 ", "\uf0e0 ", "\uf0f0\t", "1.1.\t"),
    *("1.2.3.\t", "☐ ", "[ ] ", "[x] ", "- [ ] ", "  • ", "· "),
)
NO_BULLETS = (
    *("-5 °C is shown", "*important* text", "2027 is shown", "A course opens", "o is a letter", "1.5 h later"),
    *("a.m. backup", "+41 27 is dialled", "v5.1 runs", "–5 °C is shown", "A. Müller can log in", "****", "I) go"),
    *("x) marks it", "\u22125 °C is shown", "v 5 runs", "§ 12 of the rules is shown", "Øystein can log in"),
    *("1.1. is the date", "*.pdf opens"),
)
COUNTING = (
    *("2. Log in", "2) Log in", "(2) Log in", "- 2. Log in", "(2)Log in", "\uff12. Log in", "2\uff0eLog in"),
    *("\uff12\uff09 Log in", "b) Log in", "(b) Log in", "B) Log in"),
)
NOT_COUNTING = ("15. April is shown", "2.5 GB can be uploaded", "3. floor has light", "I) go", "a) go", "2.Log in")


@pytest.mark.parametrize("bullet", BULLETS, ids=ascii)
def test_bullets_of_every_office_program_are_bullets(bullet: str) -> None:
    assert without_bullet(f"{bullet}Log in") == "Log in"


@pytest.mark.parametrize("line", NO_BULLETS)
def test_a_line_that_begins_otherwise_stays_as_it_is(line: str) -> None:
    assert without_bullet(line) == line


@pytest.mark.parametrize("line", COUNTING + NOT_COUNTING)
def test_a_number_or_letter_that_counts_is_a_bullet_and_one_that_does_not_is_text(line: str) -> None:
    assert without_bullet(line, 2) == ("Log in" if line in COUNTING else line)


INVISIBLE = ("", " ", "\u200b", "\ufeff\u200b\u200d", "\u2800", "\u3164", "\u0301", "\u00ad", "\t\n", "\u2066\u2069")


@pytest.mark.parametrize("text", [*INVISIBLE, "a", "?", "👍", "é", "1", "-", "ⵣ", "字"], ids=ascii)
def test_invisible_is_empty_and_what_is_seen_is_not(text: str) -> None:
    assert is_blank(text) is (text in INVISIBLE)


def test_an_emoji_keeps_what_belongs_to_it() -> None:
    family = "\U0001f469\u200d\U0001f467 \u2764\ufe0f"
    assert without_invisible_edges(f"\ufeff\u200b {family}\u200b") == family
