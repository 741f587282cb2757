"""Reads the catalogues as `language.update` writes them: texts and their plurals, and nothing else.

Babel reads every form there is, with packages that a running bot needs for nothing else (docs/decisions/0020).
"""

import ast
import re
from collections.abc import Mapping
from gettext import NullTranslations

_PART = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) (".*"(?:\n".*")*)', re.MULTILINE)
_ONE_FOR_NONE = frozenset({"fr"})
"""The languages that speak of nothing in the singular; the others do so of one alone. None has more than two forms."""

Texts = Mapping[str, tuple[str, ...]]
"""What is said for each English sentence, in one form, or in two: of one, and of several."""


class Translations(NullTranslations):
    """What a language says; what it has no words for stays English."""

    def __init__(self, language: str, texts: Texts) -> None:
        super().__init__()
        self.texts = texts
        self._one_for_none = language in _ONE_FOR_NONE

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        forms = self.texts.get(message)
        return forms[0] if forms else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence about `n` things in this language."""
        forms = self.texts.get(msgid1, (msgid1, msgid2))
        return forms[0 if n == 1 or (n == 0 and self._one_for_none and msgid1 in self.texts) else -1]


def read_texts(file: str) -> Texts:
    """What the text of a catalogue says for each sentence; a sentence that is not translated yet is left out."""
    found: dict[str, tuple[str, ...]] = {}
    sentence = ""
    for keyword, quoted in _PART.findall(file):
        said = ast.literal_eval(f"({quoted})")
        if keyword == "msgid":
            sentence = said
        elif keyword != "msgid_plural":
            found[sentence] = (*found.get(sentence, ()), said)
    return {sentence: forms for sentence, forms in found.items() if sentence and all(forms)}
