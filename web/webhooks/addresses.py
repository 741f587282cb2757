"""Where a webhook may connect to: no machine of a private network, whatever its name is resolved to meanwhile."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from application.ports import RetryableError
from changes.text import Message

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host. Raises OSError where it has none."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of the host, in the order in which they should be tried. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def checked(
    name: str, host: str, port: int, resolve: Resolve, seconds: float, *, allow_private: bool
) -> Sequence[str]:
    """The addresses to connect to for the webhook `name`. Raises RetryableError: one that is private refuses all."""
    try:
        async with asyncio.timeout(seconds):
            addresses = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise RetryableError(Message("The host of the webhook {name} is not known.", name=name)) from error
    if not allow_private and not all(map(is_public, addresses)):
        raise RetryableError(
            Message(
                "The webhook {name} is in a private network, where nothing is sent. If that is meant, set "
                "allow_private = true beside it in services.toml and restart the bot.",
                name=name,
            )
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether everybody reaches that address, and one that is hidden in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone, for example: of this link only
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)))
        inside = found.ipv4_mapped or found.sixtofour
        if inside is not None:
            return is_public(str(inside))
        if found.teredo is not None or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
