"""A release is made of a commit: notes, package and image first, and the tag only when all of it is there."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from release.__main__ import main
from release.notes import NotReady, notes
from version import version

APP_ID = "12345678-90ab-cdef-1234-567890abcdef"
CHANGELOG = f"""# Changelog

## {version()} - 2026-11-27

### Added

- Everything.

## 0.1.0 - 2026-11-01

- Something.
"""
ROOT = Path(__file__).parents[3]


def git(repository: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Nadia", "-c", "user.email=nadia@example.ch")
    ran = subprocess.run(["git", *who, *arguments], cwd=repository, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit, on a machine that has git and nothing that builds images."""
    tools = tmp_path / "tools"
    tools.mkdir()
    found = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    (tools / "git").symlink_to(found)
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch=main")
    (made / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    git(made, "add", ".")
    git(made, "commit", "--quiet", "--message", "All of it")
    monkeypatch.setenv("PATH", str(tools))
    for whose in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{whose}_NAME", "Nadia")
        monkeypatch.setenv(f"GIT_{whose}_EMAIL", "nadia@example.ch")
    return made


def builder(repository: Path, script: str) -> None:
    """From now on the machine has a podman that builds so, and a docker without its service."""
    for name, does in (("docker", "exit 1"), ("podman", f'[ "$1" = version ] && exit 0\n{script}')):
        path = repository.parent / "tools" / name
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)


def test_it_has_notes_and_a_tag_that_says_them_and_says_what_could_not_be_made(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], repository) == 0
    assert (repository / "dist" / f"change-bot-{version()}.md").read_text(
        encoding="utf-8"
    ) == "### Added\n\n- Everything.\n"
    assert "### Added\n\n- Everything." in git(
        repository, "for-each-ref", "--format=%(contents)", f"refs/tags/v{version()}"
    )
    said = capsys.readouterr().out
    assert "APP_ID=" in said
    assert "neither docker nor podman is here and answers" in said


def test_it_has_the_app_package_and_the_image_of_its_version(repository: Path) -> None:
    builder(repository, f'echo "$@" > {repository}/asked')
    assert main(["--app-id", APP_ID], repository) == 0
    with zipfile.ZipFile(repository / "dist" / f"change-bot-{version()}.zip") as archive:
        assert f'"version": "{version()}"' in archive.read("manifest.json").decode()
    asked = (repository / "asked").read_text(encoding="utf-8").split()
    assert asked == ["build", "--file", "deploy/Dockerfile", "--tag", f"change-bot:{version()}", "."]


@pytest.mark.parametrize("wrong", ["changed", "tagged", "unsaid", "app id", "image"])
def test_what_is_not_ready_is_not_tagged(repository: Path, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    match wrong:
        case "changed":
            (repository / "CHANGELOG.md").write_text(CHANGELOG + "\n", encoding="utf-8")
        case "tagged":
            git(repository, "tag", f"v{version()}")
        case "unsaid":
            (repository / "CHANGELOG.md").write_text(CHANGELOG.replace(version(), "Unreleased"), encoding="utf-8")
            git(repository, "commit", "--quiet", "--all", "--message", "Nothing of it")
        case "image":
            builder(repository, "exit 1")
        case _:
            pass  # the app id is given below
    before = git(repository, "for-each-ref")
    assert main(["--app-id", "mine"] if wrong == "app id" else [], repository) == 2
    assert git(repository, "for-each-ref") == before
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_our_own_changelog_says_what_is_new_in_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert notes(changelog, version())
    with pytest.raises(NotReady, match=r"9\.9\.9"):
        notes(changelog, "9.9.9")


def test_the_program_says_its_version() -> None:
    ran = subprocess.run(
        [sys.executable, "app.py", "--version"],
        cwd=ROOT,
        env={"CHANGE_PORT": "none, and nobody reads it"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"Change bot {version()}\n", "")
