"""The app in French and German: every text that Teams shows of it, and commands that the bot understands."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from bot.commands.command_parser import parse_command
from bot.commands.command_words import word_for
from language import use_language
from manifest.content import TEMPLATE, BadInput, Pages, content, translation_complaints
from manifest.localization import TRANSLATIONS, TYPED, Untranslated, localizations, texts

APP = "11111111-2222-3333-4444-555555555555"
MADE, LANGUAGES = content(APP, Pages("https://change.example.ch", bot="https://change.example.ch"))
FILES = pytest.mark.parametrize("language", ["fr", "de"])


def own(language: str) -> dict[str, str]:
    written: dict[str, str] = json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    return written


@FILES
def test_microsofts_schema_has_no_objection_to_a_language(localization_schema: Draft4Validator, language: str) -> None:
    file = LANGUAGES[f"{language}.json"]
    assert [error.message for error in localization_schema.iter_errors(file)] == []
    assert file["$schema"].split("/")[-2] == MADE["$schema"].split("/")[-2], "the version of the manifest"
    assert file["name.short"] == MADE["name"]["short"], "the bot has one name"


def test_the_languages_are_those_of_the_manifest_and_english_is_the_one_for_all_others() -> None:
    info = MADE["localizationInfo"]
    assert info["defaultLanguageTag"] == "en"
    assert {each["file"]: each["languageTag"] for each in info["additionalLanguages"]} == {
        "fr.json": "fr",
        "de.json": "de",
    }
    assert set(LANGUAGES) == {each["file"] for each in info["additionalLanguages"]}


@FILES
def test_every_text_is_translated_and_no_translation_is_left_over(language: str) -> None:
    file = LANGUAGES[f"{language}.json"]
    english = dict(texts(MADE))
    assert {place for place in english if place not in file} <= {
        place for place in english if place.startswith("bots[0]") and place.endswith(TYPED)
    }
    assert set(own(language)) <= set(english.values())
    assert all(file[place] == own(language)[english[place]] for place in file if not place.startswith("$"))


def test_each_command_in_french_is_the_french_word_of_the_same_command() -> None:
    french = LANGUAGES["fr.json"]
    seen = 0
    for place, english in texts(MADE):
        command = parse_command(english) if place.startswith("bots[0]") and place.endswith(TYPED) else None
        if command is None:
            continue
        with use_language("fr"):
            assert french.get(place, english) == f"change {word_for(command.name)}"
        seen += 1
    assert seen > 20


@FILES
def test_every_example_is_understood_as_the_command_that_it_explains(language: str) -> None:
    examples = 0
    for english, translated in own(language).items():
        before, after = (re.search(r"change \w+ \d.*|change \w+ learn", text) for text in (english, translated))
        assert (before is None) == (after is None), translated
        if before and after:
            meant, understood = parse_command(before[0]), parse_command(after[0])
            assert meant is not None
            assert understood is not None
            assert (understood.name, understood.rest.split()[0]) == (meant.name, meant.rest.split()[0])
            examples += 1
    assert examples > 10


def test_french_has_the_space_before_its_marks_that_does_not_break() -> None:
    for text in own("fr").values():
        assert not re.search(r"(?<!\u00a0)[;:!?](?:\s|$)", text), text
        assert "'" not in text


Edit = Callable[[dict[str, Any]], object]


def edited(edit: Edit) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(MADE))
    edit(made)
    return made


def test_a_command_that_moves_takes_its_own_words_along() -> None:
    def reverse(made: dict[str, Any]) -> None:
        made["bots"][0]["commandLists"][0]["commands"].reverse()

    last = localizations(edited(reverse))["fr.json"]
    assert last["bots[0].commandLists[0].commands[11].title"] == "change nouveau"


def test_a_text_of_ones_own_is_asked_for_in_every_language_of_the_manifest(tmp_path: Path) -> None:
    template = tmp_path / "manifest.json"
    own_text = edited(lambda made: made["description"].update(short="Changes of the school."))
    template.write_text(json.dumps(own_text), encoding="utf-8")
    with pytest.raises(BadInput, match=r"translations/fr\.json has no “Changes of the school\.”"):
        content(APP, Pages("https://change.example.ch"), template)
    own_text["localizationInfo"]["additionalLanguages"] = []
    template.write_text(json.dumps(own_text), encoding="utf-8")
    assert content(APP, Pages("https://change.example.ch"), template)[1] == {}


@pytest.mark.parametrize(
    ("written", "said"), [(None, r"it\.json is missing"), ('{"a" }', "is not valid JSON: .*line 1")]
)
def test_a_language_without_its_file_is_named(tmp_path: Path, written: str | None, said: str) -> None:
    if written is not None:
        (tmp_path / "it.json").write_text(written, encoding="utf-8")
    italian = [{"languageTag": "it", "file": "it.json"}]
    made = edited(lambda made: made["localizationInfo"].update(additionalLanguages=italian))
    with pytest.raises(Untranslated, match=said):
        localizations(made, tmp_path)


@pytest.mark.parametrize(
    ("place", "longest"),
    [
        ("name.short", 30),
        ("description.short", 80),
        ("bots[0].commandLists[0].commands[0].title", 32),
        ("bots[0].commandLists[0].commands[0].description", 128),
        ("composeExtensions[0].commands[0].title", 32),
    ],
)
def test_a_translation_that_teams_would_refuse_or_cut_is_named(place: str, longest: int) -> None:
    assert list(translation_complaints({place: "a" * longest})) == []
    (said,) = translation_complaints({place: "a" * (longest + 1)})
    assert f"{longest + 1} characters" in said
    assert TEMPLATE.name not in said
