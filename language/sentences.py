"""Which sentences the code says. Babel's own extractor fails on f-strings in the version that the dialogs pin."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).parent.parent
MARKS = frozenset(
    (
        *("_", "N_", "n_", "Message", "template", "refused", "nothing_happened", "in_doubt", "ProviderRefused"),
        *("CommandRejected", "NotAllowed", "WrongState", "StaleRevision", "TooLate", "NotFound", "NotConfigured"),
        *("StepObsolete", "ConcurrencyConflict", "invalid", "unfit", "plain", "reasoned"),
    )
)
"""Whose first argument is a sentence; of `n_` the second too, and of `invalid` and `unfit` the second alone."""
_PLACE = re.compile(r"\{\w*\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A marked sentence, its plural if it has one, and where it stands.

    `text` is None where it is put together, so that no catalogue could have it.
    """

    text: str | None
    plural: str | None
    place: str


def sentences(package: str) -> Iterator[Sentence]:
    """Every marked sentence of the package, or module, in the order of its files; those of its templates come first."""
    where = ROOT / package
    for path in sorted(where.rglob("*.html")) if package == "web" else ():
        tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
        for line, _mark, found in extract_from_ast(tree, ("_",)):
            text = found[0] if isinstance(found, tuple) else found
            if text:  # else a sentence of a table, marked where it stands
                yield Sentence(text, None, f"{path.relative_to(ROOT).as_posix()}:{line}")
    for path in [where] if where.is_file() else sorted(where.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and (mark := _name(node.func)) in MARKS:
                plural = _constant(node.args[1]) if mark == "n_" and len(node.args) > 1 else None
                said = node.args[1 if mark in ("invalid", "unfit") else 0]
                if not isinstance(said, ast.Constant | ast.JoinedStr | ast.BinOp):
                    continue  # a table of sentences, marked where it stands
                if mark == "Message" and not _has_words(_constant(said)):
                    continue  # only how facts stand beside each other
                place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                yield Sentence(_constant(said), plural, place)


def _has_words(sentence: str | None) -> bool:
    return sentence is None or any(character.isalpha() for character in _PLACE.sub("", sentence))


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
