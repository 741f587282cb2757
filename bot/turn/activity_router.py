"""What one activity means: a typed command, an answer in a dialog, or a press on a card."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from application.action_parsing import CardAction, length_problem, parse_action
from application.ports import Binding, Clock, Json, PersonalConversation, UnitOfWork, UserProfile, Wording
from application.queries import language_of
from application.session import UserSession
from bot.commands.admin import admin
from bot.commands.command_context import CommandContext, Handler
from bot.commands.command_parser import (
    ChatCommand,
    bare_order,
    is_surely_meant,
    may_be_sentence,
    parse_command,
    word_for,
)
from bot.commands.disambiguation import ClarificationNeeded, check_open, close
from bot.commands.queries import LOOKS
from bot.commands.registry import HANDLERS
from bot.commands.small_talk import is_greeting, is_misspelt_call, is_politeness, is_thanks, nearest_orders
from bot.messenger.card_refresh import fresh_card
from bot.messenger.private_answers import ANSWERED, answer_alone_about_private, replies
from bot.sdk import Activity, ActivityTypes, TurnContext
from bot.turn.activities import mention_free_text
from bot.turn.identity import NOBODY, Identify, is_bot
from bot.turn.installation import Arrivals
from cards.elements.blocks import ADMIN, COMMAND, LOOK
from cards.elements.lengths import with_note
from cards.elements.notification import about
from cards.request.choices import chosen_card
from cards.request.plan_parsing import answers_of
from changes.effects import Effect, SyncTeamMembers
from changes.errors import CommandRejected, ConcurrencyConflict, NotFound, StaleRevision, ValidationFailed
from changes.policy import Catalogue
from dialogs.dialog_runner import DialogHost, asks_for_a_text, open_change, open_order, waits_for_an_answer
from dialogs.keywords import CANCEL, is_word
from dialogs.reason import closed_sentence
from dialogs.request import REQUEST
from dialogs.turn import TurnInput, answer_with_card, put, send_text, text_message
from language import _, of_locale, translate, use_language

NEW = "new"
_FORM_VERBS = ("change.edit", "change.move")
_TYPED: Mapping[str, Mapping[str, Handler]] = {LOOK: LOOKS, ADMIN: {"admin": admin}}
_SMALL_TALK = (is_greeting, is_politeness, is_thanks)
_ENDINGS = ("submit", "cancel")
_CHANGES_NOTHING = frozenset({*LOOKS, "export", "help", "notice"})
"""Commands that show something to whoever asks; anybody may ask after them."""
_DIALOG_VERBS = ("change.submit", "change.withdraw")


@dataclass(slots=True)
class TurnOutcome:
    """What came of an activity: the answer to an invoke, a sentence for the presser, and what has to follow."""

    card: dict[str, Any] | None = None
    sentence: str = ""
    effects: list[Effect] = field(default_factory=list)
    requests: list[CommandContext] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ActivityRouter:
    """Decides by the activity alone; everything it remembers is in the unit of work."""

    catalogue: Catalogue
    clock: Clock
    wording: Wording
    identify: Identify
    handlers: Mapping[str, Handler] = field(default_factory=lambda: dict(HANDLERS))
    local: bool = False
    dialogs: DialogHost = field(default_factory=DialogHost)

    async def route(self, context: TurnContext, unit: UnitOfWork) -> TurnOutcome:
        """Handle the activity of the turn.

        Messages are sent through `context`; raises ConcurrencyConflict to be run again.
        """
        thought, activity = TurnOutcome(), context.activity
        who = await self.identify(unit, activity)
        told = await self._arrivals.on_removed(activity, unit, who.person if who else None)
        if told is not None:
            thought.effects += told
            return thought
        if who is None:
            await self._to_nobody(context, unit, thought)
            return thought
        await unit.people.meet([who])
        if activity.conversation.conversation_type == "personal":
            await unit.chats.put(_chat(activity, who))
        else:
            await self._where_teams_is_now(unit, activity)
        with use_language(await language_of(unit, who.person) or who.language or "en"):
            await self._understand(context, unit, who, thought)
        return thought

    async def _to_nobody(self, context: TurnContext, unit: UnitOfWork, thought: TurnOutcome) -> None:
        """Answer somebody who has no Entra id: what they sent is not looked at, but they hear why.

        Teams itself names none either where it tells that the bot was installed by a policy.
        """
        activity = context.activity
        with use_language((of_locale(activity.locale) if activity.locale else "") or "en"):
            thought.effects += [
                *await self._arrivals.on_installed(activity, unit),
                *await self._arrivals.back(activity, unit),
            ]
            if activity.type == ActivityTypes.invoke:
                thought.sentence = _(NOBODY)
            elif activity.type == ActivityTypes.message and not is_bot(activity):
                await context.send_activity(text_message(_(NOBODY)))

    async def _understand(self, context: TurnContext, unit: UnitOfWork, who: UserProfile, thought: TurnOutcome) -> None:
        activity = context.activity
        pressed = _pressed(activity)
        thought.effects += [
            *await self._arrivals.on_installed(activity, unit),
            *await self._arrivals.back(activity, unit),
        ]
        if pressed is None and activity.type == ActivityTypes.message:
            await self._typed(context, unit, who, thought)
        elif pressed is not None:
            await self._press(context, unit, who, pressed, thought)

    async def _typed(self, context: TurnContext, unit: UnitOfWork, who: UserProfile, thought: TurnOutcome) -> None:
        heard = self._heard(context, unit, who, "chat")
        order: ChatCommand | None = None
        key = _dialog_key(context.activity)
        stored, etag = await unit.dialogs.load(key)
        try:
            heard.text = _text_of(context.activity)
            order = parse_command(heard.text)
            if _is_for_dialog(stored, heard.text, order):
                order = await self._answered(context, unit, heard, key, order)
                if order is None:
                    return
            # Nobody is asked anything, so `@Change bot list` needs no more words than that.
            order = order or parse_command(f"change {heard.text}")
            if not heard.text:
                order = ChatCommand("unknown")
            if order is None:
                raise NotFound("I did not understand that. Type `/change new` to request a change, or `/change help`.")
            await self._carry_out(context, unit, heard, order, thought)
        except ConcurrencyConflict:
            raise
        except ClarificationNeeded as asked:
            await answer_with_card(context, asked.card, asked.summary)
        except CommandRejected as refusal:
            # Said, and not raised on: the turn is committed, and the note of it with it.
            await heard.desk.audit(refusal, order.name if order else open_order(stored))
            if order is None and isinstance(refusal, NotFound):
                # What the dialog is about is gone: whatever is answered, nothing comes of it.
                await unit.dialogs.save(key, {}, etag)
            await send_text(context, translate(refusal))
        await self._answer_alone(context, heard, thought)

    async def _answered(
        self, context: TurnContext, unit: UnitOfWork, heard: TurnInput, key: str, called: ChatCommand | None
    ) -> ChatCommand | None:
        """Give the text to the open dialog. Where it is no answer but a command, that is still to be carried out.

        `called` is the command in what begins with `change` and may be a sentence.
        """
        stored, etag = await unit.dialogs.load(key)
        order = called or bare_order(heard.text)
        if order is not None and order.name != "unknown":
            heard.command = f"{word_for(order.name)} {order.rest}".strip()
            heard.is_surely_command = called is None and is_surely_meant(order, heard.text)
        elif order is not None and nearest_orders(order.rest):
            heard.command = order.rest
        heard.is_small_talk = any(each(heard.text) for each in _SMALL_TALK)
        heard.stays = not asks_for_a_text(stored)
        state = await self.dialogs.resume(context, stored)
        await unit.dialogs.save(key, state, etag)
        if not heard.runs_command:
            return None
        heard.stays = False
        return order

    async def _carry_out(
        self, context: TurnContext, unit: UnitOfWork, heard: TurnInput, order: ChatCommand, thought: TurnOutcome
    ) -> None:
        """Do what a command says, whoever typed or pressed it; what it has to ask is a dialog from then on."""
        handler = self.handlers.get(order.name)
        if handler is None:
            raise NotFound("I did not understand that. Type `/change new` to request a change, or `/change help`.")
        key = _dialog_key(context.activity)
        stored, etag = await unit.dialogs.load(key)
        request = CommandContext(context, heard, order, self.wording, self.local)
        # The same words answer the request that was begun here; they show nothing of its plan.
        heard.stays = heard.press is None and order.name in _ENDINGS and request.may_name(open_change(stored))
        await handler(request)
        thought.requests.append(request)
        thought.effects += request.effects
        if request.dialog is not None and heard.alone is not None:
            # What is asked about it is asked, and answered, in the person's own chat.
            key = _dialog_key(context.activity, heard.alone)
            stored, etag = await unit.dialogs.load(key)
        if stored and (request.dialog is not None or asks_for_a_text(stored)):
            await self._say_what_closes(context, stored, request)
        if request.dialog is not None:
            await unit.dialogs.save(key, await self.dialogs.begin(context, *request.dialog), etag)
        elif stored and (asks_for_a_text(stored) or (request.acted and request.acted == open_change(stored))):
            # Whoever types another command is done with the question; a form waits beside it.
            await unit.dialogs.save(key, {}, etag)
        if request.binding is not None:
            thought.effects.append(_meet(request.binding, context.activity))

    @staticmethod
    async def _say_what_closes(context: TurnContext, stored: Json, request: CommandContext) -> None:
        """Nothing that was asked, or begun, is closed by a command about something else without a word."""
        about_it = (request.acted, (request.dialog or ("", {}))[1].get("change", NEW))
        change = open_change(stored)
        if not waits_for_an_answer(stored) or change in about_it:
            return
        if asks_for_a_text(stored):
            await send_text(context, closed_sentence(change))
        elif change == NEW:
            await send_text(context, _("The request that you had begun is closed; `/change new` begins another."))
        else:
            await send_text(context, _("{id} waits as a draft: `/change edit {id}` goes on with it.", id=change))

    async def _answer_alone(self, context: TurnContext, heard: TurnInput, thought: TurnOutcome) -> None:
        """Send what is for the person alone to their chat, and say in the conversation only that it was."""
        alone = replies(context.activity, heard)
        heard.alone = None
        if alone:
            thought.effects += alone
            thought.sentence = _(ANSWERED)
            if not heard.in_place:
                await send_text(context, thought.sentence)

    async def _press(
        self, context: TurnContext, unit: UnitOfWork, who: UserProfile, data: dict[str, Any], thought: TurnOutcome
    ) -> None:
        invoked = context.activity.type == ActivityTypes.invoke
        heard = self._heard(context, unit, who, "card", in_place=invoked)
        try:
            press = parse_action(data, heard.desk.person)
            heard.press = press
            await self._act(context, unit, heard, press, thought)
        except ConcurrencyConflict:
            raise
        except ClarificationNeeded as asked:
            await answer_with_card(context, asked.card, asked.summary)
        except StaleRevision as stale:
            await self._redraw(context, heard, stale, thought)
        except CommandRejected as refusal:
            await heard.desk.audit(refusal, _what(heard.press))
            thought.sentence = translate(refusal)
            if not invoked:
                await send_text(context, thought.sentence)
        thought.card = heard.answer
        await self._answer_alone(context, heard, thought)

    async def _redraw(self, context: TurnContext, heard: TurnInput, stale: StaleRevision, thought: TurnOutcome) -> None:
        """The card as it is now with the sentence on it; the sentence alone where the button is of no card."""
        try:
            drawn = await fresh_card(heard.desk, heard.press, self.wording) if heard.press is not None else None
        except NotFound:
            drawn = None
        if drawn is None:
            thought.sentence = translate(stale)
        else:
            await answer_with_card(context, with_note(drawn[0], translate(stale)), translate(stale))

    async def _act(
        self, context: TurnContext, unit: UnitOfWork, heard: TurnInput, press: CardAction, thought: TurnOutcome
    ) -> None:
        key = _dialog_key(context.activity)
        stored, etag = await unit.dialogs.load(key)
        open_one = open_change(stored)
        # A second press on the form, or one after a restart, still belongs to the draft that came of the first.
        # A button of a card that stands in a thread names its message; the dialog's own cards have none.
        # A question for a text was asked beside them: it takes no press.
        mine = bool(open_one) and press.change in (open_one, NEW) and not press.message and not asks_for_a_text(stored)
        if press.verb in _FORM_VERBS or (mine and press.verb in _DIALOG_VERBS):
            if mine:
                heard.stays = heard.in_place
                state = await self.dialogs.resume(context, stored)
            else:
                options = await self._form_options(context, heard, press)
                if heard.alone is not None:
                    key = _dialog_key(context.activity, heard.alone)
                    stored, etag = await unit.dialogs.load(key)
                state = await self.dialogs.begin(context, REQUEST, options)
                if asks_for_a_text(stored):
                    await send_text(context, closed_sentence(open_change(stored)))
            await unit.dialogs.save(key, state, etag)
            return
        if press.verb == COMMAND:
            await self._choose(context, unit, heard, press, thought)
            return
        if press.verb in _TYPED:
            thought.effects += await self._as_typed(context, heard, press.typed, _TYPED[press.verb])
            return
        if press.change == NEW:
            raise ValidationFailed({"change": _("This form is closed. Type `/change new` to open another.")})
        heard.stays = heard.in_place
        if press.command is not None:
            await heard.desk.do(press.change, press.command, seen=press.revision)
        card, change = await fresh_card(heard.desk, press, self.wording)
        await answer_with_card(context, card, about(change))

    async def _choose(
        self, context: TurnContext, unit: UnitOfWork, heard: TurnInput, press: CardAction, thought: TurnOutcome
    ) -> None:
        """A button that stands for a command of any kind: as if the presser had typed it, once for each question."""
        order = parse_command(f"change {press.typed}") if press.typed else None
        if order is None or order.name == "unknown":
            raise NotFound("This button is no longer known. `/change list` shows the changes, with fresh cards.")
        await check_open(unit, press.message, heard.desk.now)
        await self._carry_out(context, unit, heard, order, thought)
        # Only now: whoever is turned away takes the question from nobody, and neither does whoever only looks.
        if order.name not in _CHANGES_NOTHING:
            await close(unit, press.message, heard.desk.now)
        if heard.in_place and heard.answer is None:
            await answer_with_card(
                context, chosen_card(press.typed), _("Carried out: {command}", command=f"/change {press.typed}")
            )

    async def _as_typed(
        self, context: TurnContext, heard: TurnInput, typed: str, handlers: Mapping[str, Handler]
    ) -> list[Effect]:
        """A button that stands for a typed command: its card takes the pressed one's place. What has to follow."""
        order = parse_command(f"change {typed}")
        if order is None or order.name not in handlers:
            raise NotFound("This button is no longer known. `/change list` shows the changes, with fresh cards.")
        request = CommandContext(context, heard, order, self.wording, self.local)
        await handlers[order.name](request)
        return request.effects

    async def _form_options(self, context: TurnContext, heard: TurnInput, press: CardAction) -> dict[str, Any]:
        if press.change == NEW:
            heard.stays = heard.in_place
            return {"answers": {}}
        change = await heard.desk.change(press.change)
        await heard.desk.may_edit(change)
        if press.revision != change.revision:
            raise StaleRevision("{id} has changed since this card was drawn: here is how it stands now.", id=change.id)
        # The form stands by itself: in place of a card that everybody sees it would hide that card.
        heard.in_place = heard.in_place and bool(press.inputs)
        service = await heard.desk.service(change.plan.service)
        return {"answers": answers_of(change.plan, service), "change": change.id, "revision": change.revision}

    async def _where_teams_is_now(self, unit: UnitOfWork, activity: Activity) -> None:
        """Teams may move a conversation to another address; what is bound to it is carried on there."""
        for binding in await unit.bindings.at(activity.conversation.id.partition(";")[0]):
            if binding.service_url != activity.service_url:
                await unit.bindings.put(replace(binding, service_url=activity.service_url))

    @property
    def _arrivals(self) -> Arrivals:
        return Arrivals(self.catalogue, self.clock)

    def _heard(
        self, context: TurnContext, unit: UnitOfWork, who: UserProfile, via: str, *, in_place: bool = False
    ) -> TurnInput:
        desk = UserSession(unit, self.catalogue, self.clock.now(), who.person, via, refreshes=not self.local)
        heard = TurnInput(desk, in_place=in_place)
        heard.desk = replace(desk, on_private=partial(answer_alone_about_private, context, heard))
        put(context, heard)
        return heard


