"""Events and effects are stored under names of their own; those of their classes, stored before, are read as well.

Nothing is rewritten. The number keeps an earlier version, which knows the classes' names only, from opening it.
"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing: see above."""
