"""Whether the database can be used, as the last transactions found it: an outage is a line in the log, and few more."""

from application.retry_log import DATABASE, RetryLog
from changes.errors import DatabaseUnavailable, Outage

WHAT_TO_DO = {
    Outage.AWAY: "check that the database runs and can be reached; the bot goes on by itself when it is back",
    Outage.BUSY: "another program holds it: end that; the bot goes on by itself",
    Outage.FULL: "make room on its disk; the bot goes on by itself",
    Outage.READ_ONLY: "let the bot's user write to it; the bot goes on by itself",
    Outage.DAMAGED: "stop the bot, keep a copy of the database, and restore the last backup into a new one with "
    "`python -m storage restore FILE` (deploy/README.md)",
    Outage.REPLACED: "stop the bot, see that the right file lies there, and start the bot again",
}
_LASTING = frozenset({Outage.DAMAGED, Outage.REPLACED})
"""These do not pass while the process runs: what is written after them may be lost, so nothing is."""


class Health:
    """Remembers the outage that lasts, so that nobody writes into a database that is lost."""

    def __init__(self, retries: RetryLog) -> None:
        """`retries` hears of each transaction that fails."""
        self.retries = retries
        self.outage: Outage | None = None

    def check(self) -> None:
        """Raise DatabaseUnavailable while an outage lasts that only an administrator can end."""
        if self.outage in _LASTING:
            lost = DatabaseUnavailable(f"it was found {self.outage} before", self.outage)
            self.retries.failed(DATABASE, lost, status=self.outage, severe=True)
            raise lost

    def failed(self, error: DatabaseUnavailable) -> None:
        """A transaction could not be carried out."""
        if self.outage not in _LASTING:
            self.outage = error.outage
        advice = f"{error}. What to do: {WHAT_TO_DO[error.outage]}."
        self.retries.failed(DATABASE, advice, status=error.outage, severe=True)

    def worked(self) -> None:
        """A transaction that wrote was carried out; one that only looks is no sign that a full disk has room again."""
        if self.outage is not None and self.outage not in _LASTING:
            self.outage = None
            self.retries.worked(DATABASE)
