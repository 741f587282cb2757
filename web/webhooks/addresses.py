"""Where a webhook may connect to: no machine of a private network, whatever its name is resolved to meanwhile."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Sequence

import httpx

from application.ports import RetryableError
from changes.text import Message
from web.http_calls import host_of

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host. Raises OSError where it has none."""
MOST_TRIED = 3
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def checked(url: httpx.URL, resolve: Resolve, seconds: float, who: str, allow_private: bool) -> Sequence[str]:
    """The addresses to connect to for `who`. Raises RetryableError: one that is private refuses all."""
    try:
        async with asyncio.timeout(seconds):
            addresses = await resolve(host_of(url), url.port or (443 if url.scheme == "https" else 80))
    except (OSError, UnicodeError) as error:
        raise RetryableError(Message("{who} cannot be called: its host name was not found.", who=who)) from error
    if not allow_private and not all(map(is_public, addresses)):
        raise RetryableError(
            Message(
                "{who} is in a private network, where nothing is sent. If that is meant, set allow_private = true "
                "beside it in services.toml and restart the bot.",
                who=who,
            )
        )
    return addresses[:MOST_TRIED]


def is_public(address: str) -> bool:
    """Whether everybody reaches that address, and one that is hidden in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone, for example: of this link only
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped or found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)))
        if found.sixtofour or found.teredo or found.is_site_local:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)
