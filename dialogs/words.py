"""The few words that mean the same in every dialog, in English and French."""

CANCEL = frozenset({"cancel", "annuler", "stop", "quit"})
BACK = frozenset({"back", "retour"})
HELP = frozenset({"help", "aide", "?"})
YES = frozenset({"yes", "oui", "ok", "submit", "soumettre", "envoyer"})


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether the text is just one of the words, with or without a slash, whatever the case."""
    return text.strip().strip("/.!`").casefold() in words
