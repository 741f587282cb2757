"""Everything that is written down of a change, for who reads it whole: a document, a page, the wiki."""

from datetime import datetime

from application.change_context import ChangeContext
from application.ports import UnitOfWork
from application.queries.directory import Directory
from changes.delivery_log import DeliveryRecord
from changes.model import Change
from changes.policy import Catalogue


async def record_of(
    unit: UnitOfWork, catalogue: Catalogue, change: Change, now: datetime
) -> tuple[ChangeContext, tuple[DeliveryRecord, ...]]:
    """The change with the present names of its people and its history, and who was told what."""
    directory = Directory(unit)
    service = await directory.service(catalogue.of(change))
    history = await unit.changes.history(change.id)
    named = await directory.with_present_names(change)
    return ChangeContext(named, service, now, history=tuple(history)), await unit.delivery_log.of(change.id)
