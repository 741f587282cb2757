"""What is typed after a change's id becomes a command: one table for whoever types it at once and whoever is asked.

Most commands take one text at most, a reason or a comment. What stands before it, a number or a date, is its head.
"""

from dataclasses import replace
from datetime import date

from application.input_parsing.cleaning import clean
from application.session import UserSession
from cards.overview.next_step import next_step_text
from changes import commands as c
from changes.approvals.quorum import given
from changes.errors import TooLong, ValidationFailed
from changes.lifecycle.guards import STATE_PHRASES
from changes.model import Change
from changes.plan_fields import PLAN_FIELDS
from changes.policy import Service
from changes.reporting.search import comparable
from changes.text import Message, first_word, joined, read_number
from dialogs.command_makers import OF_DATA, last_word
from dialogs.command_table import COMMANDS
from language import N_, _, moment_text, translate, window_text

TEXTS = frozenset({"reason", "comment", "text", "vps_name", "snapshot_name", "name"})
"""The fields that are asked for when they were left out; anything else needs another line."""
_UNKNOWN_BEFORE = tuple(each.key for each in PLAN_FIELDS if each.may_be_unknown)
"""The fields that a plan of an earlier version may lack."""
_WITH_A_LENGTH = frozenset({"move", "extend"})


async def command_of(what: str, session: UserSession, change: Change, argument: str, answer: str = "") -> c.Command:
    """The command that was typed, and whose text was asked for. Raises ValidationFailed with what to type instead."""
    make = COMMANDS[what].make
    if answer:
        # The answer `30 min are lost` makes the `1 h` before it no longer.
        command = await make(session, change, clean(argument)) if what in _WITH_A_LENGTH else None
        if isinstance(command, c.Move | c.Extend):
            return replace(command, reason=clean(answer))
    return await make(session, change, clean(f"{argument} {answer}"))


def question(
    what: str, change: Change, service: Service, today: date, argument: str, wrong: ValidationFailed
) -> tuple[str, str]:
    """How to ask for the text that the command was refused without or that is too long, and what stands before it.

    Both are empty where something else is wrong with the command. `today` is the day with which it was read.
    """
    typed, rest = COMMANDS[what], COMMANDS[what].rest(argument, service, today)
    if rest is None or not wrong.problems.keys() <= TEXTS:
        return "", ""
    if rest:
        return (translate(wrong), argument.removesuffix(rest).strip()) if isinstance(wrong, TooLong) else ("", "")
    asked = _(typed.asks, id=change.id, server=service.vps.name) if typed.asks else translate(wrong)
    return joined(asked, _(typed.readers)), argument


def with_hint(what: str, change: Change, argument: str, wrong: ValidationFailed) -> ValidationFailed:
    """The refusal, with how to type it where a card would have a choice or a field for it."""
    if what == "move" and (missing := [each for each in _UNKNOWN_BEFORE if each in wrong.problems]):
        last = wrong.problems[missing[-1]]
        led = Message(
            "{problem} `/change edit {id}` opens the plan: fill it in there, with the new date.",
            problem=last,
            id=change.id,
        )
        return ValidationFailed(wrong.problems | {missing[-1]: led})
    name, of = last_word(argument)
    if what != "finished" or "result" not in wrong.problems or OF_DATA.get(comparable(of)) is not True:
        return wrong
    again = _("Typed, that is `/change finished {id} {name} data checked`.", id=change.id, name=name.strip())
    return ValidationFailed({"result": joined(translate(wrong), again)})


async def confirmation(what: str, session: UserSession, change: Change, argument: str) -> str:
    """What was done, where the change stands now, and what comes next."""
    service = await session.service(change.plan.service)
    is_part = what in ("approve", "go") and given(change)  # others have to agree too
    done = _(
        N_("Your approval is recorded.") if is_part else COMMANDS[what].done,
        id=change.id,
        number=read_number(first_word(argument)[0]) or "",
        requester=change.requester.name or _("the requester"),
        implementer=change.plan.implementer.name or _("the implementer"),
        server=service.vps.name,
        window=window_text(change.window, service.zone),
        ends=moment_text(change.ends_at, service.zone),
    )
    return await where_it_stands(done, session, change)


async def where_it_stands(done: str, session: UserSession, change: Change) -> str:
    """The sentence, the state of the change behind it, and what comes next, with its date."""
    stands = _("{done} {id} {state}.", done=done, id=change.id, state=STATE_PHRASES[change.state])
    return joined(stands, next_step_text(await session.view(change)))
