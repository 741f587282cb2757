"""Tokens of the API as both engines keep them: digests, each a row of its own, which goes with its person."""

from datetime import timedelta

import pytest

from application.api import tokens as api_tokens
from application.api.tokens import Scope
from application.ports import UnitOfWork, UserProfile
from changes.errors import CommandRejected, NotFound
from changes.model import Person
from storage.erasure import forget
from tests.contract import subjects as s

GONE = Person("00000000-0000-0000-0000-0000000000aa", "Gone Away")
STAYS = Person("00000000-0000-0000-0000-0000000000bb", "Stays Here")


async def test_a_token_is_known_by_its_secret_until_it_is_revoked(unit: UnitOfWork) -> None:
    secret = await api_tokens.make(unit.settings, STAYS, "deploy", {Scope.GATE}, 90, s.NOW)
    other = await api_tokens.make(unit.settings, STAYS, "wiki", {Scope.READ, Scope.WRITE}, 1, s.NOW)
    found = await api_tokens.known(unit.settings, secret)
    assert found is not None
    assert (found.name, found.person, found.scopes) == ("deploy", STAYS, frozenset({Scope.GATE}))
    assert found.expires_at == s.NOW + timedelta(days=90)
    assert [each.name for each in await api_tokens.tokens(unit.settings)] == ["deploy", "wiki"]
    for unknown in ("", "chg_", secret[:-1], secret.upper(), secret.removeprefix("chg_"), found.digest, "%", "chg_\0"):
        assert await api_tokens.known(unit.settings, unknown) is None
    with pytest.raises(CommandRejected, match="deploy already"):
        await api_tokens.make(unit.settings, GONE, "deploy", {Scope.GATE}, 90, s.NOW)
    await api_tokens.revoke(unit.settings, "deploy")
    assert await api_tokens.known(unit.settings, secret) is None
    assert await api_tokens.known(unit.settings, other) is not None
    with pytest.raises(NotFound, match="no API token called deploy"):
        await api_tokens.revoke(unit.settings, "deploy")
    assert len(await unit.settings.beginning_with("api-token")) == 1


async def test_there_are_no_more_than_somebody_can_look_after(unit: UnitOfWork) -> None:
    for number in range(api_tokens.MOST):
        await api_tokens.make(unit.settings, STAYS, f"n{number}", {Scope.GATE}, 90, s.NOW)
    with pytest.raises(CommandRejected, match="revoke one first"):
        await api_tokens.make(unit.settings, STAYS, "more", {Scope.GATE}, 90, s.NOW)


async def test_a_person_who_is_forgotten_takes_their_tokens_along(unit: UnitOfWork, url: str) -> None:
    await unit.people.upsert([UserProfile(person, f"29:{person.name}", "") for person in (GONE, STAYS)])
    theirs = await api_tokens.make(unit.settings, GONE, "theirs", {Scope.READ}, 90, s.NOW)
    mine = await api_tokens.make(unit.settings, STAYS, "mine", {Scope.READ}, 90, s.NOW)
    known = await api_tokens.known(unit.settings, theirs)
    assert known is not None
    await forget(url, GONE.id)
    assert await api_tokens.known(unit.settings, theirs) is None
    assert await api_tokens.known(unit.settings, mine) is not None
    assert not any(GONE.id in f"{name} {value}" for name, value in (await unit.settings.beginning_with("")).items())
