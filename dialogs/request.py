"""The request of a change: a form, or the same questions one by one; then a summary; then it is handed in."""

from collections.abc import Collection
from typing import Any

from botbuilder.dialogs import Dialog, DialogContext, DialogTurnResult

from application.action_parsing import CardAction
from application.input_parsing.people import is_unknown_id, not_known_any_more
from cards.elements.blocks import render_card
from cards.elements.blocks import text_block as sentence_block
from cards.elements.notification import about, about_change
from cards.overview.status import status_card
from cards.request.form import form_card
from cards.request.plan_parsing import QUESTIONS, TEXTS, AnswerContext, asked, asks_for, check, check_more, read_plan
from cards.request.summary import summary_card
from changes import commands as c
from changes.errors import ValidationFailed, WindowTaken
from changes.model import Change, Plan, State
from changes.plan_fields import Question
from changes.planning.timeline import StepKind, pending, timeline
from changes.reporting.search import comparable
from changes.text.messages import Message, joined
from changes.text.pasted import first_word
from dialogs.keywords import BACK, CANCEL, HELP, YES, is_word
from dialogs.turn import TurnInput, answer_with_card, ask_whether_command, send_text, turn_input
from language import _, moment_text, n_, translate

REQUEST = "request"
SUMMARY = "summary"
_FIELDS = [question.field for question in QUESTIONS]


class RequestDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Collects a plan. Its state: `answers`, `change` (`new` before the draft), `revision` and `asking` (a field)."""

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
            asking=_FIELDS[0],
        )
        turn = turn_input(dialog_context.context)
        # Until something is asked, whatever is typed beside the form of a plan is no answer.
        state["form_alone"] = state["change"] != "new"
        if turn.press is not None and turn.press.inputs:
            return await self.continue_dialog(dialog_context)
        await self._one_service_needs_no_question(turn, state)
        problems = await self._wrong_at_once(turn, state)
        await self._form(dialog_context, problems)
        if state["change"] == "new":
            intro = _(
                "Fill in the form, or answer here, one question at a time (`back`, `help`, `cancel` work anywhere)."
            )
            first = asked(self._question(state))
            title = "" if problems else state["answers"].get("title", "")
            titled = _("Its title is “{title}”; `back` gives it another.", title=title) if title else ""
            await send_text(
                dialog_context.context, joined(intro, *map(translate, problems.values()), titled, first, by="\n\n")
            )
        return Dialog.end_of_turn

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the form or the next answer."""
        turn = turn_input(dialog_context.context)
        if turn.press is not None:
            return await self._pressed(dialog_context, turn, turn.press)
        return await self._typed(dialog_context, turn.text.strip())

    async def _pressed(self, dc: DialogContext, turn: TurnInput, press: CardAction) -> DialogTurnResult:
        state = dc.active_dialog.state
        match press.verb:
            case "change.withdraw":
                return await self._give_up(dc, turn)
            case "change.submit":
                return await self._submit(dc, turn)
            case _ if press.inputs:
                state["answers"].update(press.inputs)
                return await self._finish(dc, turn, one_by_one=False)
            case _:
                await self._form(dc, {})
                return Dialog.end_of_turn

    async def _typed(self, dc: DialogContext, text: str) -> DialogTurnResult:
        state, turn = dc.active_dialog.state, turn_input(dc.context)
        if is_word(text, CANCEL):
            return await self._give_up(dc, turn)
        if state["asking"] == SUMMARY:
            return await self._at_summary(dc, turn, text)
        question = self._question(state)
        if is_word(text, HELP):
            await send_text(dc.context, joined(_(question.help), asked(question), by="\n\n"))
            return Dialog.end_of_turn
        if is_word(text, BACK):
            before = await self._others(turn, state, _FIELDS[: _FIELDS.index(state["asking"])])
            state["asking"] = before[-1] if before else _FIELDS[0]
            return await self._ask(dc)
        # A single word such as “Update” is a title like any other, and “Test 1” the first of several tests.
        number = first_word(turn.command)[1]
        if question.field == "tests" and comparable(first_word(turn.command)[0]).startswith("test"):
            number = ""
        if question.field in TEXTS and (number or turn.is_surely_command) and state.pop("doubted", "") != text:
            if turn.is_surely_command and comparable(number).startswith("chg"):
                turn.runs_command = True
            else:
                state["doubted"] = text
                await ask_whether_command(dc.context)
            return Dialog.end_of_turn
        try:
            answered = check_more(question.field, text, await self._context(turn, state))
            state["answers"].update(answered)
        except ValidationFailed as problem:
            if turn.command and question.field not in TEXTS:
                turn.runs_command = True
                return Dialog.end_of_turn
            await send_text(dc.context, joined(translate(problem), asked(question), by="\n\n"))
            return Dialog.end_of_turn
        following = await self._others(turn, state, self._left(state, question.field, answered))
        if following:
            state["asking"] = following[0]
            return await self._ask(dc)
        return await self._finish(dc, turn, one_by_one=True)

    async def _at_summary(self, dc: DialogContext, turn: TurnInput, text: str) -> DialogTurnResult:
        if is_word(text, YES):
            return await self._submit(dc, turn)
        if is_word(text, BACK):
            dc.active_dialog.state["asking"] = (await self._others(turn, dc.active_dialog.state, _FIELDS))[-1]
            return await self._ask(dc)
        if turn.command:
            turn.runs_command = True
            return Dialog.end_of_turn
        await send_text(dc.context, _("Type `submit` to hand it in, `back` to correct it, or `cancel` to drop it."))
        return Dialog.end_of_turn

    async def _finish(self, dc: DialogContext, turn: TurnInput, *, one_by_one: bool) -> DialogTurnResult:
        """Every field has an answer: draft it and show the summary, or ask again what is wrong."""
        try:
            return await self._save(dc, turn)
        except ValidationFailed as wrong:
            return await self._ask_again(dc, wrong.problems, one_by_one=one_by_one)

    async def _save(self, dc: DialogContext, turn: TurnInput) -> DialogTurnResult:
        state, desk = dc.active_dialog.state, turn.desk
        plan = await self._plan(turn, state["answers"])
        if state["change"] == "new":
            change = await self._new_draft(turn, state, plan)
        else:
            change = await desk.change(state["change"])
            if plan != change.plan or change.state is State.NO_GO:
                change = await desk.do(change.id, c.Edit(desk.person, plan), seen=state["revision"])
            elif change.state is State.DRAFT:
                await desk.recheck(change)
        state.update(change=change.id, revision=change.revision, asking=SUMMARY, summed_up=True, form_alone=False)
        view = await desk.view(change)
        if change.state is State.DRAFT:
            await answer_with_card(
                dc.context,
                summary_card(view, timeline(change, view.service)),
                about_change(_("Is this right?"), change),
            )
            return Dialog.end_of_turn
        await answer_with_card(dc.context, status_card(view), about(change))
        await send_text(
            dc.context, _("The plan of {id} is changed. {what}", id=change.id, what=await self._next(turn, change))
        )
        return await dc.end_dialog()

    async def _new_draft(self, turn: TurnInput, state: dict[str, Any], plan: Plan) -> Change:
        """The draft of the plan. One whose window is taken is kept too: the approver may let the overlap stand."""
        desk = turn.desk
        try:
            await desk.check(plan)
        except WindowTaken as taken:
            change = await desk.draft(plan)
            state.update(change=change.id, revision=change.revision)
            who = (await desk.service(plan.service)).approver.name or _("the approver")
            sentence = Message(
                "{taken} Or ask {who} or a deputy to let it stand, with `/change allow {id} REASON`: your plan is kept "
                "as {id}.",
                taken=taken.problems["date"],
                who=who,
                id=change.id,
            )
            raise WindowTaken({"date": sentence}) from taken
        return await desk.draft(plan)

    async def _submit(self, dc: DialogContext, turn: TurnInput) -> DialogTurnResult:
        state, desk = dc.active_dialog.state, turn.desk
        seen = turn.press.revision if turn.press else state["revision"]
        if state["change"] == "new":
            return await self._finish(dc, turn, one_by_one=turn.press is None)
        try:
            change = await desk.do(state["change"], c.Submit(desk.person), seen=seen)
        except ValidationFailed as wrong:
            return await self._ask_again(dc, wrong.problems, one_by_one=turn.press is None)
        await answer_with_card(dc.context, status_card(await desk.view(change)), about(change))
        await send_text(dc.context, _("{id} is handed in. {what}", id=change.id, what=await self._next(turn, change)))
        return await dc.end_dialog()

    async def _give_up(self, dc: DialogContext, turn: TurnInput) -> DialogTurnResult:
        state, desk = dc.active_dialog.state, turn.desk
        sentence = _("Nothing was requested. Type `/change new` whenever you like.")
        if state["change"] != "new":
            change = await desk.change(state["change"])
            sentence = _("Nothing was changed in {id}.", id=change.id)
            if change.state is State.DRAFT:
                await desk.do(change.id, c.Cancel(desk.person, ""))
                sentence = _("The draft {id} is dropped. Type `/change new` whenever you like.", id=change.id)
        if turn.in_place:
            await answer_with_card(dc.context, render_card([sentence_block(sentence)]), sentence)
        else:
            await send_text(dc.context, sentence)
        return await dc.end_dialog()

    async def _ask_again(self, dc: DialogContext, problems: dict[str, str], *, one_by_one: bool) -> DialogTurnResult:
        state = dc.active_dialog.state
        if await self._drop_unknown(dc):
            problems = problems | {"implementer": not_known_any_more()}
        wrong = [field for field in _FIELDS if field in problems] or _FIELDS[:1]
        state.update(asking=wrong[0], wrong=wrong)
        if not one_by_one:
            await self._form(dc, problems)
            return Dialog.end_of_turn
        await send_text(dc.context, joined(*map(translate, problems.values()), asked(self._question(state)), by="\n\n"))
        return Dialog.end_of_turn

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        await send_text(dc.context, asked(self._question(dc.active_dialog.state)))
        return Dialog.end_of_turn

    async def _drop_unknown(self, dc: DialogContext) -> bool:
        """Forget whom the answers name when nobody knows them any more; whether that was so."""
        answers = dc.active_dialog.state["answers"]
        unknown = is_unknown_id(answers.get("implementer", ""), await turn_input(dc.context).desk.people())
        if unknown:
            del answers["implementer"]
        return unknown

    async def _form(self, dc: DialogContext, problems: dict[str, str]) -> None:
        state, desk = dc.active_dialog.state, turn_input(dc.context).desk
        if await self._drop_unknown(dc):
            problems = problems | {"implementer": not_known_any_more()}
        card = form_card(
            answers=state["answers"],
            problems=problems,
            services=await desk.services(),
            people=await desk.people(),
            today=(await self._context(turn_input(dc.context), state)).today,
            change=state["change"],
            revision=state["revision"],
            past=await desk.past(),
        )
        is_new = state["change"] == "new"
        title = _("Request a change") if is_new else _("Edit {change}", change=state["change"])
        await answer_with_card(dc.context, card, title)

    async def _plan(self, turn: TurnInput, answers: dict[str, str]) -> Plan:
        services = {service.key: service for service in await turn.desk.services()}
        service = services.get(answers.get("service", ""))
        if service is None:
            raise ValidationFailed({"service": _("Choose the service that is modified.")})
        return read_plan(answers, service, turn.desk.person, await turn.desk.people(), turn.desk.now)

    async def _next(self, turn: TurnInput, change: Change) -> str:
        service = await turn.desk.service(change.plan.service)
        asking = next((step for step in pending(change, service) if step.kind is StepKind.PRECHECK), None)
        if asking is None:
            return _("`/change show {id}` shows where it stands.", id=change.id)
        if not service.deciding(change.involved):
            return _("Nobody can decide about it yet: an admin has to name a deputy of {name}.", name=service.name)
        due = max(asking.due, turn.desk.now)
        # Never the approver about their own change, or while they are away.
        deciders = service.asked(change.involved, service.local(due).date())
        names = ", ".join(each.name or _("the approver or a deputy") for each in deciders)
        if asking.due <= turn.desk.now:
            return n_(
                "{names} is asked for the pre-check now, in the channel of {name}.",
                "One of {names} is asked for the pre-check now, in the channel of {name}.",
                len(deciders),
                names=names,
                name=service.name,
            )
        return n_(
            "{names} is asked for the pre-check on {when}, in the channel of {name}.",
            "One of {names} is asked for the pre-check on {when}, in the channel of {name}.",
            len(deciders),
            names=names,
            when=moment_text(due, service.zone),
            name=service.name,
        )

    async def _wrong_at_once(self, turn: TurnInput, state: dict[str, Any]) -> dict[str, str]:
        """What is wrong with the answers that were given with the command; the first question follows from them."""
        problems: dict[str, str] = {}
        if state["change"] != "new":
            return problems
        context = await self._context(turn, state)
        for field, text in list(state["answers"].items()):
            try:
                state["answers"][field] = check(field, text, context)
            except ValidationFailed as wrong:
                problems |= wrong.problems
        left = await self._others(turn, state, [each for each in _FIELDS if each not in state["answers"]])
        state["asking"] = next(iter([*problems, *left]))
        return problems

    async def _one_service_needs_no_question(self, turn: TurnInput, state: dict[str, Any]) -> None:
        services = await turn.desk.services()
        if len(services) == 1 and not state["answers"].get("service"):
            state["answers"]["service"] = services[0].key

    @staticmethod
    def _left(state: dict[str, Any], last: str, answered: Collection[str]) -> list[str]:
        """The fields that are still to be asked for, now that one or more were answered.

        Whoever corrects is asked for what was wrong, and not once more for everything behind it.
        """
        if (wrong := state.get("wrong")) is not None:
            state["wrong"] = [field for field in wrong if field not in answered]
            return list(state["wrong"])
        if state.get("summed_up"):
            return []  # everything has its answer: the summary is next
        if state["change"] == "new":
            return [field for field in _FIELDS if field not in state["answers"]]
        return [field for field in _FIELDS[_FIELDS.index(last) + 1 :] if field not in answered]

    @staticmethod
    async def _context(turn: TurnInput, state: dict[str, Any]) -> AnswerContext:
        """What a typed answer is checked against."""
        desk = turn.desk
        return AnswerContext(state["answers"], await desk.services(), await desk.people(), desk.person, desk.now)

    @staticmethod
    async def _others(turn: TurnInput, state: dict[str, Any], fields: list[str]) -> list[str]:
        """Those of the fields that are asked for, as things are."""
        services = await turn.desk.services()
        return [field for field in fields if asks_for(field, state["answers"], services, turn.desk.now)]

    @staticmethod
    def _question(state: dict[str, Any]) -> Question:
        return QUESTIONS[_FIELDS.index(state["asking"])]
