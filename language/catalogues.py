"""The gettext catalogues: one `.po` file for each language and package, read when a language is first spoken."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
ENGLISH = NullTranslations()
"""What the code says needs no translation."""


def files(language: str) -> list[Path]:
    """The catalogues of that language, by package."""
    return sorted((FOLDER / language).glob("*.po"))


def read(path: Path, language: str) -> Catalog:
    """One catalogue as it lies in its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> Catalog:
    """Every translation into that language, whichever package its sentence is in."""
    whole = Catalog(locale=language)
    for path in files(language):
        for message in read(path, language):
            if message.id:
                whole[message.id] = message
    return whole


@cache
def load(language: str) -> NullTranslations:
    """Every catalogue of that language as one; an empty one for English, which is what the code says."""
    whole = translations(language)
    if not len(whole):
        return ENGLISH
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)
