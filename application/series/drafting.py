"""What falls due of a recurring change: its next draft, a reminder of it, or the end of waiting for its owner.

All of a look is one transaction: the draft, the series, its next look, and what is said.
"""

from dataclasses import replace
from datetime import datetime
from itertools import islice, pairwise

from application.change_service import draft, execute
from application.ports import Look, of_series
from application.queries.directory import Directory
from application.queries.neighbours import neighbours
from application.recurrence.rule import days_after
from changes import commands as c
from changes.effects import TellOwner
from changes.errors import NotConfigured
from changes.model import SYSTEM, State, TemplateRef, Window
from changes.policy import Catalogue, Service
from changes.recurrence.series import Placed, Series, SeriesState, is_reminded, next_look, place, proceed, too_late
from changes.text import Message

AT_ONCE = 50
"""Days that are gone through in one look, however long nobody has looked."""


async def look(directory: Directory, catalogue: Catalogue, series_id: str, now: datetime) -> None:
    """Do what is due of the series, and plan the next look. Raises NotConfigured where its service is gone."""
    unit, said = directory.unit, list[str]()
    found = await unit.series.load(series_id)
    if found is None or found[0].state is not SeriesState.ACTIVE:
        await unit.due_items.replace(of_series(series_id), ())
        return
    series, version = found
    service = await _service(directory, catalogue, series)
    waiting = await unit.changes.load(series.change) if series.change else None
    if waiting is not None and waiting.change.state is State.DRAFT:
        day = service.local(waiting.change.plan.window.start).date()
        last = too_late(day, service)
        if now < last:
            if is_reminded(series, day, service, now):
                series = replace(series, asked=service.local(now).date())
                await unit.series.save(series, version)
                reminder = Message(
                    "{change} is not submitted yet. Submit it, choose another date or discard it with `/change show "
                    "{change}`; on {last} it is discarded by itself.",
                    change=series.change,
                    last=service.local(last).date(),
                )
                await unit.outbox.add([_telling(f"{series.change}:remind:{series.asked}", series, [reminder])], now)
            await plan_look(directory, series, next_look(service, now))
            return
        await execute(unit, catalogue, series.change, c.Cancel(SYSTEM, ""), now, "timeline", directory)
        facts = {"change": series.change, "day": day}
        said.append(Message("Nobody has submitted {change}: it is discarded, and {day} left out.", **facts))
    days = tuple(islice(days_after(series.rule, series.first, series.handled), AT_ONCE))
    outcome = proceed(series, days, service, await neighbours(unit, catalogue, service, now), now)
    series, asks = outcome.series, outcome.draft is not None
    if outcome.draft is not None:
        command = await _draft_of(series, outcome.draft, directory)
        made = await draft(unit, catalogue, command, now, "timeline", directory)
        series = replace(series, change=made.id)
    await unit.series.save(series, version)
    await plan_look(directory, series, outcome.look)
    said += outcome.said
    if said or asks:
        key = f"{series.id}:{series.handled}:{'ask' if asks else version}"
        await unit.outbox.add([_telling(key, series, said, asks=asks)], now)


async def _draft_of(series: Series, window: Window, directory: Directory) -> c.Draft:
    """The draft for that window. From a template it has what that locks now: it may be a standard change (P107)."""
    plan, template = replace(series.plan, window=window), None
    if series.template:
        template = await directory.unit.templates.get(series.template)
    if template is None or template.retired or template.service != plan.service:
        return c.Draft(series.owner, plan)
    return c.Draft(series.owner, template.imposed(plan), TemplateRef(template.name, template.version))


async def plan_look(directory: Directory, series: Series, due: datetime | None) -> None:
    """The series is looked at then; not at all without a moment."""
    looks = [Look(f"{series.handled}/look", due)] if due is not None else []
    await directory.unit.due_items.replace(of_series(series.id), looks)


async def next_dates(
    directory: Directory, catalogue: Catalogue, series: Series, now: datetime, number: int
) -> list[Placed]:
    """What becomes of the next days of the rule, as far as it is known now."""
    service = await _service(directory, catalogue, series)
    bookings = await neighbours(directory.unit, catalogue, service, now)
    days = list(islice(days_after(series.rule, series.first, series.handled), number + 1))
    found: list[Placed] = []
    for day, following in pairwise(days):
        found.append(place(series, day, service, bookings, now, following))
        if (window := found[-1][0]) is not None:
            series = replace(series, placed=service.local(window.start).date())
    return found


def _telling(key: str, series: Series, said: list[str], *, asks: bool = False) -> TellOwner:
    change = series.change if asks else ""
    return TellOwner(key, change, series.owner, series.id, series.plan.service, tuple(said), asks)


async def _service(directory: Directory, catalogue: Catalogue, series: Series) -> Service:
    service = catalogue.services.get(series.plan.service)
    if service is None:
        raise NotConfigured(
            "The service {service} of {id} is no longer in the settings, so nothing is drafted. An admin has to put it "
            "back in services.toml and restart the bot.",
            service=series.plan.service,
            id=series.id,
        )
    return await directory.service(service)
