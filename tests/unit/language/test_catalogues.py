"""Every sentence is in the catalogues, translated, with the same places and marks."""

import re
from collections import Counter

import pytest

from bot.commands.command_words import COMMANDS_BY_WORD
from changes.reporting.search import comparable
from language.catalogues import FOLDER, files, read
from language.sentences import sentences
from language.update import PACKAGES, place, text_of, untranslated, updated

EVERY = [(language, package) for language, packages in PACKAGES.items() for package in packages]
PLACE = re.compile(r"\{\w+\}")
CODE = re.compile(r"`[^`]*`")
COMMAND = re.compile(r"`[^`]*`|\*\*/change [^*]*\*\*|^/\w+.*")
PARTS = dict(
    re.findall(
        r"(\w+)=(\w+)",
        "motif=reason nom=name texte=text remarque=note type=kind numéro=id commentaire=comment serveur=server "
        "intervenant=implementer demandeur=requester réussi=pass échec=fail tous=all mes=mine correction=fix "
        "fichiers=files données=data système=system vérifié=checked supprimer=remove nouveau=new retour=back "
        "annuler=cancel aide=help soumettre=submit le=the refuser=nogo",
    )
)
"""What stands behind a command, or alone, in French; the command itself is read as the bot reads it."""


def in_english(command: str) -> list[str]:
    """The words of the command; each word that the bot takes in French as the English one that means the same."""
    called, *words = command.strip("`*").split() or [""]
    if called == "@Change" and words:
        called, words = f"{called} {words[0]}", words[1:]
    if called in ("/change", "@Change bot") and words:
        words[0] = COMMANDS_BY_WORD.get(comparable(words[0]), words[0])
    words = [PARTS.get(each.casefold(), each.casefold()) for each in words]
    return [PARTS.get(called, called), *words]


def pairs(language: str, package: str) -> list[tuple[str, str]]:
    found = []
    for message in updated(language, package):
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            found += [(message.id[min(n, 1)], text) for n, text in enumerate(message.string)]
        else:
            found.append((message.id, str(message.string)))
    return found


@pytest.mark.parametrize(("language", "package"), EVERY)
def test_the_catalogue_has_every_sentence_of_the_code_translated_and_no_other(language: str, package: str) -> None:
    wanted = updated(language, package)
    if not len(wanted):
        pytest.skip("it says nothing")
    assert untranslated(wanted) == []
    assert place(language, package).read_bytes() == text_of(wanted), "run python -m language.update"


def test_no_catalogue_is_left_of_what_no_longer_speaks() -> None:
    wanted = {place(language, package) for language, package in EVERY}
    assert {path for language in PACKAGES for path in files(language)} <= wanted
    assert all(read(path, path.parent.name) for path in FOLDER.glob("*/*.po"))


@pytest.mark.parametrize(("language", "package"), EVERY)
def test_a_translation_has_the_places_the_marks_and_the_commands_of_its_sentence(language: str, package: str) -> None:
    for sentence, said in pairs(language, package):
        if not sentence.startswith("One ") and "one " not in sentence[:12]:
            assert Counter(PLACE.findall(sentence)) == Counter(PLACE.findall(said)), sentence
        assert sentence.count("**") == said.count("**"), sentence
        assert list(map(in_english, COMMAND.findall(said))) == list(map(in_english, COMMAND.findall(sentence))), (
            sentence
        )
        assert (sentence[0] == " ", sentence[-1] == " ") == (said[0] == " ", said[-1] == " "), sentence


def test_french_is_written_with_its_own_signs() -> None:
    for package in PACKAGES["fr"]:
        for _, said in pairs("fr", package):
            bare = CODE.sub("", said)
            assert "'" not in bare, said
            assert "“" not in bare, said
            assert not re.search(r"[a-zà-ÿ)] [;:!?»]", bare), said


@pytest.mark.parametrize("package", PACKAGES["fr"])
def test_a_marked_sentence_is_not_put_together_so_that_it_can_be_looked_up(package: str) -> None:
    assert [each.place for each in sentences(package) if each.text is None] == []
