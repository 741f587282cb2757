"""Nothing that people wrote is markup in the wiki: it stands in nowiki, which nothing of theirs ends."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.document.as_dokuwiki import dokuwiki, heading, plain
from cards.document.document import Heading, Items, Rows, Text

PIECES = ("<nowiki>", "</nowiki>", "</NOWIKI>", "%%", "|", "^", "\n", "[[x|y]]", "**", "=", "\\\\", "<", ">", "a", " ")
WRITTEN = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20)


def read(text: str) -> str:
    """What DokuWiki reads in a line of such pieces, where nothing but them may stand: nowiki, then %%, then nowiki."""
    shown, rest = "", text
    while rest:
        found = re.match(r"<nowiki>(.*?)</nowiki>|%%(.*?)%%", rest)
        assert found, f"{rest!r} is markup"
        shown, rest = shown + (found[1] if found[1] is not None else found[2]), rest[found.end() :]
    return shown


@given(WRITTEN)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    if shown != " ":
        visible = "".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
        assert re.sub(r"\s", "", read(shown)) == re.sub(
            r"[\s\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", visible
        )


@given(WRITTEN, st.integers(1, 5))
def test_a_heading_is_one_line_whose_signs_are_its_own(text: str, level: int) -> None:
    line = heading(level, text)
    marks = "=" * (7 - level)
    found = re.fullmatch(f"{marks} ([^=\\s](?:[^\n]*[^=\\s])?) {marks}", line)
    assert found, line


@pytest.mark.parametrize("hostile", ["a|b", "a^b", "a\nb", "</nowiki>|", ""])
def test_a_row_has_its_cells_and_no_more(hostile: str) -> None:
    [_, row] = dokuwiki([Rows(("x", "y", "z"), ((hostile, hostile, "end"),))]).splitlines()
    outside = re.sub(r"<nowiki>.*?</nowiki>|%%.*?%%", "", row)
    assert outside.count("|") == 4
    assert "||" not in row.replace("<nowiki>", "").replace(" ", "x")


def test_a_document_is_headings_lines_a_list_and_a_table() -> None:
    blocks: list[Heading | Text | Items | Rows] = [
        Heading(1, "T ="),
        Text("one\n\ntwo"),
        Items(("a",)),
        Rows(("x",), (("1",),)),
    ]
    assert dokuwiki(blocks) == (
        "====== T ======\n\n<nowiki>one</nowiki>\\\\\n<nowiki>two</nowiki>\n\n  * <nowiki>a</nowiki>\n\n"
        "^ <nowiki>x</nowiki> ^\n| <nowiki>1</nowiki> |\n"
    )
