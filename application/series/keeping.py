"""What people may do with their recurring changes (docs/process.md, P144)."""

from dataclasses import replace

from application.series.drafting import plan_look
from application.session import UserSession
from changes.errors import Hidden, NotFound, WrongState
from changes.model import Change, ChangeType, Person, State
from changes.permissions import NO_SERIES, authorize_series
from changes.recurrence.series import Series, SeriesState, WhenBlocked, last_short_notice
from changes.text import read_number, template

_ALREADY = {
    SeriesState.ACTIVE: template("{id} goes on already."),
    SeriesState.PAUSED: template("{id} is paused already."),
    SeriesState.ENDED: template("{id} is ended: `/change repeat ID` begins another."),
}
Kept = tuple[Series, int]
"""A series and the version that was read; 0 of a new one."""


async def proposed(session: UserSession, change: Change) -> Series:
    """A series of changes like that one, without a rule yet: what is said of its own date stays out."""
    service = await session.service(change.plan.service)
    local = service.local(change.plan.window.start)
    plan = replace(change.plan, kind=ChangeType.NORMAL, reason="")
    handled = max(local.date(), last_short_notice(service, session.now))
    series = Series("", session.person, plan, "", local.date(), local.time(), WhenBlocked.AFTER, handled)
    return replace(series, template=change.template.name) if change.template is not None else series


async def keep(session: UserSession, kept: Kept) -> Series:
    """Save it, under an id of its own where it is new; it is looked at at once where it goes on."""
    series, version = kept
    series = series if series.id else replace(series, id=await session.unit.series.new_id())
    await session.unit.series.save(series, version)
    await plan_look(session.directory, series, session.now if series.state is SeriesState.ACTIVE else None)
    return series


async def visible(session: UserSession) -> list[Series]:
    """Those that go on and are the person's to see."""
    return [each for each in await session.unit.series.going_on() if _is_theirs(session, each)]


async def named(session: UserSession, typed: str) -> Kept:
    """The series that is meant by `SER-3` or `3`. Raises NotFound when there is none that the person may see."""
    number = read_number(typed.upper().removeprefix("SER-"))
    found = await session.unit.series.load(f"SER-{number}") if number is not None else None
    if found is None:
        raise NotFound(NO_SERIES, id=typed[:40] or "…")
    authorize_series(session.person, found[0], session.catalogue)
    return found


async def waits_for(session: UserSession, series: Series) -> str:
    """The id of the draft that waits to be confirmed, or empty."""
    found = await session.unit.changes.load(series.change) if series.change else None
    return series.change if found is not None and found.change.state is State.DRAFT else ""


async def put(session: UserSession, kept: Kept, state: SeriesState) -> Series:
    """Pause, resume or end it; what is drafted stays. One that is resumed makes up for nothing of the time between."""
    series, version = kept
    if series.state in (state, SeriesState.ENDED):
        raise WrongState(_ALREADY[series.state], id=series.id)
    if state is SeriesState.ACTIVE:
        service = await session.service(series.plan.service)
        series = replace(series, handled=max(series.handled, last_short_notice(service, session.now)))
    return await keep(session, (replace(series, state=state), version))


async def assign(session: UserSession, kept: Kept, owner: Person) -> Series:
    """Somebody else is asked from now on; who implemented their own changes does so no more."""
    series, version = kept
    is_theirs = series.plan.implementer == series.owner
    plan = replace(series.plan, implementer=owner) if is_theirs else series.plan
    return await keep(session, (replace(series, owner=owner, plan=plan), version))


def _is_theirs(session: UserSession, series: Series) -> bool:
    try:
        authorize_series(session.person, series, session.catalogue)
    except Hidden:
        return False
    return True
