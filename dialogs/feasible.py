"""Asks before a question is asked: whether the command would be accepted at all, if its missing part were given."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from application.session import UserSession
from changes import commands as c
from changes.errors import CommandRejected, StaleRevision, ValidationFailed
from changes.model import Change, Person, Recovery, Window
from changes.policy import Service
from dialogs.command_table import COMMANDS

_ANY_TEXT = "…"
_SOMEBODY = Person("nobody-yet", _ANY_TEXT)
_LATER = timedelta(days=35)


def _later(change: Change) -> Window:
    window = change.plan.window
    return Window(window.start + _LATER, window.end + _LATER)


_EXAMPLES: Mapping[str, Callable[[Person, Change, Service], c.Command]] = {
    "move": lambda by, change, _service: c.Move(by, _later(change)),
    "assign": lambda by, _change, _service: c.Reassign(by, implementer=_SOMEBODY),
    "finished": lambda by, _change, _service: c.NoteSnapshotFinished(by, _ANY_TEXT, checked=True),
    "accept": lambda by, change, _service: c.AcceptTest(by, (*change.blocking_tests, 0)[0], _ANY_TEXT),
    "extend": lambda by, _change, _service: c.Extend(by, 1, _ANY_TEXT),
    "tried": lambda by, _change, _service: c.NoteTried(by, Recovery.FIX, _ANY_TEXT),
    "confirm": lambda by, _change, service: c.ConfirmRestore(by, service.vps.name),
}
"""Of each command that is made of more than one text, one whose parts are all there."""


async def check_feasible(what: str, session: UserSession, change: Change) -> None:
    """Raise whatever refuses the command for the person and the change as it stands, whichever its parts are."""
    service = await session.service(change.plan.service)
    example = _EXAMPLES.get(what)
    if example is not None:
        command = example(session.person, change, service)
    else:
        command = await COMMANDS[what].make(session, change, _ANY_TEXT)
    await _check(session, change, command)


async def check_editable(session: UserSession, change: Change) -> None:
    """Raise whatever refuses any edit of the plan by the person."""
    await session.may_edit(change)
    await _check(session, change, c.Edit(session.person, replace(change.plan, title=_ANY_TEXT)))


async def why_not_edited(session: UserSession, change_id: str, refusal: CommandRejected) -> CommandRejected:
    """What keeps the person from editing the change as it stands; if nothing does, that its plan is another by now."""
    if not isinstance(refusal, StaleRevision):
        return refusal
    try:
        await check_editable(session, await session.change(change_id))
    except CommandRejected as other:
        return other
    return StaleRevision(
        "{id} was changed while you were filling in this form, so nothing was saved. What you typed still stands here: "
        "copy what you need, close this form and open it again.",
        id=change_id,
    )


async def _check(session: UserSession, change: Change, command: c.Command) -> None:
    try:
        await session.would_accept(change.id, command)
    except ValidationFailed:
        return  # that is what is asked for
