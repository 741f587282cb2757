"""One request of the API: who asks, what for, what comes of it. Nobody's body is read before their token is known."""

import math
import re
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from application.api import tokens
from application.api.tokens import ApiToken
from application.limits.deadline import within
from application.limits.request_limit import RequestLimit
from changes.errors import CommandRejected, ConcurrencyConflict, DatabaseUnavailable
from http_server import API
from language import use_language
from web.api.models import CHANGE_ID, Change
from web.api.openapi import document, page
from web.api.operation import Answer, ApiRequest, Operation
from web.api.operations import OPERATIONS
from web.api.problems import Problem, challenged, not_now, of_rejection
from web.api.request_parsing import read_json, read_query
from web.context import SECONDS, WebContext
from web.etags import is_known

_SAFE = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_PAGE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_READS = ("GET", "HEAD")


async def serve(context: WebContext, limit: RequestLimit, request: web.Request) -> web.Response:
    """Answer it, whatever it is."""
    with use_language("en"):
        try:
            return await _served(context, limit, request)
        except Problem as problem:
            return problem.response()
        except ConcurrencyConflict:
            return not_now("Too many concurrent writes; retry.").response()
        except CommandRejected as refusal:
            return of_rejection(refusal).response()
        except DatabaseUnavailable:  # which was told where it was noticed
            return not_now("The database cannot be used at the moment.").response()


async def _served(context: WebContext, limit: RequestLimit, request: web.Request) -> web.Response:
    # The proxy in front adds the address that asked it.
    _refuse_too_many(limit, request.headers.get("X-Forwarded-For", request.remote or "").rpartition(",")[2].strip())
    # What the API is like is no secret, and a browser has no token to show.
    if request.path == f"{API}/openapi.json" and request.method in _READS:
        return web.json_response(document(), headers=_SAFE)
    if request.path == f"{API}/docs" and request.method in _READS:
        return web.Response(text=page(), content_type="text/html", headers=_SAFE | _PAGE)
    token = await within(SECONDS, _known(context, request))
    _refuse_too_many(limit, token.digest)
    operation, change_id = _wanted(request)
    if token.scopes.isdisjoint(operation.scopes):
        error = f', error="insufficient_scope", scope="{operation.scopes[0]}"'
        raise challenged(403, f"The token lacks the scope {operation.scopes[0]}.", error)
    query = read_query(operation.query, request)
    body, sent = await read_json(operation.body, request) if operation.method == "POST" else (None, b"")
    without_admins = replace(context, catalogue=replace(context.catalogue, admins=()))  # no program needs their rights
    asked = ApiRequest(without_admins, token, request, change_id, query, body, sent)
    return _response(operation, await within(SECONDS, operation.run(asked)), request)


async def _known(context: WebContext, request: web.Request) -> ApiToken:
    """The token of the request. Raises Problem: 401."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise challenged(401, "Send a token of the API as `Authorization: Bearer …`.")
    async with context.reading() as unit:
        token = await tokens.known(unit.settings, secret.strip())
    if token is None or token.expires_at <= context.clock.now() or token.person not in context.catalogue.admins:
        raise challenged(401, "The token is unknown, expired or revoked.", ', error="invalid_token"')
    return token


def _refuse_too_many(limit: RequestLimit, sender: str) -> None:
    if wait := limit.wait_s(sender):
        raise Problem(429, "Too many requests in this minute.", Retry_After=str(math.ceil(wait)))


def _wanted(request: web.Request) -> tuple[Operation, str]:
    """The operation, and the id of the change in the path. Raises Problem: 404, 405."""
    allowed = set[str]()
    for operation in OPERATIONS:
        pattern = f"{API}/{operation.path}".replace("{id}", f"({CHANGE_ID.strip('^$')})")
        if found := re.fullmatch(pattern, request.path, re.ASCII):
            methods = _READS if operation.method == "GET" else (operation.method,)
            if request.method in methods:
                return operation, "".join(found.groups())
            allowed.update(methods)
    if allowed:
        raise Problem(405, "This cannot be done here.", Allow=", ".join(sorted(allowed)))
    raise Problem(404, "There is nothing at this address.")


def _response(operation: Operation, answer: Answer, request: web.Request) -> web.Response:
    headers = _SAFE | ({"ETag": f'"{answer.tag}"'} if answer.tag else {})
    if operation.conditional and is_known(request.headers, answer.tag):
        return web.Response(status=304, headers=headers)
    if operation.status == HTTPStatus.CREATED and isinstance(answer.model, Change):
        headers["Location"] = f"{API}/changes/{answer.model.id}"
    body = answer.model.model_dump_json().encode()
    return web.Response(body=body, status=operation.status, content_type="application/json", headers=headers)
