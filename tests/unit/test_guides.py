"""The pages for requesters and approvers say what the bot says: its buttons, its commands, in English and in French."""

import re
from pathlib import Path

import pytest

from bot.commands.command_parser import parse_command
from bot.commands.command_words import VERBS, word_for
from language import use_language
from language.catalogues import load
from language.sentences import sentences
from language.update import PACKAGES
from tests.cards.pictures.guides import LANGUAGES, PICTURED, guide_file
from tests.unit.language.test_glossary import GLOSSARY

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "en": ("for-requesters.md", "for-approvers.md"),
    "fr": ("pour-les-demandeurs.md", "pour-les-approbateurs.md"),
}
EACH = [(language, page) for language, pages in PAGES.items() for page in pages]
PICTURE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")
LABEL = re.compile(r"(?<![*\w])\*([^*\n]+(?:\n[^*\n]+)?)\*(?![*\w])")


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def said() -> dict[str, set[str]]:
    """What the bot can say, in each language."""
    english = {each.text for package in PACKAGES["fr"] for each in sentences(package) if each.text}
    return {"en": english, "fr": {form for forms in load("fr").texts.values() for form in forms}}


@pytest.mark.parametrize(("language", "page"), EACH)
def test_each_button_and_field_of_a_page_is_called_as_on_the_cards(
    language: str, page: str, said: dict[str, set[str]]
) -> None:
    labels = {" ".join(label.split("\n")) for label in LABEL.findall(text(page))}
    assert len(labels) > 10
    assert {label for label in labels if label not in said[language]} == set()


@pytest.mark.parametrize(("language", "page"), EACH)
def test_each_command_of_a_page_is_understood_and_in_the_language_of_the_page(language: str, page: str) -> None:
    commands = re.findall(r"`(?:/change|@Change bot)\s([^`]+)`", text(page))
    assert len(commands) > 3
    for typed in commands:
        command = parse_command(f"/change {' '.join(typed.split())}")
        assert command is not None
        assert command.name in VERBS, typed
        with use_language(language):
            assert typed.split()[0] == word_for(command.name), typed


@pytest.mark.parametrize("number", [0, 1], ids=["requesters", "approvers"])
def test_the_french_page_says_as_much_as_the_english_one(number: int) -> None:
    english, french = (text(PAGES[language][number]) for language in ("en", "fr"))
    for count in (r"^#+ ", r"^!\[", r"^\|", r"^- ", r"`/change [^`]+`"):
        assert len(re.findall(count, english, flags=re.MULTILINE)) == len(re.findall(count, french, flags=re.MULTILINE))
    shown = [[target for _, target in PICTURE.findall(page)] for page in (english, french)]
    assert [target.replace("-en.png", "-fr.png") for target in shown[0]] == shown[1]


def test_each_picture_is_one_that_make_pictures_draws_and_each_that_it_draws_is_shown() -> None:
    drawn = {guide_file(name, language) for name in PICTURED for language in LANGUAGES}
    shown = {target for _, page in EACH for _, target in PICTURE.findall(text(page))}
    assert shown == {f"guides/{file}" for file in drawn}
    assert {each.name for each in (DOCS / "guides").iterdir()} == drawn


@pytest.mark.parametrize(("language", "page"), EACH)
def test_a_page_keeps_to_the_glossary(language: str, page: str) -> None:
    prose = re.sub(r"\s+", " ", re.sub(r"`[^`]*`", "", text(page)))
    better = {pattern: word for pattern, word in GLOSSARY[language].items() if re.search(pattern, prose)}
    assert better == {}


@pytest.mark.parametrize("page", PAGES["fr"])
def test_french_keeps_its_marks_on_the_line_of_their_word(page: str) -> None:
    prose = re.sub(r"\]\([^)]*\)|`[^`]*`|^\|.*$", "", text(page), flags=re.MULTILINE)
    assert not re.search(r"(?<!\u00a0)[;:!?»](?=\s|$)", prose.replace("![", "["))
    assert not re.search(r"«(?!\u00a0)|'", prose)
