"""The words of the commands of the chat, in English and in French, and the buttons that they stand for."""

from changes.reporting.search import comparable
from language import current_language

VERBS = {
    "new": ("new", "nouveau", "nouvelle", "request"),
    "list": ("list", "liste", "search", "chercher"),
    "absent": ("absent", "absent", "absente", "absence", "away"),
    "notice": ("notice", "avis"),
    "mine": ("mine", "mes", "miens", "miennes", "moi"),
    "calendar": ("calendar", "calendrier"),
    "ledger": ("ledger", "registre"),
    "export": ("export", "exporter"),
    "feed": ("feed", "flux"),
    "show": ("show", "voir", "status"),
    "submit": ("submit", "soumettre"),
    "edit": ("edit", "modifier", "éditer"),
    "move": ("move", "déplacer", "reschedule"),
    "assign": ("assign", "attribuer", "réattribuer", "confier", "reassign"),
    "cancel": ("cancel", "annuler", "withdraw"),
    "postpone": ("postpone", "reporter"),
    "allow": ("allow", "autoriser", "permettre"),
    "approve": ("approve", "approuver", "valider"),
    "correct": ("correct", "corriger", "corrections"),
    "go": ("go",),
    "nogo": ("nogo", "refuser", "no-go", "refuse"),
    "started": ("started", "commencé"),
    "finished": ("finished", "fini", "finie"),
    "failed": ("failed", "échoué", "échouée"),
    "retry": ("retry", "relancer", "réessayer"),
    "waive": ("waive", "dispenser", "déroger", "dérogation"),
    "start": ("start", "démarrer"),
    "test": ("test", "tester", "tests"),
    "accept": ("accept", "accepter"),
    "done": ("done", "terminer", "terminé", "complete"),
    "trouble": ("trouble", "problème"),
    "solved": ("solved", "résolu"),
    "extend": ("extend", "prolonger"),
    "incident": ("incident",),
    "tried": ("tried", "essayé", "tenté"),
    "update": ("update", "informer", "actualiser"),
    "handover": ("handover", "transmettre", "escalader", "hand-over", "escalate"),
    "close": ("close", "clore", "fermer"),
    "restore": ("restore", "restaurer"),
    "confirm": ("confirm", "confirmer"),
    "norestore": ("norestore", "sansrestauration", "no-restore"),
    "restored": ("restored", "restauré", "restaurée"),
    "notrestored": ("notrestored", "nonrestauré", "non-restauré", "not-restored"),
    "review": ("review", "bilan"),
    "stats": ("stats", "statistiques", "statistics"),
    "bind": ("bind", "lier"),
    "language": ("language", "langue"),
    "admin": ("admin",),
    "help": ("help", "aide", "?"),
}
"""The words of each command: the English one that is shown, the French one if it is another, and what else is taken."""
COMMANDS_BY_WORD = {comparable(word): name for name, words in VERBS.items() for word in words}
PREFIXES = ("change", "changement")
"""What a command begins with, with or without a slash."""


def word_for(name: str) -> str:
    """The command's word in the language of the moment."""
    return VERBS[name][:2][-1] if current_language() == "fr" and name in VERBS else name
