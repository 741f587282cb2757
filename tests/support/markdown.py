"""Markdown as Teams and mail readers see it, with what they make links of without being told."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
_LETTER = r"[^\W\d_]"
_TOP = (
    r"(?:aero|asia|biz|com|coop|edu|example|gov|info|museum|name|net|org|pro|shop|web|xxx|рф|xn--[\w-]+|[a-z]{2})"
    r"(?![\w-]|\.\w)"
)
_HOST = r"[^\s.,:;/<>()\[\]{}|\"'`@_-][^\s.,:;/<>()\[\]{}|\"'`@]*"
_BARE = re.compile(
    rf"(?:https?|ftp)://\S+|(?<![^\s(])//{_HOST}(?:\.{_HOST})+|mailto:[\w.+-]+@\S+|\bwww\.\S+|[\w.+-]+@{_HOST}\.\S+"
    rf"|(?<![\w.:/@_-])(?:{_HOST}\.)+{_TOP}",
    re.IGNORECASE,
)
"""The rules of linkify-it, of GitHub's autolinks, and some more: what is safe from these is safe from each of them."""


def bare_links(markdown: str) -> list[str]:
    """The addresses that are made links of as they stand there; nobody looks for them within code."""
    found = []
    for token in READER.parse(markdown):
        found += [each for text in _texts(token) for each in _BARE.findall(text)]
    return found


def _texts(token: Token) -> Iterator[str]:
    text = ""
    for each in token.children or ():
        if each.type in ("text", "text_special"):
            text += each.content
        else:
            yield text
            text = ""
    yield text


def kinds(markdown: str) -> list[str]:
    """What kinds of things stand in it, and in what order, but for its words."""
    found = [child for token in READER.parse(markdown) for child in (token, *(token.children or ()))]
    return [each.type for each in found if each.type not in ("inline", "text", "text_special")]


class Page(HTMLParser):
    """What a browser or a mail program makes of a page: its elements and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
