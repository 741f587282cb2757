"""The two icons of the app, drawn here so that no picture has to be kept: a check mark in a window."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

Colour = tuple[int, int, int, int]
BLUE: Colour = (71, 98, 173, 255)
WHITE: Colour = (255, 255, 255, 255)
CLEAR: Colour = (255, 255, 255, 0)
SAMPLES = 4
"""How often each pixel is looked at in both directions, so that edges are smooth."""


@cache
def colour_icon(size: int = 192) -> bytes:
    """The full-colour icon, a PNG of `size` × `size` pixels."""
    return _png(size, lambda x, y: WHITE if _mark(x, y) else BLUE)


@cache
def outline_icon(size: int = 32) -> bytes:
    """The outline icon: white on nothing, as Teams wants it."""
    return _png(size, lambda x, y: WHITE if _mark(x, y) else CLEAR)


def _mark(x: float, y: float) -> bool:
    """Whether the point, in a square from 0 to 1, lies on the window's frame or on the check mark."""
    # Every edge lies on a whole pixel of the small icon, and so of the large one: straight lines stay sharp.
    right, down = x * 32, y * 32
    inside = 4 <= right <= 28 and 5 <= down <= 27
    frame = inside and not (6 < right < 26 and 11 < down < 25)
    falling = _near((x, y), (0.33, 0.56), (0.45, 0.68))
    rising = _near((x, y), (0.45, 0.68), (0.68, 0.43))
    return frame or falling or rising


def _near(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float], width: float = 0.045
) -> bool:
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    place = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length
    place = min(1.0, max(0.0, place))
    away = (point[0] - start[0] - place * along[0], point[1] - start[1] - place * along[1])
    return away[0] ** 2 + away[1] ** 2 <= width**2


def _png(size: int, at: Callable[[float, float], Colour]) -> bytes:
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            rows += bytes(_pixel(size, column, row, at))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _pixel(size: int, column: int, row: int, at: Callable[[float, float], Colour]) -> list[int]:
    steps = [(index + 0.5) / SAMPLES for index in range(SAMPLES)]
    seen = [at((column + right) / size, (row + down) / size) for right in steps for down in steps]
    return [sum(channel) // len(seen) for channel in zip(*seen, strict=True)]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
