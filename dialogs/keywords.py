"""The few words that mean the same in every dialog, in English, French and German."""

from changes.reporting.search import comparable

NEVER_MIND = frozenset(
    (
        *("never mind", "nevermind", "forget it", "leave it", "leave it as it is", "laisse", "laisse tomber"),
        *("laissez", "laissez tomber", "oublie", "oubliez", "vergiss es", "lass es", "lass gut sein", "egal"),
        "schon gut",
    )
)
CANCEL = frozenset({"cancel", "annuler", "stop", "quit", "abbrechen"}) | NEVER_MIND
BACK = frozenset({"back", "retour", "zuruck"})
HELP = frozenset({"help", "aide", "hilfe", "?"})
NO = frozenset({"no", "nope", "no thanks", "non", "non merci", "nein", "nein danke", "nothing", "rien", "nichts", "-"})
"""To a question for a reason or the like these say that nothing shall be done; they are never the reason itself."""
SAME = frozenset({"-", "same", "same time", "idem", "pareil", "meme heure", "la meme heure", "gleich", "gleiche zeit"})
YES = frozenset({"yes", "oui", "ja", "ok"})
SUBMIT = frozenset({"submit", "soumettre", "envoyer", "einreichen"})
"""Only the words that the question names: what is submitted is asked of others."""

LONGEST_TYPED = 200
"""A text of more characters is none of these words, whatever stands around them."""


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether the text is just one of the words, with or without a slash, whatever the case."""
    return len(text) <= LONGEST_TYPED and comparable(text).strip("/.!` ") in words
