"""A notice as a mail: subject, HTML and plain text from the same template that Teams shows, and a calendar entry."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

LINE = "-" * 30
WIDTH = 78
"""The longest line of a plain text, in characters."""
_BLANKS = re.compile(r"[ \t\r\n]+")
_READER = MarkdownIt("commonmark", {"html": False})
_PAGE = (
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width">\n<title>{subject}</title>\n</head>\n'
    '<body style="margin:0;padding:16px;font-family:Segoe UI,Arial,sans-serif;font-size:16px;line-height:1.5;'
    'color:#1b1b1b;background:#ffffff">\n<div style="max-width:600px;margin:0 auto">\n{body}</div>\n</body>\n</html>\n'
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One notice for one reader. `calendar` is an iCalendar object whose METHOD is `method`, or None."""

    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: str = ""


def letter(said: Sequence[tuple[str, str]], calendar: bytes | None = None, method: str = "") -> RenderedMail:
    """The mail that says the same as the notice's Markdown, given by language; its first line is the subject."""
    read = [(language, _READER.parse(markdown), _READER.render(markdown)) for language, markdown in said]
    subject = _subject(read[0][1])
    parts = [f'<div lang="{escape(language)}">\n{html}</div>\n' for language, _, html in read]
    page = _PAGE.format(language=escape(read[0][0]), subject=escape(subject), body="<hr>\n".join(parts))
    texts = ["\n\n".join(_plain(tokens)) for _, tokens, _ in read]
    return RenderedMail(subject, f"\n\n{LINE}\n\n".join(texts) + "\n", page, calendar, method)


def _subject(tokens: Sequence[Token]) -> str:
    first = next((token for token in tokens if token.type == "inline"), None)
    # Blanks that do not break are kept: French writes them before a colon.
    return _BLANKS.sub(" ", _text(first)).strip() if first else ""


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            lines = (
                textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
                for line in _text(token).splitlines()
            )
            yield "\n".join(lines)
        elif token.type == "hr":
            yield LINE


def _text(token: Token) -> str:
    said = ""
    for child in token.children or ():
        if child.type in ("text", "text_special", "code_inline"):
            said += child.content
        elif child.type in ("softbreak", "hardbreak"):
            said += "\n" if child.type == "hardbreak" else " "
        elif child.type == "link_close":
            said += f" ({_address(token, child)})"
    return said


def _address(token: Token, end: Token) -> str:
    children = list(token.children or ())
    before = children[: children.index(end)]
    opened = next(each for each in reversed(before) if each.type == "link_open")
    return str(opened.attrGet("href") or "")
