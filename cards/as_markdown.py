"""A document as Markdown for the wiki. What people wrote comes out as they wrote it, never as markup."""

import re
from collections.abc import Sequence

from cards.document import Block, Heading, Items, Rows, Text
from changes.sayings import upright

_MARKS = str.maketrans({each: f"\\{each}" for each in "\\`*_{}[]<>|~&!@$^"})
_AT_THE_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))")
_LINK = re.compile(r"(?<=://)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_ZERO_WIDTH = "\N{WORD JOINER}"


def markdown(blocks: Sequence[Block]) -> str:
    """The document, with a line break at its end."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def verbatim(text: str, *, begins: bool = True) -> str:
    """One line of text, so that a reader of Markdown shows exactly that. `begins`: a line of the document with it."""
    escaped = " ".join(upright(text).split()).translate(_MARKS)
    # A wiki turns bare addresses into links; behind an invisible character they stay text.
    linkless = _LINK.sub(_ZERO_WIDTH, escaped)
    return _AT_THE_START.sub(_escaped_start, linkless) if begins else linkless


def _escaped_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}" + _ZERO_WIDTH if mark.isdigit() else f"{found[1]}\\{mark}"


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"{'#' * level} {verbatim(text)}"
        case Text(text=text):
            return "\\\n".join(verbatim(line) for line in text.splitlines() if line.strip())
        case Items(items=items):
            return "\n".join(f"- {verbatim(item)}" for item in items)
        case Rows(titles=titles, rows=rows):
            return "\n".join([_row(titles), _row(["---"] * len(titles), raw=True), *(_row(row) for row in rows)])


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(cell if raw else verbatim(cell, begins=False) for cell in cells)} |"
