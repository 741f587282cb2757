"""A picture of at most sixteen colours as a PNG file."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BITS, BY_PALETTE = 4, 3


@dataclass(frozen=True, slots=True)
class Picture:
    """`colours` are numbers whose lowest byte is red, then green, then blue; `lines` are as the file has them."""

    width: int
    height: int
    colours: Sequence[int]
    lines: bytes

    def png(self) -> bytes:
        """The file, as small as it gets."""
        header = struct.pack("!IIBBBBB", self.width, self.height, BITS, BY_PALETTE, 0, 0, 0)
        palette = b"".join(colour.to_bytes(4, "little")[:3] for colour in self.colours)
        parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(self.lines, 9)), (b"IEND", b""))
        return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
