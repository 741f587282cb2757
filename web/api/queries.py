"""What can be read: changes, services with their freezes, and the gate."""

from application.api.gate import changes_at
from application.input_parsing.cleaning import clean
from application.ports import VersionedChange
from changes.errors import Hidden
from changes.planning.gate import gate
from changes.policy import Service
from changes.reporting.search import Search, read_words
from web.api import models
from web.api.operation import Answer, ApiRequest
from web.api.problems import of_fields, plain
from web.etags import tag_of


async def read_change(request: ApiRequest) -> Answer:
    """One change, as it stands."""
    async with request.context.reading() as unit:
        session = await request.session(unit)
        try:
            stored = await session.stored(request.change_id)
        except Hidden as hidden:
            await request.context.log_denial(session, hidden, "show")
            raise
    return answer_of(stored)


async def list_changes(request: ApiRequest) -> Answer:
    """A page of the changes that match, in the order of their ids: one that is moved meanwhile keeps its place."""
    query: models.ChangesQuery = request.query
    search = Search(
        service=service_called(request, query.service).key if query.service else "",
        states=frozenset(query.state),
        since=query.since,
        until=query.until,
        words=read_words(clean(query.words)),
        viewer=request.token.person.id,
    )
    async with request.context.reading() as unit:
        found = sorted(await unit.changes.versions(search))
        behind = [each for each in found if each[0] > (query.cursor or "")]
        here, more = behind[: query.limit], len(behind) > query.limit
        changes = {each.id: each for each in await unit.changes.load_together([each for each, _ in here])}
    shown = [models.Change.of(VersionedChange(changes[each], version)) for each, version in here]
    return Answer(models.Changes(changes=shown, next=here[-1][0] if more else None), tag_of(here, more))


async def list_services(request: ApiRequest) -> Answer:
    """All services, by name."""
    async with request.context.reading() as unit:
        services = await (await request.session(unit)).services()
    return Answer(models.Services.model_validate({"services": services}))


async def ask_gate(request: ApiRequest) -> Answer:
    """Whether the service may be deployed to."""
    query: models.GateQuery = request.query
    catalogue = request.context.catalogue
    service, at = service_called(request, query.service), query.at or request.context.clock.now()
    async with request.context.reading() as unit:
        changes = await changes_at(unit, catalogue, service, at, request.token.person.id)
    found = gate(service, changes, at, needs_window=query.needs_window)
    reasons = [plain(each) for each in found.reasons]
    return Answer(models.GateAnswer(allowed=found.allowed, reasons=reasons, change=found.change or None, at=at))


def answer_of(stored: VersionedChange) -> Answer:
    """The change, with its entity tag: another whenever anything has happened to it."""
    return Answer(models.Change.of(stored), str(stored.version))


def service_called(request: ApiRequest, key: str) -> Service:
    """The service of that key. Raises Problem: 422, as it stands in no path."""
    if key not in request.context.catalogue.services:
        raise of_fields({"service": "There is no such service."})
    return request.context.catalogue.services[key]
