"""Recognises one person in stored text by ids, chats, mail addresses and names, in every spelling."""

import base64
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import quote

from storage.name_patterns import (
    FIRST,
    LAST,
    is_recognisable,
    letter_pattern,
    name_pattern,
    percent_encoded,
    words_of_name,
)

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Traces:
    """One person, as stored text knows them. `others` are the names of everybody else.

    A name is theirs in what people wrote when nobody else has it, when it is recognisable, and when it is not one of
    those `ordinary` ones that may mean something else: there it has to have its capitals. `single_names` are looked for
    exactly, and only where the bot has written. `given` ones are theirs wherever and however they are written.
    """

    person: str
    mris: AbstractSet[str] = frozenset()
    chats: AbstractSet[str] = frozenset()
    addresses: AbstractSet[str] = frozenset()
    names: AbstractSet[str] = frozenset()
    others: AbstractSet[str] = frozenset()
    single_names: AbstractSet[str] = frozenset()
    ordinary: AbstractSet[str] = frozenset()
    given: AbstractSet[str] = frozenset()
    ids: re.Pattern[str] = field(init=False)
    own: re.Pattern[str] = field(init=False)
    mails: re.Pattern[str] = field(init=False)
    tokens: re.Pattern[str] = field(init=False)
    full: re.Pattern[str] = field(init=False)
    single: re.Pattern[str] = field(init=False)
    unsure: re.Pattern[str] = field(init=False)
    _needles: tuple[tuple[str, ...], ...] = field(init=False)
    _encoded: tuple[str, ...] = field(init=False)
    _is_blind: bool = field(init=False)

    def __post_init__(self) -> None:
        own = [_id_pattern(self.person), *map(_exactly, self.mris)]
        likely = sorted(each for each in self.names if len(words_of_name(each)) > 1 and not self._is_shared(each))
        told_apart = sorted(
            each for each in self.names - self.ordinary if is_recognisable(each) and not self._is_shared(each)
        )
        certain = [*(name_pattern(each) for each in _longest_first(self.given))]
        certain += [name_pattern(each, capitals=True) for each in _longest_first(told_apart)]
        exact = [name_pattern(each) for each in _longest_first(self.single_names)]
        encoded = _encoded(self.person)
        patterns = {
            "own": _any(own),
            "ids": _any([*own, *map(_exactly, self.chats)]),
            "mails": _any([*map(_address, self.addresses), *map(_address_of, told_apart)]),
            "tokens": _any(map(_token, encoded), flags=0),
            "full": self._named(certain),
            "single": self._named(exact, flags=0),
            "unsure": self._named([name_pattern(each) for each in _longest_first(likely)]),
        }
        needles = [needle for each in (self.person, *self.mris, *self.chats) for needle in _id_needles(each)]
        needles += map(_needle, (*self.addresses, *told_apart, *likely, *self.single_names, *self.given))
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
        """Fast pre-filter: it may be wrong when it says yes, never when it says no."""
        lowered = text.lower()
        for needle in self._needles:
            if needle[0] in lowered and all(each in lowered for each in needle):
                return True
        for part in self._encoded:
            if part in text:
                return True
        return self._is_blind and not (text.isascii() and "\\" not in text and "%" not in text)

    def _is_shared(self, name: str) -> bool:
        return any(re.fullmatch(name_pattern(name), other, re.IGNORECASE) for other in self.others)

    def _named(self, patterns: list[str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
        """Finds their name as `own`; one that is only a part of somebody else's is passed over with that."""
        if not patterns:
            return NOTHING
        own = "|".join(patterns)
        inside = re.compile(rf"{FIRST}(?:{own}){LAST}", flags)
        longer = sorted((each for each in self.others if inside.search(each)), key=len, reverse=True)
        passed = "|".join(rf"{FIRST}{name_pattern(each)}{LAST}" for each in longer)
        return re.compile(rf"{passed}{'|' if passed else ''}{FIRST}(?P<own>{own}){LAST}", flags)


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda each: (-len(each), each))


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
    return sign if sign.isalnum() and sign.isascii() else rf"(?:{re.escape(sign)}|{re.escape(percent_encoded(sign))})"


def _address(address: str) -> str:
    return rf"(?<![\w.+-]){''.join(map(_sign, address))}(?![\w-]|\.\w)"


def _address_of(name: str) -> str:
    """Addresses that are made of the whole name, in either order: `first.last@…`, `last_first@…`."""
    parts = ["".join(letter_pattern(sign) if sign.isalpha() else r"\W?" for sign in part) for part in name.split()]
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
    return rf"(?<![\w-])[\w-]*?{re.escape(part)}[\w-]*(?:\.[\w-]+)?"


def _id_needles(text: str) -> list[tuple[str, ...]]:
    lowered = text.lower()
    return (
        [(lowered,), (lowered.replace("-", ""),), (quote(lowered, safe="").lower(),)]
        if _GUID.fullmatch(text)
        else [_needle(text)]
    )


def _needle(text: str) -> tuple[str, ...]:
    """The parts that are the same in every spelling, in small letters; none where there are none."""
    return tuple(each for each in re.findall(r"[a-z0-9]+", normalize("NFC", text).lower()) if len(each) > 1)
