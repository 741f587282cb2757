"""A message without its extras, one after the other: an extra that Teams refuses never takes the message with it.

Each version is a call, and Teams counts those: so not every combination is tried.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

from application.input_parsing.card_action import COMMAND_FOR_VERB
from bot.messenger.message_factory import plain_name, with_text
from cards.document.as_text import card_text
from changes.text.messages import Message, joined, listed
from dialogs.turn import CARD
from language import N_, _, in_chat

MOST_COMMANDS = 8
TYPED, MENTIONED = "/change", "@Change bot"
"""What stands in front of a command: in a personal chat, and where others read too."""
NEW = "new"
"""What the buttons of a form are about that is no change yet; its questions are asked in the chat as well."""
_TYPE_IT = N_("This could not be shown as a card. Type what its buttons do: {commands}.")


class Extra(Enum):
    """What a message can do without, and what the delivery log says of it then."""

    MENTIONS = Message("Teams refused the mentions, so the names stand there without a notification.")
    REFRESH = Message("Teams refused the list of those for whom the card refreshes itself, so it was left out.")
    SUMMARY = Message("Teams refused the summary for notifications, so it was left out.")
    CARD = Message("Teams refused the card, so its text was sent without buttons.")


def fallback_versions(
    activity: dict[str, Any], *, is_shared: bool = False
) -> Iterator[tuple[tuple[Extra, ...], dict[str, Any]]]:
    """The message without each of its extras, without all of them and as text alone; and what each is without.

    Mostly one thing is refused, and the others are kept then. `is_shared`: others read it too, so a command reaches the
    bot there only behind a mention of it.
    """
    whole, extras = activity, [extra for extra, is_there in _EXTRAS.items() if is_there(activity)]
    for extra in extras:
        yield (extra,), _WITHOUT[extra](activity)
    for extra in extras:
        activity = _WITHOUT[extra](activity)
    if len(extras) > 1:
        yield tuple(extras), activity
    if activity.get("attachments"):
        call = MENTIONED if is_shared else TYPED
        if _called(whole):
            # Whoever is called to a card that is not taken is called to its text.
            rest = tuple(each for each in extras if each is not Extra.MENTIONS)
            text = _as_text(_without_summary(whole), call)
            yield (*rest, Extra.CARD), text | {"entities": _called(whole)}
        yield (*extras, Extra.CARD), _as_text(activity, call)


def without_mentions(activity: dict[str, Any]) -> dict[str, Any]:
    """The message with plain names in the place of its mentions: nobody is called by it."""
    if "entities" in activity:
        text = _named_only(str(activity.get("text", "")), activity["entities"])
        activity = {name: value for name, value in activity.items() if name != "entities"} | {"text": text}
    attachments = activity.get("attachments") or []
    return activity | ({"attachments": [_without_call(each) for each in attachments]} if attachments else {})


def _named_only(text: str, entities: list[dict[str, Any]]) -> str:
    for each in entities:
        name = str((each.get("mentioned") or {}).get("name", ""))
        text = text.replace(str(each.get("text", "")), in_chat(plain_name(name)))
    return text


def _called(activity: dict[str, Any]) -> list[dict[str, Any]]:
    """The mentions of people who are called to a card, which stand on the card itself."""
    return [each for card in _cards(activity) for each in card.get("msteams", {}).get("entities", [])]


def _without_call(attachment: dict[str, Any]) -> dict[str, Any]:
    card = attachment.get("content")
    entities = card.get("msteams", {}).get("entities") if isinstance(card, dict) else None
    if not isinstance(card, dict) or not entities:
        return attachment
    line, *rest = card["body"]
    body = [line | {"text": _named_only(str(line["text"]), entities)}, *rest]
    msteams = {name: value for name, value in card["msteams"].items() if name != "entities"}
    return attachment | {"content": card | {"body": body, "msteams": msteams}}


def _cards(activity: dict[str, Any]) -> list[dict[str, Any]]:
    attachments = activity.get("attachments") or []
    return [each["content"] for each in attachments if each.get("contentType") == CARD]


def _without_refresh(attachment: dict[str, Any]) -> dict[str, Any]:
    content = attachment.get("content")
    if not isinstance(content, dict):
        return attachment
    return attachment | {"content": {name: value for name, value in content.items() if name != "refresh"}}


def _without_refreshes(activity: dict[str, Any]) -> dict[str, Any]:
    return activity | {"attachments": [_without_refresh(each) for each in activity["attachments"]]}


def _without_summary(activity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in activity.items() if name != "summary"}


_EXTRAS: Mapping[Extra, Callable[[dict[str, Any]], bool]] = {
    Extra.MENTIONS: lambda activity: bool(activity.get("entities") or _called(activity)),
    Extra.REFRESH: lambda activity: any("refresh" in card for card in _cards(activity)),
    Extra.SUMMARY: lambda activity: bool(activity.get("summary")),
}
"""Whether a message has the extra, for all that it can do without and stays what it is."""
_WITHOUT: Mapping[Extra, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Extra.MENTIONS: without_mentions,
    Extra.REFRESH: _without_refreshes,
    Extra.SUMMARY: _without_summary,
}


def _as_text(activity: dict[str, Any], call: str) -> dict[str, Any]:
    said: list[str] = [Message.from_markup(str(activity.get("text") or ""))]
    for card in _cards(activity):
        said.append(card_text(card))
        if lines := list(dict.fromkeys(_commands(card)))[:MOST_COMMANDS]:
            said.append(_(_TYPE_IT, commands=listed(Message("`{line}`", line=f"{call} {each}") for each in lines)))
    # Not its summary: that is left out already, and a notification says the text where there is none.
    text = _without_summary(with_text(joined(*said, by="\n\n")))
    return {name: value for name, value in activity.items() if name != "attachments"} | text


def _commands(node: Any) -> Iterator[str]:
    """What can be typed instead of each of its buttons; what has no number yet is no command's."""
    if isinstance(node, list):
        for each in node:
            yield from _commands(each)
    elif isinstance(node, dict):
        data, verb = node.get("data"), str(node.get("verb", ""))
        if node.get("type") == "Action.Execute" and isinstance(data, dict):
            if typed := data.get("typed"):
                yield str(typed)
            elif verb in COMMAND_FOR_VERB and (change := data.get("change")) not in (None, "", NEW):
                yield f"{COMMAND_FOR_VERB[verb]} {change}"
        for name, child in node.items():
            if name not in ("refresh", "fallback", "data"):
                yield from _commands(child)
