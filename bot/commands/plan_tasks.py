"""`task ID` shows the tasks of a change; `add`, `done` and `undo` carry them on."""

from dataclasses import replace

from application.input_parsing.cleaning import clean
from application.input_parsing.plan_tasks import read_tasks
from bot.commands.command_context import CommandContext
from cards.tasks.runbook import tasks_counted, tasks_text
from changes import commands as c
from changes.model import Change, Person
from changes.reporting.search import comparable
from changes.text import first_word, joined, read_number
from dialogs.turn import send_text
from dialogs.typed import where_it_stands
from language import _, invalid

_ADD = frozenset({"add", "ajouter", "ajoute"})
_DONE = frozenset({"done", "fait", "faite", "ok", "termine", "terminee"})
_UNDO = frozenset({"undo", "reopen", "rouvrir", "annuler"})


async def tasks(request: CommandContext) -> None:
    """`task ID`, `task ID done 2 [NOTE]`, `undo 2`, `add -2d @Nadia: Order the certificate !`."""
    session, change = request.turn_input.session, await request.change()
    word, rest = first_word(clean(request.argument))
    if not word:
        await send_text(request.context, _listed(change, tasks_text(await session.view(change))))
        return
    if comparable(word) in _ADD:
        more = read_tasks(rest, session.person, await session.people())
        command: c.Command = c.Edit(session.person, replace(change.plan, tasks=(*change.plan.tasks, *more)))
    else:
        command = _marking(comparable(word), rest, session.person, change)
    change = await session.execute(change.id, command)
    request.acted = change.id
    left = _("Tasks of {id}: {counted}.", id=change.id, counted=tasks_counted(await session.view(change)))
    await send_text(request.context, await where_it_stands(left, session, change))


def _marking(word: str, rest: str, by: Person, change: Change) -> c.Command:
    typed, note = first_word(rest)
    number, count = read_number(typed), len(change.plan.tasks)
    if word not in _DONE | _UNDO or number is None or not 1 <= number <= count:
        raise invalid(
            "task",
            "Say what becomes of which of the {count} tasks: `/change task {id} done 2`, `undo 2`, or `add` and a line "
            "like `-2d @Nadia: DNS !`. `/change task {id}` shows them.",
            count=count,
            id=change.id,
        )
    return c.FinishTask(by, number - 1, note) if word in _DONE else c.ReopenTask(by, number - 1)


def _listed(change: Change, text: str) -> str:
    """The tasks with their numbers, and how one is ticked off; or how the first is added."""
    if not text:
        return _(
            "{id} has no tasks. `/change task {id} add -2d @Nadia: DNS !` adds one; decisions about the plan are then "
            "asked for again.",
            id=change.id,
        )
    how = _("Tick one off by its number: `/change task {id} done 1`; `undo 1` opens it again.", id=change.id)
    return joined(_("**Tasks of {id}**", id=change.id), *text.splitlines(), how, by="\n\n")
