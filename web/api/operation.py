"""What an operation of the API is: its place, what it takes and gives, and what runs it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from application.api.tokens import ApiToken, Scope
from application.ports import UnitOfWork
from application.session import UserSession
from web.api.models import Model
from web.context import WebContext


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request from somebody who may make it; `change_id` stands in its path, and `sent` is the body as it came.

    Nobody is an admin in the `context`.
    """

    context: WebContext
    token: ApiToken
    http: web.Request
    change_id: str
    query: Any
    body: Any
    sent: bytes

    async def session(self, unit: UnitOfWork) -> UserSession:
        """The session of the token's person, without an admin's rights: no program needs them."""
        return await self.context.session(unit, self.token.person, "api")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, with its entity tag."""

    model: BaseModel
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """`scopes`: the token needs one of them. `gives` is what is answered, `query` and `body` are what it takes, the
    usual query nothing.

    `conditional`: it has an entity tag, and If-None-Match is obeyed.
    """

    name: str
    method: str
    path: str
    summary: str
    scopes: tuple[Scope, ...]
    gives: type[BaseModel]
    run: Callable[[ApiRequest], Coroutine[Any, Any, Answer]]
    query: type[BaseModel] = Model
    body: type[BaseModel] | None = None
    status: int = 200
    conditional: bool = False
