"""One glossary: no sentence, translation, notice or line of the manifest has a word for which there is a better one."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from language.sentences import ROOT, sentences
from language.update import PACKAGES, place, read
from tests.support.teams_rules import walk

GLOSSARY: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8")
)
TYPED = re.compile(r"`[^`]*`|\*\*/change [^*]*\*\*|^/\w+.*|: change \w+ 7.*")
"""What one types keeps its words."""
Said = Iterator[tuple[str, str]]


def english() -> Said:
    """Each sentence with where it stands."""
    for package in sorted({each for packages in PACKAGES.values() for each in packages}):
        for said in sentences(package):
            yield from ((said.place, text) for text in (said.text, said.plural) if text)
    yield from notices("en")
    manifest: dict[str, Any] = json.loads((ROOT / "manifest/manifest.json").read_text(encoding="utf-8"))
    for node in walk(manifest):
        for name in ("short", "full", "description", "label"):
            if isinstance(node.get(name), str):
                yield "manifest/manifest.json", node[name]


def french() -> Said:
    for package in PACKAGES["fr"]:
        path = place("fr", package)
        for message in read(path, "fr") if path.exists() else ():
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield from ((path.name, text) for text in strings if message.id and text)
    yield from notices("fr")
    yield from of_the_app("fr")


def german() -> Said:
    for package in PACKAGES["de"]:
        for message in read(place("de", package), "de"):
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield from ((package, text) for text in strings if message.id and text)
    yield from notices("de")
    yield from of_the_app("de")


def of_the_app(language: str) -> Said:
    """What Teams shows of the app; its name is the same in all languages."""
    path = ROOT / "manifest/translations" / f"{language}.json"
    for text in json.loads(path.read_text(encoding="utf-8")).values():
        yield path.name, text.replace("Change bot", "")


def notices(language: str) -> Said:
    for path in sorted((ROOT / "notices/templates" / language).glob("*.md")):
        yield from ((f"{path.name}:{n}", line) for n, line in enumerate(path.read_text("utf-8").splitlines(), 1))


SAID = {"en": english, "fr": french, "de": german}


def found(language: str) -> dict[str, list[str]]:
    """The patterns that something matches, with what it is."""
    said = [(where, TYPED.sub("", text)) for where, text in SAID[language]()]
    hits = {
        pattern: [f"{where}: {text} → {better}" for where, text in said if re.search(pattern, text)]
        for pattern, better in GLOSSARY[language].items()
    }
    return {pattern: each for pattern, each in hits.items() if each}


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_every_word_is_the_better_one(language: str) -> None:
    assert found(language) == {}


def test_a_word_of_the_left_column_would_be_found() -> None:
    assert any(re.search(pattern, "Ways out") for pattern in GLOSSARY["en"])
    assert any(re.search(pattern, "Das Zeitfenster") for pattern in GLOSSARY["de"])
    assert any(re.search(pattern, "Ce que les gens remarqueront") for pattern in GLOSSARY["fr"])
