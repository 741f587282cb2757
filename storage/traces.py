"""By what one person is recognised in stored text: ids, chats, mail addresses and names, in every spelling."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import combining, normalize
from urllib.parse import quote

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ß": "ss", "æ": "ae", "œ": "oe"}
_APOSTROPHES, _HYPHENS = "'`\u2019\u2018\u02bc\u00b4", "-\u2010\u2011\u2013"
_APOSTROPHE = rf"(?:\\?[{_APOSTROPHES}]|&#0*39;|&#x0*27;|&apos;|&rsquo;|%27|%E2%80%99)"
_HYPHEN = rf"(?:\\?[{_HYPHENS}]|%2D|&#0*45;)"
_SPACE = r"(?:\s|%20|\+|&nbsp;|&#0*160;)+"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_MARK = r"[\u0300-\u036f]"
_MARKS = rf"(?:{_MARK}|\\u03[0-6][0-9a-f])*"
_FIRST, _LAST = rf"(?<!\w)(?<!\w-)(?<!{_MARK})", r"(?![\w\u0300-\u036f])(?!-(?-i:[A-ZÀ-ÖØ-Þ]))"
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Traces:
    """One person, as stored text knows them. `others` are the names of everybody else.

    A name is theirs in a text when nobody else has it, and when it is more than one word: a single one may be anybody,
    or no name at all. Single words are in `single_names`, to be used
    where only the bot has written.
    """

    person: str
    mris: frozenset[str] = frozenset()
    chats: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    single_names: frozenset[str] = frozenset()
    ids: re.Pattern[str] = field(init=False)
    own: re.Pattern[str] = field(init=False)
    mails: re.Pattern[str] = field(init=False)
    tokens: re.Pattern[str] = field(init=False)
    full: re.Pattern[str] = field(init=False)
    single: re.Pattern[str] = field(init=False)
    _needles: tuple[tuple[str, ...], ...] = field(init=False)
    _encoded: tuple[str, ...] = field(init=False)
    _is_blind: bool = field(init=False)

    def __post_init__(self) -> None:
        own = [_id_pattern(self.person), *map(_exactly, self.mris)]
        told_apart = sorted(each for each in self.names if _parts(each) > 1 and not self._is_shared(each))
        encoded = _encoded(self.person)
        patterns = {
            "own": _any(own),
            "ids": _any([*own, *map(_exactly, self.chats)]),
            "mails": _any([*map(_address, self.addresses), *map(_address_of, told_apart)]),
            "tokens": _any(map(_token, encoded), flags=0),
            "full": self._named(told_apart),
            "single": self._named(sorted(self.single_names), flags=0),
        }
        needles = [needle for each in (self.person, *self.mris, *self.chats) for needle in _id_needles(each)]
        needles += map(_needle, (*self.addresses, *self.names))
        for name, value in patterns.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_encoded", tuple(encoded))
        object.__setattr__(self, "_needles", tuple(dict.fromkeys(filter(None, needles))))
        object.__setattr__(self, "_is_blind", not all(needles))

    def is_own(self, text: str) -> bool:
        """Whether the text is an id of theirs and nothing else."""
        return self.own.fullmatch(text) is not None

    def is_their_chat(self, conversation: str) -> bool:
        """Whether nobody but they and the bot are in that conversation."""
        return conversation in self.chats

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth a closer look: fast, and wrong on this side only."""
        lowered = text.lower()
        for needle in self._needles:
            if needle[0] in lowered and all(each in lowered for each in needle):
                return True
        for part in self._encoded:
            if part in text:
                return True
        return self._is_blind and not (text.isascii() and "\\" not in text and "%" not in text)

    def _is_shared(self, name: str) -> bool:
        return any(re.fullmatch(_name(name), other, re.IGNORECASE) for other in self.others)

    def _named(self, names: list[str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
        """Finds their name as `own`; one that is only a part of somebody else's is passed over with that."""
        if not names:
            return NOTHING
        own = "|".join(map(_name, sorted(names, key=len, reverse=True)))
        inside = re.compile(rf"{_FIRST}(?:{own}){_LAST}", flags)
        longer = sorted((each for each in self.others if inside.search(each)), key=len, reverse=True)
        passed = "|".join(rf"{_FIRST}{_name(each)}{_LAST}" for each in longer)
        return re.compile(rf"{passed}{'|' if passed else ''}{_FIRST}(?P<own>{own}){_LAST}", flags)


def _parts(name: str) -> int:
    """How many words the name has; one in a script without capitals stands for itself."""
    words = len(name.split())
    return words if words != 1 or name.lower() != name.upper() else 2


def _any(patterns: Iterable[str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    found = [each for each in patterns if each]
    return re.compile("|".join(found), flags) if found else NOTHING


def _id_pattern(person: str) -> str:
    if _GUID.fullmatch(person):
        return rf"(?<![0-9a-f]){'(?:-|%2D)?'.join(person.split('-'))}(?![0-9a-f])"
    # Not an Entra id: it may be a word, and stands for a person only where it stands by itself.
    return rf"(?-i:(?<![^:@|/=]){re.escape(person)}(?![^:@|/=&]))"


def _exactly(text: str) -> str:
    return rf"(?<![\w:]){''.join(map(_sign, text))}(?![\w-])"


def _sign(sign: str) -> str:
    return sign if sign.isalnum() and sign.isascii() else rf"(?:{re.escape(sign)}|{re.escape(_percent(sign))})"


def _percent(sign: str) -> str:
    """As a part of a web address."""
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _address(address: str) -> str:
    return rf"(?<![\w.+-]){''.join(map(_sign, address))}(?![\w-]|\.\w)"


def _address_of(name: str) -> str:
    """Addresses that are made of the whole name, in either order: `first.last@…`, `last_first@…`."""
    parts = ["".join(_letter(sign) if sign.isalpha() else r"\W?" for sign in part) for part in name.split()]
    if len(parts) == 1:
        return ""
    orders = [r"[._-]?".join(each) for each in (parts, [parts[-1], *parts[:-1]])]
    return rf"(?<![\w.+-])(?:{'|'.join(orders)})(?:@|%40)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"


def _encoded(person: str) -> list[str]:
    """The id inside a signed address, whose facts are base64: wherever in the three places of a group it begins."""
    found = []
    for spelling in dict.fromkeys((person, person.lower())):
        for before in range(3):
            whole = base64.urlsafe_b64encode(b"\0" * before + spelling.encode()).decode().rstrip("=")
            sure = whole[(before * 8 + 5) // 6 : (before + len(spelling.encode())) * 8 // 6]
            if len(sure) > 8:  # shorter ones would be found by chance
                found.append(sure)
    return found


def _token(part: str) -> str:
    """The whole signed token around that part of it."""
    return rf"(?<![\w-])[\w-]*?{re.escape(part)}[\w-]*(?:\.[\w-]+)?"


def _name(name: str) -> str:
    """The name however it was written: other capitals, accents left out or apart, escaped for a card or an address."""
    return "".join(_SPACE if part.isspace() else "".join(map(_character, part)) for part in _split(name))


def _split(name: str) -> list[str]:
    return re.split(r"(\s+)", normalize("NFC", name.strip()))


def _character(sign: str) -> str:
    if sign in _APOSTROPHES:
        return _APOSTROPHE
    if sign in _HYPHENS:
        return _HYPHEN
    if sign.isalpha():
        return _letter(sign)
    spelt = dict.fromkeys((re.escape(sign), re.escape(_ENTITIES.get(sign, sign)), re.escape(_percent(sign))))
    return rf"\\?(?:{'|'.join(spelt)})"


def _letter(sign: str) -> str:
    if sign.isascii():
        return sign
    bare = "".join(each for each in normalize("NFKD", sign) if not combining(each))
    spelt = [normalize("NFD", sign), sign, sign.casefold(), _UMLAUTS.get(sign.lower(), sign)]
    for each in (sign.lower(), sign.upper()):
        spelt += [quote(each), json.dumps(each)[1:-1]]
    if bare:
        spelt.append(bare)
    found = sorted(dict.fromkeys(spelt), key=len, reverse=True)
    return rf"(?:{'|'.join(map(re.escape, found))}){_MARKS}"


def _id_needles(text: str) -> list[tuple[str, ...]]:
    """An id as it may be written, in small letters."""
    lowered = text.lower()
    return (
        [(lowered,), (lowered.replace("-", ""),), (quote(lowered, safe="").lower(),)]
        if _GUID.fullmatch(text)
        else [_needle(text)]
    )


def _needle(text: str) -> tuple[str, ...]:
    """The parts that are the same in every spelling, in small letters; none where there are none."""
    return tuple(each for each in re.findall(r"[a-z0-9]+", normalize("NFC", text).lower()) if len(each) > 1)
