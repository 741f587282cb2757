"""What can be written: a draft, and handing it in. Each happens once, however often it is sent."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from secrets import token_hex

from application.input_parsing.cleaning import clean
from application.input_parsing.plan import read_plan
from application.input_parsing.risk import RISK_FIELDS
from application.ports import Json, UnitOfWork
from application.retry import commit_with_retry
from application.session import UserSession
from changes import commands as c
from changes.errors import CommandRejected
from web.api.models import Change
from web.api.operation import Answer, ApiRequest
from web.api.problems import Problem
from web.api.queries import answer_of, service_called
from web.api.request_parsing import idempotency_key
from web.etags import matches


async def create(request: ApiRequest) -> Answer:
    """A draft of the plan, under a new id, as the token's person."""
    given = request.body.model_dump(mode="json")
    given |= {each: mark.join(given[each]) for each, mark in {"tests": "\n", "tasks": "\n", "notify": ", "}.items()}
    given |= dict(zip(RISK_FIELDS, given.pop("risk_answers"), strict=False))
    answers = {name: clean(str(value)) for name, value in given.items()}  # as they would stand in the form

    async def drafted(session: UserSession) -> Answer:
        service = await session.service(service_called(request, answers["service"]).key)
        plan = read_plan(answers, service, session.person, await session.people(), session.now)
        await session.validate_new(plan)
        return answer_of(await session.stored((await session.draft(plan)).id))

    return await _once(request, drafted, "new")


async def submit(request: ApiRequest) -> Answer:
    """Hand the draft in; with If-Match only if nothing has happened to it since."""
    headers = request.http.headers

    async def submitted(session: UserSession) -> Answer:
        stored = await session.stored(request.change_id)
        if "If-Match" in headers and not matches(headers["If-Match"], str(stored.version)):
            raise Problem(412, "The change was modified since; read it again.")
        await session.execute(stored.change.id, c.Submit(session.person))
        return answer_of(await session.stored(stored.change.id))

    return await _once(request, submitted, "submit")


async def _once(request: ApiRequest, write: Callable[[UserSession], Awaitable[Answer]], verb: str) -> Answer:
    """What `write` answers once it is committed; of what was sent before with the same key, what was answered then.

    Without a key of the caller one is made: a commit that may have happened is not repeated.
    """
    given = idempotency_key(request.http) or token_hex()
    key = f"api {request.token.digest[:16]} {sha256(given.encode()).hexdigest()}"
    line = f"{request.http.method} {request.http.path}".encode("utf-8", "surrogatepass")
    asked = sha256(b"\n".join((line, request.sent))).hexdigest()
    done: list[tuple[UnitOfWork, Answer]] = []

    async def written(unit: UnitOfWork) -> None:
        session = await request.session(unit)
        known = await unit.processed_activities.begin(key, session.now)
        answer = await write(session) if known is None else _remembered(known, asked)
        if known is None:
            kept = {"asked": asked, "body": answer.model.model_dump(mode="json")}
            await unit.processed_activities.answered(key, kept)
        done.append((unit, answer))

    try:
        await commit_with_retry(request.context.units, written)
    except CommandRejected as refusal:
        async with request.context.reading() as unit:
            await request.context.log_denial(await request.session(unit), refusal, verb)
        raise
    unit, answer = done[-1]
    request.context.wake_worker(unit.work)
    return answer


def _remembered(known: Json, asked: str) -> Answer:
    if known["asked"] != asked:
        raise Problem(422, "This Idempotency-Key was used for something else: take a new one.")
    change = Change.model_validate(known["body"])
    return Answer(change, str(change.version))
