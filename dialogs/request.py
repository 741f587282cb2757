"""The request of a change: a form, or the same questions one by one; then a summary; then it is handed in."""

from typing import Any

from application.input_parsing.card_action import CardAction, read_public
from application.input_parsing.people import not_known_any_more
from application.input_parsing.plan_answers import check_more
from cards.elements.lengths import with_hint
from cards.elements.notification import about_change
from cards.request.summary import summary_card
from changes import commands as c
from changes.errors import CommandRejected, ConcurrencyConflict, ValidationFailed
from changes.model import State
from changes.notification import NoticeKind
from changes.planning.timeline import timeline
from changes.reporting.search import comparable
from changes.text import first_word, joined
from dialogs.feasible import why_not_edited
from dialogs.keywords import BACK, CANCEL, HELP, SUBMIT, is_word
from dialogs.receipts import end_with_receipt
from dialogs.request_answers import (
    FIELDS,
    TEXTS,
    answer_context,
    asked_fields,
    asked_now,
    choose_the_only_service,
    drop_unknown,
    entered,
    fields_left,
    plan_of,
    question_of,
    wrong_at_once,
)
from dialogs.request_drafts import new_draft, what_comes_next
from dialogs.request_form import request_form
from dialogs.request_template import begin_with, choose
from dialogs.sdk import Dialog, DialogContext, DialogTurnResult
from dialogs.turn import TurnInput, answer_with_card, ask_whether_command, say_and_wait, turn_input
from language import N_, _, translate

REQUEST = "request"
SUMMARY = "summary"
ENDING_VERBS = ("change.submit", "change.withdraw")
_BESIDE = N_("Or type your answers:")
_AT_SUMMARY = N_("Type `submit` to submit it, `back` to correct it, or `cancel` to discard the draft.")


class RequestDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Collects a plan. Its state: `answers`, `change` (`new` before the draft), `revision`, `asking` (a field, or
    nothing where only a card waits) and `card`, the key of the change's own card in whose place the form stands.
    """

    def __init__(self) -> None:
        super().__init__(REQUEST)

    async def begin_dialog(self, dialog_context: DialogContext, options: object = None) -> DialogTurnResult:
        """Show the form; `options` may hold `answers`, `change` and `revision` of a plan to edit."""
        given: dict[str, Any] = dict(options) if isinstance(options, dict) else {}
        state = dialog_context.active_dialog.state
        state.update(
            answers=dict(given.get("answers", {})),
            change=given.get("change", "new"),
            revision=given.get("revision", 0),
            asking=FIELDS[0],
        )
        turn = turn_input(dialog_context.context)
        state["card"] = turn.press.message if turn.press is not None and turn.in_place else ""
        # Until something is asked, whatever is typed beside the form of a plan is no answer.
        state["form_alone"] = state["change"] != "new"
        await begin_with(turn, state)
        if (press := turn.press) is not None and (press.inputs or press.fills or press.verb in ENDING_VERBS):
            return await self.continue_dialog(dialog_context)
        await choose_the_only_service(turn, state)
        problems = await wrong_at_once(turn, state)
        if state["change"] != "new" or turn.in_dialog:
            await self._form(dialog_context, problems)
            return Dialog.end_of_turn
        first, title = await asked_now(turn, state), state["answers"].get("title", "")
        if problems:
            await self._form(dialog_context, problems)
            said = joined(_(_BESIDE), *map(translate, problems.values()), first, by="\n\n")
            return await say_and_wait(dialog_context, said)
        titled = _("Its title is “{title}”; `back` gives it another.", title=title) if title else ""
        # On the form: as a message of its own it would be an open question below whatever comes of the form.
        await self._form(dialog_context, {}, joined(_(_BESIDE), titled, first))
        return Dialog.end_of_turn

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the form or the next answer."""
        turn = turn_input(dialog_context.context)
        if turn.press is not None:
            return await self._pressed(dialog_context, turn, turn.press)
        return await self._typed(dialog_context, turn.text.strip())

    async def _pressed(self, dc: DialogContext, turn: TurnInput, press: CardAction) -> DialogTurnResult:
        match press.verb:
            case "change.withdraw":
                return await self._give_up(dc, turn)
            case "change.submit":
                return await self._submit(dc, turn)
            case _ if press.inputs or press.fills is not None:
                return await self._filled_in(dc, turn, press)
            case _:
                await self._form(dc, {})
                return Dialog.end_of_turn

    async def _filled_in(self, dc: DialogContext, turn: TurnInput, press: CardAction) -> DialogTurnResult:
        state = dc.active_dialog.state
        state["answers"] = entered(state, press)
        chosen = await choose(turn, state)
        if press.fills is not None or chosen is not None:  # nothing is saved yet
            await self._form(dc, dict(turn.problems) | (chosen or {}))
            return Dialog.end_of_turn
        if turn.problems:
            return await self._ask_again(dc, dict(turn.problems), one_by_one=False)
        try:
            return await self._finish(dc, turn, one_by_one=False)
        except ConcurrencyConflict:
            raise
        except CommandRejected as refusal:
            if not turn.in_dialog:
                raise
            # Any other answer would close it, and take with it what was typed.
            await turn.session.log_denial(refusal, press.verb)
            await self._form(dc, {})
            return await say_and_wait(dc, translate(await why_not_edited(turn.session, state["change"], refusal)))

    async def _typed(self, dc: DialogContext, text: str) -> DialogTurnResult:
        state, turn = dc.active_dialog.state, turn_input(dc.context)
        if is_word(text, CANCEL):
            return await self._give_up(dc, turn)
        if state["asking"] == SUMMARY:
            return await self._at_summary(dc, turn, text)
        question = question_of(state)
        if is_word(text, HELP):
            return await say_and_wait(dc, joined(_(question.help), await asked_now(turn, state), by="\n\n"))
        if is_word(text, BACK):
            before = await asked_fields(turn, state, FIELDS[: FIELDS.index(state["asking"])])
            state["asking"] = before[-1] if before else FIELDS[0]
            return await self._ask(dc)
        # A single word such as “Update” is a title like any other, and “Test 1” the first of several tests.
        number = first_word(turn.command)[1]
        if question.field == "tests" and comparable(first_word(turn.command)[0]).startswith("test"):
            number = ""
        if question.field in TEXTS and (number or turn.is_surely_command) and state.pop("doubted", "") != text:
            if turn.is_surely_command and comparable(number).startswith("chg"):
                turn.runs_command = True
                return Dialog.end_of_turn
            state["doubted"] = text
            return await ask_whether_command(dc)
        try:
            answered = check_more(question.field, text, await answer_context(turn, state))
            state["answers"].update(answered)
        except ValidationFailed as problem:
            if turn.command and question.field not in TEXTS:
                turn.runs_command = True
                return Dialog.end_of_turn
            return await say_and_wait(dc, joined(translate(problem), await asked_now(turn, state), by="\n\n"))
        following = await asked_fields(turn, state, fields_left(state, question.field, answered))
        if following:
            state["asking"] = following[0]
            return await self._ask(dc)
        return await self._finish(dc, turn, one_by_one=True)

    async def _at_summary(self, dc: DialogContext, turn: TurnInput, text: str) -> DialogTurnResult:
        if is_word(text, SUBMIT):
            return await self._submit(dc, turn)
        if is_word(text, BACK):
            dc.active_dialog.state["asking"] = (await asked_fields(turn, dc.active_dialog.state, FIELDS))[-1]
            return await self._ask(dc)
        if turn.command and not is_word(text, HELP):
            turn.runs_command = True
            return Dialog.end_of_turn
        return await say_and_wait(dc, _(_AT_SUMMARY))

    async def _finish(self, dc: DialogContext, turn: TurnInput, *, one_by_one: bool) -> DialogTurnResult:
        """Every field has an answer: draft it and show the summary, or ask again what is wrong."""
        try:
            return await self._save(dc, turn, one_by_one=one_by_one)
        except ValidationFailed as wrong:
            return await self._ask_again(dc, wrong.problems, one_by_one=one_by_one)

    async def _save(self, dc: DialogContext, turn: TurnInput, *, one_by_one: bool) -> DialogTurnResult:
        state, session = dc.active_dialog.state, turn.session
        plan = await plan_of(turn, state)
        if state["change"] == "new":
            change = await new_draft(turn, state, plan)
        else:
            change = await session.change(state["change"])
            told = read_public(NoticeKind.POSTPONED, state["answers"])
            if plan != change.plan or change.state is State.NO_GO:
                change = await session.execute(change.id, c.Edit(session.person, plan, told), seen=state["revision"])
            elif change.state is State.DRAFT:
                await session.validate_draft(change)
        state.update(change=change.id, revision=change.revision, summed_up=True, form_alone=False)
        # Without a question that can be read, nothing that is typed is the answer to it.
        state["asking"] = SUMMARY if one_by_one else ""
        if change.state is State.DRAFT:
            view = await session.plan_view(change)
            summary = summary_card(view, timeline(view.change, view.service))
            await answer_with_card(dc.context, summary, about_change(_("Review your request"), change))
            return await say_and_wait(dc, _(_AT_SUMMARY)) if one_by_one else Dialog.end_of_turn
        done = _("The plan of {id} has been changed.", id=change.id)
        return await end_with_receipt(dc, turn, done, await what_comes_next(turn, change))

    async def _submit(self, dc: DialogContext, turn: TurnInput) -> DialogTurnResult:
        state, session = dc.active_dialog.state, turn.session
        seen = turn.press.revision if turn.press else state["revision"]
        if state["change"] == "new":
            return await self._finish(dc, turn, one_by_one=turn.press is None)
        try:
            change = await session.execute(state["change"], c.Submit(session.person), seen=seen)
        except ValidationFailed as wrong:
            return await self._ask_again(dc, wrong.problems, one_by_one=turn.press is None)
        done = _("{id} has been submitted.", id=change.id)
        return await end_with_receipt(dc, turn, done, await what_comes_next(turn, change))

    async def _give_up(self, dc: DialogContext, turn: TurnInput) -> DialogTurnResult:
        state, session = dc.active_dialog.state, turn.session
        sentence, dropped = _("Nothing was requested. Type `/change new` whenever you like."), False
        if state["change"] != "new":
            change = await session.change(state["change"])
            sentence, dropped = _("Nothing was changed in {id}.", id=change.id), change.state is State.DRAFT
            if dropped:
                await session.execute(change.id, c.Cancel(session.person, ""))
                sentence = _("The draft {id} has been discarded. Type `/change new` whenever you like.", id=change.id)
        if turn.in_dialog and not dropped:
            return await dc.end_dialog()
        return await end_with_receipt(dc, turn, sentence)

    async def _ask_again(self, dc: DialogContext, problems: dict[str, str], *, one_by_one: bool) -> DialogTurnResult:
        state = dc.active_dialog.state
        if await drop_unknown(turn_input(dc.context), state):
            problems = problems | {"implementer": not_known_any_more()}
        wrong = [field for field in FIELDS if field in problems] or FIELDS[:1]
        state.update(asking=wrong[0], wrong=wrong)
        if not one_by_one:
            await self._form(dc, problems)
            return Dialog.end_of_turn
        first = await asked_now(turn_input(dc.context), state)
        return await say_and_wait(dc, joined(*map(translate, problems.values()), first, by="\n\n"))

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        return await say_and_wait(dc, await asked_now(turn_input(dc.context), dc.active_dialog.state))

    async def _form(self, dc: DialogContext, problems: dict[str, str], beside: str = "") -> None:
        card, title = await request_form(turn_input(dc.context), dc.active_dialog.state, problems)
        await answer_with_card(dc.context, with_hint(card, beside) if beside else card, title)
