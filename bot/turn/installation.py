"""The bot comes to a team, a group chat or a person, and says hello; it is thrown out, and whoever can mend it hears.

Teams tells of both in two ways, as an installation and as a member of the conversation, and often in both.
"""

import logging
from dataclasses import dataclass
from typing import Any

from application.ports import Binding, Clock, UnitOfWork
from application.queries.directory import Directory
from bot.messenger.message_factory import with_text
from bot.messenger.reposting import effects_after_binding
from bot.sdk import Activity, ActivityTypes
from changes.effects import Effect, Reply
from changes.model import Person
from changes.policy import Catalogue, Service
from changes.text.messages import Message, listed
from language import N_, _, use_language

log = logging.getLogger(__name__)
HELLO = N_(
    "Hello! I'm the Change bot. I guide production changes from request to review. Type `/change "
    "new` to request a change, `/change mine` for your tasks, or `/change help` for all commands."
)
HELLO_ALL = N_(
    "Hello! I'm the Change bot. I guide production changes from request to review: I request the "
    "pre-check and GO, notify everyone affected, take the snapshot and track the window.\n\nThe "
    "next step: an admin types `@Change bot bind SERVICE` in the channel of the service's team; "
    "the services are: {services}. You can add me to your personal chat too: I then ask you "
    "there."
)
HELLO_BOUND = N_(
    "Hello! I'm the Change bot, and this channel is linked to {services} already. The next step: "
    "type `/change new` in your personal chat with me, or `@Change bot new` here, to request a "
    "change; `@Change bot help` shows all commands."
)
_GONE = frozenset({"channelDeleted", "teamDeleted"})
TELL_OF_THE_BOT = (ActivityTypes.installation_update, ActivityTypes.conversation_update)
"""The types of activities by which Teams tells that the bot came or was removed."""


@dataclass(frozen=True, slots=True)
class InstallationHandler:
    """Says hello and goodbye, within the turn's unit of work."""

    catalogue: Catalogue
    clock: Clock

    async def on_installed(self, activity: Activity, unit: UnitOfWork) -> list[Effect]:
        """What is said to whoever added the bot, and what is shown anew; nothing for any other activity."""
        return [await self._hello(activity, unit), *await self._back(activity, unit)] if _came(activity) else []

    async def _hello(self, activity: Activity, unit: UnitOfWork) -> Reply:
        """Greet once, whichever of its activities Teams sends."""
        text = _(HELLO)
        if activity.conversation.conversation_type in ("channel", "groupChat"):
            services = listed(Message("`{key}`", key=key) for key in sorted(self.catalogue.services))
            text = _(HELLO_ALL, services=services)
            if bound := await self._bound(unit, activity.conversation.id.partition(";")[0]):
                text = _(HELLO_BOUND, services=listed(Message("**{name}**", name=each.name) for each in bound))
        where = {"serviceUrl": activity.service_url, "id": activity.conversation.id}
        return Reply(f"hello:{activity.conversation.id}:{self.clock.now():%Y%m%dT%H}", "", where, with_text(text))

    async def _back(self, activity: Activity, unit: UnitOfWork) -> list[Effect]:
        """Repost cards when the bot returns to a conversation that is still bound."""
        now, bound = self.clock.now(), await self._bound(unit, *places(activity))
        directory = Directory(unit)
        return [each for one in bound for each in await effects_after_binding(unit, await directory.service(one), now)]

    async def _bound(self, unit: UnitOfWork, *where: str) -> list[Service]:
        """The services that are bound to one of these conversations, channels or teams."""
        found: dict[str, Binding] = {}
        for place in where:
            found |= {each.service: each for each in await unit.bindings.at(place)}
        return [self.catalogue.services[key] for key in found if key in self.catalogue.services]

    async def on_removed(self, activity: Activity, unit: UnitOfWork, by: Person | None) -> list[Reply] | None:
        """Forget where the bot was; what the admins are told, or None when the bot was not removed."""
        if not _left(activity):
            return None
        await unit.chats.drop(activity.conversation.id)
        lost: dict[str, Binding] = {}
        for place in places(activity):
            lost |= {each.service: each for each in await unit.bindings.at(place)}
        told: list[Reply] = []
        for key in lost:
            await unit.bindings.drop(key)
            log.warning("%s lost its channel: %s removed the bot", key, by.id if by else "somebody")
            told += await self._tell_admins(unit, key, activity, by)
        return told

    async def _tell_admins(self, unit: UnitOfWork, key: str, activity: Activity, by: Person | None) -> list[Reply]:
        service = self.catalogue.services.get(key)
        told: list[Reply] = []
        for admin in self.catalogue.admins:
            chat = await unit.chats.get(admin.id)
            if chat is None:
                continue
            with use_language(await Directory(unit).language(admin) or "en"):
                text = _(
                    "**{service}** has no channel any more: {who} removed me from it, and nothing can be asked or "
                    "announced there. Add me to the team again and type `@Change bot bind {key}` in its channel.",
                    service=service.name if service else key,
                    who=by.name if by and by.name else _("somebody"),
                    key=key,
                )
            where = {"serviceUrl": chat.service_url, "id": chat.conversation}
            moment = f"{self.clock.now():%Y%m%dT%H%M%S}"
            told.append(Reply(f"goodbye:{key}:{admin.id}:{moment}:{activity.id}", "", where, with_text(text)))
        return told


def places(activity: Activity) -> tuple[str, ...]:
    """The conversation, channel or team that the bot was removed from, under every name Teams has for it.

    Out of a person's chat it takes nothing of a team with it, whatever the activity says besides.
    """
    data, kind = _data(activity), activity.conversation.conversation_type
    if kind == "personal":
        return ()
    channel, team = _part(data, "channel"), _part(data, "team")
    if data.get("eventType") == "channelDeleted":
        return (str(channel.get("id") or ""),)
    named = [activity.conversation.id.partition(";")[0]]
    if kind != "groupChat":
        named += [channel.get("id"), team.get("id"), team.get("aadGroupId")]
    return tuple(dict.fromkeys(str(each) for each in named if each))


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _came(activity: Activity) -> bool:
    if activity.type == ActivityTypes.installation_update:
        return bool(activity.action in (None, "add"))
    return _is_bot_in(activity, activity.members_added)


def _left(activity: Activity) -> bool:
    if activity.type == ActivityTypes.installation_update:
        return bool(activity.action == "remove")
    gone: bool = activity.type == ActivityTypes.conversation_update and str(_data(activity).get("eventType")) in _GONE
    return gone or _is_bot_in(activity, activity.members_removed)


def _is_bot_in(activity: Activity, members: list[Any] | None) -> bool:
    bot = activity.recipient.id if activity.recipient else ""
    named = {str(each.id) for each in members or [] if each is not None}
    updated: bool = activity.type == ActivityTypes.conversation_update
    return updated and bot in named


def _data(activity: Activity) -> dict[str, Any]:
    return activity.channel_data if isinstance(activity.channel_data, dict) else {}
