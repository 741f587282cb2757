"""English words where everything should be French."""

import re
from collections.abc import Iterable
from functools import cache

from language.catalogues import files, read

_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE = re.compile(r"`[^`]*`|https?://\S+|\*\*/change [^*]*\*\*")


def english_in(texts: Iterable[str], written: str) -> dict[str, set[str]]:
    """Each text with its words that only our English has: none of our French, and none that people wrote."""
    known = words(written)
    found = {text: (words(_CODE.sub(" ", text)) & _english()) - known for text in texts}
    return {text: strays for text, strays in found.items() if strays}


def words(text: str) -> set[str]:
    """The words of the text, in small letters."""
    return set(_WORD.findall(text.casefold()))


@cache
def _english() -> set[str]:
    ours, theirs = set[str](), set[str]()
    for path in files("fr"):
        for message in read(path, "fr"):
            for text in _texts(message.id):
                ours |= words(re.sub(r"\{\w+\}", " ", text))
            for text in _texts(message.string):
                theirs |= words(text)
    return ours - theirs


def _texts(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple | list) else ()
