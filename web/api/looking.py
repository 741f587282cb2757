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
from web.api.operation import SECONDS, Answer, Call
from web.api.problems import of_fields, plain
from web.etags import is_known

USUAL_DAYS, MOST_DAYS = 31, 366
MOST_WINDOWS = 500
_TAKES_PLACE = frozenset(State) - DROPPED - {State.DRAFT}


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
    words = (folded(without_invisible(each[:LONGEST_WORD])) for each in query.words.split())
    search = _search(call, query, states=frozenset(query.state), words=[*filter(None, words)][:MOST_WORDS])
    async with call.api.looks(0.9 * SECONDS) as unit:
        found = sorted(await unit.changes.versions(search))
        behind = [each for each in found if each[0] > (query.cursor or "")]
        here, more = behind[: query.limit], len(behind) > query.limit
        tag = f'"{sha256(repr((here, more)).encode()).hexdigest()[:32]}"'
        if is_known(call.headers, tag):
            return Answer(None, tag)
        changes = {each.id: each for each in await unit.changes.load_together([each for each, _ in here])}
    shown = [_full(VersionedChange(changes[each], version)) for each, version in here]
    return Answer(models.Changes(changes=shown, next=here[-1][0] if more else None), tag)


async def list_services(call: Call) -> Answer:
    """All services, by name."""
    async with call.api.looks(0.9 * SECONDS) as unit:
        services = await (await call.session(unit)).services()
    facts = [{name: getattr(each, name, each.zone.key) for name in models.Service.model_fields} for each in services]
    return Answer(models.Services.model_validate({"services": facts}))


async def list_freezes(call: Call) -> Answer:
    """The freezes of one service or of all, the earliest first."""
    wanted: str | None = call.query.service
    services = [service_called(call, wanted)] if wanted else call.api.catalogue.services.values()
    found = []
    for service in services:
        for each in service.freezes:
            window = each.window(service.zone)
            facts = {"service": service.key, "name": each.name, "first": each.first, "last": each.last}
            found.append(models.Freeze.model_validate(facts | {"start": window.start, "end": window.end}))
    return Answer(models.Freezes(freezes=sorted(found, key=lambda each: (each.first, each.service, each.name))))


async def list_windows(call: Call) -> Answer:
    """The windows that take place, or took place, in a time."""
    query: models.WindowsQuery = call.query
    since = query.since or call.api.clock.now()
    until = query.until or since + timedelta(days=USUAL_DAYS)
    if not since < until <= since + timedelta(days=MOST_DAYS):
        raise of_fields({"until": f"It must be after since, by at most {MOST_DAYS} days."})
    search = replace(_search(call, query, states=_TAKES_PLACE), since=since, until=until)
    async with call.api.looks(0.9 * SECONDS) as unit:
        found = await unit.changes.find(search, limit=MOST_WINDOWS)
    windows = [models.Window.model_validate(models.Window.facts(each)) for each in found]
    return Answer(models.Windows(windows=windows, complete=len(found) < MOST_WINDOWS))


async def ask_gate(call: Call) -> Answer:
    """Whether the service may be deployed to."""
    query: models.GateQuery = call.query
    service, at = service_called(call, query.service), query.at or call.api.clock.now()
    async with call.api.looks(0.9 * SECONDS) as unit:
        changes = await changes_at(unit, call.api.catalogue, service, at, call.token.person.id)
    found = gate(service, changes, at, needs_window=query.needs_window)
    return Answer(
        models.Gate(
            allowed=found.allowed,
            reasons=[plain(each) for each in found.reasons],
            change=found.change or None,
            until=found.until,
            at=at,
            looked_at=[each.id for each in changes],
        )
    )


def answer_of(stored: VersionedChange, status: int = 200) -> Answer:
    """The change, with its entity tag: another whenever anything has happened to it."""
    return Answer(_full(stored), tag_of(stored), status)


def tag_of(stored: VersionedChange) -> str:
    """The entity tag of the change."""
    return f'"{stored.version}"'


def change_id_of(call: Call) -> str:
    """The id in the address. Raises NotFound for what is none."""
    given = call.arguments["id"]
    if not re.fullmatch(models.CHANGE_ID, given, re.ASCII):
        raise NotFound(THERE_IS_NONE, id=given[:40])
    return given


def service_called(call: Call, key: str) -> Service:
    """The service of that key. Raises Problem: 422, as it stands in no path."""
    if key not in call.api.catalogue.services:
        raise of_fields({"service": "There is no such service."})
    return call.api.catalogue.services[key]


def _full(stored: VersionedChange) -> models.FullChange:
    facts = models.FullChange.facts(stored.change) | {"version": stored.version}
    return models.FullChange.model_validate(facts)


def _search(call: Call, query: models.WindowsQuery, **more: object) -> Search:
    service = service_called(call, query.service).key if query.service else ""
    found = Search(service=service, since=query.since, until=query.until, viewer=call.token.person.id)
    return replace(found, **more)  # type: ignore[arg-type]
