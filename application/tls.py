"""Whom every client over TLS trusts."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The certificates of the public authorities, loaded once for all clients: it takes longer than a call."""
    return httpx.create_ssl_context()
