"""The state of the outbox as figures, for whoever watches over the bot."""

from application.ports import Clock, UnitOfWorkFactory


async def outbox_metrics(units: UnitOfWorkFactory, clock: Clock) -> dict[str, float]:
    """Metrics worth an alarm: entries waiting, the age of the oldest in seconds, and dead letters."""
    async with units(1.5) as unit:
        count, oldest = await unit.outbox.waiting()
        dead = await unit.outbox.dead()
    waits = (clock.now() - oldest).total_seconds() if oldest else 0.0
    return {
        "change_outbox_waiting": float(count),
        "change_outbox_oldest_seconds": max(0.0, waits),
        "change_outbox_given_up": float(len(dead)),
    }
