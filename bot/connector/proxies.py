"""The proxies that the environment names, read as httpx reads them: every other call of the bot goes by those."""

from urllib.request import getproxies, proxy_bypass

from yarl import URL

_ANY = "all"
_SCHEMES = ("http", "https", _ANY)


class Proxies:
    """The environment as it was when the process started.

    aiohttp's own reading knows no proxy for all schemes and none without a scheme of its own, and takes along a .netrc,
    whose passwords are for others.
    """

    def __init__(self) -> None:
        self._named = {
            scheme: proxy if "://" in proxy else f"http://{proxy}"
            for scheme, proxy in getproxies().items()
            if scheme in _SCHEMES and proxy
        }

    def of(self, url: URL) -> str | None:
        """The proxy for the address; None where it is called directly."""
        if not self._named or url.host is None or proxy_bypass(url.host):
            return None
        return self._named.get(url.scheme) or self._named.get(_ANY)
