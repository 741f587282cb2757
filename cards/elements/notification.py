"""What a notification says of a message: in one plain sentence what it is, of which change and for whom.

Teams shows an activity's `summary` on the lock screen, in the feed and to screen readers, and draws no markup there. A
card without one is announced as "sent a card", whatever it asks.
"""

from collections.abc import Iterable

from cards.elements.lengths import shortened
from cards.elements.state_labels import state_label
from changes.model import Change
from changes.text.messages import Message, joined, strip_bidi_controls
from language import _, labelled, without_markup

LONGEST = 150
"""A notification shows no more, in UTF-16 units."""
MOST_NAMES = 3
_LONGEST_NAME, _LONGEST_TITLE = 24, 60
_AT_ONCE = 60
"""In so many characters a change is named so that no notification cuts it off."""


def notification(text: str, people: Iterable[str] = ()) -> str:
    """The text as the `summary` of an activity, with those for whom it is in front."""
    names = list(dict.fromkeys(shortened(each, _LONGEST_NAME) for each in people if each))
    called = joined(*names[:MOST_NAMES], "…" if len(names) > MOST_NAMES else "", by=", ")
    plain = without_markup(text)
    return shortened(strip_bidi_controls(labelled(called, plain) if called else plain), LONGEST - 1)


def about(change: Change) -> Message:
    """Which change it is and how it stands."""
    title = shortened(change.plan.title, _LONGEST_TITLE)
    return _("{id} ({title}): {state}", id=change.id, title=title, state=state_label(change)[0])


def about_change(text: str, change: Change) -> str:
    """The sentence, with its change in front where it does not name it at once."""
    if change.id in text[:_AT_ONCE]:
        return text
    return _("{id} ({title}): {said}", id=change.id, title=shortened(change.plan.title, _LONGEST_TITLE), said=text)
