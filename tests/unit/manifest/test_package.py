"""The package that is uploaded to Teams."""

import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from bot.grammar import read_order
from manifest.build import BadInput, main, package
from manifest.content import COMMANDS, content
from manifest.icons import colour_icon, outline_icon

APP = "11111111-2222-3333-4444-555555555555"


def pixels(png: bytes, size: int) -> list[tuple[int, ...]]:
    start = png.index(b"IDAT") + 4
    length = struct.unpack(">I", png[start - 8 : start - 4])[0]
    raw = zlib.decompress(png[start : start + length])
    rows = [raw[row * (size * 4 + 1) + 1 : (row + 1) * (size * 4 + 1)] for row in range(size)]
    return [tuple(row[at : at + 4]) for row in rows for at in range(0, size * 4, 4)]


def test_the_icons_have_the_sizes_and_colours_that_teams_wants() -> None:
    assert struct.unpack(">II", colour_icon()[16:24]) == (192, 192)
    assert struct.unpack(">II", outline_icon()[16:24]) == (32, 32)
    outline = pixels(outline_icon(), 32)
    assert {pixel[:3] for pixel in outline} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in outline}


def test_every_offered_command_is_one_that_the_bot_understands() -> None:
    for name, said in COMMANDS:
        order = read_order(f"change {name}")
        assert order is not None
        assert order.name == name
        assert 0 < len(said) <= 128
    assert len(COMMANDS) <= 12


def test_the_manifest_keeps_the_limits_of_teams() -> None:
    made = content(APP, "https://example.org")
    assert len(made["name"]["short"]) <= 30
    assert len(made["name"]["full"]) <= 100
    assert len(made["description"]["short"]) <= 80
    assert len(made["description"]["full"]) <= 4000
    assert made["bots"][0]["botId"] == made["id"] == APP
    assert "packageName" not in made
    assert all(len(each["title"]) <= 32 for each in made["bots"][0]["commandLists"][0]["commands"])


def test_the_package_holds_manifest_and_icons_and_is_the_same_each_time(tmp_path: Path) -> None:
    first = package(APP, "https://example.org", tmp_path / "a.zip")
    second = package(APP, "https://example.org", tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(archive.read("manifest.json"))["id"] == APP


@pytest.mark.parametrize(("app", "url", "said"), [("", "https://a", "APP_ID"), (APP, "http://a", "https://")])
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, app: str, url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        package(app, url, tmp_path / "a.zip")
    assert main(["--app-id", app, "--public-url", url, "--out", str(tmp_path / "a.zip")]) == 2
