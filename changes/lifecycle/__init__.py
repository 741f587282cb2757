"""What may happen to a change, and what comes of it: `decide` judges a command, `evolve` folds an event."""

from changes.lifecycle.decide import decide
from changes.lifecycle.evolve import evolve, fold

__all__ = ["decide", "evolve", "fold"]
