"""What a turn says, on its way out: plain JSON that goes back to where the activity came from.

Nothing is sent while a turn runs. What it says is stored together with the dialog's state, in one transaction, and only
then it is answered; a worker delivers the messages afterwards. So a slow Teams never holds up a press, and a turn that
fails has said nothing.
"""

from typing import Any, NoReturn

from bot.sdk import Activity, TurnContext


class _NoAdapter:
    """What the SDK's dialogs would send through: it copies and converts every message, which takes longer than a turn.

    `dialogs.turn` has what is to be used instead.
    """

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> NoReturn:
        """A turn says what it says in plain JSON."""
        raise TypeError("A turn sends with dialogs.turn.send_text and send_card.")

    async def update_activity(self, context: TurnContext, activity: Activity) -> NoReturn:
        """Cards that stand already are edited through the change's effects."""
        raise TypeError("A turn sends messages, and edits none.")

    async def delete_activity(self, context: TurnContext, reference: object) -> NoReturn:
        """Nothing that was posted is deleted."""
        raise TypeError("A turn sends messages, and deletes none.")


_NO_ADAPTER = _NoAdapter()


def turn_context(activity: Activity) -> TurnContext:
    """The activity's turn, as the SDK's dialogs want it."""
    return TurnContext(_NO_ADAPTER, activity)


def address_of_answers(activity: Activity) -> dict[str, Any]:
    """What every answer to the activity says about where it goes, and from whom to whom."""
    conversation, sender = activity.conversation, activity.from_property
    return {
        "channelId": activity.channel_id,
        "serviceUrl": activity.service_url,
        "conversation": {"id": conversation.id},
        "from": _account(activity.recipient),
        "recipient": _account(sender),
        **({"replyToId": activity.id} if activity.id else {}),
        **({"locale": activity.locale} if activity.locale else {}),
    }


def _account(account: Any) -> dict[str, str]:
    return {"id": account.id, **({"name": account.name} if account.name else {})}
