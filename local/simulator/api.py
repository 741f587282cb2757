"""The provider's API: accounts, products and tasks as documented, snapshots as `infomaniak/` supposes."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from local.simulator import envelope
from local.simulator.faults import Fault, Way
from local.simulator.world import ACCOUNT_ID, Machine, Operation, ProviderState, Snapshot, load, save

FAULT = web.RequestKey("fault", Fault)
"""The fault that a request has drawn."""

_MOST_PER_PAGE = 1000


class Api:
    """Answers by `clock`; every change is kept in `kept_at` before it is answered."""

    def __init__(self, clock: Callable[[], datetime], kept_at: Path | None) -> None:
        self._clock = clock
        self._kept_at = kept_at
        self.now()
        self.world = ProviderState(load(kept_at))

    def routes(self) -> list[web.RouteDef]:
        """Everything that can be asked."""
        return [
            web.get("/1/accounts", self._accounts),
            web.get("/1/accounts/{account_id}/products", self._products),
            web.get("/1/async/tasks/{uuid}", self._task),
            web.get("/1/vps/{vps_id}/snapshot", self._list),
            web.post("/1/vps/{vps_id}/snapshot", self._create),
            web.post("/1/vps/{vps_id}/snapshot/{name}/restore", self._restore),
        ]

    def now(self) -> datetime:
        """The clock's time. ValueError when it has no zone."""
        now = self._clock()
        if now.tzinfo is None:
            raise ValueError("The simulator's clock must give times with a zone.")
        return now

    def begin_on_the_dashboard(self) -> None:
        """A person begins a snapshot of every server that is not busy, without the bot."""
        now = self.now()
        for machine in self.world.machines:
            if not self.world.busy(machine, now):
                self.world.create(machine, f"dashboard-{now:%Y%m%d-%H%M}", "data", now)
        self.keep()

    async def _accounts(self, request: web.Request) -> web.Response:
        return _page(request, [{"id": ACCOUNT_ID, "name": "ISC"}])

    async def _products(self, request: web.Request) -> web.Response:
        if request.match_info["account_id"] != str(ACCOUNT_ID):
            return _not_found()
        now = self.now()
        servers = [
            {
                "id": machine.id,
                "account_id": ACCOUNT_ID,
                "service_name": "vps",
                "customer_name": machine.name,
                "has_operation_in_progress": self.world.busy(machine, now),
                "has_maintenance": machine.maintenance,
                "is_locked": machine.locked,
            }
            for machine in self.world.machines
        ]
        domain = {"id": 815, "account_id": ACCOUNT_ID, "service_name": "domain", "customer_name": "isc.example"}
        return _page(request, [domain, *servers])

    async def _task(self, request: web.Request) -> web.Response:
        operation = self.world.operation(request.match_info["uuid"])
        return _not_found() if operation is None else envelope.success(_task_data(operation, self.now()))

    async def _list(self, request: web.Request) -> web.Response:
        machine = self._machine(request)
        if machine is None:
            return _not_found()
        now = self.now()
        return _page(request, [_row(snapshot, now) for snapshot in self.world.of(machine)])

    async def _create(self, request: web.Request) -> web.Response:
        machine, now = self._machine(request), self.now()
        if machine is None:
            return _not_found()
        match await request.json():
            case {"name": str(name), "disk": "data" | "system" as disk} if name:
                pass
            case _:
                return envelope.error(422, "validation_failed", "Validation failed: name and disk are required")
        if self.world.busy(machine, now):
            return _busy()
        if not plays(request, Way.NEVER_DONE):
            self.world.create(machine, name, disk, now, fails=plays(request, Way.FAILS))
            self.keep()
        return envelope.asynchronous()

    async def _restore(self, request: web.Request) -> web.Response:
        machine, now = self._machine(request), self.now()
        if machine is None:
            return _not_found()
        named = [one for one in self.world.of(machine) if one.name == request.match_info["name"]]
        if not named:
            return _not_found()
        if self.world.busy(machine, now):
            return _busy()
        if named[-1].status(now) == "error":
            return envelope.error(409, "conflict", "This snapshot is not available")
        if not plays(request, Way.NEVER_DONE):
            self.world.restore(machine, named[-1], now, fails=plays(request, Way.FAILS))
            self.keep()
        return envelope.asynchronous()

    def _machine(self, request: web.Request) -> Machine | None:
        return self.world.machine(request.match_info["vps_id"])

    def keep(self) -> None:
        """Write down what there is."""
        save(self._kept_at, self.world.snapshots)


def plays(request: web.Request, way: Way) -> bool:
    """Whether the request has drawn a fault that shows itself so."""
    fault = request.get(FAULT)
    return fault is not None and fault.way is way


def _page(request: web.Request, rows: list[dict[str, object]]) -> web.Response:
    number, per_page = request.query.get("page", "1"), request.query.get("per_page", "15")
    if not (number.isdigit() and per_page.isdigit() and int(number) >= 1 and 1 <= int(per_page) <= _MOST_PER_PAGE):
        return envelope.error(422, "validation_failed", "Validation failed: page and per_page")
    return envelope.page(rows, int(number), int(per_page))


def _not_found() -> web.Response:
    return envelope.error(404, "object_not_found", "Object not found")


def _busy() -> web.Response:
    return envelope.error(409, "operation_in_progress", "An operation is already in progress")


def _row(snapshot: Snapshot, now: datetime) -> dict[str, object]:
    begun, making = snapshot.operations[-1], snapshot.making
    restores = [restore for restore in snapshot.restores if restore.over(now)]
    return {
        "name": snapshot.name,
        "disk": snapshot.disk,
        "status": snapshot.status(now),
        "created_at": _unix(making.begun_at),
        "finished_at": _unix(making.ends_at) if making.over(now) else None,
        "restored_at": _unix(restores[-1].ends_at) if restores else None,
        "task_uuid": begun.task,
    }


def _task_data(operation: Operation, now: datetime) -> dict[str, object]:
    over = operation.over(now)
    failed = over and operation.fails
    return {
        "uuid": operation.task,
        "status": "running" if not over else "failed" if failed else "executed",
        "created_at": _unix(operation.begun_at),
        "updated_at": _unix(min(now, operation.ends_at)),
        "executed_at": _unix(operation.begun_at),
        "finished_at": _unix(operation.ends_at) if over else None,
        "response": True if over and not failed else None,
        "error": {"code": "operation_failed", "description": "The hypervisor gave up"} if failed else None,
    }


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
