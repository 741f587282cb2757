"""Asks for what a command needs, when it was typed without: its text, or the part of it that is missing or wrong."""

from datetime import date, datetime, timedelta
from typing import Any

from application.input_parsing.people import is_myself
from changes.errors import CommandRejected, ConcurrencyConflict, ValidationFailed
from changes.model import Change
from changes.policy import Service
from changes.text import Message, is_blank, joined
from dialogs.corrections import MOVE, arguments, is_new_window, is_unread, question_for_part
from dialogs.keywords import BACK, CANCEL, HELP, NO, is_word
from dialogs.sdk import Dialog, DialogContext, DialogTurnResult
from dialogs.turn import TurnInput, ask_whether_command, say_and_end, say_and_wait, turn_input
from dialogs.typed import TEXTS, command_of, confirmation, question, with_hint
from language import _, in_chat, translate

REASON = "reason"
PATIENCE = timedelta(minutes=15)
"""How long after the question a text is taken for its answer."""


def options_of(
    what: str, change: Change, service: Service, today: date, argument: str, wrong: ValidationFailed
) -> dict[str, object] | None:
    """How to ask for what the command was refused for; None where another line has to be typed.

    `today` is the day with which the command was read.
    """
    asked, typed = question(what, change, service, today, argument, wrong)
    if asked:
        return _asking(what, change, typed, asked)
    wrong = with_hint(what, change, argument, wrong)
    if asked := question_for_part(what, change, service, wrong):
        return _asking(what, change, argument, asked) | {"part": True, "length": wrong.problems.keys() == {"minutes"}}
    return None


def for_new_window(change: Change) -> dict[str, object]:
    """How to ask when the change takes place instead."""
    asked = _(
        "When does {id} take place instead? Give the date and the time, like `15.4.2027 20:00`. `/change edit {id}` "
        "opens the whole plan.",
        id=change.id,
    )
    return _asking(MOVE, change, "", asked) | {"part": True}


def _asking(what: str, change: Change, typed: str, asked: str) -> dict[str, object]:
    return {
        "change": change.id,
        "what": what,
        "typed": typed,
        "question": in_chat(asked),
        "part": False,
        "length": False,
    }


class ReasonDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Its state: `change`; `what`, a key of TYPED; `typed`, what stood behind the id; `asked_at`; `question`, as the
    chat shows it; `part`, when a part of the command is asked for and not its text; `length`, when that is how long a
    window lasts; `doubted`, the text about which was asked whether it is a command.
    """

    def __init__(self) -> None:
        super().__init__(REASON)

    async def begin_dialog(self, dialog_context: DialogContext, options: object = None) -> DialogTurnResult:
        """Ask."""
        given: dict[str, Any] = dict(options) if isinstance(options, dict) else {}
        dialog_context.active_dialog.state.update(given)
        return await self._ask(dialog_context)

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the text and carry the command out."""
        state, turn = dialog_context.active_dialog.state, turn_input(dialog_context.context)
        text = turn.text.strip()
        leaves = is_word(text, CANCEL | BACK) or (is_word(text, NO) and not (state.get("part") and text == "-"))
        is_too_late = turn.session.now - datetime.fromisoformat(state["asked_at"]) > PATIENCE
        is_answer = leaves or is_word(text, HELP) or (state["what"] == "assign" and is_myself(text))
        if turn.command and not is_answer:
            if turn.is_surely_command or is_too_late:
                turn.runs_command = True
                return await say_and_end(dialog_context, closed_sentence(state["change"]))
            if state.get("doubted") != text:
                state.update(doubted=text, asked_at=turn.session.now.isoformat())
                return await ask_whether_command(dialog_context)
        if is_too_late:
            # What is typed days later is no answer, and would reach people as one.
            said = _(
                "My question about {id} was too long ago, so it is closed and nothing was done. Type the command "
                "again if it still holds.",
                id=state["change"],
            )
            return await say_and_end(dialog_context, said)
        if leaves:
            return await say_and_end(dialog_context, _("Nothing was changed in {id}.", id=state["change"]))
        # “Great” may be all that there is to review.
        is_doubtful = turn.is_small_talk and state["what"] != "review" and not state.get("part")
        if is_doubtful and state.get("doubted") != text:
            state["doubted"] = text
            return await self._ask(dialog_context)
        if is_word(text, HELP) or is_blank(text):
            return await self._ask(dialog_context)
        return await self._answer(dialog_context, turn, text)

    async def _answer(self, dialog_context: DialogContext, turn: TurnInput, text: str) -> DialogTurnResult:
        state, session = dialog_context.active_dialog.state, turn.session
        what, typed = state["what"], state["typed"]
        try:
            before = await session.change(state["change"])
            service = await session.service(before.plan.service)
        except CommandRejected as gone:
            return await self._closed(dialog_context, gone, what)
        today = service.local(session.now).date()
        possible: tuple[str, ...] = (typed,)
        answer = text
        if state.get("part") or is_new_window(what, text, before, service, today):
            is_length = bool(state.get("length"))
            possible = arguments(what, typed, text, before, service, today, is_length=is_length)
            answer = ""
        refused: dict[str, ValidationFailed] = {}
        for argument in possible:
            try:
                change = await session.execute(before.id, await command_of(what, session, before, argument, answer))
            except ValidationFailed as wrong:
                refused[argument] = wrong
                continue
            except ConcurrencyConflict:
                raise
            except CommandRejected as refusal:
                return await self._closed(dialog_context, refusal, what)
            service = await session.service(change.plan.service)
            return await say_and_end(dialog_context, await confirmation(what, session, change, f"{argument} {answer}"))
        if answer and all(wrong.problems.keys() <= TEXTS for wrong in refused.values()):
            return await self._say_again(dialog_context, joined(*map(translate, refused.values())))
        if not answer and all(is_unread(what, text, wrong, today) for wrong in refused.values()):
            # It would stand there as the reason, once a time is given.
            return await self._ask_for_the_same(dialog_context, refused)
        refused = {f"{argument} {answer}".strip(): wrong for argument, wrong in refused.items()}
        return await self._ask_again(dialog_context, before, service, refused)

    async def _ask_again(
        self, dc: DialogContext, change: Change, service: Service, refused: dict[str, ValidationFailed]
    ) -> DialogTurnResult:
        """Ask for what is still missing of the line that came the farthest."""
        state = dc.active_dialog.state
        what = state["what"]
        today = service.local(turn_input(dc.context).session.now).date()
        asking = {line: options_of(what, change, service, today, line, wrong) for line, wrong in refused.items()}
        texts = {argument: each for argument, each in asking.items() if each is not None and not each["part"]}
        argument, options = next(iter((texts or asking).items()))
        if options is not None and (options["part"] is False or what == MOVE):
            state.update(options)  # what was understood is kept; the rest is asked for
        elif options is not None:
            state["question"] = options["question"]
        return await self._say_again(dc, translate(with_hint(what, change, argument, refused[argument])))

    async def _ask_for_the_same(self, dc: DialogContext, refused: dict[str, ValidationFailed]) -> DialogTurnResult:
        state = dc.active_dialog.state
        if state.get("length") or not state["typed"]:
            return await self._ask(dc)
        return await self._say_again(dc, joined(*map(translate, refused.values())))

    async def _closed(self, dc: DialogContext, refusal: CommandRejected, what: str) -> DialogTurnResult:
        """Say why it cannot be done any more, whatever is answered, and close the question."""
        await turn_input(dc.context).session.log_denial(refusal, what)
        return await say_and_end(dc, translate(refusal))

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        asked = Message.from_markup(dc.active_dialog.state["question"])
        return await self._say_again(dc, joined(asked, _("(`cancel` leaves it as it is.)")))

    async def _say_again(self, dc: DialogContext, text: str) -> DialogTurnResult:
        """Whoever is told what is missing has as long for it as for the question."""
        dc.active_dialog.state["asked_at"] = turn_input(dc.context).session.now.isoformat()
        return await say_and_wait(dc, text)


def closed_sentence(change: str) -> str:
    """The sentence that the question about the change is closed, and nothing came of it."""
    return _("My question about {id} is closed: nothing was done about it.", id=change)
