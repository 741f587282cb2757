"""What one activity means: a typed command, an answer in a dialog, or a press on a card."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ActivityTypes

from bot.activities import mention_free_text
from bot.admin import admin
from bot.alone import ANSWERED, answer_alone_about_private, replies
from bot.arrivals import Arrivals
from bot.disambiguation import ClarificationNeeded, check_open, close
from bot.fresh import fresh_card
from bot.grammar import Order, bare_order, is_surely_meant, may_be_sentence, read_order, word_for
from bot.identity import NOBODY, Identify, is_bot
from bot.looking import LOOKS
from bot.orders import HANDLERS
from bot.request import Handler, Request
from bot.small_talk import is_greeting, is_misspelt_call, is_politeness, is_thanks, nearest_orders
from cards.answers import answers_of
from cards.choices import chosen_card
from cards.notification import about
from cards.parts import ADMIN, COMMAND, LOOK
from cards.payload import Press, length_problem, read
from cards.text import with_note
from changes.effects import Effect, MeetTeam
from changes.errors import Concurrent, Incomplete, Refusal, Stale, Unknown
from changes.policy import Catalogue
from changes.ports import Acquaintance, Binding, Chat, Clock, Json, UnitOfWork, Wording
from changes.queries import language_of
from dialogs.desk import Desk
from dialogs.host import DialogHost, asks_for_a_text, open_change, open_order, waits_for_an_answer
from dialogs.reason import closed_sentence
from dialogs.request import REQUEST
from dialogs.turn import Heard, put, say, show, text_message
from dialogs.words import CANCEL, is_word
from language import _, of_locale, said, speaking

NEW = "new"
_FORM_VERBS = ("change.edit", "change.move")
_TYPED: Mapping[str, Mapping[str, Handler]] = {LOOK: LOOKS, ADMIN: {"admin": admin}}
_SMALL_TALK = (is_greeting, is_politeness, is_thanks)
_ENDINGS = ("submit", "cancel")
_CHANGES_NOTHING = frozenset({*LOOKS, "export", "help", "notice"})
"""Commands that show something to whoever asks; anybody may ask after them."""
_DIALOG_VERBS = ("change.submit", "change.withdraw")


@dataclass(slots=True)
class Thought:
    """What came of an activity: the answer to an invoke, a sentence for the presser, and what has to follow."""

    card: dict[str, Any] | None = None
    sentence: str = ""
    effects: list[Effect] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brain:
    """Decides by the activity alone; everything it remembers is in the unit of work."""

    catalogue: Catalogue
    clock: Clock
    wording: Wording
    identify: Identify
    handlers: Mapping[str, Handler] = field(default_factory=lambda: dict(HANDLERS))
    local: bool = False
    dialogs: DialogHost = field(default_factory=DialogHost)

    async def think(self, context: TurnContext, unit: UnitOfWork) -> Thought:
        """Handle the activity of the turn. Messages are sent through `context`; raises Concurrent to be run again."""
        thought, activity = Thought(), context.activity
        who = await self.identify(unit, activity)
        told = await self._arrivals.goodbye(activity, unit, who.person if who else None)
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
        with speaking(await language_of(unit, who.person) or who.language or "en"):
            await self._understand(context, unit, who, thought)
        return thought

    async def _to_nobody(self, context: TurnContext, unit: UnitOfWork, thought: Thought) -> None:
        """Answer somebody who has no Entra id: what they sent is not looked at, but they hear why.

        Teams itself names none either where it tells that the bot was installed by a policy.
        """
        activity = context.activity
        with speaking((of_locale(activity.locale) if activity.locale else "") or "en"):
            thought.effects += [*await self._arrivals.hello(activity, unit), *await self._arrivals.back(activity, unit)]
            if activity.type == ActivityTypes.invoke:
                thought.sentence = _(NOBODY)
            elif activity.type == ActivityTypes.message and not is_bot(activity):
                await context.send_activity(text_message(_(NOBODY)))

    async def _understand(self, context: TurnContext, unit: UnitOfWork, who: Acquaintance, thought: Thought) -> None:
        activity = context.activity
        pressed = _pressed(activity)
        thought.effects += [*await self._arrivals.hello(activity, unit), *await self._arrivals.back(activity, unit)]
        if pressed is None and activity.type == ActivityTypes.message:
            await self._typed(context, unit, who, thought)
        elif pressed is not None:
            await self._press(context, unit, who, pressed, thought)

    async def _typed(self, context: TurnContext, unit: UnitOfWork, who: Acquaintance, thought: Thought) -> None:
        heard = self._heard(context, unit, who, "chat")
        order: Order | None = None
        key = _dialog_key(context.activity)
        stored, etag = await unit.dialogs.load(key)
        try:
            heard.text = _text_of(context.activity)
            order = read_order(heard.text)
            if _is_for_dialog(stored, heard.text, order):
                order = await self._answered(context, unit, heard, key, order)
                if order is None:
                    return
            # Nobody is asked anything, so `@Change bot list` needs no more words than that.
            order = order or read_order(f"change {heard.text}")
            if not heard.text:
                order = Order("unknown")
            if order is None:
                raise Unknown("I did not understand that. Type `/change new` to request a change, or `/change help`.")
            await self._carry_out(context, unit, heard, order, thought)
        except Concurrent:
            raise
        except ClarificationNeeded as asked:
            await show(context, asked.card, asked.summary)
        except Refusal as refusal:
            # Said, and not raised on: the turn is committed, and the note of it with it.
            await heard.desk.audit(refusal, order.name if order else open_order(stored))
            if order is None and isinstance(refusal, Unknown):
                # What the dialog is about is gone: whatever is answered, nothing comes of it.
                await unit.dialogs.save(key, {}, etag)
            await say(context, said(refusal))
        await self._answer_alone(context, heard, thought)

    async def _answered(
        self, context: TurnContext, unit: UnitOfWork, heard: Heard, key: str, called: Order | None
    ) -> Order | None:
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
        self, context: TurnContext, unit: UnitOfWork, heard: Heard, order: Order, thought: Thought
    ) -> None:
        """Do what a command says, whoever typed or pressed it; what it has to ask is a dialog from then on."""
        handler = self.handlers.get(order.name)
        if handler is None:
            raise Unknown("I did not understand that. Type `/change new` to request a change, or `/change help`.")
        key = _dialog_key(context.activity)
        stored, etag = await unit.dialogs.load(key)
        request = Request(context, heard, order, self.wording, self.local)
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
    async def _say_what_closes(context: TurnContext, stored: Json, request: Request) -> None:
        """Nothing that was asked, or begun, is closed by a command about something else without a word."""
        about_it = (request.acted, (request.dialog or ("", {}))[1].get("change", NEW))
        change = open_change(stored)
        if not waits_for_an_answer(stored) or change in about_it:
            return
        if asks_for_a_text(stored):
            await say(context, closed_sentence(change))
        elif change == NEW:
            await say(context, _("The request that you had begun is closed; `/change new` begins another."))
        else:
            await say(context, _("{id} waits as a draft: `/change edit {id}` goes on with it.", id=change))

    async def _answer_alone(self, context: TurnContext, heard: Heard, thought: Thought) -> None:
        """Send what is for the person alone to their chat, and say in the conversation only that it was."""
        alone = replies(context.activity, heard)
        heard.alone = None
        if alone:
            thought.effects += alone
            thought.sentence = _(ANSWERED)
            if not heard.in_place:
                await say(context, thought.sentence)

    async def _press(
        self, context: TurnContext, unit: UnitOfWork, who: Acquaintance, data: dict[str, Any], thought: Thought
    ) -> None:
        invoked = context.activity.type == ActivityTypes.invoke
        heard = self._heard(context, unit, who, "card", in_place=invoked)
        try:
            press = read(data, heard.desk.person)
            heard.press = press
            await self._act(context, unit, heard, press, thought)
        except Concurrent:
            raise
        except ClarificationNeeded as asked:
            await show(context, asked.card, asked.summary)
        except Stale as stale:
            await self._redraw(context, heard, stale, thought)
        except Refusal as refusal:
            await heard.desk.audit(refusal, _what(heard.press))
            thought.sentence = said(refusal)
            if not invoked:
                await say(context, thought.sentence)
        thought.card = heard.answer
        await self._answer_alone(context, heard, thought)

    async def _redraw(self, context: TurnContext, heard: Heard, stale: Stale, thought: Thought) -> None:
        """The card as it is now with the sentence on it; the sentence alone where the button is of no card."""
        try:
            drawn = await fresh_card(heard.desk, heard.press, self.wording) if heard.press is not None else None
        except Unknown:
            drawn = None
        if drawn is None:
            thought.sentence = said(stale)
        else:
            await show(context, with_note(drawn[0], said(stale)), said(stale))

    async def _act(self, context: TurnContext, unit: UnitOfWork, heard: Heard, press: Press, thought: Thought) -> None:
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
                    await say(context, closed_sentence(open_change(stored)))
            await unit.dialogs.save(key, state, etag)
            return
        if press.verb == COMMAND:
            await self._choose(context, unit, heard, press, thought)
            return
        if press.verb in _TYPED:
            thought.effects += await self._as_typed(context, heard, press.typed, _TYPED[press.verb])
            return
        if press.change == NEW:
            raise Incomplete({"change": _("This form is closed. Type `/change new` to open another.")})
        heard.stays = heard.in_place
        if press.command is not None:
            await heard.desk.do(press.change, press.command, seen=press.revision)
        card, change = await fresh_card(heard.desk, press, self.wording)
        await show(context, card, about(change))

    async def _choose(
        self, context: TurnContext, unit: UnitOfWork, heard: Heard, press: Press, thought: Thought
    ) -> None:
        """A button that stands for a command of any kind: as if the presser had typed it, once for each question."""
        order = read_order(f"change {press.typed}") if press.typed else None
        if order is None or order.name == "unknown":
            raise Unknown("This button is no longer known. `/change list` shows the changes, with fresh cards.")
        await check_open(unit, press.message, heard.desk.now)
        await self._carry_out(context, unit, heard, order, thought)
        # Only now: whoever is turned away takes the question from nobody, and neither does whoever only looks.
        if order.name not in _CHANGES_NOTHING:
            await close(unit, press.message, heard.desk.now)
        if heard.in_place and heard.answer is None:
            await show(context, chosen_card(press.typed), _("Carried out: {command}", command=f"/change {press.typed}"))

    async def _as_typed(
        self, context: TurnContext, heard: Heard, typed: str, handlers: Mapping[str, Handler]
    ) -> list[Effect]:
        """A button that stands for a typed command: its card takes the pressed one's place. What has to follow."""
        order = read_order(f"change {typed}")
        if order is None or order.name not in handlers:
            raise Unknown("This button is no longer known. `/change list` shows the changes, with fresh cards.")
        request = Request(context, heard, order, self.wording, self.local)
        await handlers[order.name](request)
        return request.effects

    async def _form_options(self, context: TurnContext, heard: Heard, press: Press) -> dict[str, Any]:
        if press.change == NEW:
            heard.stays = heard.in_place
            return {"answers": {}}
        change = await heard.desk.change(press.change)
        await heard.desk.may_edit(change)
        if press.revision != change.revision:
            raise Stale("{id} has changed since this card was drawn: here is how it stands now.", id=change.id)
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
        self, context: TurnContext, unit: UnitOfWork, who: Acquaintance, via: str, *, in_place: bool = False
    ) -> Heard:
        desk = Desk(unit, self.catalogue, self.clock.now(), who.person, via, refreshes=not self.local)
        heard = Heard(desk, in_place=in_place)
        heard.desk = replace(desk, on_private=partial(answer_alone_about_private, context, heard))
        put(context, heard)
        return heard


