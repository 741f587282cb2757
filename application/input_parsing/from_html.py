"""The text of a message of Teams, which gives it as HTML."""

import re
from html import unescape

from application.input_parsing.cleaning import clean

_NEW_LINE = re.compile(r"</?(?:p|div|br|li|tr|blockquote|h\d)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def text_of_html(html: str) -> str:
    """What people read of it, line by line, cleaned as what is pasted is; no empty lines."""
    lines = _NEW_LINE.sub("\n", " ".join(html.split())).splitlines()
    read = (" ".join(clean(unescape(_TAG.sub("", each))).split()) for each in lines)
    return "\n".join(filter(None, read))
