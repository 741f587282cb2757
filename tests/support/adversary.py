"""Every function of the code that may be given people's text, and the worst that each of its parameters can hold."""

import collections.abc
import dataclasses
import enum
import importlib
import inspect
import json
import pkgutil
import random
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache, cached_property
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from botbuilder.schema import Activity
from microsoft_teams.cards import Action, AdaptiveCard, CardElement, ExecuteAction, TextBlock

from application.change_context import ChangeContext
from application.input_parsing.card_action import LONGEST
from application.ports.provider import ProviderRefused
from bot.turn.activities import parse_activity
from changes.errors import CommandRejected, ValidationFailed
from changes.model import Change, Person, Plan, Window
from changes.policy import Catalogue, Service
from language.catalogues import load
from redaction import Redactor
from tests.support.builder import a_change, after_tests
from tests.support.core import LEARN, NADIA, ZURICH, Story, at, plan

_ELSEWHERE = ("language.update", "language.sentences", "language.catalogues", "language.po")
"""They read our own code and catalogues, for developers and at the start; one of them writes files."""
PACKAGES = (
    *("changes", "application", "cards", "dialogs", "bot", "web", "notices", "language", "scheduler", "infomaniak"),
    *("logs", "redaction"),
)
BODY = 250_000
"""So much text the largest body can hold, in bytes."""
NOW = at(2027, 4, 15, 22, 30)

KINDS: Mapping[str, str] = {
    "one letter each": "a b ",
    "words": "word of some length ",
    "backslashes": "\\",
    "mentions": "<at>",
    "brackets": "[](",
    "digits": "9",
    "accents": "\u0301\u0323",
    "accents in one": "\u0f73",
    "eighteen letters in one": "\ufdfa",
    "turning": "\u202e\u2066",
    "lines": "\n",
    "bullets": "- 1. ",
    "blanks": " ",
    "blanks that do not break": "&nbsp;",
    "sentences": "It is. ",
    "addresses": "a@b.ch,",
    "links": "http://www.",
    "places": "{id} ",
    "odd digits": "²٣",
}
"""What a text is full of."""


class CannotBuild(TypeError):
    """There is no way known to make a value of that type."""


@dataclass(frozen=True)
class Function:
    """A function, or a method and the class that it belongs to."""

    name: str
    call: Callable[..., object]
    owner: type | None = None

    @cached_property
    def hints(self) -> Mapping[str, object]:
        return typing.get_type_hints(self.call)

    @cached_property
    def wants(self) -> Mapping[str, inspect.Parameter]:
        """Its parameters, all of them, without the one that is the object itself."""
        taken = list(inspect.signature(self.call).parameters.items())
        return {name: each for name, each in taken[bool(self.owner) :] if each.kind is not each.VAR_KEYWORD}


def functions() -> Iterator[Function]:
    """Every function and method that the packages define, nested ones aside."""
    for module in _modules():
        for thing in [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]:
            if inspect.isfunction(thing):
                yield Function(f"{module.__name__}.{thing.__name__}", thing)
            elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
                for name, each in list(vars(thing).items()):
                    plain = getattr(each, "__func__", getattr(each, "fget", each))
                    special = name.startswith("_") and name.endswith("_") and name not in ("__init__", "__call__")
                    if inspect.isfunction(plain) and not special and not plain.__code__.co_filename.startswith("<"):
                        owner = None if isinstance(each, staticmethod) else thing
                        yield Function(f"{module.__name__}.{thing.__name__}.{name}", plain, owner)


def _modules() -> Iterator[types.ModuleType]:
    for package in PACKAGES:
        whole = importlib.import_module(package)
        yield whole
        for found in pkgutil.walk_packages(getattr(whole, "__path__", []), f"{package}."):
            if found.name not in _ELSEWHERE:
                yield importlib.import_module(found.name)


