"""Brings the catalogues up to date with the code: `python -m language.update`. Then translate what is empty.

A sentence that the code no longer says leaves its catalogue.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from language.catalogues import FOLDER, files
from language.sentences import sentences

CARDS = (
    *("account", "approval", "document", "elements", "implementation", "incident", "overview", "request", "snapshot"),
    "tasks",
    "thread_messages",
)
"""The rooms of `cards/`, with a catalogue each."""
PACKAGES = {
    "fr": (
        "language/speaking.py",
        *("changes", "application", "dialogs", "bot", "notices", "scheduler", "infomaniak", "local", "web"),
        "rehearsal",
        *(f"cards/{room}" for room in CARDS),
    ),
    "de": (
        "notices/template_context.py",
        "notices/framing.py",
        "notices/mailer.py",
        "notices/feed.py",
        "changes/lifecycle/due_steps.py",
        "bot/connector/answers.py",
        "bot/connector/errors.py",
    ),
}
"""What is said in which language: packages, or modules. Notices are written in German too, with what the timeline says
in them."""


def place(language: str, package: str) -> Path:
    """Where the catalogue of the package or module lies."""
    return FOLDER / language / f"{package.removesuffix('.py').replace('/', '.')}.po"


def read(path: Path, language: str) -> Catalog:
    """One catalogue as it lies in its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> Catalog:
    """Every translation into that language, whichever package its sentence is in."""
    whole = Catalog(locale=language)
    for path in files(language):
        for message in read(path, language):
            if message.id:
                whole[message.id] = message
    return whole


def updated(language: str, package: str) -> Catalog:
    """The catalogue of the package as the code wants it, with the translations there are."""
    before, after = translations(language), Catalog(locale=language, fuzzy=False)
    for sentence in sentences(package):
        if sentence.text:
            message = (sentence.text, sentence.plural) if sentence.plural else sentence.text
            translated = before.get(message)
            # A sentence that has got a plural since is translated anew.
            fits = translated is not None and isinstance(translated.string, str) is (sentence.plural is None)
            after.add(message, translated.string if translated is not None and fits else None)
    return after


def text_of(catalogue: Catalog) -> bytes:
    """The catalogue as its file: sorted, and without dates, so that it changes only when a sentence does."""
    out = BytesIO()
    write_po(out, catalogue, omit_header=True, sort_output=True, width=120)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The sentences that have no translation yet."""
    return [str(each.id) for each in catalogue if each.id and not _whole(each.string)]


def main() -> None:
    """Write every catalogue anew and say what is not translated."""
    for language, packages in PACKAGES.items():
        # All are read before one is written: a sentence that moved takes its translation along.
        catalogues = {package: updated(language, package) for package in packages}
        for package, catalogue in catalogues.items():
            if len(catalogue):
                (FOLDER / language).mkdir(exist_ok=True)
                place(language, package).write_bytes(text_of(catalogue))
            print(f"{language}/{package}: {len(catalogue)} sentences, {len(untranslated(catalogue))} to translate")


def _whole(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
