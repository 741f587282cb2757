"""A document as DokuWiki reads it. What people wrote comes out as they wrote it, never as markup."""

import re
from collections.abc import Iterable, Sequence

from cards.document.document import Block, Heading, Items, Rows, Text
from changes.text import strip_bidi_controls

_END = re.compile(r"</nowiki>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What no XML may hold, nor a page show."""
_DEEPEST = 6
"""The number of equals signs around the document's own title; each level below has one less."""


def dokuwiki(blocks: Sequence[Block]) -> str:
    """The document, with a line break at its end."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def plain(text: str) -> str:
    """The text in one line as plain text, whatever stands in it; a blank for none."""
    line = " ".join(_CONTROL.sub("", strip_bidi_controls(text)).split())
    inside = _END.sub(r"</nowiki>%%\g<0>%%<nowiki>", line)
    return f"<nowiki>{inside}</nowiki>" if line else " "


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return heading(level, text)
        case Text(text=text):
            return "\\\\\n".join(plain(line) for line in text.splitlines() if line.strip())
        case Items(items=items):
            return "\n".join(f"  * {plain(item)}" for item in items)
        case Rows(titles=titles, rows=rows):
            return table(titles, (map(plain, row) for row in rows))


def heading(level: int, text: str) -> str:
    """A heading: nothing of its line is markup, but for the signs at its ends."""
    marks = "=" * (_DEEPEST + 1 - level)
    return f"{marks} {' '.join(_CONTROL.sub('', strip_bidi_controls(text)).split()).strip('= ') or '–'} {marks}"


def table(titles: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells below its titles are written as DokuWiki reads them."""
    return "\n".join([f"^ {' ^ '.join(map(plain, titles))} ^", *(f"| {' | '.join(row)} |" for row in rows)])
