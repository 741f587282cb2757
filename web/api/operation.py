"""What an operation of the API is: its place, what it takes and gives, and what runs it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from application.api.tokens import ApiToken, Scope
from application.ports import UnitOfWork
from application.queries.directory import Directory
from application.session import UserSession
from changes.errors import CommandRejected
from web.api.parts import Parts

SECONDS = 3.5
"""For an answer, whatever it has to wait for."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request from somebody who may make it. `arguments` are the parts of its address."""

    api: Parts
    token: ApiToken
    headers: Mapping[str, str]
    arguments: Mapping[str, str]
    query: Any = None
    body: Any = None
    sent: bytes = b""
    key: str | None = None
    line: str = ""
    """The method and the path."""

    async def session(self, unit: UnitOfWork) -> UserSession:
        """The session of the token's person, without an admin's rights: no program needs them."""
        met = await unit.people.get(self.token.person.id)
        person = met.person if met else self.token.person
        catalogue = replace(self.api.catalogue, admins=())
        return UserSession(Directory(unit), catalogue, self.api.clock.now(), person, "api")

    async def log_denial(self, refusal: CommandRejected, what: str) -> None:
        """Write down what the person may not, after nothing else was written."""
        async with self.api.units(0.9 * SECONDS) as unit:
            await (await self.session(unit)).log_denial(refusal, what)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; without a `model` that nothing has changed."""

    model: BaseModel | None
    tag: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """`scopes`: the token needs one of them. `query` and `body` are what it takes, `gives` is what it answers."""

    name: str
    method: str
    path: str
    summary: str
    scopes: tuple[Scope, ...]
    gives: type[BaseModel]
    run: Callable[[Call], Coroutine[Any, Any, Answer]]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    conditional: bool = False
    """Whether it has an entity tag: If-None-Match is obeyed."""
