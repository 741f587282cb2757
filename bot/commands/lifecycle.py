"""The commands that carry a change on, each of which a button has too: from the pre-check to the review."""

from collections.abc import Mapping

from application.input_parsing.cleaning import clean
from bot.commands import plan_tasks
from bot.commands.command_context import CommandContext, Handler
from cards.elements.lengths import shortened
from changes import commands as c
from changes.errors import ValidationFailed
from changes.model import Change
from changes.reporting.search import comparable
from changes.text import Message, first_word, joined
from changes.text.messages import listed
from dialogs.command_makers import test_index
from dialogs.command_table import COMMANDS
from dialogs.feasible import check_feasible
from dialogs.reason import REASON, options_of
from dialogs.turn import send_text
from dialogs.typed import command_of, confirmation, where_it_stands, with_hint
from language import _, invalid

LONGEST_TEST = 120
_ALL = frozenset({"all", "tous", "toutes", "tout"})
_RESULTS = {
    **dict.fromkeys(("pass", "passed", "passe", "passes", "ok", "reussi", "reussis", "succes"), True),
    **dict.fromkeys(("fail", "failed", "ko", "echec", "echoue", "echoues", "rate"), False),
}


async def act(request: CommandContext) -> None:
    """Carry out what was typed; the text that a command cannot do without is asked for when it was left out."""
    session, what, argument = request.turn_input.session, request.order.name, request.argument
    change = await request.change()
    service = await session.service(change.plan.service)
    try:
        change = await session.execute(change.id, await command_of(what, session, change, argument))
    except ValidationFailed as wrong:
        await check_feasible(what, session, change)
        options = options_of(what, change, service, service.local(session.now).date(), argument, wrong)
        if options is None:
            raise with_hint(what, change, argument, wrong) from wrong
        request.dialog = (REASON, options)
        return
    request.acted = change.id
    await send_text(request.context, await confirmation(what, session, change, argument))


async def tests(request: CommandContext) -> None:
    """`test ID` shows the tests, `test ID 2 fail WHAT` records one, `test ID all pass` all without a result."""
    session = request.turn_input.session
    change = await request.change()
    first, rest = first_word(request.argument)
    if not first:
        await send_text(request.context, _tests_listed(change))
        return
    word, note = first_word(clean(rest))
    result = _RESULTS.get(comparable(word))
    if comparable(first) in _ALL:
        await _all_passed(request, change, passed=result)
        return
    index = test_index(first, change)
    if result is None:
        raise invalid(
            "result",
            "Say how test {number} went: `/change test {id} {number} pass`, or `fail` and what you saw.",
            number=index + 1,
            id=change.id,
        )
    change = await session.execute(change.id, c.RecordTest(session.person, index, result, note))
    await _recorded(
        request,
        change,
        _("Test {number} passed.", number=index + 1) if result else _("Test {number} failed.", number=index + 1),
    )


async def _all_passed(request: CommandContext, change: Change, *, passed: bool | None) -> None:
    session = request.turn_input.session
    if not passed:
        raise invalid(
            "result",
            "Only *pass* is recorded for all tests at once: `/change test {id} all pass`. Record a failed one "
            "by its number: `/change test {id} 1 fail` and what you saw.",
            id=change.id,
        )
    change = await session.execute(change.id, c.PassTests(session.person))
    await _recorded(request, change, _("All tests without a result passed."))


async def _recorded(request: CommandContext, change: Change, done: str) -> None:
    """What was recorded, which tests still have no result or failed, and where the change stands."""
    request.acted = change.id
    said = [done]
    if change.open_tests:
        said.append(_("No result yet: {numbers}.", numbers=_numbers(change.open_tests)))
    if change.failed_tests:
        said.append(_("Failed: {numbers}.", numbers=_numbers(change.failed_tests)))
    await send_text(request.context, await where_it_stands(joined(*said), request.turn_input.session, change))


def _numbers(indexes: tuple[int, ...]) -> str:
    return listed(str(index + 1) for index in indexes)


def _tests_listed(change: Change) -> str:
    """The tests with their numbers and results, and how one is recorded."""
    lines = [_("**Tests of {id}**", id=change.id)]
    for index, (test, result) in enumerate(zip(change.plan.tests, change.tests, strict=True)):
        how = _("no result yet") if result is None else _("passed") if result.passed else _("failed")
        if index in change.accepted_tests:
            how = _("{how}, accepted", how=how)
        about = {"number": index + 1, "test": shortened(test, LONGEST_TEST), "how": how}
        lines.append(Message("**{number}** {test} ({how})", **about))
    lines.append(
        _(
            "Record one by its number: `/change test {id} 1 pass`, or `fail` and what you saw. All that have no result "
            "yet at once: `/change test {id} all pass`.",
            id=change.id,
        )
    )
    return joined(*lines, by="\n\n")


LIFECYCLE: Mapping[str, Handler] = {**dict.fromkeys(COMMANDS, act), "test": tests, "task": plan_tasks.tasks}
