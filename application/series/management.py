"""What people may do with their recurring changes (docs/process.md, P144)."""

from collections.abc import Mapping
from dataclasses import replace

from application.input_parsing.recurrence import monthly_like, with_recurrence
from application.series.drafting import plan_look
from application.session import UserSession
from application.templates.following import template_of
from changes.errors import NotFound
from changes.model import Change, ChangeType
from changes.permissions import authorize_copy, authorize_series, may_see_series
from changes.recurrence.series import Series, SeriesState, WhenBlocked, last_short_notice


async def _series_of(session: UserSession, change: Change) -> tuple[Series | None, int]:
    """The series that the change is one of, or None, and its version; one that it began and that has ended, too.

    Raises NotAllowed where the change began one that goes on and is not for the person to see.
    """
    of = next((each.id for each in await visible(session) if change.id in each.changes), change.id)
    series, version = await session.unit.series.load(of) or (None, 0)
    if series is not None and series.state is not SeriesState.ENDED:
        authorize_series(session.person, series, session.catalogue)
    return series, version


async def proposed(session: UserSession, change: Change, given: Mapping[str, str], typed: str) -> tuple[Series, int]:
    """The series that the change is one of, or a new one: all that follow take its plan, and recur as was given.

    They come from the same template while the change keeps what it locks. What is said of its own date stays out.
    """
    service = await session.service(change.plan.service)
    local = service.local(change.plan.window.start)
    day, at, handled = local.date(), local.time(), max(local.date(), last_short_notice(service, session.now))
    plan = replace(change.plan, kind=ChangeType.NORMAL, reason="")
    origin = await template_of(session.unit, change)
    name = origin.name if origin is not None and not (origin.retired or origin.breaches(plan)) else ""
    rule, blocked = monthly_like(day), WhenBlocked.AFTER
    before, version = await _series_of(session, change)
    if before is None or before.state is SeriesState.ENDED:
        authorize_copy(session.person, change)
        if before is not None:  # what it drafted stays
            handled, before = max(handled, before.handled), None
    new = Series(
        change.id, session.person, plan, rule, day, at, blocked, handled, (change.id,), name, SeriesState.ENDED
    )
    series = before or new
    # Whose the plan is confirms each of its changes; whoever else wrote it decides about none (docs/process.md, P8).
    editor = session.person if session.person != series.owner else None
    series = replace(series, plan=plan, template=name, editor=editor)
    return with_recurrence(series, given, typed, since=new), version


async def begun(session: UserSession, series: Series, version: int) -> Series:
    """Save what was proposed: it goes on, unless it is paused."""
    if series.state is SeriesState.ENDED:
        series = replace(series, state=SeriesState.ACTIVE)
    await _save(session, series, version)
    return series


async def _save(session: UserSession, series: Series, version: int) -> None:
    """It is looked at at once where it goes on."""
    await session.unit.series.save(series, version)
    await plan_look(session.directory, series, session.now if series.state is SeriesState.ACTIVE else None)


async def visible(session: UserSession) -> list[Series]:
    """Those that go on and are the person's to see."""
    going_on = await session.unit.series.going_on()
    return [each for each in going_on if may_see_series(session.person, each, session.catalogue)]


async def put(session: UserSession, change: Change, state: SeriesState) -> None:
    """Pause, resume or end its series; what is drafted stays. Who resumes makes up for nothing of the time between."""
    series, version = await _series_of(session, change)
    if series is None or series.state is SeriesState.ENDED:
        raise NotFound("{id} does not recur: `/change repeat {id}` says how often.", id=change.id)
    if state is SeriesState.ACTIVE and series.state is not state:
        service = await session.service(series.plan.service)
        series = replace(series, handled=max(series.handled, last_short_notice(service, session.now)))
    await _save(session, replace(series, state=state), version)