def _is_for_dialog(stored: Json, text: str, order: ChatCommand | None) -> bool:
    """Whether what was typed is for the open dialog: no command with `/change`, or perhaps a sentence."""
    if not stored or is_misspelt_call(text):
        return False
    if order is not None:
        is_misspelt = order.name == "unknown" and " " not in order.rest and nearest_orders(order.rest)
        return waits_for_an_answer(stored) and may_be_sentence(order, text) and not is_misspelt
    return waits_for_an_answer(stored) or is_word(text, CANCEL)


def _chat(activity: Activity, who: UserProfile) -> PersonalConversation:
    """The personal chat that the activity comes from."""
    data: dict[str, Any] = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    tenant = data.get("tenant")
    return PersonalConversation(
        who.person,
        activity.service_url,
        activity.conversation.id,
        _bot_id(activity),
        str(tenant.get("id") or "") if isinstance(tenant, dict) else "",
    )


def _pressed(activity: Activity) -> dict[str, Any] | None:
    """The data of a pressed button, however it arrived: as an invoke, or as a message with a value and no text."""
    value = activity.value
    if activity.type == ActivityTypes.invoke:
        action = value.get("action") if isinstance(value, dict) else None
        if not isinstance(action, dict):
            return {}
        data = action.get("data")
        return {**(data if isinstance(data, dict) else {}), "verb": action.get("verb", "")}
    if activity.type == ActivityTypes.message and isinstance(value, dict) and not activity.text:
        return value
    return None


def _what(press: CardAction | None) -> str:
    """What the press asked for: the button's verb, or the word of the command that it stands for."""
    if press is None or press.verb != COMMAND:
        return press.verb if press else ""
    order = parse_command(f"change {press.typed}")
    return order.name if order else ""


def _text_of(activity: Activity) -> str:
    """What was typed. Raises ValidationFailed for what is longer than any command or answer, before it is looked at."""
    if problem := length_problem(str(activity.text or "")):
        raise ValidationFailed({"text": problem})
    return mention_free_text(activity, _bot_id(activity))


def _dialog_key(activity: Activity, alone: PersonalConversation | None = None) -> str:
    """Where the dialog with whoever writes is kept: for this conversation, or for their chat `alone`."""
    return f"{alone.conversation if alone else activity.conversation.id}|{activity.from_property.id}"


def _bot_id(activity: Activity) -> str:
    return activity.recipient.id if activity.recipient else ""


def _meet(binding: Binding, activity: Activity) -> SyncTeamMembers:
    return SyncTeamMembers(f"meet:{binding.service}:{activity.id}", "", binding.service)
