"""What affected people read in somebody's own words, apart from the reason, which stays in the thread."""

from collections.abc import Mapping

from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    BEFORE_WORK,
    IMPLEMENTING,
    IN_INCIDENT,
    Change,
    Window,
)
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind

NOTICE_LANGUAGES = ("en", "fr", "de")
"""Every language of the notices; each service has some of them."""
PublicTexts = Mapping[str, str]
"""A text for each language; in a language without one the notice says its own sentence."""
LONGEST_PUBLIC = 500
"""Maximum length of one of them, in characters."""
WITH_PUBLIC_TEXT = (
    NoticeKind.EXTENSION,
    NoticeKind.INCIDENT_START,
    NoticeKind.INCIDENT_UPDATE,
    NoticeKind.POSTPONED,
    NoticeKind.CANCELLED,
    NoticeKind.HOLDING,
)
"""The notices in which whoever causes them may say something to affected people."""


def expected_window(kind: NoticeKind, change: Change) -> Window | None:
    """The window that such a notice takes back: the announced one or, when nothing at all follows, a promised one."""
    return change.announced or (change.promised if kind is NoticeKind.CANCELLED else None)


def drafts_on(card: CardKind | None, change: Change) -> tuple[NoticeKind, ...]:
    """The notices with a text of their own that follow from the card's buttons or from silence; None is the live card.

    The first one is the first to be shown whole.
    """
    match card:
        case None if change.state in BEFORE_WORK and expected_window(NoticeKind.CANCELLED, change):
            return (NoticeKind.CANCELLED,)
        case CardKind.PRECHECK | CardKind.GO if change.announced is not None and change.state in AWAITING_APPROVAL:
            return (NoticeKind.POSTPONED,)
        case CardKind.PROGRESS | CardKind.DAY if change.announced and change.state in AWAITING_IMPLEMENTATION:
            return (NoticeKind.POSTPONED,)
        case CardKind.DAY if change.state in IMPLEMENTING:
            return (NoticeKind.EXTENSION, NoticeKind.INCIDENT_START)
        case CardKind.CUTOFF if change.state in IMPLEMENTING:
            return (NoticeKind.HOLDING, NoticeKind.EXTENSION, NoticeKind.INCIDENT_START)
        case CardKind.INCIDENT if change.state in IN_INCIDENT:
            return (NoticeKind.INCIDENT_UPDATE,)
        case _:
            return ()


def public_field(kind: NoticeKind, language: str) -> str:
    """The id of the input for that text."""
    return f"{kind}_{language}"


PUBLIC_FIELDS = frozenset(public_field(kind, each) for kind in WITH_PUBLIC_TEXT for each in NOTICE_LANGUAGES)
