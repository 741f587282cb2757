"""A notice as a mail: subject, HTML and plain text from the same template that Teams shows, and a calendar entry."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

LINE = "-" * 30
WIDTH = 78
"""The longest line of a plain text, in characters."""
_BLANKS = re.compile(r"[ \t\r\n]+")
_READER = MarkdownIt("commonmark", {"html": False})
_PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
_HOLE = re.compile(r"\{\{ (\w+) \}\}")
_TITLE = re.compile(r"<p><strong>(.*?)</strong></p>")


_LISTS = ("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close")
_WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One notice for one reader. `calendar` is an iCalendar object whose METHOD is `method`, or None."""

    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: str = ""


def letter(
    said: Sequence[tuple[str, str]], calendar: bytes | None = None, method: str = "", about: str = ""
) -> RenderedMail:
    """The mail that says the same as the notice's Markdown, given by language.

    Its subject is the first line, with `about` behind it.
    """
    read = [(language, _READER.parse(markdown)) for language, markdown in said]
    subject = _subject(read[0][1], about)
    parts = [f'<div lang="{escape(language)}">\n{_html(tokens)}</div>\n' for language, tokens in read]
    holes = {"language": escape(read[0][0]), "subject": escape(subject), "body": "<hr>\n".join(parts)}
    page = _HOLE.sub(lambda hole: holes[hole[1]], _PAGE)
    return RenderedMail(subject, _text_of([tokens for _, tokens in read]), page, calendar, method)


def plain_letter(said: Sequence[tuple[str, str]]) -> RenderedMail:
    """The same without a page."""
    read = [_READER.parse(markdown) for _, markdown in said]
    return RenderedMail(_subject(read[0], ""), _text_of(read), "")


def subject_of(markdown: str) -> str:
    """What the notice is, in one plain line: its first paragraph, for which the others need not be read."""
    return _subject(_READER.parse(markdown.strip().partition("\n\n")[0]), "")


def _html(tokens: Sequence[Token]) -> str:
    """The page's part in one language: a bold first line is its heading."""
    html = str(_READER.renderer.render(tokens, _READER.options, {}))
    return _TITLE.sub(r"<h1>\1</h1>", html, count=1) if html.startswith("<p><strong>") else html


def _text_of(read: Sequence[Sequence[Token]]) -> str:
    return f"\n\n{LINE}\n\n".join("\n\n".join(_plain(tokens)) for tokens in read) + "\n"


def _subject(tokens: Sequence[Token], about: str) -> str:
    first = next((token for token in tokens if token.type == "inline"), None)
    # Blanks that do not break are kept: French writes them before a colon.
    title = _BLANKS.sub(" ", _text(first)).strip() if first else ""
    return f"{title}{about}"


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    """The paragraphs of the plain text; the points of a list follow each other without empty lines."""
    points: list[str] = []
    depth = 0
    for token in tokens:
        if token.type in _LISTS:
            depth += token.nesting
            if depth == 0:
                yield "\n".join(points)
                points = []
        elif token.type == "inline":
            begin, rest = ("- ", "  ") if depth else ("", "")
            lines = [
                textwrap.fill(line, WIDTH, initial_indent=begin, subsequent_indent=rest, **_WHOLE_WORDS)
                for line in _text(token).splitlines()
            ]
            if depth:
                points.append("\n".join(lines))
            else:
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
