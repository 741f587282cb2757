"""Takes secrets out of text, however they are written there: as they are, escaped, percent-encoded or in base64.

Each character of a secret is looked for in every spelling that it can have, so that mixed and nested encodings are
found too. The time that takes grows with the length of the text alone: nothing is tried twice.
"""

import base64
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import parse_qsl, unquote, unquote_plus

HIDDEN = "***"
SHORTEST = 6
"""Shorter secrets would hide half of every line; no provider gives them."""
LONGEST = 50_000
"""A longer text is cut, in characters: no line of a log needs more."""
_MARGIN = 2000
"""What is left out at the cut beside that: the beginning of a secret may stand there, in whatever spelling."""
DEEPEST = 8
"""Maximum nesting whose values are redacted one by one; a value below it is redacted as its `repr`."""
_SHAPES = re.compile(
    r"eyJ[\w.-]{8,}"  # a signed token
    r"|(?i:bearer)\s{1,8}[\w.~+/=-]{8,}"
    r"|(?i:authorization)[\"':\s=]{1,8}(?i:basic)\s{1,8}[\w+/=-]{4,}"
    r"|chg_[\w-]{20,}"  # a token of the API
    r"|(?<=/export/)[\w.~=-]{8,}"  # whoever has one of these addresses can read what is behind it
    r"|(?<=/calendar/)[\w.~=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # who signs in to a database, and how
)
_HTML = {'"': ["&quot;"], "&": ["&amp;"], "<": ["&lt;"], ">": ["&gt;"], "'": ["&apos;"]}
_CONTROL = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_PLAIN = (str, int, float, type(None))
_ESCAPABLE = "\"'/"
_UNIT = re.compile(r"\\+|[^\\]", re.DOTALL)


class Redactor:
    """Replaces these secrets, and what looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """`secrets` as they are set; one that is percent-encoded there is looked for decoded too."""
        known = {form for each in secrets for form in (each.strip(), unquote(each), unquote_plus(each))}
        longest_first = sorted((each for each in known if len(each) >= SHORTEST), key=len, reverse=True)
        self._patterns = [re.compile(each) for secret in longest_first for each in _spellings(secret)]

    def text(self, text: str) -> str:
        """The text without them, cut after LONGEST characters."""
        if len(text) > LONGEST:
            return f"{self.text(text[:LONGEST])[:-_MARGIN]}… ({len(text)} characters)"
        for pattern in self._patterns:
            text = pattern.sub(HIDDEN, text)
        return _SHAPES.sub(HIDDEN, text)

    def finds_nothing(self, values: Collection[object]) -> bool:
        """Whether these plain values have certainly no secret in them: looked at together, which is soon done."""
        plain = [each if isinstance(each, str) else str(each) for each in values if isinstance(each, _PLAIN)]
        if len(plain) < len(values):
            return False
        together = "\n".join(plain)
        return len(together) <= LONGEST and self.text(together) == together

    def value(self, value: object, depth: int = DEEPEST) -> object:
        """The value as plain JSON, with no secret in any text of it, names of fields included."""
        match value:
            case None | bool():
                return value
            case int() | float():
                return value if self.text(str(value)) == str(value) else HIDDEN
            case str():
                return self.text(value)
            case dict() if depth:
                return {self.text(str(name)): self.value(each, depth - 1) for name, each in value.items()}
            case list() | tuple() | set() | frozenset() if depth:
                return [self.value(each, depth - 1) for each in value]
            case _:
                return self.text(repr(value))


def passwords_in(url: str) -> Iterator[str]:
    """The passwords that an address holds, as they stand there, whatever characters were left unencoded in them."""
    _scheme, _, rest = url.partition("://")
    for around in (rest.partition("@")[0], rest.rpartition("@")[0]):
        password = around.partition(":")[2]
        if password and "@" in rest:
            yield password
    for name, value in parse_qsl(url.partition("?")[2]):
        if "password" in name.lower() or "secret" in name.lower():
            yield value


def _spellings(secret: str) -> Iterator[str]:
    units = _UNIT.findall(secret)
    after = [False, *(unit[0] == "\\" for unit in units)]
    first = _unit(units[0], begins=True, escaped=False)
    yield first + "".join(_unit(unit, begins=False, escaped=after[n]) for n, unit in enumerate(units) if n)
    raw = secret.encode("utf-8", "surrogatepass")
    for shift in range(3):
        # What surrounds the secret, as the name before a password, decides the characters at its edges.
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        if len(core) >= SHORTEST:
            yield "".join(_base64(each) for each in core) + r"[\w+/-]{0,2}={0,2}"


def _base64(character: str) -> str:
    return {"+": r"(?:[+-]|%2[bB])", "/": r"(?:[/_]|\\{1,8}/|%2[fF])"}.get(character, character)


def _unit(unit: str, *, begins: bool, escaped: bool) -> str:
    """The spellings of one character, or of a run of backslashes, each beginning with a character that is certain.

    `begins`: of the first one, which is tried at every place of the text, so that a run of backslashes is read from its
    own first one only; `escaped`: the run before it has taken the backslash of its escape already.
    """
    # Possessive throughout: however many backslashes there are, they are read once.
    run = r"\\(?<!\\\\)\\*+" if begins else r"\\*+" if escaped else r"\\++"
    if unit[0] == "\\":
        times = f"{{{len(unit)}}}"
        whole = rf"\\(?<!\\\\)\\{{{len(unit) - 1},}}+" if begins else rf"\\{{{len(unit)},}}+"
        one_by_one = (_percent(unit[0]), f"{run}(?:u005[cC]|x5[cC])", "&#(?:92|[xX]0*5[cC]);")
        return f"(?:{'|'.join([whole, *(f'(?:{each}){times}' for each in one_by_one)])})"
    number = ord(unit)
    utf16 = unit.encode("utf-16-be", "surrogatepass")
    halves = [_hex(f"{utf16[at] << 8 | utf16[at + 1]:04x}") for at in range(0, len(utf16), 2)]
    octets = [_hex(f"{each:02x}") for each in unit.encode("utf-8", "surrogatepass")]
    spelled = [
        re.escape(unit),
        *map(re.escape, _HTML.get(unit, [])),
        f"&#{number};",
        f"&#[xX]0*{_hex(f'{number:x}')};",
        _percent(unit),
        run + r"\\++".join(f"u{each}" for each in halves),
        run + r"\\++".join(f"x{each}" for each in octets),
        run + f"U{_hex(f'{number:08x}')}",
    ]
    if number < 256:
        spelled.append(run + f"x{_hex(f'{number:02x}')}")
    if unit in _CONTROL:
        spelled.append(run + _CONTROL[unit])
    if unit in _ESCAPABLE:
        spelled.append(run + unit)
    if unit == " ":
        spelled.append(r"\+")
    return f"(?:{'|'.join(spelled)})"


def _percent(character: str) -> str:
    """Percent-encoded, up to three times over."""
    octets = character.encode("utf-8", "surrogatepass")
    return "".join(rf"%(?:25){{0,2}}{_hex(f'{each:02x}')}" for each in octets)


def _hex(digits: str) -> str:
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)
