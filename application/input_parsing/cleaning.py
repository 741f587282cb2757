"""What people enter, as it is kept."""

from changes.text.messages import strip_bidi_controls
from changes.text.pasted import stripped
from language.escaping import WORD_JOINER


def clean(text: str) -> str:
    """The text as it is kept: with line breaks of one kind, in composed letters, and turned around by nothing.

    Nor with the marks that take addresses apart in sentences of ours: what is copied from there is what it was.
    """
    return stripped(strip_bidi_controls(text).replace(WORD_JOINER, ""))
