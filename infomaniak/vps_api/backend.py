"""Snapshots of a VPS's data disk through Infomaniak's REST API.

HYPOTHETICAL where it concerns snapshots: the published API has no VPS and no snapshot path (see
`configuration`), so this backend is off unless configured. As documented: the envelope, accounts, products,
asynchronous tasks. Some writes are accepted and then not done: a handle is made of the snapshot's name, and
`get_status` reads the listing.
"""

import contextlib
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import httpx

from application.ports.provider import OperationStatus, PreflightReport, ProviderError, ProviderRefused, data_disk_only
from changes.snapshots import FailureReason, OperationState, Server
from changes.text import Message, joined
from infomaniak.handle import RESTORE, SNAPSHOT, Handle
from infomaniak.provider_entry import ClosableBackend
from infomaniak.vps_api.checks import ensure_restorable, running_operation, snapshot_count
from infomaniak.vps_api.client import ApiClient, Row
from infomaniak.vps_api.configuration import VpsApiSettings
from infomaniak.vps_api.listing import ListedSnapshot, as_restore, as_snapshot, newest, read_row
from infomaniak.vps_api.products import Product, find_product


class VpsApi(ClosableBackend):
    """The VPS API backend; see `SnapshotBackend` for what each method means.

    `create_snapshot` and `restore` are sent at most once a call, never repeated in here. The API tells no percentage.
    """

    def __init__(
        self, client: httpx.AsyncClient, settings: VpsApiSettings, *, whole_call_seconds: float = 60.0
    ) -> None:
        self._api = ApiClient(client, whole_call_seconds=whole_call_seconds)
        self._settings = settings

    async def close(self) -> None:
        await self._api.close()

    async def preflight(self, vps: Server) -> PreflightReport:
        """What would stop a snapshot now. A refusal (token, right, name) is one of the problems.

        Raises ProviderUnreachable when Infomaniak could not be asked: that says nothing about the server.
        """
        try:
            product = await find_product(self._api, self._settings, vps)
        except ProviderRefused as refusal:
            return PreflightReport(problems=(refusal.sentence,))
        good: list[str] = [Message("Infomaniak accepts the token and shows {name}.", name=product.name)]
        try:
            rows = await self._listing(product)
        except ProviderRefused as refusal:
            return PreflightReport(tuple(good), (*product.obstacles(), refusal.sentence))
        running = running_operation(rows, self._settings.words)
        product = replace(product, busy=product.busy or bool(running))
        problems = [*product.obstacles(), *([running] if running else [])]
        if not product.busy:
            good.append(Message("No operation is in progress on it."))
        told, enough = snapshot_count(product.name, len(rows), self._settings.snapshot_limit)
        (good if enough else problems).append(told)
        return PreflightReport(tuple(good), tuple(problems))

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Ask once for a snapshot called `name`. Any disk but `data` is refused before anything is sent."""
        data_disk_only(vps)
        product = await find_product(self._api, self._settings, vps)
        bodies = self._settings.bodies
        body = bodies.filled(bodies.create, name, self._settings.words.data_disk)
        await self._ask(product, self._settings.paths.snapshots.format(vps_id=quote(product.id, safe="")), body)
        return OperationStatus(OperationState.RUNNING, Handle(SNAPSHOT, name).text)

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        row = newest(await self._rows(vps), name)
        if row is None:
            return None
        return await self._explained(as_snapshot(row, Handle(SNAPSHOT, name).text, self._settings.words), row)

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """How the operation stands in the listing; UNKNOWN while the listing shows nothing of it."""
        operation = Handle.parse(handle)
        row = newest(await self._rows(vps), operation.name)
        if row is None:
            detail = Message("Infomaniak lists no data snapshot called {name}.", name=operation.name)
            return OperationStatus(OperationState.UNKNOWN, handle, detail=detail, listed=False)
        words = self._settings.words
        if operation.kind == SNAPSHOT:
            return await self._explained(as_snapshot(row, handle, words), row)
        return await self._explained(as_restore(row, handle, operation.before, words), row)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Ask once to put the data disk back. Refused unless `name` is listed, of the data disk, finished."""
        data_disk_only(vps)
        product = await find_product(self._api, self._settings, vps)
        row = ensure_restorable(vps, name, await self._listing(product), self._settings.words)
        bodies, paths = self._settings.bodies, self._settings.paths
        body = bodies.filled(bodies.restore, name, self._settings.words.data_disk)
        path = paths.restore.format(vps_id=quote(product.id, safe=""), name=quote(name, safe=""))
        await self._ask(product, path, body)
        return OperationStatus(OperationState.RUNNING, Handle(RESTORE, name, row.restored_at).text)

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        row = newest(await self._rows(vps), name)
        if row is None:
            return None
        words = self._settings.words
        running = words.restore.get(row.status) is OperationState.RUNNING
        if not running and row.restored_at < since.timestamp():
            return None
        before = row.restored_at if running else 0
        return await self._explained(as_restore(row, Handle(RESTORE, name, before).text, before, words), row)

    async def _ask(self, product: Product, path: str, body: Row) -> None:
        """Send the one call that asks for something. Where another operation is in its way, say which."""
        try:
            await self._api.write(path, body)
        except ProviderRefused as refused:
            if refused.cause is not FailureReason.BUSY:
                raise
            running = ""
            with contextlib.suppress(ProviderError):  # the refusal is certain without it
                running = running_operation(await self._listing(product), self._settings.words)
            raise ProviderRefused(joined(refused.sentence, running), FailureReason.BUSY) from refused

    async def _rows(self, vps: Server) -> list[ListedSnapshot]:
        return await self._listing(await find_product(self._api, self._settings, vps))

    async def _listing(self, product: Product) -> list[ListedSnapshot]:
        rows = await self._api.rows(self._settings.paths.snapshots.format(vps_id=quote(product.id, safe="")))
        return [read_row(row, self._settings.fields, self._settings.words) for row in rows]

    async def _explained(self, sighting: OperationStatus, row: ListedSnapshot) -> OperationStatus:
        """A failure with the reason that its asynchronous task gives, where the row names the task."""
        if sighting.state is not OperationState.FAILED or not row.task:
            return sighting
        reason = ""
        with contextlib.suppress(ProviderError):  # the failure is certain without its reason
            reason = await self._api.failure_reason(self._settings.paths.task, row.task)
        return replace(sighting, detail=reason or sighting.detail)
