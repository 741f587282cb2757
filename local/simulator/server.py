"""The simulated provider as a running server: who may ask, what goes wrong, what was asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from aiohttp import web

from local.simulator import cinder, envelope, keystone
from local.simulator.api import FAULT, Api
from local.simulator.faults import FAULTS, Fault, FaultQueue, Limit, Target, Way
from local.simulator.world import Snapshot

_CONTROL = "/_simulator/"
_CLOUD = (keystone.IDENTITY, keystone.BLOCK_STORAGE)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def start(clock: Callable[[], datetime], store: Path | None = None, port: int = 0) -> "Simulator":
    """Start a simulated provider on loopback that lives by `clock` and keeps its snapshots at `store`.

    Port 0 takes a free one. OSError when the port is taken, ValueError when `store` is not the simulator's.
    """
    simulator = Simulator(Api(clock, store))
    await simulator.listen(port)
    return simulator


class Simulator:
    """A running simulated provider, made by `start`; `calls` lists (method, path) of every call to the API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._keystone = keystone.Keystone(api.now)
        self._cinder = cinder.Cinder(api)
        self._deck = FaultQueue()
        self._limit = Limit(api.now)
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.calls: list[tuple[str, str]] = []

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot of every server, oldest first."""
        return self._api.world.snapshots

    @property
    def cloud_arguments(self) -> Mapping[str, object]:
        """What `openstack.connect` is called with to reach the simulated cloud, without clouds.yaml or environment."""
        return {
            "load_yaml_config": False,
            "load_envvars": False,
            "auth_type": "v3applicationcredential",
            "auth": {
                "auth_url": f"{self.url}/identity/v3",
                "application_credential_id": "local",
                "application_credential_secret": "local",
            },
        }

    def count(self, operation: str) -> int:
        """How often `create` or `restore` was asked for, whatever came of it."""
        return sum(_target(method, path) == operation for method, path in self.calls)

    def inject_fault(self, name: str, *, times: int | None = 1, on: str | None = None) -> None:
        """Let the fault `name` of FAULTS meet its next `times` calls (None: all until `clear_faults`).

        `on` is any, read, write, create or restore; `operation-in-progress`, `volume-attached` and `sixty-a-minute`
        begin at once and take neither.
        KeyError for an unknown fault, ValueError for an unknown `on`.
        """
        fault = FAULTS[name]
        if fault.way is Way.SOMEONE_ELSE:
            self._api.begin_on_the_dashboard()
        elif fault.way is Way.ATTACHED:
            self._cinder.attached = True
        elif fault.way is Way.LIMITED:
            self._limit.on = True
        else:
            self._deck.add(fault, None if on is None else Target(on), times)

    def clear_faults(self) -> None:
        """Remove every fault; what has been begun goes on."""
        self._deck.clear()
        self._limit.lift()
        self._cinder.attached = False

    async def listen(self, port: int) -> None:
        """Open the port; `url` is known afterwards."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes([*self._api.routes(), *self._keystone.routes(), *self._cinder.routes()])
        app.add_routes(
            [
                web.get(f"{_CONTROL}faults", self._show_faults),
                web.post(f"{_CONTROL}fault", self._play_one),
                web.post(f"{_CONTROL}calm", self._calm_down),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the port and let go of every call that hangs. What was kept stays kept."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_CONTROL):
            return await handler(request)
        self.calls.append((request.method, request.path))
        if not _signed_in(request):
            return _failure(request, 401, "not_authorized", "Authorization required")
        # OpenStack's services have limits of their own.
        if not request.path.startswith(_CLOUD) and self._limit.passed():
            return await self._go_wrong(request, FAULTS["sixty-a-minute"])
        fault = self._deck.draw(_target(request.method, request.path))
        if fault is None:
            return await handler(request)
        request[FAULT] = fault
        if fault.way in (Way.NEVER_DONE, Way.FAILS):
            return await handler(request)
        if fault.accepted:
            await handler(request)
        return await self._go_wrong(request, fault)

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.way is Way.HANG:
            await self._stopping.wait()
        if fault.way in (Way.HANG, Way.DROP) and request.transport is not None:
            request.transport.close()
        if fault.way is Way.GARBAGE:
            return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
        return _failure(request, fault.status, fault.code, fault.description, fault.headers)

    async def _show_faults(self, _: web.Request) -> web.Response:
        return envelope.success(sorted(FAULTS))

    async def _play_one(self, request: web.Request) -> web.Response:
        try:
            wish = await request.json()
            self.inject_fault(wish["name"], times=wish.get("times", 1), on=wish.get("on"))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            return envelope.error(
                422,
                "validation_failed",
                f"Send a name, one of: {', '.join(sorted(FAULTS))}; and times and on, if wanted",
            )
        return envelope.success(True)

    async def _calm_down(self, _: web.Request) -> web.Response:
        self.clear_faults()
        return envelope.success(True)


def _target(method: str, path: str) -> Target:
    if method != "POST" or path == keystone.TOKENS:
        return Target.READ
    return Target.RESTORE if path.endswith(("/restore", "/action")) else Target.CREATE


def _signed_in(request: web.Request) -> bool:
    """Whether the call carries what its API wants: a bearer token, or OpenStack's own, except for finding its way."""
    if not request.path.startswith(_CLOUD):
        return bool(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    return cinder.PROJECT not in request.path or bool(request.headers.get("X-Auth-Token"))


def _failure(
    request: web.Request, status: int, code: str, description: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    if not request.path.startswith(_CLOUD):
        return envelope.error(status, code, description, headers)
    if request.path.startswith(keystone.IDENTITY) or status == 401:
        return keystone.failure(status, description, headers)
    return cinder.failure(status, description, headers)
