"""A services.toml with one service, for tests whose people or provider are not the demo's."""

import json
from collections.abc import Iterable


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
