"""A simulated Keystone: its discovery document, a token for any application credential, the catalogue."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from aiohttp import web

IDENTITY = "/identity"
BLOCK_STORAGE = "/volume"
PROJECT_ID = uuid5(NAMESPACE_OID, "simulated-project").hex
TOKENS = f"{IDENTITY}/v3/auth/tokens"

# The library judges a token by real time, and the simulator's clock may be years from it.
_TOKEN_LIVES = timedelta(days=36_500)


def failure(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A refusal in Keystone's form, which is also that of the door before every service."""
    return web.json_response({"error": {"code": status, "message": message}}, status=status, headers=headers)


class Keystone:
    """Answers by `now`, the simulator's clock. Any application credential with a secret will do."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """Everything that can be asked."""
        return [
            web.get(IDENTITY, self._versions),
            web.get(f"{IDENTITY}/", self._versions),
            web.get(f"{IDENTITY}/v3", self._version),
            web.get(f"{IDENTITY}/v3/", self._version),
            web.post(TOKENS, self._token),
        ]

    async def _versions(self, request: web.Request) -> web.Response:
        return web.json_response({"versions": {"values": [_described(request)]}}, status=300)

    async def _version(self, request: web.Request) -> web.Response:
        return web.json_response({"version": _described(request)})

    async def _token(self, request: web.Request) -> web.Response:
        try:
            wish = await request.json()
        except json.JSONDecodeError:
            return failure(400, "Expecting a JSON body.")
        match wish:
            case {
                "auth": {
                    "identity": {
                        "methods": ["application_credential"],
                        "application_credential": {"id": str(), "secret": str(secret)},
                    }
                }
            } if secret:
                pass
            case _:
                return failure(401, "The request you have made requires authentication.")
        now = self._now()
        body = {
            "token": {
                "methods": ["application_credential"],
                "user": {"id": "bot", "name": "bot", "domain": {"id": "default", "name": "Default"}},
                "project": {"id": PROJECT_ID, "name": "ISC", "domain": {"id": "default", "name": "Default"}},
                "roles": [{"id": "member", "name": "member"}],
                "issued_at": _iso(now),
                "expires_at": _iso(now + _TOKEN_LIVES),
                "catalog": [
                    _service(request, "identity", "keystone", f"{IDENTITY}/v3"),
                    _service(request, "block-storage", "cinder", f"{BLOCK_STORAGE}/v3/{PROJECT_ID}"),
                ],
            }
        }
        return web.json_response(body, status=201, headers={"X-Subject-Token": "simulated"})


def _described(request: web.Request) -> dict[str, object]:
    href = str(request.url.with_path(f"{IDENTITY}/v3/"))
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": href}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


def _service(request: web.Request, kind: str, name: str, path: str) -> dict[str, object]:
    endpoint = {
        "id": uuid5(NAMESPACE_OID, f"simulated-endpoint-{name}").hex,
        "interface": "public",
        "region": "dc3-a",
        "region_id": "dc3-a",
        "url": str(request.url.with_path(path)),
    }
    return {"id": uuid5(NAMESPACE_OID, f"simulated-{name}").hex, "type": kind, "name": name, "endpoints": [endpoint]}


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000000Z"
