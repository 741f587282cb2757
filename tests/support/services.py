"""A services.toml with one service, for tests whose people or provider are not the demo's."""

import json
from collections.abc import Iterable
from pathlib import Path

from settings import LOCAL_SERVICES


def demo_services(folder: Path, *others: tuple[str, str], more: str = "") -> str:
    """The path of the demo's file with the second of each pair in the place of the first, and more at its end."""
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    for old, new in others:
        text = text.replace(old, new)
    path = folder / "services.toml"
    path.write_text(text + more, encoding="utf-8")
    return str(path)


ON_THE_DASHBOARD = ('backend = "vps_api"', 'backend = "dashboard"')
"""Every snapshot is taken by hand."""


def services_toml(
    approver: str,
    *,
    key: str = "learn",
    name: str = "ISC Learn Platform",
    admins: Iterable[str] = (),
    deputies: Iterable[str] = (),
    server: str = "Hannibal",
    backend: str = "",
) -> str:
    """The file; people are given by their ids, as somebody copied them. Without a backend it is the usual one."""
    own = f"admins = {json.dumps(list(admins))}" if admins else ""
    by = f'backend = "{backend}"' if backend else ""
    return f"""{own}
[[service]]
key = "{key}"
name = "{name}"
approver = "{approver}"
deputies = {json.dumps(list(deputies))}
[service.vps]
name = "{server}"
{by}
"""
