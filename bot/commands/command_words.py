"""The words of the commands of the chat, in English and in French, and the buttons that they stand for."""

from changes.reporting.search import comparable
from language import current_language

VERBS = {
    "new": (
        *("new", "nouveau", "nouvelle", "request", "créer", "create", "demander"),
        *("request-a-change", "new-change", "demander-un-changement", "nouvelle-demande", "nouveau-changement"),
    ),
    "list": ("list", "liste", "search", "chercher", "open-changes", "changements-ouverts"),
    "absent": ("absent", "absent", "absente", "absence", "away"),
    "notice": ("notice", "avis"),
    "mine": (
        *("mine", "mes", "miens", "miennes", "moi", "tasks", "tâches", "your-tasks", "my-tasks"),
        *("vos-tâches", "mes-tâches", "à-faire", "to-do"),
    ),
    "calendar": ("calendar", "calendrier"),
    "ledger": ("ledger", "registre", "journal"),
    "rehearse": ("rehearse", "simuler", "rehearsal", "simulation"),
    "export": ("export", "exporter"),
    "feed": ("feed", "flux"),
    "show": ("show", "voir", "status", "état", "refresh", "actualiser", "open", "ouvrir"),
    "submit": ("submit", "soumettre"),
    "edit": ("edit", "modifier", "éditer"),
    "move": ("move", "déplacer", "reschedule", "new-date", "nouvelle-date"),
    "assign": ("assign", "attribuer", "réattribuer", "confier", "reassign"),
    "cancel": ("cancel", "annuler", "withdraw", "discard", "abandonner"),
    "postpone": ("postpone", "reporter"),
    "allow": ("allow", "autoriser", "permettre"),
    "approve": ("approve", "approuver", "valider"),
    "correct": ("correct", "corriger", "corrections", "request-changes"),
    "go": ("go", "go", "give-go"),
    "nogo": ("nogo", "refuser", "no-go", "refuse", "say-no-go"),
    "started": ("started", "commencé"),
    "finished": ("finished", "fini", "finie", "use", "utiliser"),
    "failed": ("failed", "échoué", "échouée", "report-the-failure", "signaler-l’échec"),
    "retry": ("retry", "relancer", "réessayer", "try-again"),
    "waive": ("waive", "dispenser", "déroger", "dérogation", "autoriser-sans-snapshot"),
    "start": ("start", "démarrer"),
    "test": ("test", "tester", "tests"),
    "accept": ("accept", "accepter"),
    "task": ("task", "tâche"),
    "done": ("done", "terminer", "terminé", "complete"),
    "trouble": ("trouble", "problème", "issue", "report-issue", "report-an-issue", "report-the-issue", "signaler"),
    "solved": ("solved", "résolu"),
    "extend": ("extend", "prolonger"),
    "holding": ("holding", "attente", "holding-notice", "avis-d’attente", "save-message", "enregistrer-message"),
    "incident": ("incident", "incident", "declare", "déclarer"),
    "tried": ("tried", "essayé", "tenté", "log", "consigner"),
    "update": ("update", "informer", "information", "point"),
    "handover": ("handover", "transmettre", "escalader", "hand-over", "escalate"),
    "close": ("close", "clore", "fermer", "resolve", "résoudre"),
    "restore": ("restore", "restaurer", "restauration"),
    "confirm": ("confirm", "confirmer", "overwrite", "écraser"),
    "norestore": ("norestore", "sansrestauration", "no-restore"),
    "restored": ("restored", "restauré", "restaurée", "restaurées"),
    "notrestored": ("notrestored", "nonrestauré", "non-restauré", "not-restored"),
    "review": ("review", "bilan"),
    "template": ("template", "modèle", "templates", "modèles"),
    "repeat": ("repeat", "répéter", "recur", "périodique"),
    "series": ("series", "série", "recurring", "récurrences"),
    "stats": ("stats", "statistiques", "statistics"),
    "bind": ("bind", "lier"),
    "language": ("language", "langue"),
    "admin": ("admin",),
    "help": ("help", "aide", "?", "commands", "commandes", "all-commands", "toutes-les-commandes"),
}
"""The words of each command: the English one that is shown, the French one if it is another, and what else is taken:
the words of its buttons too. What is written as several words is a phrase with a hyphen between any two.
"""
COMMANDS_BY_WORD = {comparable(word): name for name, words in VERBS.items() for word in words}
MOST_WORDS = max(word.count("-") for word in COMMANDS_BY_WORD) + 1
"""Maximum number of words of a command's phrase."""
PREFIXES = ("change", "changement")
"""What a command begins with, with or without a slash."""


def word_for(name: str) -> str:
    """The command's word in the language of the moment."""
    return VERBS[name][:2][-1] if current_language() == "fr" and name in VERBS else name
