"""What a typed line asks for: `/change list`, `change show CHG-2026-0007`, `/change nouveau`, slash or not."""

import re
from dataclasses import dataclass

_VERBS = {
    "new": ("new", "nouveau", "nouvelle", "request"),
    "list": ("list", "liste", "search", "chercher"),
    "absent": ("absent", "absente", "absence", "away"),
    "notice": ("notice", "avis"),
    "mine": ("mine", "mes", "miens", "miennes", "moi"),
    "calendar": ("calendar", "calendrier"),
    "ledger": ("ledger", "registre"),
    "export": ("export", "exporter"),
    "feed": ("feed", "flux"),
    "show": ("show", "voir", "status"),
    "edit": ("edit", "modifier", "éditer"),
    "move": ("move", "déplacer", "reschedule"),
    "cancel": ("cancel", "annuler", "withdraw"),
    "postpone": ("postpone", "reporter"),
    "allow": ("allow", "autoriser", "permettre"),
    "start": ("start", "démarrer"),
    "done": ("done", "terminer", "complete"),
    "trouble": ("trouble", "problème"),
    "extend": ("extend", "prolonger"),
    "incident": ("incident",),
    "stats": ("stats", "statistics", "statistiques"),
    "restore": ("restore", "restaurer"),
    "bind": ("bind", "lier"),
    "language": ("language", "langue"),
    "admin": ("admin",),
    "help": ("help", "aide", "?"),
}
_ORDER = {word: name for name, words in _VERBS.items() for word in words}
_COMMAND = re.compile(r"^/?(?:change|changement)(?:\s+|$)(.*)$", re.IGNORECASE | re.DOTALL)
_LOCAL = re.compile(r"^/(as|clock)(?:\s+|$)(.*)$", re.IGNORECASE | re.DOTALL)
_ID = re.compile(r"^(?:CHG-?)?(?:(\d{4})-)?(\d{1,6})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """A command of the chat: its English name, and the rest of the line."""

    name: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The rest, word by word."""
        return self.rest.split()


def read_order(text: str) -> Order | None:
    """The command in the text; None when it is none, but perhaps an answer to a question.

    A command that does not exist is the order `unknown` with what was typed.
    """
    text = text.strip()
    if local := _LOCAL.match(text):
        return Order(local[1].lower(), local[2].strip())
    found = _COMMAND.match(text)
    if not found:
        return None
    word, _, rest = found[1].strip().partition(" ")
    if not word:
        return Order("help")
    name = _ORDER.get(word.casefold())
    return Order(name, rest.strip()) if name else Order("unknown", found[1].strip())


def read_id(word: str, year: int) -> str:
    """The change id meant by `CHG-2026-0007`, `chg-2026-7` or `7` (of this year); the word itself otherwise."""
    found = _ID.match(word.strip())
    if not found:
        return word.strip()
    return f"CHG-{found[1] or year}-{int(found[2]):04d}"
