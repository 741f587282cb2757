"""The address of the database: read into its parts, or refused by a sentence that shows no part of a password."""

import difflib
import re
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
DEFAULT = "sqlite+aiosqlite:///var/changes.db"
"""Where the changes are kept unless something else is set."""
POSTGRESQL = "postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
"""What the address of one looks like."""
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_SQLITE_OPTIONS = {"timeout": _NUMBER, "cached_statements": _NUMBER}
"""What an address of SQLite may say behind the file: neither says where the changes are kept."""
_POSTGRESQL_OPTIONS = {
    "host": re.compile(r"[!-~]+"),
    "port": _PORT,
    "ssl": re.compile("disable|allow|prefer|require|verify-ca|verify-full"),
    "target_session_attrs": re.compile("any|primary|standby|read-write|read-only|prefer-standby"),
    "passfile": re.compile(r"[^\x00]+"),
    "prepared_statement_cache_size": _NUMBER,
}
"""What one of PostgreSQL may say behind the name."""
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?", re.ASCII)
_OPTION_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+|/[A-Za-z0-9._/~+-]*", re.ASCII)
"""There it may be the folder of a socket, too."""
_KIND = re.compile(r"[a-z][a-z0-9]{0,20}", re.ASCII)


def database_address(text: str) -> URL:
    """The address, with the driver that is used here. Raises ValueError: what to write instead, in a sentence."""
    scheme, _, rest = text.partition("://")
    kind = scheme.partition("+")[0]
    if rest and kind not in DRIVERS:
        named = kind if _KIND.fullmatch(kind) else "what stands before ://"
        raise ValueError(f"{named} cannot keep the changes; use {DEFAULT} or {POSTGRESQL}.")
    if "@" in rest.partition("?")[2] and "@" not in rest.partition("?")[0]:
        raise ValueError("it has a ? before its @; write one that belongs to the password as %3F.")
    if rest.partition("?")[0].count("@") > 1:
        raise ValueError("it has more than one @ in it; write one that belongs to the password as %40.")
    if not _has_good_port(rest):
        raise ValueError("its port is no number from 1 to 65535; leave it out for the usual one, 5432.")
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(f"it cannot be read; write {DEFAULT} or {POSTGRESQL}.") from None
    if kind == "sqlite":
        _check_sqlite(address)
    else:
        _check_postgresql(address)
    return address.set(drivername=DRIVERS[kind])


def _has_good_port(rest: str) -> bool:
    """Whether the port is one, or none is written."""
    place = rest.partition("?")[0].rpartition("@")[2].partition("/")[0]
    _, colon, port = place.rpartition("]")[2].rpartition(":")
    return not colon or (_PORT.fullmatch(port) is not None and 0 < int(port) < 65536)


def _check_sqlite(address: URL) -> None:
    if address.database in (None, "", ":memory:"):
        raise ValueError(f"it names no file; write for example {DEFAULT}.")
    if address.host or address.username:
        raise ValueError(f"it names a host, and SQLite is a file on this machine; write for example {DEFAULT}.")
    # With these SQLite opens something else: a database in memory, or one that it may not write.
    if str(address.database).startswith("file:"):
        raise ValueError(f"it has options that cannot be meant; write the file alone, for example {DEFAULT}.")
    _check_options(address, _SQLITE_OPTIONS)


def _check_postgresql(address: URL) -> None:
    if not address.database:
        raise ValueError(f"it names no database; write {POSTGRESQL}.")
    if address.host is not None and not _HOST.fullmatch(address.host):
        raise ValueError(f"its host is none; write {POSTGRESQL}, and what is no letter in the password as %XX.")
    _check_options(address, _POSTGRESQL_OPTIONS)
    where = "its options host and port are not ones that they can be; write host=NAME:PORT for each of several."
    try:
        _, options = address.set(drivername=DRIVERS["postgresql"]).get_dialect()().create_connect_args(address)
        hosts, ports = (_each(options.get(name, ())) for name in ("host", "port"))
        is_one = all(0 < int(each) < 65536 for each in ports) and all(map(_OPTION_HOST.fullmatch, hosts))
    except (ArgumentError, AssertionError, TypeError, ValueError):
        is_one = False
    if not is_one:
        raise ValueError(where)


def _check_options(address: URL, known: dict[str, re.Pattern[str]]) -> None:
    """Names of options are shown if they are known only: whatever else stands there may be half a password."""
    for name, given in address.query.items():
        if name not in known:
            near = "ssl" if name == "sslmode" else next(iter(difflib.get_close_matches(name, known, 1, 0.8)), "")
            meant = f"did you mean {near}?" if near else f"those there are: {', '.join(known)}."
            raise ValueError(f"it has options that cannot be meant; {meant}")
        if not all(known[name].fullmatch(each) for each in _each(given)):
            raise ValueError(f"its option {name} is not one that it can be; correct it, or leave it out.")


def _each(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, list | tuple) else (given,)
