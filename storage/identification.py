"""Finds out how one person stands in the database: their ids, the chats that are only theirs, their names."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, func, select

from changes.model import SYSTEM
from storage.name_patterns import is_recognisable, words_of_name
from storage.ordinary_names import ambiguous_names
from storage.redaction import is_former, names_in, parsed
from storage.rows import rows, texts
from storage.tables import absences, bindings, chats, dialogs, events, messages, people, refusals
from storage.traces import Traces

_NAMED = (
    (people.c.id, people.c.name),
    (chats.c.person, chats.c.name),
    (absences.c.person, absences.c.name),
    (refusals.c.person, refusals.c.name),
    (events.c.by_id, events.c.by_name),
)
_SHARED = "19:"
"""What the id of every channel, thread and group chat begins with."""


def identify(
    connection: Connection,
    tables: Sequence[Table],
    person: str,
    addresses: frozenset[str],
    given: frozenset[str] = frozenset(),
) -> Traces:
    """Everything by which the person with that id is recognised; the addresses and the `given` names are theirs too."""
    known_as = select(people.c.mri).where(func.lower(people.c.id) == person.lower())
    mris = frozenset(each for each in connection.execute(known_as).scalars() if each)
    bare = Traces(person, mris)
    names, others = _names(connection, tables, bare)
    ambiguous, words = ambiguous_names(connection, tables, {each for each in names - others if words_of_name(each)})
    single = {
        each
        for each in names - others - words
        if words_of_name(each) and (each in ambiguous or not is_recognisable(each))
    }
    chats_alone = _chats(connection, bare)
    return Traces(person, mris, chats_alone, addresses, names, others, single, ambiguous, given)


def _names(connection: Connection, tables: Sequence[Table], bare: Traces) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    others: set[str] = set()
    for who, name in _NAMED:
        for each in connection.execute(select(who, name).distinct()):
            (names if bare.is_own(each[0]) else others).add(each[1].strip())
    for table in tables:
        for row in rows(connection, table):
            found = texts(row).values()
            for document in map(parsed, found) if bare.may_be_in("\n".join(found)) else ():
                names.update(name.strip() for name in names_in(document, bare))
    nobody = {each for each in names | others if each in ("", SYSTEM.name) or is_former(each)}
    return names - nobody, others - nobody


def _chats(connection: Connection, bare: Traces) -> set[str]:
    theirs: set[str] = set()
    others = set(connection.execute(select(bindings.c.conversation)).scalars())
    for person, conversation in connection.execute(select(chats.c.person, chats.c.conversation)):
        (theirs if bare.is_own(person) else others).add(conversation)
    for message, conversation in connection.execute(select(messages.c.message, messages.c.conversation).distinct()):
        if bare.is_own(message.rpartition("@")[2]):
            theirs.add(conversation)
    for key in connection.execute(select(dialogs.c.key)).scalars():
        conversation, _, who = key.rpartition("|")
        (theirs if bare.is_own(who) else others).add(conversation)
    return {each for each in theirs - others if each and not each.startswith(_SHARED)}
