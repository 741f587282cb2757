"""One request of the API: who asks, what for, what comes of it. Nobody's body is read before their token is known."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from application.api import tokens as api_tokens
from application.api.tokens import ApiToken
from application.deadline import within
from changes.errors import CommandRejected, ConcurrencyConflict, DatabaseUnavailable
from http_server import API
from language import use_language
from web.api.models import ChangeModel
from web.api.openapi import document, page
from web.api.operation import SECONDS, Answer, Call, Operation
from web.api.operations import OPERATIONS
from web.api.parts import Parts
from web.api.problems import Problem, away, lost, of_fields, of_rejection, out_of_scope, unauthorised
from web.api.reading import bytes_of, idempotency_key, matches, read_json, read_query

_PAGE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_SAFE = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


async def serve(api: Parts, request: web.Request) -> web.Response:
    """Answer it, whatever it is."""
    with use_language("en"):
        try:
            return await _served(api, request)
        except Problem as problem:
            return problem.response()
        except ConcurrencyConflict:
            return lost().response()
        except CommandRejected as refusal:
            return of_rejection(refusal).response()
        except DatabaseUnavailable:  # which was told where it was noticed
            return away().response()


async def _served(api: Parts, request: web.Request) -> web.Response:
    # What the API is like is no secret, and a browser has no token to show.
    if request.method in ("GET", "HEAD") and request.path == f"{API}/openapi.json":
        return web.json_response(document(), headers=_SAFE)
    if request.method in ("GET", "HEAD") and request.path == f"{API}/docs":
        return web.Response(text=page(), content_type="text/html", headers=_SAFE | _PAGE)
    token = await within(SECONDS, _known(api, request))
    operation, arguments = _wanted(request)
    if token.scopes.isdisjoint(operation.scopes):
        raise out_of_scope(operation.scopes[0])
    line = f"{operation.method} {request.path}"
    call = Call(api, token, request.headers, arguments, line=line, key=idempotency_key(request))
    if operation.query is not None:
        call = replace(call, query=read_query(operation.query, request))
    elif request.query_string:
        raise of_fields(dict.fromkeys(request.query, "It takes none."))
    if operation.body is not None:
        body, sent = await read_json(operation.body, request)
        call = replace(call, body=body, sent=sent)
    elif operation.method == "POST" and await bytes_of(request):
        raise Problem(400, "This takes no body.")
    answer = await within(SECONDS, operation.run(call))
    return _response(answer, request.headers if operation.conditional else {})


async def _known(api: Parts, request: web.Request) -> ApiToken:
    """The token of the request. Raises Problem: 401."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise unauthorised("Send a token of the API as `Authorization: Bearer …`.", given=False)
    now = api.clock.now()
    async with api.looks(0.9 * SECONDS) as unit:
        token = await api_tokens.known(unit.settings, secret.strip())
    if token is None or token.expires_at <= now or token.person not in api.catalogue.admins:
        raise unauthorised("The token is unknown, expired or revoked.", given=True)
    if token.used_on != now.date():
        async with api.units(0.9 * SECONDS) as unit:
            await api_tokens.note_use(unit.settings, token, now.date())
    return token


def _wanted(request: web.Request) -> tuple[Operation, Mapping[str, str]]:
    """The operation, and the parts of the address. Raises Problem: 404, 405."""
    parts = request.path.removeprefix(API).removeprefix("/").split("/")
    method = "GET" if request.method == "HEAD" else request.method
    allowed = set[str]()
    for operation in OPERATIONS:
        found = _arguments(operation.path.split("/"), parts)
        if found is not None and operation.method == method:
            return operation, found
        if found is not None:
            allowed |= {operation.method} | ({"HEAD"} if operation.method == "GET" else set())
    if allowed:
        raise Problem(405, "This cannot be done here.", headers={"Allow": ", ".join(sorted(allowed))})
    raise Problem(404, "There is nothing at this address.")


def _arguments(pattern: list[str], parts: list[str]) -> Mapping[str, str] | None:
    if len(pattern) != len(parts):
        return None
    found: dict[str, str] = {}
    for wanted, given in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            found[wanted.strip("{}")] = given
        elif wanted != given:
            return None
    return found


def _response(answer: Answer, conditions: Mapping[str, str]) -> web.Response:
    headers = dict(_SAFE)
    if answer.tag:
        headers["ETag"] = answer.tag
    if answer.model is None or (answer.tag and matches(conditions.get("If-None-Match", ""), answer.tag)):
        return web.Response(status=304, headers=headers)
    if answer.status == HTTPStatus.CREATED and isinstance(answer.model, ChangeModel):
        headers["Location"] = f"{API}/changes/{answer.model.id}"
    body = answer.model.model_dump_json().encode()
    return web.Response(body=body, status=answer.status, content_type="application/json", headers=headers)
