"""The base of every store: the transaction it works in."""

from storage.transaction import Transaction


class SqlStore:
    """One port over SQL, within one unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
