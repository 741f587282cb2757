"""A document as one HTML page that prints well: no script, nothing from elsewhere."""

from collections.abc import Sequence
from html import escape

from cards.document.document import Block, Heading, Items, Rows, Text
from changes.text.messages import strip_bidi_controls

_STYLE = """
body { font: 11pt/1.45 "Segoe UI", system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 1.6rem; border-bottom: 1px solid #bbb; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem .5rem; }
th { border-bottom: 2px solid #888; } td { border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
p, li { overflow-wrap: anywhere; white-space: pre-line; unicode-bidi: plaintext; }
@media print { body { margin: 0; max-width: none; } h2, h3, tr, li { break-inside: avoid; break-after: avoid-page; } }
"""


def html(blocks: Sequence[Block], title: str, language: str) -> str:
    """The page."""
    body = "\n".join(_block(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_shown(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"<h{level}>{_shown(text)}</h{level}>"
        case Text(text=text):
            return f"<p>{_shown(text.strip())}</p>"
        case Items(items=items):
            return "<ul>" + "".join(f"<li>{_shown(item)}</li>" for item in items) + "</ul>"
        case Rows(titles=titles, rows=rows):
            head = "".join(f"<th>{_shown(title)}</th>" for title in titles)
            lines = "".join("<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _shown(text: str) -> str:
    return escape(strip_bidi_controls(text))
