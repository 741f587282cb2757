"""Which changes have steps that should have happened, and for how long that has been so."""

from datetime import datetime, timedelta

from application.ports import UnitOfWork

OVERDUE_AFTER = timedelta(minutes=1)
"""How long a step may be late before it is overdue."""
LONGEST_HELD = timedelta(minutes=5)
"""How long the steps of a change wait at most, because one of them failed, until it is tried again."""
ALARM_AFTER = timedelta(days=3)
"""How long one may be overdue before the admins are told."""


async def overdue_steps(unit: UnitOfWork, now: datetime) -> tuple[int, datetime | None]:
    """How many changes have an overdue step, and when the oldest of those was due."""
    return await unit.due_items.overdue(now - OVERDUE_AFTER, now + LONGEST_HELD)
