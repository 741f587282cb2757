"""What people enter, as it is kept."""

from changes.text import strip_bidi_controls, stripped
from language.escaping import WORD_JOINER


def clean(text: str) -> str:
    """The text as it is kept: line breaks of one kind, composed letters, no mark that turns text or takes it apart."""
    return stripped(strip_bidi_controls(text).replace(WORD_JOINER, ""))