def _is_for_dialog(stored: Json, text: str, order: Order | None) -> bool:
    """Whether what was typed is for the open dialog: no command with `/change`, or perhaps a sentence."""
    if not stored or is_misspelt_call(text):
        return False
    if order is not None:
        is_misspelt = order.name == "unknown" and " " not in order.rest and nearest_orders(order.rest)
        return waits_for_an_answer(stored) and may_be_sentence(order, text) and not is_misspelt
    return waits_for_an_answer(stored) or is_word(text, CANCEL)


def _chat(activity: Activity, who: Acquaintance) -> Chat:
    """The personal chat that the activity comes from."""
    data: dict[str, Any] = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    tenant = data.get("tenant")
    return Chat(
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


def _what(press: Press | None) -> str:
    """What the press asked for: the button's verb, or the word of the command that it stands for."""
    if press is None or press.verb != COMMAND:
        return press.verb if press else ""
    order = read_order(f"change {press.typed}")
    return order.name if order else ""


def _text_of(activity: Activity) -> str:
    """What was typed. Raises Incomplete for what is longer than any command or answer, before it is looked at."""
    if problem := length_problem(str(activity.text or "")):
        raise Incomplete({"text": problem})
    return mention_free_text(activity, _bot_id(activity))


def _dialog_key(activity: Activity, alone: Chat | None = None) -> str:
    """Where the dialog with whoever writes is kept: for this conversation, or for their chat `alone`."""
    return f"{alone.conversation if alone else activity.conversation.id}|{activity.from_property.id}"


def _bot_id(activity: Activity) -> str:
    return activity.recipient.id if activity.recipient else ""


def _meet(binding: Binding, activity: Activity) -> MeetTeam:
    return MeetTeam(f"meet:{binding.service}:{activity.id}", "", binding.service)
