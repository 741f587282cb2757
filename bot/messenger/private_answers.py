"""Sends replies that only the asker may read to their personal chat; the conversation reads that it did."""

from bot.sdk import Activity, TurnContext
from changes.effects import Reply
from changes.errors import CommandRejected
from dialogs.turn import TurnInput, send_text
from language import N_, _

NO_CHAT = N_(
    "The answer is for you alone, and we have no personal chat yet, so nothing was done. Find me under *Apps* in "
    "Teams, open the chat with me, and type it there."
)
ANSWERED = N_("The answer is for you alone: you find it in our personal chat.")


def is_shared(activity: Activity) -> bool:
    """Whether others read the conversation too."""
    conversation = activity.conversation
    return bool(conversation.is_group) or conversation.conversation_type not in (None, "personal")


async def answer_alone(context: TurnContext, turn_input: TurnInput) -> None:
    """From here on answer in the person's own chat, refusals and questions too, if others read along.

    Raises CommandRejected where there is no such chat: so it comes before anything is done.
    """
    if not is_shared(context.activity):
        return
    turn_input.alone = await turn_input.session.unit.chats.get(turn_input.session.person.id)
    if turn_input.alone is None:
        raise CommandRejected(NO_CHAT)


async def answer_alone_about_private(context: TurnContext, turn_input: TurnInput) -> None:
    """The same once a private change was named, unless the answer stays where the person was asked or pressed."""
    if not turn_input.stays:
        await answer_alone(context, turn_input)


async def send_alone(context: TurnContext, turn_input: TurnInput) -> list[Reply]:
    """What was said to the person alone, on its way to their chat; the conversation reads only that it was."""
    alone, turn_input.alone = _replies(turn_input), None
    if alone and not turn_input.in_place:
        await send_text(context, _(ANSWERED))
    return alone


def _replies(turn_input: TurnInput) -> list[Reply]:
    if turn_input.alone is None:
        return []
    where = {"serviceUrl": turn_input.alone.service_url, "id": turn_input.alone.conversation}
    key = f"reply:{turn_input.delivery}:alone"
    return [Reply(f"{key}:{number}", "", where, each) for number, each in enumerate(turn_input.aside)]
