"""What can be read: changes, services, freezes, windows and the gate."""

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from application.api.gate import changes_at
from application.ports import VersionedChange
from changes.errors import Hidden, NotFound
from changes.model import DROPPED, State
from changes.permissions import THERE_IS_NONE
from changes.planning.gate import gate
from changes.policy import Service
from changes.reporting.search import LONGEST_WORD, MOST_WORDS, Search, folded
from changes.text import without_invisible
from web.api import models
from web.api.models import CHANGE_ID, ChangeModel
from web.api.operation import SECONDS, Answer, Call
from web.api.problems import of_fields, plain
from web.api.reading import matches

USUAL_DAYS, MOST_DAYS = 31, 366
MOST_WINDOWS = 500
_ID = re.compile(CHANGE_ID, re.ASCII)


async def read_change(call: Call) -> Answer:
    """One change, as it stands."""
    try:
        async with call.api.looks(0.9 * SECONDS) as unit:
            stored = await (await call.session(unit)).stored(change_id_of(call))
    except Hidden as hidden:
        await call.log_denial(hidden, "show")
        raise
    return answer_of(stored)


async def list_changes(call: Call) -> Answer:
    """A page of the changes that match, in the order of their ids: one that is moved meanwhile keeps its place."""
    query: models.ChangesQuery = call.query
    search = Search(
        states=frozenset(query.state),
        service=query.service or "",
        since=query.since,
        until=query.until,
        words=_words(query.words),
    )
    async with call.api.looks(0.9 * SECONDS) as unit:
        session = await call.session(unit)
        service_called(call, query.service)
        found = sorted(await unit.changes.versions(replace(search, viewer=session.person.id)))
        behind = [each for each in found if each[0] > (query.cursor or "")]
        here, more = behind[: query.limit], len(behind) > query.limit
        tag = f'"{sha256(repr((here, more)).encode()).hexdigest()[:32]}"'
        if matches(call.headers.get("If-None-Match", ""), tag):
            return Answer(None, tag)
        changes = {each.id: each for each in await unit.changes.load_together([each for each, _version in here])}
    shown = [ChangeModel.of(changes[each], version) for each, version in here]
    return Answer(models.ChangePage(changes=shown, next=here[-1][0] if more else None), tag)


async def list_services(call: Call) -> Answer:
    """All services, by name."""
    async with call.api.looks(0.9 * SECONDS) as unit:
        services = await (await call.session(unit)).services()
    return Answer(
        models.ServiceList(
            services=[
                models.ServiceModel(
                    key=each.key,
                    name=each.name,
                    timezone=each.zone.key,
                    languages=list(each.languages),
                    approver=models.PersonModel.of(each.approver),
                )
                for each in services
            ]
        )
    )


async def list_freezes(call: Call) -> Answer:
    """The freezes of one service or of all, the earliest first."""
    query: models.OfService = call.query
    service_called(call, query.service)
    found = [
        models.FreezeModel(
            service=service.key,
            name=each.name,
            first=each.first,
            last=each.last,
            start=each.window(service.zone).start,
            end=each.window(service.zone).end,
        )
        for service in call.api.catalogue.services.values()
        for each in service.freezes
        if query.service in (None, service.key)
    ]
    return Answer(models.FreezeList(freezes=sorted(found, key=lambda each: (each.first, each.service, each.name))))


async def list_windows(call: Call) -> Answer:
    """The windows that take place, or took place, in a time."""
    query: models.WindowsQuery = call.query
    service_called(call, query.service)
    since = query.since or call.api.clock.now()
    until = query.until or since + timedelta(days=USUAL_DAYS)
    if not since < until <= since + timedelta(days=MOST_DAYS):
        raise of_fields({"until": f"Ask for a moment at least and for {MOST_DAYS} days at most."})
    states = frozenset(State) - DROPPED - {State.DRAFT}
    search = Search(states=states, service=query.service or "", since=since, until=until)
    async with call.api.looks(0.9 * SECONDS) as unit:
        viewer = (await call.session(unit)).person.id
        found = await unit.changes.find(replace(search, viewer=viewer), limit=MOST_WINDOWS + 1)
    windows = [
        models.WindowModel(
            change=each.id,
            service=each.plan.service,
            title=each.plan.title,
            state=each.state,
            start=each.plan.window.start,
            end=each.ends_at,
        )
        for each in found[:MOST_WINDOWS]
    ]
    return Answer(models.WindowList(windows=windows, complete=len(found) <= MOST_WINDOWS))


async def ask_gate(call: Call) -> Answer:
    """Whether the service may be deployed to."""
    query: models.GateQuery = call.query
    service = service_called(call, query.service)
    at = query.at or call.api.clock.now()
    async with call.api.looks(0.9 * SECONDS) as unit:
        changes = await changes_at(unit, call.api.catalogue, service, at, call.token.person.id)
    found = gate(service, changes, at, needs_window=query.needs_window)
    looked_at = models.LookedAt(
        service=service.key,
        at=at,
        needs_window=query.needs_window,
        changes=[each.id for each in changes],
        freezes=[each.name for each in service.freezes],
    )
    return Answer(
        models.GateModel(
            allowed=found.allowed,
            reasons=[plain(each) for each in found.reasons],
            change=found.change or None,
            until=found.until,
            looked_at=looked_at,
        )
    )


def answer_of(stored: VersionedChange, status: int = 200) -> Answer:
    """The change, with its tag."""
    return Answer(ChangeModel.of(stored.change, stored.version), tag_of(stored), status)


def tag_of(stored: VersionedChange) -> str:
    """The entity tag of the change: another whenever anything has happened to it."""
    return f'"{stored.version}"'


def change_id_of(call: Call) -> str:
    """The id in the address. Raises NotFound for what is none."""
    given = call.arguments["id"]
    if not _ID.fullmatch(given):
        raise NotFound(THERE_IS_NONE, id=given[:40])
    return given


def service_called(call: Call, key: str | None) -> Service:
    """The service of that key, or any. Raises ValidationFailed: it stands in the query and not in the path."""
    services = call.api.catalogue.services
    if key is not None and key not in services:
        raise of_fields({"service": "There is no such service."})
    return services[key] if key is not None else next(iter(services.values()))


def _words(text: str) -> tuple[str, ...]:
    found = (folded(without_invisible(each[:LONGEST_WORD])) for each in text.split())
    return tuple(dict.fromkeys(each for each in found if each))[:MOST_WORDS]
