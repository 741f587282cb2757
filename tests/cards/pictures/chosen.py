"""Which cards are pictured: each card in each state in which it asks for something or says something of its own.

A card that is about no single change is pictured as it stands in `subjects.py`. A new card about a change is pictured
in every state in which it looks different, until it is said here which of them matter.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from changes.model import ChangeType, State
from tests.cards.pictures.gallery import Card

SHOWN: dict[str, Sequence[str]] = {
    "summary": ("draft", "snapshot too late for GO"),
    "status": (*(state.value for state in State if state is not State.DRAFT), "snapshot failed", "rolled back"),
    "precheck": ("precheck_pending", "corrected", "corrections_requested", "prechecked", "edited after the decision"),
    "go": ("go_pending", "preflight passed", "preflight failed", "nobody can decide", "scheduled", "no_go"),
    "progress": ("snapshotting", "snapshot late", "snapshot failed", "snapshot held", "ready"),
    "day": ("ready", "nothing tested", "in_progress", "all tests passed", "tests accepted", "trouble", "extended"),
    "cutoff": ("cutoff asked", "cutoff answered"),
    "incident": ("incident", "restore asked for", "restoring", "restore failed", "incident, all tests passed"),
    "handover": ("handed over",),
    "review": ("completed", "rolled back", "reviewed"),
    "show": ("completed",),
}
IN_AN_EMERGENCY = {"precheck": ("precheck_pending",), "go": ("go_pending",), "status": ("precheck_pending",)}
LIKE = "vps_api"
"""How the snapshots are taken, on every card."""


class AboutAChange(NamedTuple):
    """What the name of a card in `subjects.py` says."""

    card: str
    kind: str
    variant: str
    backend: str


def parsed(name: str) -> AboutAChange | None:
    """The parts of a card's name; None if it is about no single change."""
    card, is_about_a_change, rest = name.partition(" card, ")
    if not is_about_a_change:
        return None
    kind, rest = rest.split(", ", 1)
    variant, backend = rest.rsplit(", ", 1)
    return AboutAChange(card, kind, variant, backend)


def chosen(cards: dict[str, Card]) -> Iterator[str]:
    """The names of the cards to picture, of two that are the same the first."""
    seen: set[str] = set()
    for name in sorted(cards, key=_place):
        if _is_wanted(name) and (drawn := str(cards[name])) not in seen:
            seen.add(drawn)
            yield name


def _is_wanted(name: str) -> bool:
    about = parsed(name)
    if about is None:
        return True
    if about.kind == ChangeType.EMERGENCY:
        wanted: Iterable[str] = IN_AN_EMERGENCY.get(about.card, ())
    else:
        wanted = SHOWN.get(about.card, tuple(State))
    return about.backend == LIKE and about.variant in wanted


def _place(name: str) -> tuple[int, int, int]:
    """In the order above, then what is not there, then the cards about no change."""
    about = parsed(name)
    if about is None:
        return (len(SHOWN) + 1, 0, 0)
    if about.card not in SHOWN:
        return (len(SHOWN), 0, 0)
    variants = list(SHOWN[about.card])
    place = variants.index(about.variant) if about.variant in variants else len(variants)
    return (list(SHOWN).index(about.card), place, int(about.kind == ChangeType.EMERGENCY))


def heading(name: str) -> str:
    """The name as a person reads it above the picture."""
    about = parsed(name)
    if about is None:
        return name
    emergency = " in an emergency" if about.kind == ChangeType.EMERGENCY else ""
    return f"{about.card}: {about.variant.replace('_', ' ')}{emergency}"


def file_name(name: str) -> str:
    """What the picture is called."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in heading(name)).lower().split()) + ".png"
