"""A document as Markdown for the wiki. What people wrote comes out as they wrote it, never as markup."""

from collections.abc import Sequence

from cards.document.document import Block, Heading, Items, Rows, Text
from language.escaping import WIKI, escaped, unlinked


def markdown(blocks: Sequence[Block]) -> str:
    """The document, with a line break at its end."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"{'#' * level} {_text(text)}"
        case Text(text=text):
            return "\\\n".join(_text(line) for line in text.splitlines() if line.strip())
        case Items(items=items):
            return "\n".join(f"- {_text(item)}" for item in items)
        case Rows(titles=titles, rows=rows):
            return "\n".join([_row(titles), _row(["---"] * len(titles), raw=True), *(_row(row) for row in rows)])


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(cell if raw else _text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    return escaped(unlinked(text), WIKI)
