"""One request of the API: who asks, what for, what comes of it. Nobody's body is read before their token is known."""

import re
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from aiohttp import web

from application.api import tokens
from application.api.tokens import ApiToken
from application.limits.deadline import within
from changes.errors import CommandRejected, ConcurrencyConflict, DatabaseUnavailable
from http_server import API
from language import use_language
from web.api.models import FullChange
from web.api.openapi import document, page
from web.api.operation import SECONDS, Answer, Call, Operation
from web.api.operations import OPERATIONS
from web.api.parts import Parts
from web.api.problems import Problem, not_now, of_rejection, out_of_scope, unauthorised
from web.api.reading import idempotency_key, read_json, read_query
from web.etags import is_known

_SAFE = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_PAGE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_READS = ("GET", "HEAD")
_NOTED_S = 0.5
"""Seconds that whoever asks waits for others who write, once a day."""


async def serve(api: Parts, request: web.Request) -> web.Response:
    """Answer it, whatever it is."""
    with use_language("en"):
        try:
            return await _served(api, request)
        except Problem as problem:
            return problem.response()
        except ConcurrencyConflict:
            return not_now("Too many concurrent writes; retry.").response()
        except CommandRejected as refusal:
            return of_rejection(refusal).response()
        except DatabaseUnavailable:  # which was told where it was noticed
            return not_now("The database cannot be used at the moment.").response()


async def _served(api: Parts, request: web.Request) -> web.Response:
    # What the API is like is no secret, and a browser has no token to show.
    if request.path == f"{API}/openapi.json" and request.method in _READS:
        return web.json_response(document(), headers=_SAFE)
    if request.path == f"{API}/docs" and request.method in _READS:
        return web.Response(text=page(), content_type="text/html", headers=_SAFE | _PAGE)
    token = await within(SECONDS, _known(api, request))
    operation, arguments = _wanted(request)
    if token.scopes.isdisjoint(operation.scopes):
        raise out_of_scope(operation.scopes[0])
    line, key, query = (
        f"{request.method} {request.path}",
        idempotency_key(request),
        read_query(operation.query, request),
    )
    body, sent = await read_json(operation.body, request) if operation.method == "POST" else (None, b"")
    call = Call(api, token, line, arguments, request.headers, query, body, sent, key)
    return _response(await within(SECONDS, operation.run(call)), request.headers if operation.conditional else {})


async def _known(api: Parts, request: web.Request) -> ApiToken:
    """The token of the request. Raises Problem: 401."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise unauthorised("Send a token of the API as `Authorization: Bearer …`.")
    now = api.clock.now()
    async with api.looks(0.9 * SECONDS) as unit:
        token = await tokens.known(unit.settings, secret.strip())
    if token is None or token.expires_at <= now or token.person not in api.catalogue.admins:
        raise unauthorised("The token is unknown, expired or revoked.", ', error="invalid_token"')
    if token.used_on != now.date():
        with suppress(ConcurrencyConflict, DatabaseUnavailable):  # it is noted another time; what is asked is only read
            async with api.units(_NOTED_S) as unit:
                await tokens.note_use(unit.settings, token, now.date())
    return token


def _wanted(request: web.Request) -> tuple[Operation, Mapping[str, str]]:
    """The operation, and the parts of the path. Raises Problem: 404, 405."""
    allowed = set[str]()
    for operation in OPERATIONS:
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", f"{API}/{operation.path}")
        if found := re.fullmatch(pattern, request.path):
            methods = _READS if operation.method == "GET" else (operation.method,)
            if request.method in methods:
                return operation, found.groupdict()
            allowed.update(methods)
    if allowed:
        raise Problem(405, "This cannot be done here.", Allow=", ".join(sorted(allowed)))
    raise Problem(404, "There is nothing at this address.")


def _response(answer: Answer, conditions: Mapping[str, str]) -> web.Response:
    headers = _SAFE | ({"ETag": answer.tag} if answer.tag else {})
    if answer.model is None or (answer.tag and is_known(conditions, answer.tag)):
        return web.Response(status=304, headers=headers)
    if answer.status == HTTPStatus.CREATED and isinstance(answer.model, FullChange):
        headers["Location"] = f"{API}/changes/{answer.model.id}"
    body = answer.model.model_dump_json().encode()
    return web.Response(body=body, status=answer.status, content_type="application/json", headers=headers)
