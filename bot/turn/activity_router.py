"""Routes an activity: bot added or removed, text typed, button pressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from application.ports import Clock, NoticeTexts, PersonalConversation, Sender, UnitOfWork, UserProfile
from application.queries.directory import Directory, chosen_language
from application.queries.text_search import Searched
from application.session import UserSession
from bot.commands.command_context import Handler
from bot.commands.registry import HANDLERS
from bot.messenger.private_answers import ANSWERED, answer_alone_about_private, is_shared, send_alone
from bot.sdk import Activity, ActivityTypes, TurnContext
from bot.turn.card_press import take_press
from bot.turn.dialog_answers import dialog_data, form_of, is_of_dialog, is_of_extension
from bot.turn.dialog_press import take_dialog_press
from bot.turn.identity import NOBODY, Identify, is_bot
from bot.turn.installation import TELL_OF_THE_BOT, InstallationHandler
from bot.turn.links import is_link, unfolded
from bot.turn.people_search import find_people, is_search
from bot.turn.turn import Turn, TurnOutcome
from bot.turn.typed_text import take_text
from changes.policy import Catalogue
from dialogs.dialog_runner import DialogRunner
from dialogs.open_dialog import OpenDialog, dialog_key
from dialogs.turn import TurnInput, attach_input, text_message
from language import _, of_locale, use_language


@dataclass(frozen=True, slots=True)
class ActivityRouter:
    """Decides by the activity alone; everything it remembers is in the unit of work."""

    catalogue: Catalogue
    clock: Clock
    wording: NoticeTexts
    identify: Identify
    handlers: Mapping[str, Handler] = field(default_factory=lambda: dict(HANDLERS))
    local: bool = False
    dialogs: DialogRunner = field(default_factory=DialogRunner)

    async def route(self, context: TurnContext, unit: UnitOfWork, delivery: str, searched: Searched) -> TurnOutcome:
        """Handle the activity of the turn, which is delivered under the key `delivery`.

        Raises ConcurrencyConflict to be run again.
        """
        activity = context.activity
        who = await self.identify(unit, activity)
        arrivals = InstallationHandler(self.catalogue, self.clock) if activity.type in TELL_OF_THE_BOT else None
        told = await arrivals.on_removed(activity, unit, who.person if who else None) if arrivals else None
        if told is not None:
            return TurnOutcome(effects=list(told))
        if who is None:
            return await self._to_nobody(context, unit, arrivals)
        if is_search(activity):
            session = UserSession(Directory(unit), self.catalogue, self.clock.now(), who.person, "card")
            return TurnOutcome(found=await find_people(session, activity))
        if is_link(activity):
            directory = Directory(unit)
            session = UserSession(directory, self.catalogue, self.clock.now(), who.person, "card")
            with use_language(await directory.language(who.person) or of_locale(activity.locale)):
                return TurnOutcome(unfolded=await unfolded(session, activity))
        in_dialog = is_of_dialog(activity)
        key = dialog_key(activity, in_form=in_dialog)
        known = await unit.people.sender(who.person.id, chosen_language(who.person), key)
        await _note_where_they_are(unit, activity, who, known)
        profile = await _noted(unit, who, known)
        data = _pressed(activity)
        via, now = "chat" if data is None else "card", self.clock.now()
        directory = Directory(unit)
        directory.remember(profile, known.language)
        session = UserSession(directory, self.catalogue, now, who.person, via, not self.local, searched=searched)
        with use_language(known.language or profile.language or "en"):
            if arrivals is not None:
                return TurnOutcome(effects=await arrivals.on_installed(activity, unit))
            if data is None and activity.type != ActivityTypes.message:
                return TurnOutcome()
            in_place = activity.type == ActivityTypes.invoke
            turn_input = TurnInput(session, delivery, self.wording, in_place=in_place, among_others=is_shared(activity))
            turn_input.in_dialog = turn_input.stays = in_dialog
            session.on_private = partial(answer_alone_about_private, context, turn_input)
            attach_input(context, turn_input)
            if in_dialog:
                dialog = OpenDialog.of_form(unit, key, known, form_of(activity, delivery))
            else:
                dialog = OpenDialog(unit, key, known.dialog, known.etag)
            turn = Turn(context, turn_input, dialog, self.dialogs, self.handlers, self.wording, self.local)
            if data is None:
                await take_text(turn)
            else:
                await (take_dialog_press(turn, data) if in_dialog else take_press(turn, data))
            if alone := await send_alone(context, turn_input):
                turn.outcome.effects += alone
                turn.outcome.sentence = _(ANSWERED)
            turn.outcome.messages += turn_input.messages
        return turn.outcome

    @staticmethod
    async def _to_nobody(context: TurnContext, unit: UnitOfWork, arrivals: InstallationHandler | None) -> TurnOutcome:
        """Reply to a sender without an Entra id, without processing what they sent.

        Teams itself names none either where it tells that the bot was installed by a policy.
        """
        activity, outcome = context.activity, TurnOutcome()
        with use_language(of_locale(activity.locale)):
            if arrivals is not None:
                outcome.effects += await arrivals.on_installed(activity, unit)
            elif activity.type == ActivityTypes.invoke:
                outcome.sentence = _(NOBODY)
            elif activity.type == ActivityTypes.message and not is_bot(activity):
                outcome.messages.append(text_message(_(NOBODY)))
        return outcome


async def _noted(unit: UnitOfWork, who: UserProfile, known: Sender) -> UserProfile:
    """The person as they are known from now on: what the activity does not say stays as it was."""
    was = known.profile or UserProfile(who.person)
    name, mri, language = who.person.name or was.person.name, who.mri or was.mri, who.language or was.language
    profile = UserProfile(replace(who.person, name=name), mri, language)
    if known.profile is None or (profile, name) != (was, was.person.name):  # people are the same by their id
        await unit.people.upsert([who])
    return profile


async def _note_where_they_are(unit: UnitOfWork, activity: Activity, who: UserProfile, known: Sender) -> None:
    """Keep the personal chat. Teams may move a conversation to another address: what is bound is carried on there."""
    if activity.conversation.conversation_type == "personal" and not is_of_extension(activity):
        chat = _chat(activity, who)
        if known.chat is None or (chat, chat.person.name) != (known.chat, known.chat.person.name):
            await unit.chats.put(chat)
        return
    for binding in await unit.bindings.at(activity.conversation.id.partition(";")[0]):
        if binding.service_url != activity.service_url:
            await unit.bindings.put(replace(binding, service_url=activity.service_url))


def _chat(activity: Activity, who: UserProfile) -> PersonalConversation:
    """The personal chat that the activity comes from."""
    data: dict[str, Any] = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    tenant = data.get("tenant")
    return PersonalConversation(
        who.person,
        activity.service_url,
        activity.conversation.id,
        activity.recipient.id if activity.recipient else "",
        str(tenant.get("id") or "") if isinstance(tenant, dict) else "",
    )


def _pressed(activity: Activity) -> dict[str, Any] | None:
    """The data of a pressed button, however it arrived: as an invoke, or as a message with a value and no text."""
    value = activity.value
    if is_of_dialog(activity):
        return dialog_data(activity)
    if activity.type == ActivityTypes.invoke:
        action = value.get("action") if isinstance(value, dict) else None
        if not isinstance(action, dict):
            return {}
        data = action.get("data")
        return {**(data if isinstance(data, dict) else {}), "verb": action.get("verb", "")}
    if activity.type == ActivityTypes.message and isinstance(value, dict) and not activity.text:
        return value
    return None
