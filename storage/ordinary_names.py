"""Tells the names that can only be somebody's from those made of ordinary words, like "Help Desk" or "Will Young"."""

import re
from collections.abc import Iterable

from sqlalchemy import Connection, Table

from storage.name_patterns import FIRST, LAST, name_pattern, words_of_name
from storage.rows import rows, texts

_FOLDED = frozenset({"words", "folded"})
"""Columns in which every name is in small letters."""
_ACCOUNTS = frozenset(
    re.findall(
        r"\w+",
        """
    account accounts admin administration administrator agent and assistance backup base bot care center centre change
    compte contact customer data database de department der des desk dev die direction du engineering et exploitation
    for former gast group groupe guest help helpdesk helpline hotline info informatics informatik informatique
    infrastructure invité it la le learn learning lernen les maintenance manager member monitoring network of office
    operation operations operator ops owner platform plateforme plattform portal production project projekt projet
    release response room réseau security server service services shared site staff studio support system systems
    système systèmes team teams technical technique technik test tester testing the training und user users utilisateur
    web
    """,
    )
)
"""What accounts that are no person are called by, in English, French and German."""
_ARTICLE = r"(?:\b(?:the|an?|our|your|this|le|les|une?|du|aux?|des|notre|votre)\s+|\bl['’])"
"""What stands before a thing, and not before the name of a person."""


def ambiguous_names(connection: Connection, tables: Iterable[Table], names: Iterable[str]) -> tuple[set[str], set[str]]:
    """The names made only of ordinary words, and those of them that stand somewhere as a word in a sentence.

    A word is ordinary when accounts are called by it, or when it stands somewhere in small letters without the rest of
    the name; a name is, when an article stands before it. It is a word there, or where all of it has small letters.
    """
    found = {name: _Evidence(name) for name in names}
    for table in tables:
        for row in rows(connection, table):
            for column, text in texts(row).items():
                if column not in _FOLDED:
                    for each in found.values():
                        each.look_at(text)
    words = {name for name, each in found.items() if each.is_small or each.has_article}
    return {name for name, each in found.items() if each.has_article or not each.unseen}, words


class _Evidence:
    def __init__(self, name: str) -> None:
        parts = words_of_name(name)
        self.is_small = self.has_article = False
        self.unseen = {each.lower() for each in parts} - _ACCOUNTS
        self._folded = name.lower()
        self._has_capitals = name.lower() != name
        self._is_single = len(parts) < 2
        self._ascii = [each for each in re.findall(r"[a-z]+", self._folded) if len(each) > 1]
        whole = name_pattern(name)
        self._whole = re.compile(rf"{FIRST}(?:{whole}){LAST}", re.IGNORECASE)
        self._after_article = re.compile(rf"{_ARTICLE}{FIRST}(?:{whole}){LAST}", re.IGNORECASE)
        self._small = re.compile(rf"(?<![\w@.-]){re.escape(self._folded)}(?![\w@.-])")

    def look_at(self, text: str) -> None:
        if self._has_capitals and not self.is_small and self._folded in text:
            self.is_small = self._small.search(text) is not None
        likely = [each for each in self.unseen if each in text] if not self._is_single else []
        if not likely and (self.has_article or not all(each in text.lower() for each in self._ascii)):
            return
        self.has_article = self.has_article or self._after_article.search(text) is not None
        rest = self._whole.sub(" ", text) if likely else ""
        self.unseen -= {each for each in likely if re.search(rf"(?<![\w@.-]){re.escape(each)}(?![\w@.-])", rest)}