def text(kind: str, size: int) -> str:
    """So many characters of that kind, or as many as fit into the largest body."""
    part = KINDS[kind]
    fits = min(size, BODY * len(part) // len(part.encode()))
    return (part * (fits // len(part) + 1))[:fits]


def build(hint: Any, kind: str, size: int) -> object:
    """The worst value of that type, with texts of so many characters. Raises CannotBuild."""
    return _Builder(kind).build(hint, size)


_ANYTHING: tuple[object, ...] = (object, Any)
_CALLABLE: tuple[object, ...] = (collections.abc.Callable,)


@dataclass(frozen=True, slots=True)
class _Builder:
    kind: str

    def build(self, hint: Any, size: int) -> object:
        """A value of that type, whose texts have `size` characters."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if hint is None:
            return None
        if hint in _ANYTHING:
            return {"a": [text(self.kind, size)], "b": {"c": _deep()}}
        if origin in (types.UnionType, typing.Union):
            return self.build(next(each for each in arguments if each is not type(None)), size)
        if origin is typing.Literal:
            return arguments[0]
        if origin is type:
            return arguments[0]
        if origin is not None and isinstance(origin, type) and origin not in _CALLABLE:
            return self._container(origin, arguments, size)
        if isinstance(hint, collections.abc.Hashable) and hint in _PLAIN:
            return _PLAIN[hint](self.kind, size)
        if origin in _CALLABLE and arguments[-1:] == (datetime,):
            return lambda *_: NOW  # a clock
        if origin in _CALLABLE or getattr(hint, "_is_protocol", False) or hint.__module__.partition(".")[0] in _OUTSIDE:
            return ABSENT  # a port of ours, or what a library is made of that talks to somebody else
        if isinstance(hint, type):
            return self._object(hint)
        raise CannotBuild(str(hint))

    def _container(self, origin: type, arguments: tuple[object, ...], size: int) -> object:
        if issubclass(origin, collections.abc.Awaitable):
            return ABSENT
        if issubclass(origin, collections.abc.Mapping):
            # By a name of ours: names of fields are looked up, and nothing else.
            if arguments and arguments[0] not in (str, object):
                return {self.build(arguments[0], size): self.build(arguments[1], size)}
            return {"learn": self.build(arguments[1], size), "title": self.build(arguments[1], size)}
        if issubclass(origin, tuple) and Ellipsis not in arguments:
            return tuple(self.build(each, size) for each in arguments)
        if issubclass(origin, collections.abc.Iterable | collections.abc.Container):
            return self._several(origin, arguments[0], size)
        raise CannotBuild(str(origin))

    def _several(self, origin: type, hint: Any, size: int) -> object:
        if hint is str:
            found: list[object] = list(text(self.kind, size).split()) or [text(self.kind, size)]
        else:
            found = [self.build(hint, size), self.build(hint, size)]
        for made in (tuple, list, set, frozenset):
            if issubclass(made, origin):
                return made(found)
        raise CannotBuild(str(origin))

    def _object(self, wanted: type) -> object:
        if issubclass(wanted, enum.Enum):
            return next(iter(wanted))
        if (example := _examples().get(wanted)) is not None:
            return _poisoned(example, text(self.kind, LONGEST))
        if dataclasses.is_dataclass(wanted):
            hints = typing.get_type_hints(wanted)
            return wanted(
                **{each.name: self.build(hints[each.name], LONGEST) for each in dataclasses.fields(wanted) if each.init}
            )
        if issubclass(wanted, ValidationFailed):
            return wanted({"title": text(self.kind, LONGEST)})
        if issubclass(wanted, CommandRejected | ProviderRefused):
            return wanted("{what}", what=text(self.kind, LONGEST))
        concrete = [each for each in wanted.__subclasses__() if dataclasses.is_dataclass(each)]
        if concrete:
            return self._object(concrete[0])
        if wanted.__module__.partition(".")[0] in PACKAGES:
            hints = typing.get_type_hints(wanted.__init__)
            taken = inspect.signature(wanted).parameters.values()
            wants = [each.name for each in taken if each.name in hints and each.kind is not each.VAR_KEYWORD]
            return wanted(**{name: self.build(hints[name], LONGEST) for name in wants})
        raise CannotBuild(wanted.__qualname__)


class Absent(Exception):
    """The function reached for the database, Teams or another server."""


class _Absent:
    """Stands where something outside would be: whoever reaches for it gets no further."""

    def __getattr__(self, name: str) -> object:
        raise Absent(name)

    def __call__(self, *_: object, **__: object) -> object:
        raise Absent("called")


ABSENT = _Absent()


_OUTSIDE = frozenset(
    {"httpx", "aiohttp", "botbuilder", "jwt", "msal", "openstack", "pydantic", "requests", "prometheus_client"}
)


@cache
def _deep() -> object:
    deep: object = "end"
    for _ in range(200):
        deep = {"a": [deep]}
    return deep


_PLAIN: Mapping[object, Callable[[str, int], object]] = {
    str: text,
    bytes: lambda kind, size: text(kind, size).encode(),
    int: lambda kind, size: 7,
    float: lambda kind, size: 1.5,
    bool: lambda kind, size: True,
    type(None): lambda kind, size: None,
    datetime: lambda kind, size: NOW,
    date: lambda kind, size: NOW.date(),
    time: lambda kind, size: time(22, 30),
    timedelta: lambda kind, size: timedelta(hours=1),
    ZoneInfo: lambda kind, size: ZURICH,
    tzinfo: lambda kind, size: ZURICH,
    range: lambda kind, size: range(3),
    Activity: lambda kind, size: _activity(text(kind, size // 2)),
    random.Random: lambda kind, size: random.Random(1),
    NullTranslations: lambda kind, size: load("fr"),
    CardElement: lambda kind, size: TextBlock(text=text(kind, LONGEST)),
    AdaptiveCard: lambda kind, size: AdaptiveCard(body=[TextBlock(text=text(kind, LONGEST))] * 8),
    Action: lambda kind, size: ExecuteAction(title=text(kind, LONGEST)),
    ExecuteAction: lambda kind, size: ExecuteAction(title=text(kind, LONGEST)),
    BaseException: lambda kind, size: ValueError(text(kind, size)),
    Exception: lambda kind, size: ValueError(text(kind, size)),
}


def _activity(said: str) -> Activity:
    account = {"id": "29:a", "name": "Nadia", "aadObjectId": "00000000-0000-0000-0000-000000000020"}
    bot = {"id": "28:bot", "name": "Change bot"}
    mention = {"type": "mention", "mentioned": bot, "text": said[:1]}
    body = {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": "https://teams.example",
        "text": said,
        "from": account,
        "recipient": bot,
        "conversation": {"id": "c"},
        "entities": [mention] * 300,
    }
    return parse_activity(json.dumps(body).encode())


@cache
def _examples() -> Mapping[type, object]:
    """Values that really occur, by their type: what the process makes of a change on a bad day."""
    story: Story = a_change("incident")
    day = after_tests(a_change("in progress"), NOW, 1)
    change = dataclasses.replace(day.now_it_is, reviewed_plan=plan(what="Another"), judged_at=NOW)
    found: dict[type, object] = {
        Person: NADIA,
        Window: change.plan.window,
        Plan: change.plan,
        Change: change,
        Service: LEARN,
        Catalogue: Catalogue({"learn": LEARN}),
        ChangeContext: ChangeContext(change, LEARN, NOW),
        Redactor: Redactor(["a-secret-word", 'odd"one\\%2F']),
    }
    for each in (story, day, a_change("GO asked")):
        for made in (*each.caused, *each.entries, *(entry.event for entry in each.entries)):
            found.setdefault(type(made), made)
    return found


_OURS = frozenset({"id", "key", "service", "zone", "series", "fired_steps", "change", "fingerprint"})
"""Names of fields that people write nothing into."""


def _poisoned(value: object, worst: str) -> object:
    """The value with the worst text in every field that people write into."""
    if isinstance(value, str):
        return value if isinstance(value, enum.Enum) else worst
    if isinstance(value, tuple):
        return tuple(_poisoned(each, worst) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Service | Window | Catalogue):
        return dataclasses.replace(
            value,
            **{
                each.name: _poisoned(getattr(value, each.name), worst)
                for each in dataclasses.fields(value)
                if each.init and each.name not in _OURS
            },
        )
    return value


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is ready to be called with the worst of one kind."""

    function: Function
    positional: tuple[object, ...]
    named: Mapping[str, object]

    def __call__(self) -> object:
        """Call it. What it awaits from outside is absent, and a generator is read to its end."""
        result = self.function.call(*self.positional, **self.named)
        if inspect.iscoroutine(result):
            try:
                result.send(None)
            except StopIteration as done:
                return done.value
            finally:
                result.close()
        elif inspect.isgenerator(result):
            collections.deque(result, maxlen=0)
        return result


class Factory:
    """Makes calls; a value of one type and kind is made once."""

    def __init__(self, size: int) -> None:
        """`size` of each text that is a parameter itself, in characters; others have the longest that is let in."""
        self._size = size
        self._made: dict[tuple[object, str], object] = {}

    def call(self, function: Function, kind: str) -> Call:
        """The function with the worst of that kind for every parameter. Raises CannotBuild."""
        positional, named = list[object](), dict[str, object]()
        if function.owner is not None:
            is_class = next(iter(inspect.signature(function.call).parameters)) in ("cls", "mcs")
            positional = [function.owner if is_class else self._value(function.owner, kind)]
        for name, parameter in function.wants.items():
            try:
                value = self._value(function.hints[name], kind)
            except (CannotBuild, KeyError) as unknown:
                raise CannotBuild(f"{function.name}: nobody knows the worst of {name}: {unknown}") from unknown
            if parameter.kind is parameter.KEYWORD_ONLY:
                named[name] = value
            else:
                positional.append(value)
        return Call(function, tuple(positional), named)

    def _value(self, hint: Any, kind: str) -> object:
        key = (hint, kind)
        if key not in self._made:
            try:
                self._made[key] = build(hint, kind, self._size)
            except CannotBuild:
                raise
            except Exception as error:  # whatever a constructor has against the worst
                raise CannotBuild(f"{hint}: {type(error).__name__} {str(error)[:100]}") from error
        return self._made[key]


TEXTS = (str, object, Any, bytes, BaseException, Exception)


def takes_text(function: Function) -> bool:
    """Whether a parameter is text itself, or holds texts: then it is called with every kind."""
    return any(_is_text(function.hints.get(name)) for name in function.wants)


def _is_text(hint: Any) -> bool:
    return hint in TEXTS or hint is Activity or any(_is_text(each) for each in typing.get_args(hint))
