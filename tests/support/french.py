"""English words where everything should be French."""

import re
from collections.abc import Iterable
from functools import cache

from language.catalogues import load

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
    for sentence, forms in load("fr").texts.items():
        ours |= words(re.sub(r"\{\w+\}", " ", sentence))
        theirs |= words(" ".join(forms))
    return ours - theirs
