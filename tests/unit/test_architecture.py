"""docs/architecture.md names what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_path_of_the_architecture_exists() -> None:
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.py|\.toml))`", PAGE))
    assert len(named) > 40
    beside = [ROOT / name.rpartition("/")[0] for name in named]  # `a/b.py`, `c.py`: the second lies beside the first
    assert {each for each in named if not any((base / each).exists() for base in (ROOT, *beside))} == set()


def test_no_folder_of_the_core_or_the_cards_is_flat_and_no_module_of_the_core_long() -> None:
    for folder in ("changes", "cards"):
        for each in (ROOT / folder).rglob("__init__.py"):
            assert len(list(each.parent.glob("*.py"))) - 1 <= 10, each.parent
    assert len(list((ROOT / "application").glob("*.py"))) <= 11
    lengths = {each: each.read_text(encoding="utf-8").count("\n") for each in (ROOT / "changes").rglob("*.py")}
    assert {each for each, length in lengths.items() if length > 250} == set()
