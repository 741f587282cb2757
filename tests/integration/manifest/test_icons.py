"""The icons, read back pixel by pixel."""

import struct
import zlib

from manifest.content import TEMPLATE

WHITE = (255, 255, 255)


def read(icon: str) -> bytes:
    return (TEMPLATE.parent / icon).read_bytes()


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG by their names; each part's checksum is right."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = {}, 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + data),)
        found[name], at = data, at + 12 + length
    return found


def pixels(png: bytes) -> list[list[tuple[int, ...]]]:
    """Row by row, each pixel as red, green, blue and opacity."""
    parts = chunks(png)
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, kind) == (8, 6)
    raw, line = zlib.decompress(parts[b"IDAT"]), width * 4 + 1
    assert len(raw) == height * line
    rows = [raw[row * line : (row + 1) * line] for row in range(height)]
    assert {row[0] for row in rows} == {0}
    return [[tuple(row[at : at + 4]) for at in range(1, line, 4)] for row in rows]


def test_the_colour_icon_is_a_full_square_of_192_pixels() -> None:
    drawn = pixels(read("color.png"))
    assert (len(drawn), {len(row) for row in drawn}) == (192, {192})
    assert {pixel[3] for row in drawn for pixel in row} == {255}
    assert {pixel[:3] for row in drawn for pixel in row} >= {WHITE, (71, 98, 173)}


def test_the_outline_icon_is_white_on_nothing_and_32_pixels_wide() -> None:
    drawn = pixels(read("outline.png"))
    assert (len(drawn), {len(row) for row in drawn}) == (32, {32})
    assert {pixel[:3] for row in drawn for pixel in row} == {WHITE}
    assert {pixel[3] for row in drawn for pixel in row} >= {0, 255}


def test_the_outline_touches_no_edge_and_its_frame_is_sharp() -> None:
    drawn = [[pixel[3] for pixel in row] for row in pixels(read("outline.png"))]
    border = [*drawn[0], *drawn[-1], *(row[0] for row in drawn), *(row[-1] for row in drawn)]
    assert set(border) == {0}
    assert set(drawn[5]) == set(drawn[26]) == {0, 255}
