"""What a typed line asks for: `/change list`, `change show CHG-2026-0007`, `/change nouveau`, slash or not.

Each word is known in English and in French, with its accents or without.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cards.input_parsing.dates import UnfitDate, take_date
from cards.input_parsing.durations import take_duration
from changes.errors import Incomplete
from changes.model import change_id_of
from changes.pasted import first_word
from changes.search import comparable
from changes.spelling import normalized
from language import spoken

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
    "submit": ("submit", "soumettre"),
    "edit": ("edit", "modifier", "éditer"),
    "move": ("move", "déplacer", "reschedule"),
    "assign": ("assign", "reassign", "attribuer", "réattribuer", "confier"),
    "cancel": ("cancel", "annuler", "withdraw"),
    "postpone": ("postpone", "reporter"),
    "allow": ("allow", "autoriser", "permettre"),
    "approve": ("approve", "approuver", "valider"),
    "correct": ("correct", "corriger", "corrections"),
    "go": ("go",),
    "nogo": ("nogo", "no-go", "refuse", "refuser"),
    "started": ("started", "commencé"),
    "finished": ("finished", "fini", "finie"),
    "failed": ("failed", "échoué", "échouée"),
    "retry": ("retry", "réessayer", "relancer"),
    "waive": ("waive", "dispenser", "déroger", "dérogation"),
    "start": ("start", "démarrer"),
    "test": ("test", "tests", "tester"),
    "accept": ("accept", "accepter"),
    "done": ("done", "terminer", "terminé", "complete"),
    "trouble": ("trouble", "problème"),
    "solved": ("solved", "résolu"),
    "extend": ("extend", "prolonger"),
    "incident": ("incident",),
    "tried": ("tried", "essayé", "tenté"),
    "update": ("update", "informer", "actualiser"),
    "handover": ("handover", "hand-over", "escalate", "transmettre", "escalader"),
    "close": ("close", "clore", "fermer"),
    "restore": ("restore", "restaurer"),
    "confirm": ("confirm", "confirmer"),
    "norestore": ("norestore", "no-restore", "sansrestauration"),
    "restored": ("restored", "restauré", "restaurée"),
    "notrestored": ("notrestored", "not-restored", "nonrestauré", "non-restauré"),
    "review": ("review", "bilan"),
    "stats": ("stats", "statistics", "statistiques"),
    "bind": ("bind", "lier"),
    "language": ("language", "langue"),
    "admin": ("admin",),
    "help": ("help", "aide", "?"),
}
ORDERS = {comparable(word): name for name, words in _VERBS.items() for word in words}
_IN_FRENCH = {
    "new": "nouveau",
    "list": "liste",
    "notice": "avis",
    "mine": "mes",
    "calendar": "calendrier",
    "ledger": "registre",
    "export": "exporter",
    "feed": "flux",
    "show": "voir",
    "submit": "soumettre",
    "edit": "modifier",
    "move": "déplacer",
    "assign": "attribuer",
    "cancel": "annuler",
    "postpone": "reporter",
    "allow": "autoriser",
    "approve": "approuver",
    "correct": "corriger",
    "nogo": "refuser",
    "started": "commencé",
    "finished": "fini",
    "failed": "échoué",
    "retry": "relancer",
    "waive": "dispenser",
    "start": "démarrer",
    "test": "tester",
    "accept": "accepter",
    "done": "terminer",
    "trouble": "problème",
    "solved": "résolu",
    "extend": "prolonger",
    "tried": "essayé",
    "update": "informer",
    "handover": "transmettre",
    "close": "clore",
    "restore": "restaurer",
    "confirm": "confirmer",
    "norestore": "sansrestauration",
    "restored": "restauré",
    "notrestored": "nonrestauré",
    "review": "bilan",
    "stats": "statistiques",
    "bind": "lier",
    "language": "langue",
    "help": "aide",
}
"""The word that a French sentence names; it is one of those that are understood."""
CALLS = ("change", "changement")
"""What a command begins with, with or without a slash."""
COMMAND_FOR_VERB: Mapping[str, str] = {
    "card.refresh": "show",
    "change.submit": "submit",
    "change.edit": "edit",
    "change.move": "move",
    "change.withdraw": "cancel",
    "change.postpone": "postpone",
    "precheck.approve": "approve",
    "precheck.correct": "correct",
    "go.give": "go",
    "go.refuse": "nogo",
    "snapshot.started": "started",
    "snapshot.finished": "finished",
    "snapshot.failed": "failed",
    "snapshot.retry": "retry",
    "snapshot.waive": "waive",
    "window.start": "start",
    "test.result": "test",
    "test.accept": "accept",
    "change.complete": "done",
    "trouble.report": "trouble",
    "trouble.solved": "solved",
    "window.extend": "extend",
    "incident.declare": "incident",
    "incident.tried": "tried",
    "incident.update": "update",
    "incident.handover": "handover",
    "incident.close": "close",
    "restore.ask": "restore",
    "restore.confirm": "confirm",
    "restore.withdraw": "norestore",
    "restore.done": "restored",
    "restore.failed": "notrestored",
    "review.save": "review",
}
"""What can be typed instead of pressing a button, by the button's verb. A button that looks carries its own line."""
_CALLS = frozenset({*CALLS, *(f"/{each}" for each in CALLS)})
_ALSO_ANSWERS = frozenset(
    (
        *("test", "incident", "trouble", "update", "start", "started", "failed", "finished", "done", "solved"),
        *("restore", "restored", "notrestored", "absent", "correct", "tried", "accept", "admin"),
    )
)
"""Commands whose words begin an answer as well, or are one."""
_TAKES_ANY_WORDS = frozenset({"list", "absent", "language", "bind", "admin", "help"})
"""Commands behind which something else than a change's number stands."""
_LOCAL = frozenset({"/as", "/clock"})
_ID = re.compile(r"^(?:CHG-?)?(?:(\d{4})-)?(\d{1,6})$", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """A command of the chat: its English name, and the rest of the line."""

    name: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The rest, word by word."""
        return self.rest.split()


def word_for(name: str) -> str:
    """The command's word in the language of the moment."""
    return _IN_FRENCH.get(name, name) if spoken() == "fr" else name


def read_order(text: str) -> Order | None:
    """The command in the text; None when it is none, but perhaps an answer to a question.

    A command that does not exist is the order `unknown` with what was typed.
    """
    called, typed = first_word(text)
    if comparable(called) in _LOCAL:
        return Order(comparable(called).removeprefix("/"), typed)
    if comparable(called) not in _CALLS:
        return None
    word, rest = first_word(typed)
    if not word:
        return Order("help")
    name = ORDERS.get(comparable(word))
    if name is None and not rest and _ID.match(_bare(word)):
        return Order("show", word)
    return Order(name, rest) if name else Order("unknown", typed)


def bare_order(text: str) -> Order | None:
    """The command in a text without `change` in front: its word and a change's number, or its word alone; else None.

    Any other text that begins with such a word is a sentence: “Test of the new disks failed”.
    """
    word, rest = first_word(text)
    name = ORDERS.get(comparable(word).strip("/.!`"))
    if name is None or (rest and not _ID.match(_bare(first_word(rest)[0]))):
        return None
    return Order(name, rest)


def is_surely_meant(order: Order, text: str) -> bool:
    """Whether the text, in which `bare_order` found the command, can hardly be an answer to a question for a text.

    “Test 2 failed” and “incident” are answers too; `cancel 2`, and whatever names a change in full, are commands.
    """
    number, rest = first_word(order.rest)
    if text.lstrip().startswith("/") or (number and _bare(number).startswith("chg")):
        return True
    if order.name in _ALSO_ANSWERS:
        return False
    return not rest or (order.name == "move" and _begins_with_date(rest)) or (order.name == "extend" and _is_long(rest))


def may_be_sentence(order: Order, text: str) -> bool:
    """Whether the text, in which `read_order` found the command, may be an answer: “Change of plans”."""
    if text.lstrip().startswith("/") or order.name in _TAKES_ANY_WORDS or comparable(first_word(text)[0]) in _LOCAL:
        return False
    first = first_word(order.rest)[0]
    return order.name == "unknown" or (bool(first) and not _ID.match(_bare(first)))


def _begins_with_date(text: str) -> bool:
    try:
        take_date(text, date(2000, 1, 1))
    except UnfitDate:
        return True
    except Incomplete:
        return False
    return True


def _is_long(text: str) -> bool:
    return take_duration(text) is not None


def short_number(word: str) -> int | None:
    """The number in `7`, `#7`, `7.` or `CHG-7`, which name no year; None for anything else."""
    found = _ID.match(_bare(word))
    return int(found[2]) if found and not found[1] else None


def read_id(word: str, year: int) -> str:
    """The change id meant by `CHG-2026-0007`, `chg-2026-7` or `7` (then of that year); the word itself otherwise."""
    found = _ID.match(_bare(word))
    if not found:
        return word.strip()
    return change_id_of(int(found[1] or year), int(found[2]))


def _bare(word: str) -> str:
    return normalized(word).strip("#.,:;()")
