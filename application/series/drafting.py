"""What falls due of a recurring change: its next draft, a reminder of it, or the end of waiting for its owner.

All of a look is one transaction: the draft, the series, its next look, and what is said.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from application.change_service import draft, execute
from application.ports import Look, of_series
from application.queries.directory import Directory
from application.queries.neighbours import neighbours
from application.recurrence.rule import days_after
from application.templates.following import begun_with
from changes import commands as c
from changes.effects import TellOwner
from changes.model import SYSTEM, State, Window
from changes.policy import Catalogue, Service
from changes.recurrence.series import CONFIRM_DAYS, MOST_CHANGES, Series, SeriesState, proceed, reminder_due, too_late
from changes.text import Message

AT_ONCE, SHOWN = 50, 4
"""Days that are gone through in one look, however long nobody has looked; and that are shown beforehand."""


async def look(directory: Directory, catalogue: Catalogue, series_id: str, now: datetime) -> None:
    """Do what is due of the series, and plan the next look. Raises NotConfigured where its service is gone."""
    unit = directory.unit
    found = await unit.series.load(series_id)
    if found is None or found[0].state is not SeriesState.ACTIVE:
        await unit.due_items.replace(of_series(series_id), ())
        return
    series, version = found
    service = catalogue.service_of(series.plan, series_id)
    due, said = await _waiting(directory, catalogue, series, service, now)
    if due is None:
        days = tuple(islice(days_after(series.rule, series.first, series.handled), AT_ONCE))
        outcome = proceed(series, days, service, await neighbours(unit, catalogue, service, now), now)
        series, due = outcome.series, outcome.look
        said += outcome.said
        if outcome.draft is not None:
            series = await _with_draft(directory, catalogue, series, outcome.draft, now, said)
    await plan_look(directory, series, due)
    if said or series != found[0]:
        await unit.series.save(series, version)
    if said:
        key = f"{series_id}:series:{version}"
        await unit.outbox.add([TellOwner(key, series.changes[-1], series.owner, series_id, tuple(said))], now)


async def _waiting(
    directory: Directory, catalogue: Catalogue, series: Series, service: Service, now: datetime
) -> tuple[datetime | None, list[str]]:
    """When to look next at the draft that waits for its owner, None where none does any more; and what is said."""
    found = await directory.unit.changes.load(series.last_draft) if series.last_draft else None
    if found is None or found.change.state is not State.DRAFT:
        return None, []
    day, change = service.local(found.change.plan.window.start).date(), series.last_draft
    reminds, ends = reminder_due(day, service), too_late(day, service)
    if now < reminds:  # or as soon as one that was moved far away may have been confirmed
        return min(reminds, now + timedelta(days=CONFIRM_DAYS)), []
    if now < ends:
        reminder = Message(
            "{change} is not submitted yet. Submit it, choose another date or discard it with `/change show {change}`; "
            "on {last} it is discarded by itself.",
            change=change,
            last=service.local(ends).date(),
        )
        return ends, [reminder]
    await execute(directory.unit, catalogue, change, c.DiscardDraft(SYSTEM), now, "timeline", directory)
    gone = Message("Nobody has submitted {change}: it is discarded, and {day} left out.", change=change, day=day)
    return None, [gone]


async def _with_draft(
    directory: Directory, catalogue: Catalogue, series: Series, window: Window, now: datetime, said: list[str]
) -> Series:
    """Draft its change for the window, from its template while that is in use; what has to be `said` of it."""
    template = await directory.unit.templates.get(series.template) if series.template else None
    plan, version = begun_with(template, replace(series.plan, window=window))
    if series.template and version is None:
        said.append(Message("The template “{name}” is retired: its change is a normal one.", name=series.template))
    command = c.Draft(series.owner, plan, version, (series.editor,) if series.editor else ())
    made = await draft(directory.unit, catalogue, command, now, "timeline", directory)
    # First: a notification shows no more than the beginning, and has to name the change.
    said.insert(0, Message("Submit {change}, choose another date, or discard it.", change=made.id))
    return replace(series, changes=(*series.changes, made.id)[-MOST_CHANGES:])


async def plan_look(directory: Directory, series: Series, due: datetime | None) -> None:
    """The series is looked at then; not at all without a moment."""
    looks = [Look(f"{series.handled}/look", due)] if due is not None else []
    await directory.unit.due_items.replace(of_series(series.id), looks)


def next_dates(series: Series) -> list[date]:
    """The next days of the rule, whatever is in their way."""
    return list(islice(days_after(series.rule, series.first, series.handled), SHOWN))
