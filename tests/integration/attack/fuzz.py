"""Bodies that were activities of Teams before something was done to them, and how they are sent."""

import copy
import json
import random
import string
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

from bot.turn.dialog_answers import DIALOGS
from bot.turn.invokes import PRESSED
from tests.integration.attack import raw
from tests.support.production import typed
from tests.support.teams import Teams

VERBS = ["go.give", "change.submit", "change.edit", "test.result", "restore.confirm", "look", "review.save"]
TEXTS = ["/change new", "/change list", "/change show 1", "/change move 1 x", "hello", "/change extend 1 45m late"]
OURS = frozenset({"text", "value", "name", "locale", "channelData", "replyToId"})
CHANCE_OF_A_FLIP = 0.1
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent as the content of one request, and with which headers beside the authorization."""

    content: bytes
    headers: dict[str, str]


def activities(teams: Teams, chance: random.Random) -> list[dict[str, Any]]:
    """One of each kind that Teams posts, with the fields that Teams gives them."""
    data = {"change": "CHG-2027-0001", "revision": 1, "date": "2027-04-15"}
    verb = chance.choice(VERBS)
    press = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
    member = {"id": "29:guest", "aadObjectId": "00000000-0000-0000-0000-000000000029"}
    client = {"locale": "fr-CH", "country": "CH", "platform": "Windows", "timezone": "Europe/Zurich"}
    mention = {"type": "mention", "mentioned": {"id": "28:bot", "name": "Change bot"}, "text": "<at>Change bot</at>"}
    html = {"contentType": "text/html", "content": "<div><p>/change list</p></div>"}
    real = [
        typed(teams, chance.choice(TEXTS), entities=[client | {"type": "clientInfo"}, mention], attachments=[html]),
        typed(teams, "", value={"verb": verb, **data}),
        typed(teams, "", type="invoke", name="adaptiveCard/action", value=press),
        typed(teams, "", type="invoke", name="composeExtension/query", value={"commandId": "x"}),
        typed(teams, "", type="invoke", name="task/submit", value={"data": {"verb": verb, "form": "0" * 16, **data}}),
        typed(teams, "", type="invoke", name="composeExtension/fetchTask", value={"commandId": "new"}),
        typed(teams, "", type="conversationUpdate", membersAdded=[member]),
        typed(teams, "", type="conversationUpdate", membersRemoved=[member]),
        typed(teams, "", type="installationUpdate", action="remove"),
        typed(teams, "", type="messageReaction", reactionsAdded=[{"type": "like"}], replyToId="1"),
        typed(teams, "", type="messageUpdate"),
    ]
    for each in real:
        each |= {"locale": "fr-CH", "timestamp": "2027-04-15T08:00:00.123Z", "localTimezone": "Europe/Zurich"}
    return real


def body(number: int, teams: Teams) -> Body:
    """The body of that number: the same in every run."""
    chance = random.Random(number)
    activity = copy.deepcopy(chance.choice(activities(teams, chance)))  # its sender and its bot are everybody's
    content = chance.choice(WAYS)(chance, activity)
    if content and chance.random() < CHANCE_OF_A_FLIP:
        place = chance.randrange(len(content))
        content = content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
    kinds = ["application/json"] * 9 + ["application/json; charset=utf-16", "text/plain", "", "application/json\t;a"]
    return Body(content, {"Content-Type": chance.choice(kinds)})


def compressed(number: int, teams: Teams) -> Body:
    """The body of that number, packed in one way or another, or a bomb."""
    chance, plain = random.Random(number), body(number, teams)
    packs: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("gzip", raw.packed),
        ("deflate", zlib.compress),
        ("gzip, gzip", lambda content: raw.packed(raw.packed(content))),
        ("br", lambda content: content),
        ("gzip", lambda _: raw.bomb()),
        ("gzip", lambda content: raw.packed(content)[:-9]),
        ("GZIP", lambda content: content),
        ("identity, deflate", zlib.compress),
        ("zstd", raw.packed),
    ]
    coding, pack = chance.choice(packs)
    return Body(pack(plain.content), plain.headers | {"Content-Encoding": coding})


def is_foreign_invoke(content: bytes) -> bool:
    """Whether 501 is the right answer: Teams expects it to an invoke that nothing of ours gives."""
    try:
        activity = json.loads(content)
    except ValueError:
        return False
    return (
        isinstance(activity, dict)
        and activity.get("type") == "invoke"
        and activity.get("name") not in {PRESSED, *DIALOGS}
    )


# ── What is done to an activity ───────────────────────────────────────────────────────────────────────────────────


def _odd_fields(chance: random.Random, activity: dict[str, Any], among: frozenset[str] | None = None) -> bytes:
    """Something odd at up to three fields, wherever they are, or only inside those."""
    paths = [path for path in _paths(activity) if among is None or path[0] in among]
    for path in (chance.choice(paths) for _ in range(chance.randrange(1, 4))):
        if path in set(_paths(activity)):  # what was put there before may have nothing inside
            _put(activity, path, _odd(chance))
    return json.dumps(activity).encode()


def _inside(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """Something odd where the SDK looks at nothing, and only our own code does."""
    return _odd_fields(chance, activity, OURS)


def _removed(chance: random.Random, activity: dict[str, Any]) -> bytes:
    path = chance.choice(list(_paths(activity)))
    del _holder(activity, path)[path[-1]]
    return json.dumps(activity).encode()


def _added(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """A field that Teams has elsewhere, or nowhere."""
    names = "membersAdded entities replyToId attachments recipient value relatesTo $ref action"
    return json.dumps(activity | {chance.choice(names.split()): _odd(chance)}).encode()


def _truncated(chance: random.Random, activity: dict[str, Any]) -> bytes:
    content = json.dumps(activity).encode()
    return content[: chance.randrange(len(content))]


def _repeated(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """A field that is there twice, the first or the second time with something odd."""
    pair = f"{json.dumps(chance.choice(list(activity)))}: {json.dumps(_odd(chance), default=str)}"
    content = json.dumps(activity)
    text = f"{{{pair}, {content[1:]}" if chance.random() < 0.5 else f"{content[:-1]}, {pair}}}"
    return text.encode("utf-8", "surrogatepass")


def _raw(chance: random.Random, activity: dict[str, Any], value: str) -> bytes:
    """That at one field, as it stands."""
    _put(activity, chance.choice(list(_paths(activity))), "HERE")
    return json.dumps(activity).replace('"HERE"', value, 1).encode()


def _nested(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """A hundred levels, or twenty thousand, at one field."""
    deep = chance.choice([100, 900, 1100, 20_000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}")])
    return _raw(chance, activity, opening * deep + "1" + closing * deep)


def _number(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """A number that does not fit anywhere, at one field."""
    numbers = ["NaN", "Infinity", "-Infinity", "1e400", "1" * 400, "-" + "9" * 4299, "1" * 5000, "-0", "0.1e-999"]
    return _raw(chance, activity, chance.choice(numbers))


def _encoded(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """In another encoding, or in none."""
    return json.dumps(activity).encode(chance.choice(["utf-16", "utf-32", "utf-8-sig", "latin-1", "utf-7"]))


def _foreign(chance: random.Random, _: dict[str, Any]) -> bytes:
    """No activity at all."""
    others = [b"", b"null", b"[]" * 3, b"\x00" * 50, b"a=b&c=d", b'{"type":"message"}' * 2]
    return chance.choice([json.dumps(_odd(chance)).encode(), *others])


def _padded(chance: random.Random, activity: dict[str, Any]) -> bytes:
    """Long, now and then longer than is taken."""
    text = "/change list " + chance.choice("x <|é") * chance.choice([1000, 60_000, 130_000])
    return json.dumps(activity | {"text": text}).encode()


WAYS: list[Callable[[random.Random, dict[str, Any]], bytes]] = [
    *([_inside] * 8 + [_odd_fields] * 5 + [_removed] * 2 + [_added] * 2 + [_number] * 2),
    *(_truncated, _repeated, _nested, _encoded, _foreign, _padded),
]


def _odd(chance: random.Random, depth: int = 0) -> Any:
    match chance.randrange(9 if depth < 4 else 6):
        case 0:
            return None
        case 1:
            return chance.choice([True, False, [], {}, [None], [[]], {"": {}}, ""])
        case 2:
            return chance.choice([0, -1, 2**63, 10**400, 1.5, -0.0, float("nan"), float("inf")])
        case 3 | 4:
            alphabet = string.printable + "é\u202e\u0000\ud800😀" + "<at>|*_`[]()"
            return "".join(chance.choice(alphabet) for _ in range(chance.randrange(30)))
        case 5:
            words = ["msteams", "message", "invoke", "adaptiveCard/action", "CHG-2027-0001", "/change new", "go.give"]
            return chance.choice([*words, "Action.Execute", "conversationUpdate", "/change cancel 1", "new", "29:x"])
        case 6:
            return [_odd(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            names = ["id", "name", "type", "verb", "data", "action", "change", "revision", "text", "value", "mentioned"]
            return {chance.choice(names): _odd(chance, depth + 1) for _ in range(chance.randrange(5))}


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where every field and every item is, whatever is in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from _paths(each, (*path, name))


def _holder(value: Any, path: Path) -> Any:
    return reduce(getitem, path[:-1], value)


def _put(value: Any, path: Path, new: Any) -> None:
    _holder(value, path)[path[-1]] = new
