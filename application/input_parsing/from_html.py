"""The text of a message of Teams, which gives it as HTML."""

from html.parser import HTMLParser

from application.input_parsing.cleaning import clean

_NEW_LINES = frozenset(("p", "div", "br", "li", "tr", "blockquote", "h1", "h2", "h3"))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line, where the tag does."""
        del attrs
        if tag in _NEW_LINES:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Take the words."""
        self.found.append(" ".join(data.split("\n")))


def text_of_html(html: str) -> str:
    """What people read of it, line by line, cleaned as what is pasted is; no empty lines."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in clean("".join(reader.found)).splitlines())
    return "\n".join(filter(None, lines))
