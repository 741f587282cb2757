"""The few words that mean the same in every dialog, in English, French and German."""

from changes.search import comparable

CANCEL = frozenset({"cancel", "annuler", "stop", "quit", "abbrechen"})
BACK = frozenset({"back", "retour", "zuruck"})
HELP = frozenset({"help", "aide", "hilfe", "?"})
YES = frozenset({"yes", "oui", "ja", "ok", "submit", "soumettre", "envoyer", "einreichen"})


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether the text is just one of the words, with or without a slash, whatever the case."""
    return comparable(text).strip("/.!` ") in words
