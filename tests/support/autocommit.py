"""A store that is asked one thing at a time, where it does not matter which questions share a transaction."""

from typing import Any, Protocol, cast

from application.ports import UnitOfWork


class _Store(Protocol):
    def units(self) -> UnitOfWork: ...


class _Part:
    def __init__(self, store: _Store, name: str) -> None:
        self._store, self._name = store, name

    def __getattr__(self, method: str) -> Any:
        async def call(*args: Any, **named: Any) -> Any:
            async with self._store.units() as unit:
                return await getattr(getattr(unit, self._name), method)(*args, **named)

        return call


class _Autocommit:
    def __init__(self, store: _Store) -> None:
        self._store = store

    def __getattr__(self, part: str) -> _Part:
        return _Part(self._store, part)


def autocommit(store: _Store) -> UnitOfWork:
    """A unit of work that needs no block: each of its calls is a transaction of its own."""
    return cast("UnitOfWork", _Autocommit(store))
