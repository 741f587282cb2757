"""SECURITY.md promises nothing that no test shows: what it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| (?!promise|what\b|---)(.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


def names_in(path: Path) -> set[str]:
    """The functions that the module defines."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_promise_names_what_holds_it_which_is_there_and_a_test() -> None:
    assert len(PROMISES) > 30
    assert [promise for promise, held, shown, _ in PROMISES if "`" not in held or "test_" not in shown] == []
    named = {name for _, held, _, _ in PROMISES for name in re.findall(r"`([^`]+)`", held)}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_test_that_is_named_is_there() -> None:
    named = {name for _, _, shown, _ in PROMISES for name in re.findall(r"`([^`]+\.py[^`]*)`", shown)}
    missing = set()
    for name in named:
        file, _, function = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or (function and function not in names_in(path)):
            missing.add(name)
    assert missing == set()


def test_every_test_of_an_attack_shows_a_promise() -> None:
    attacks = {path.name for path in (ROOT / "tests" / "integration" / "attack").glob("test_*.py")}
    assert {name for name in attacks if f"attack/{name}" not in PAGE} == set()
