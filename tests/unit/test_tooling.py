"""What no other tool checks: the core's imports, the reach of the SDK, the locks, the network guard."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NODE_LOCK = ROOT / "local" / "playground" / "package-lock.json"


def imports_of(path: Path) -> Iterator[str]:
    """The top-level names that the module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_the_core_imports_nothing_but_the_standard_library_and_itself() -> None:
    allowed = sys.stdlib_module_names | {"changes"}
    strangers = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "changes").rglob("*.py")
        for name in imports_of(path)
        if name not in allowed
    }
    assert strangers == set()


@pytest.mark.parametrize("path", [ROOT / "app.py", *(ROOT / "settings").glob("*.py")], ids=lambda path: path.name)
def test_the_composition_root_knows_the_sdk_only_through_bot_and_dialogs(path: Path) -> None:
    assert {"botbuilder", "botframework"}.isdisjoint(imports_of(path))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_python_dependency_is_pinned_with_a_hash_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(requirements) > 50
    assert [each for each in requirements if not re.match(r"[\w.-]+(\[[\w,]+\])?==\S+ ", each)] == []
    assert [each for each in requirements if "--hash=sha256:" not in each] == []
    assert not re.search(r"://|--(extra-)?index-url|--find-links|\s@\s", text)


def test_every_declared_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {
        lock.name: set(re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS
    }

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~! ]", each)[0] for each in requirements}

    assert names(project["project"]["dependencies"]) <= locked["runtime.txt"]
    assert names(project["dependency-groups"]["dev"]) <= locked["dev.txt"]
    assert locked["runtime.txt"] <= locked["dev.txt"]


def test_every_node_package_has_its_integrity_and_no_address() -> None:
    packages = json.loads(NODE_LOCK.read_text(encoding="utf-8"))["packages"]
    pinned = {name: entry for name, entry in packages.items() if name}
    assert "node_modules/@microsoft/m365agentsplayground" in pinned
    assert [name for name, entry in pinned.items() if not entry.get("integrity")] == []
    assert [name for name, entry in pinned.items() if "resolved" in entry] == []


@pytest.mark.parametrize("example", sorted((ROOT / "docs" / "ci").glob("*.yml")), ids=lambda each: each.name)
def test_an_example_of_continuous_integration_calls_what_runs_everywhere_and_passes_over_no_audit(
    example: Path,
) -> None:
    text = example.read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    assert "bash .ci/run" in text
    assert 'AUDIT_OFFLINE: ""' in text
    assert '"${AUDIT_OFFLINE-1}"' in (ROOT / ".ci" / "run").read_text(encoding="utf-8"), "nothing is not the default"


def test_a_hook_fetches_nothing_and_runs_what_the_lock_installs_or_make() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [each["repo"] for each in hooks["repos"]] == ["local"]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for hook in hooks["repos"][0]["hooks"]:
        program, *arguments = hook["entry"].split()
        if program == "make":
            assert set(arguments) <= set(targets)
        else:
            assert program.startswith(".venv/bin/")
            assert Path(sys.executable).with_name(Path(program).name).exists()


def test_the_help_of_make_has_every_command_in_its_column() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [width] = re.findall(r"make %-(\d+)s", makefile)
    commands = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert {"check", "test", "test-long", "licences", "release"} <= set(commands)
    assert max(map(len, commands)) <= int(width)


def test_a_test_may_talk_to_the_loopback_and_fails_where_it_reaches_beyond() -> None:
    with socket.socket() as outside, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 9))  # an address reserved for documentation
    with pytest.raises(pytest.fail.Exception, match=r"example\.invalid"):
        socket.getaddrinfo("example.invalid", 443)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


_TAKING_TURNS = """
import pytest


@pytest.mark.in_turns("numbers")
@pytest.mark.parametrize("number", range(100))
def test_a_number(number: int) -> None:
    assert number < 100
"""


def test_all_processes_of_a_run_take_the_same_turn(tmp_path: Path) -> None:
    """Each drew a seed of its own: of two, half of all runs collected different tests and did none."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (tmp_path / "test_turns.py").write_text(_TAKING_TURNS, encoding="utf-8")
    (tmp_path / "pytest.toml").write_text('[pytest]\nmarkers = ["in_turns(name)"]\n', encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses=2", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},  # noqa: TID251  # a seed
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "1 passed" in run.stdout, run.stdout
