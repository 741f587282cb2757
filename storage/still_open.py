"""What keeps a person from being forgotten: the two-person rules of changes that are not over, and the settings."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from changes.model import OPEN, Change, normalized_id
from changes.recurrence.series import Series
from storage.backup import BackupError, NotThere
from storage.codec import decode, decode_change
from storage.tables import changes, series
from storage.traces import Traces

_MOST_NAMED = 20


def refuse_while_involved(connection: Connection, traces: Traces) -> None:
    """Raise BackupError while the person may not decide about a change that is open, or confirm its restore.

    That they may not hangs on their id: under a pseudonym nobody would know any more whose own change it is.
    """
    query = select(changes.c.document).where(changes.c.state.in_(sorted(each.value for each in OPEN)))
    found = map(decode_change, connection.execute(query.order_by(changes.c.id)).scalars().all())
    involved = [f"{each.id} ({', '.join(parts)})" for each in found if (parts := _parts_in(each, traces))]
    recurring = connection.execute(select(series.c.document).where(series.c.over.is_(False)).order_by(series.c.id))
    involved += [
        f"{each.id} (recurring: `/change repeat {each.id} end`)"
        for each in (decode(Series, document) for document in recurring.scalars())
        if any(traces.is_own(person.id) for person in (each.owner, each.plan.implementer))
    ]
    if not involved:
        return
    more = len(involved) - _MOST_NAMED
    named = ", ".join(involved[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    raise BackupError(
        f"{traces.person} was not forgotten, and nothing was changed: they may not decide about their own changes, "
        f"and these are not over: {named}. Complete each of them or "
        "cancel it with `/change cancel ID`, as its approver, a deputy or an admin, and run this again; meanwhile "
        "`/change assign ID` gives their work to somebody else."
    )


def _parts_in(change: Change, traces: Traces) -> list[str]:
    restore = change.restore
    parts = {
        "draft of theirs" if change.is_private else "requester": [change.requester],
        "implementer": [change.plan.implementer],
        "edited it": change.editors,
        "had it before": change.formerly,
        "asked for its restore": [restore.asked_by] if restore is not None and restore.open else [],
    }
    return [part for part, people in parts.items() if any(traces.is_own(each.id) for each in people)]


def refuse_while_in_settings(person: str, file: Path, *, must_exist: bool) -> None:
    """Raise BackupError while services.toml, missing perhaps unless it `must_exist`, names them or cannot be read."""
    try:
        settings = tomllib.loads(file.read_bytes().decode("utf-8-sig"))  # as the bot itself reads it
    except FileNotFoundError as error:
        if not must_exist:
            return
        raise NotThere(f"Nobody was forgotten: there is no {file}. Give the bot's with --services.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BackupError(f"Nobody was forgotten: {file} cannot be read ({error}). Correct it first.") from error
    places = list(dict.fromkeys(_places(settings, normalized_id(person.strip()))))
    if places:
        raise BackupError(
            f"{person} was not forgotten, and nothing was changed: {file} still names them ({', '.join(places)}). "
            "Take them out, restart the bot, and run this again."
        )


def _places(node: Any, person: str, within: Sequence[str] = ()) -> Iterator[str]:
    if isinstance(node, dict):
        key = node.get("key")
        inside = (*within, key) if isinstance(key, str) else within
        for name, each in node.items():
            yield from _places(each, person, (*inside, name))
    elif isinstance(node, list):
        for each in node:
            yield from _places(each, person, within)
    elif isinstance(node, str) and normalized_id(node.strip()) == person:
        yield " ".join(within)
