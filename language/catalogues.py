"""The gettext catalogues: one `.po` file for each language and package, read when a language is first spoken."""

from functools import cache
from pathlib import Path

from language.po import Translations, read_texts

FOLDER = Path(__file__).parent
ENGLISH = Translations("en", {})
"""What the code says needs no translation."""


def files(language: str) -> list[Path]:
    """The catalogues of that language, by package."""
    return sorted((FOLDER / language).glob("*.po"))


@cache
def load(language: str) -> Translations:
    """Every catalogue of that language as one; an empty one for English, which is what the code says."""
    texts: dict[str, tuple[str, ...]] = {}
    for path in files(language):
        texts |= read_texts(path.read_text(encoding="utf-8"))
    return Translations(language, texts) if texts else ENGLISH
