"""The package that is uploaded to Teams, and what is said to whoever builds it."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from manifest.build import BadInput, Pages, main, package

ROOT = Path(__file__).parents[3]
APP = "11111111-2222-3333-4444-555555555555"
PAGE = "https://change.example.ch"
PAGES = Pages(PAGE)


def test_the_package_holds_the_manifest_and_the_icons_that_it_names_and_is_the_same_wherever_it_is_built(
    tmp_path: Path,
) -> None:
    built = package(APP, PAGES, tmp_path / "deep" / "down" / "a.zip")
    assert built.read_bytes() == package(APP, PAGES, tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(built) as archive:
        told = {(entry.date_time, entry.create_system) for entry in archive.infolist()}
        assert told == {((1980, 1, 1, 0, 0, 0), 3)}, "neither when nor on what system"
        made = json.loads(archive.read("manifest.json"))
        files = [each["file"] for each in made["localizationInfo"]["additionalLanguages"]]
        assert sorted(archive.namelist()) == sorted(["manifest.json", *files, *made["icons"].values()])
        assert archive.testzip() is None
    assert made["id"] == APP


def test_any_python_builds_it_with_nothing_installed(tmp_path: Path) -> None:
    """`make package` where there is no .venv, no network and no package: the Python that is found looks at none."""
    for each in ("Makefile", "version.py", "pyproject.toml"):
        shutil.copy(ROOT / each, tmp_path)
    shutil.copytree(ROOT / "manifest", tmp_path / "manifest", ignore=shutil.ignore_patterns("__pycache__"))
    only = tmp_path / "bin" / "python3.13"
    only.parent.mkdir()
    only.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n', encoding="utf-8")
    only.chmod(0o755)
    made = subprocess.run(
        ["make", "package", f"APP_ID={APP}", f"PUBLIC_URL={PAGE}"],
        cwd=tmp_path,
        env={"PATH": f"{only.parent}:/usr/bin:/bin", "PYTHON": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "dist" / "change-bot.zip").read_bytes() == package(APP, PAGES, tmp_path / "b.zip").read_bytes()
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    "app",
    [
        "",
        "change-bot",
        APP[:-1],
        APP + "0",
        "{" + APP + "}",
        APP.replace("-", ""),
        "00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_is_no_app_id_is_answered_in_one_line_with_what_to_type(
    app: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    assert main(["--app-id", app, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "make package APP_ID=" in said
    assert not out.exists()


WRONG = {
    "privacy": Pages(PAGE, privacy="http://change.example.ch"),
    "terms": Pages(PAGE, terms="change.example.ch"),
}


@pytest.mark.parametrize("pages", WRONG.values(), ids=WRONG)
def test_the_pages_about_privacy_and_terms_are_held_to_the_same(pages: Pages, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="must look like"):
        package(APP, pages, tmp_path / "a.zip")


NO_PAGES = {
    **dict.fromkeys(
        ("http://change.example.ch", "change.example.ch", "https://", "https:///about", "https://a b", "https://[", ""),
        r"must look like https://change\.example\.ch, not",
    ),
    PAGE + "/" + "a" * (2048 - len(PAGE)): "2049 characters",
}


@pytest.mark.parametrize(("url", "said"), NO_PAGES.items())
def test_an_address_that_is_not_https_or_too_long_is_refused(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=said):
        package(APP, Pages(url), tmp_path / "a.zip")


def test_what_was_built_before_stays_when_the_input_is_bad_and_a_place_that_cannot_be_written_is_named(
    tmp_path: Path,
) -> None:
    before = package(APP, PAGES, tmp_path / "a.zip").read_bytes()
    with pytest.raises(BadInput):
        package("", PAGES, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == before
    with pytest.raises(BadInput, match=r"cannot be written .* name another place with --out"):
        package(APP, PAGES, tmp_path)


def test_who_built_it_is_told_where_it_lies_and_where_its_links_lead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    assert main(["--app-id", APP, "--out", str(out)]) == 0
    assert out.is_file()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{out} is ready")
    assert "PUBLIC_URL=" in second
    website = ["--app-id", APP, "--out", str(out), "--public-url", PAGE]
    assert main(website) == 0
    _, second = capsys.readouterr().out.splitlines()
    assert "PRIVACY_URL, TERMS_URL" in second
    assert second.endswith(PAGE)
    assert main([*website, "--privacy-url", f"{PAGE}/privacy", "--terms-url", f"{PAGE}/terms"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
