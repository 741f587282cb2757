"""Every sentence is in the catalogues, translated, with the same places and marks, and none stands outside."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest

from application.input_parsing.phrases import MYSELF
from bot.commands.command_words import COMMANDS_BY_WORD, VERBS
from changes.reporting.search import comparable
from language.catalogues import FOLDER, files, load
from language.po import Translations, read_texts
from language.sentences import MARKS, ROOT, sentences
from language.update import PACKAGES, place, read, text_of, translations, untranslated, updated

EVERY = [(language, package) for language, packages in PACKAGES.items() for package in packages]
PLACE = re.compile(r"\{\w+\}")
CODE = re.compile(r"`[^`]*`")
COMMAND = re.compile(r"`[^`]*`|\*\*/change [^*]*\*\*|^/\w+.*")
PARTS = dict(
    re.findall(
        r"(\w+)=(\w+)",
        "motif=reason nom=name texte=text remarque=note type=kind numéro=id commentaire=comment serveur=server "
        "intervenant=implementer demandeur=requester réussi=pass échec=fail tous=all mes=mine correction=fix "
        "fichiers=files données=data système=system vérifié=checked supprimer=remove nouveau=new lien=link "
        "retour=back annuler=cancel aide=help "
        "fait=done rouvrir=undo dispenser=waive ajouter=add soumettre=submit le=the refuser=nogo urgence=emergency "
        "enregistrer=save liste=list voir=show utiliser=use modifier=edit retirer=retire approuver=approve "
        "verrouiller=lock exiger=require libérer=default depuis=from champs=fields",
    )
) | {"jusqu’au": "until"}
"""What stands behind a command, or alone, in French; the command itself is read as the bot reads it."""


def in_english(command: str) -> list[str]:
    """The words of the command; each word that the bot takes in French as the English one that means the same."""
    called, *words = command.strip("`*").split() or [""]
    if called == "@Change" and words:
        called, words = f"{called} {words[0]}", words[1:]
    if called in ("/change", "@Change bot") and words:
        words[0] = COMMANDS_BY_WORD.get(comparable(words[0]), words[0])
    if called == "/as" and comparable(" ".join(words)) in MYSELF:
        words = ["me"]
    words = [PARTS.get(each.casefold(), each.casefold()) for each in words]
    return [PARTS.get(called, called), *words]


@cache
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


@pytest.mark.parametrize("language", PACKAGES)
def test_the_bot_reads_its_catalogues_as_babel_does(language: str) -> None:
    """It has a reader of its own, which knows no more than what language.update writes."""
    ours, theirs = load(language), translations(language)
    assert ours.texts == {
        each.id[0] if isinstance(each.id, tuple) else each.id: (
            tuple(each.string) if isinstance(each.string, tuple | list) else (each.string,)
        )
        for each in theirs
        if each.id
    }
    index = c2py(theirs.plural_expr)
    for one, more in (each.id for each in theirs if isinstance(each.id, tuple)):
        for number in (0, 1, 2, 7, 100):
            assert ours.ngettext(one, more, number) == ours.texts[one][index(number)]


def test_a_text_in_several_lines_or_with_signs_is_read_and_one_without_a_translation_stays_english() -> None:
    texts = read_texts('msgid ""\n"a "\n"\\"b\\"\\n"\nmsgstr "é"\n\nmsgid "x"\nmsgstr ""\n')
    assert texts == {'a "b"\n': ("é",)}
    spoken = Translations("fr", texts)
    assert (spoken.gettext("x"), [spoken.ngettext("x", "xs", n) for n in (0, 1, 2)]) == ("x", ["xs", "x", "xs"])


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


SPEAKING = ("application", "cards", "dialogs", "bot", "changes", "infomaniak", "scheduler", "notices", "web")
SPOKEN_LOCALLY = ("local/impersonation.py", "local/time_travel.py")
FOR_PROGRAMMERS = frozenset(
    (
        *("ValueError", "TypeError", "RuntimeError", "KeyError", "compile", "debug", "info", "warning", "error"),
        *("exception", "getLogger", "TypeVar", "Counter", "Histogram", "BadActivity", "Unauthorised", "print"),
        *("fetch_failed", "SystemExit", "HostNotReady", "Forbidden", "RateLimited"),
        *("error_response", "DatabaseUnavailable", "failed"),
    )
)
"""Whose arguments no person in Teams reads."""
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
EXCEPTIONS = {
    "dialog state": "the name of a part of the SDK's memory",
    "private, no-store": "a header",
    "private, max-age=900": "a header",
    "Teams opened no conversation: its answer names none.": "for the log; the call is made again",
    "Microsoft's sign-in gave no answer the bot can use. The message is sent later.": "for the log",
    "The signing keys of the Bot Framework cannot be fetched.": "for the log and the HTTP answer",
    "The signing key of the token is not known yet.": "for the log and the HTTP answer",
    "nobody here carries out {}": "for the log: a fault of ours",
    "{} does not exist": "for the log: a fault of ours",
    "{} is not recorded": "for the log: a fault of ours",
    "the timeline": "the name of who acts, never shown",
    "SSD NAS": "a name",
    "@Change bot": "the bot's name, as it is typed in front of a command",
    "Small desktop NAS": "a name",
    "No block storage of version 3 was found.": "for the log",
    "nothing happened": "a name in the code",
    "in doubt": "a name in the code",
    "the database cannot be used: {}": "for the log",
    "no reason was given": "for the log",
    "no place to fill in": "for whoever writes services.toml, at the start",
    "internetMessageId eq '{}'": "a query",
    "The notice template {} cannot be used: {}.": "for whoever writes a template, at the start",
    "The notice template {} cannot be filled: {}.": "for whoever writes a template",
}
"""What no person reads in Teams, and why."""
COMMANDS = re.compile(
    r"^((list|calendar|stats|show|mine) (\{\}|all$|mine$)|(edit|ledger|language|repeat|series) |"
    r"admin (again|drop|enable|refusals) )"
)
BY_THE_ADMINISTRATOR = {
    *("http_server.py", "infomaniak/public_cloud/entry.py", "infomaniak/registry.py", "infomaniak/vps_api/entry.py"),
    *("infomaniak/vps_api/probe.py", "notices/sandbox.py"),
    *("application/retry_log.py", "application/limits/few_looks.py", "bot/health.py", "scheduler/worker_beats.py"),
    "application/bearer_tokens.py",
}
"""Speaks on the command line, at the start too, in the log or to monitoring."""
READ_ONLY = {"application/input_parsing/phrases.py", "dialogs/keywords.py"}
"""What people type, and nobody is shown."""


def strays(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _in(tree, path, marked=False)


def _in(node: ast.AST, path: Path, *, marked: bool) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        marked = marked or name in MARKS | FOR_PROGRAMMERS
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        if not marked and _sentence("".join(map(str, parts))):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {''.join(map(str, parts))}"
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _in(part.value, path, marked=marked)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and not marked and _sentence(node.value):
        yield f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
    for child in ast.iter_child_nodes(node):
        yield from _in(child, path, marked=marked)


def _sentence(text: str) -> bool:
    """Two words that stand apart, and that are no command, pattern, header or style."""
    words = WORD.findall(text.replace("{}", " "))
    if len(words) < 2 or not re.search(r"[A-Za-zÀ-ÿ,] [A-Za-zÀ-ÿ*“`{]", text):
        return False
    return not re.search(r"^/|^%|: \w+[;,]|<\w+|\\[dsw]|; ", text)


@pytest.mark.parametrize("package", SPEAKING)
def test_no_sentence_stands_outside_the_catalogues(package: str) -> None:
    found = [each for path in sorted((ROOT / package).rglob("*.py")) for each in strays(path)]
    assert [each for each in found if not _known(each)] == []


@pytest.mark.parametrize("module", SPOKEN_LOCALLY)
def test_no_sentence_of_the_chat_in_local_mode_stands_outside_the_catalogues(module: str) -> None:
    assert list(strays(ROOT / module)) == []


def _known(stray: str) -> bool:
    place, _, text = stray.partition(": ")
    is_for_programs = place.startswith("web/api/")  # of others: in English, as their logs are
    silent = is_for_programs or place.partition(":")[0] in BY_THE_ADMINISTRATOR | READ_ONLY
    return silent or text in EXCEPTIONS or bool(COMMANDS.match(text))


def test_the_search_finds_a_sentence_that_was_forgotten(tmp_path: Path) -> None:
    path = ROOT / "cards" / "forgotten.py"
    tree = ast.parse('def f(who):\n    """A docstring may say anything."""\n    return f"{who} has to decide."\n')
    assert list(_in(tree, path, marked=False)) == ["cards/forgotten.py:3: {} has to decide."]
    assert not list(_in(ast.parse('_("{who} has to decide.", who=1)'), path, marked=False))


def test_no_word_stands_for_two_commands() -> None:
    found = Counter(word for name in VERBS for word in {comparable(each) for each in VERBS[name]})
    assert [word for word, commands in found.items() if commands > 1] == []
