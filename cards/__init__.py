"""Change → Adaptive Card, card payload → command, and every sentence a person reads on a card."""

from cards.catalogue import card_for
from cards.thread_messages import invitation, line

__all__ = ["card_for", "invitation", "line"]
