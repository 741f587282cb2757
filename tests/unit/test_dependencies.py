"""What is installed: no more than is declared and used, by default without what few need, under known licences."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from requirements import licences
from tests.support.packages import closure, plain

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME, EXTRA = PROJECT["project"]["dependencies"], PROJECT["project"]["optional-dependencies"]["public-cloud"]
FOR_DEVELOPERS = ("tests", "bench")
LOADED_BY_NAME = {"aiosqlite", "asyncpg", "tzdata"}
"""Drivers that an address of a database names, and the zones that Python reads where the system has none."""
OPENSTACKS = "infomaniak/public_cloud"
"""The one folder that may use what the extra brings; nothing there is imported before a service asks for it."""


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@cache
def imported(path: Path) -> frozenset[str]:
    """The packages that the module imports, wherever in it, by the names that they are installed under."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = [node.module]
        found.update(plain(each) for name in named for each in whose().get(name.partition(".")[0], ()))
    return frozenset(found)


@cache
def whose() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def used(sources: Iterable[Path]) -> set[str]:
    """The packages that the sources import."""
    return set().union(*map(imported, sources))


def sources() -> list[Path]:
    """The program's own, without what only developers run."""
    folders = [each for each in PROJECT["tool"]["importlinter"]["root_packages"] if each not in FOR_DEVELOPERS]
    return [
        *ROOT.glob("*.py"),
        *(ROOT / "check").rglob("*.py"),
        *(path for each in folders for path in (ROOT / each).rglob("*.py")),
    ]


def test_each_lock_has_the_one_before_it_in_the_same_versions() -> None:
    assert pinned("runtime").items() <= pinned("public-cloud").items() <= pinned("dev").items()


def test_the_default_install_is_without_openstack_and_without_what_only_developers_need() -> None:
    assert {"openstacksdk", "keystoneauth1", "botbuilder-integration-aiohttp", "legacy-cgi"}.isdisjoint(
        pinned("runtime")
    )
    assert {"openstacksdk", "keystoneauth1"} <= set(pinned("public-cloud"))


def test_the_program_imports_what_the_default_install_has_and_one_folder_what_the_extra_brings() -> None:
    inside = [path for path in sources() if OPENSTACKS not in path.as_posix()]
    shared = {"botbuilder-integration-aiohttp"}  # a namespace that three packages share
    assert used(inside) - shared <= set(pinned("runtime"))
    assert used(sources()) - shared <= set(pinned("public-cloud"))
    assert "msrest" not in used(sources())


def test_every_package_that_is_declared_is_used() -> None:
    assert {plain(re.split(r"[\[<>=~! ]", each)[0]) for each in [*RUNTIME, *EXTRA]} - used(
        sources()
    ) == LOADED_BY_NAME - {"asyncpg"}


def test_what_only_the_dialogs_bring_is_named_with_the_way_out() -> None:
    others = [each for each in RUNTIME if not each.startswith("botbuilder-dialogs")]
    [page] = (ROOT / "docs" / "decisions").glob("0020-*.md")
    said = page.read_text(encoding="utf-8")
    only = closure(["botbuilder-dialogs"]) - closure(others)
    assert len(only) > 8
    unsaid = [
        each
        for each in only
        if not re.search(rf"`(recognizers-text)?{re.escape(each.removeprefix('recognizers-text'))}`", said)
    ]
    assert unsaid == []


def test_the_list_of_licences_is_that_of_what_is_installed() -> None:
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(), "run make licences"


def test_what_the_bot_is_passed_on_with_asks_for_no_more_than_its_notice() -> None:
    found = dict(licences.licences())
    asking = {
        name: each
        for lock in ("runtime", "public-cloud")
        for name, each in found[lock].items()
        if licences.asks_more(each)
    }
    assert asking == {}
    assert licences.asks_more("GPL-3.0-only")
    assert licences.asks_more("MIT AND AGPL-3.0-only")
    assert not licences.asks_more("GPL-2.0-only OR MIT")


@pytest.mark.thorough
def test_an_audit_of_nothing_passes_only_where_it_is_not_required() -> None:
    nobody = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")

    def audit(*arguments: str) -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "requirements/audit.py", *arguments],
            cwd=ROOT,
            env=nobody,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout

    status, said = audit()
    assert status == 0
    assert "nothing was audited" in said
    status, said = audit("--required")
    assert status == 1
    assert "AUDIT_OFFLINE=1" in said


def test_make_audit_is_required_in_ci_unless_it_is_told_otherwise() -> None:
    def asked(**environment: str) -> str:
        ran = subprocess.run(
            ["make", "--just-print", "--assume-old=.venv/.installed", "audit"],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    assert "--required" not in asked()
    assert "audit.py --required" in asked(CI="true")
    assert "--required" not in asked(CI="true", AUDIT_OFFLINE="1")
    assert "audit.py --required" in asked(CI="true", AUDIT_OFFLINE="")
