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
    """One request from somebody who may make it: `line` is its method and path, `arguments` are the parts of the path.

    `sent` is the body as it came, and `key` the Idempotency-Key, or empty.
    """

    api: Parts
    token: ApiToken
    line: str
    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    query: Any
    body: Any
    sent: bytes
    key: str

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
    """What is answered, with its entity tag; without a `model` that nothing has changed."""

    model: BaseModel | None
    tag: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """`scopes`: the token needs one of them. `gives` is what is answered, `query` and `body` are what it takes.

    `conditional`: it has an entity tag, and If-None-Match is obeyed.
    """

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
