"""Readers of environment variables: each returns the value, or raises ValueError with what to write instead."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from database_address import database_address
from settings import values

LONGEST = 4096
"""Characters of one setting."""
Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class _OneOf:
    known: tuple[str, ...]

    def __call__(self, text: str) -> str:
        values.one_line(text, LONGEST)
        if text not in self.known:
            near = values.nearest(text, self.known)
            meant = f"; did you mean {near}?" if near else ""
            raise ValueError(f"set it to {', '.join(self.known[:-1])} or {self.known[-1]}{meant}")
        return text


@dataclass(frozen=True, slots=True)
class _Line:
    read: Reader

    def __call__(self, text: str) -> Any:
        values.one_line(text, LONGEST)
        return self.read(text)


def line(read: Reader = str) -> Reader:
    """One visible line, which `read` takes further; `inside` names it."""
    return _Line(read)


def inside(read: Reader) -> Reader:
    """What reads the value itself."""
    return read.read if isinstance(read, _Line) else read


def one_of(*known: str) -> Reader:
    """One of these words; `choices` names them."""
    return _OneOf(known)


def choices(read: Reader) -> tuple[str, ...]:
    """The words of which that reader takes one; nothing where it takes others."""
    return read.known if isinstance(read, _OneOf) else ()


def tenants(text: str) -> tuple[str, ...]:
    """Tenant ids with commas between."""
    found = tuple(values.guid(each) for each in text.split(",") if each.strip())
    values.each_once(found)
    if not found:
        raise ValueError("set it to the tenant ids that are served, with commas between, or unset it")
    return found


def database(text: str) -> str:
    """The address of a database that can be used."""
    credential(text)
    database_address(text)
    return text


def folder(text: str) -> Path:
    """A folder that is there."""
    path = Path(text)
    try:
        is_there = path.is_dir()
    except OSError:  # a name that no folder can have
        is_there = False
    if not is_there:
        raise ValueError("that is no folder; create it, or unset it")
    return path


def credential(text: str) -> str:
    """A secret as it can be sent: whatever else stands in it slipped in when it was copied."""
    if values.ascii_invisible(text) != text:
        raise ValueError("it has an invisible character in it; copy it anew")
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} characters; copy it anew")
    return text


def header_credential(text: str) -> str:
    """A secret that a header can carry."""
    if values.ascii_invisible(text) == text and any(not "!" <= each <= "~" for each in text):
        raise ValueError("it has a blank or an accent in it; copy it anew")
    return credential(text)
