"""The three pictures of the app: as large as Teams wants them, and whole in whatever shape Teams cuts them to."""

import json
import struct
import zlib

import pytest

from manifest.content import TEMPLATE

ICONS: dict[str, str] = json.loads(TEMPLATE.read_text(encoding="utf-8"))["icons"]
Pixel = tuple[int, int, int, int]
SAFE = range(48, 144)
"""The middle of the large icon: 48 pixels on each side may be cut off, for round corners or a hexagon."""


def picture(name: str) -> dict[tuple[int, int], Pixel]:
    """Red, green, blue and opacity of each pixel, by column and row."""
    data = (TEMPLATE.parent / ICONS[name]).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, bits, kind = struct.unpack(">IIBB", data[16:26])
    assert (bits, kind) == (8, 6), "eight bits each of red, green, blue and opacity"
    packed, place = b"", 8
    while place < len(data):
        length, chunk = struct.unpack(">I4s", data[place : place + 8])
        packed += data[place + 8 : place + 8 + length] if chunk == b"IDAT" else b""
        place += 12 + length
    rows, line = zlib.decompress(packed), 1 + 4 * width
    assert {rows[line * row] for row in range(height)} == {0}, "rows are stored as they are"
    found: dict[tuple[int, int], Pixel] = {}
    for row in range(height):
        for column in range(width):
            start = line * row + 1 + 4 * column
            red, green, blue, opacity = rows[start : start + 4]
            found[column, row] = (red, green, blue, opacity)
    return found


@pytest.mark.parametrize(("name", "pixels"), [("color", 192), ("outline", 32), ("color32x32", 32)])
def test_each_icon_is_as_large_as_teams_wants_it(name: str, pixels: int) -> None:
    assert max(picture(name)) == (pixels - 1, pixels - 1)


def test_the_symbol_of_the_large_icon_lies_where_nothing_is_cut_off_on_a_square_of_one_colour() -> None:
    seen = picture("color")
    background = seen[0, 0]
    assert f"#{bytes(background[:3]).hex()}".upper() == json.loads(TEMPLATE.read_text(encoding="utf-8"))["accentColor"]
    symbol = {place for place, colour in seen.items() if colour != background}
    assert {colour[3] for colour in seen.values()} == {255}
    assert all(column in SAFE and row in SAFE for column, row in symbol)
    columns = {column for column, _ in symbol}
    assert (min(columns), max(columns)) == (SAFE[0], SAFE[-1]), "and it is as large as it may be"


def test_the_outline_is_white_on_nothing_and_reaches_the_edges() -> None:
    seen = picture("outline")
    assert {colour[:3] for colour in seen.values()} == {(255, 255, 255)}
    opaque = {place for place, colour in seen.items() if colour[3]}
    assert {column for column, _ in opaque} == set(range(32)), "no padding: Teams adds its own"
    assert any(colour[3] == 0 for colour in seen.values())


def test_the_small_colour_icon_has_nothing_behind_it() -> None:
    seen = picture("color32x32")
    assert {seen[column, row][3] for column in (0, 31) for row in (0, 31)} == {0}
    assert len({colour[:3] for colour in seen.values() if colour[3] == 255}) > 1, "and more than one colour"
