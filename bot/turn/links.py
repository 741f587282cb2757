"""A change's address in a message of Teams unfolds into its card (`composeExtension/queryLink`).

Whoever sends the message shows the card to all who read it: so nothing unfolds of a change that is private still.
"""

import re
from typing import Any

from application.session import UserSession
from bot.sdk import Activity, ActivityTypes
from cards.document.link_preview import link_preview
from cards.elements.notification import about
from changes.errors import CommandRejected
from dialogs.turn import CARD
from language import as_text

LINK = "composeExtension/queryLink"
"""The name of the invoke."""
_THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
_ADDRESS = re.compile(r"https?://[^/\s]{1,255}/changes/(CHG-\d{4}-\d{4,6})/?(?:[?#]\S{0,500})?", re.ASCII)


def is_link(activity: Activity) -> bool:
    """Whether Teams asks what an address unfolds into."""
    return bool(activity.type == ActivityTypes.invoke and activity.name == LINK)


async def unfolded(session: UserSession, activity: Activity) -> dict[str, Any]:
    """The answer with the card; with none where the address is no change's, or none that all may read."""
    found = _ADDRESS.fullmatch(str(activity.value.get("url"))) if isinstance(activity.value, dict) else None
    try:
        change = await session.change(found[1]) if found else None
    except CommandRejected:
        change = None
    if found is None or change is None or change.is_private:
        return link_body()
    view = await session.view(change)
    preview = {"contentType": _THUMBNAIL, "content": {"title": as_text(about(view.change))}}
    return link_body({"contentType": CARD, "content": link_preview(view, found[0]), "preview": preview})


def link_body(*attachments: dict[str, Any]) -> dict[str, Any]:
    """The answer as Teams takes it; without a card the address stays what it is."""
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": list(attachments)}}
