"""A message without its extras, one after the other: an extra that Teams refuses never takes the message with it."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from bot.grammar import COMMAND_FOR_VERB
from bot.posts import CARD, plain_name, with_text
from cards.as_text import card_text
from changes.messages import Message, joined, template
from language import N_, _, in_chat

MOST_COMMANDS = 8
_TYPE_IT = N_("This could not be shown as a card. Type what its buttons do: {commands}.")


class Extra(Enum):
    """What a message can do without, and what the delivery log says of it then."""

    MENTIONS = template("Teams refused the mentions, so the names stand there without a notification.")
    REFRESH = template("Teams refused the list of those for whom the card refreshes itself, so it was left out.")
    SUMMARY = template("Teams refused the summary for notifications, so it was left out.")
    CARD = template("Teams refused the card, so its text was sent without buttons.")


def plainer_versions(activity: dict[str, Any]) -> Iterator[tuple[Extra, dict[str, Any]]]:
    """The message with one extra less each time, and which; the last one is text alone."""
    if activity.get("entities"):
        activity = _without_mentions(activity)
        yield Extra.MENTIONS, activity
    if any("refresh" in card for card in _cards(activity)):
        activity = activity | {"attachments": [_without_refresh(each) for each in activity["attachments"]]}
        yield Extra.REFRESH, activity
    if activity.get("summary"):
        activity = {name: value for name, value in activity.items() if name != "summary"}
        yield Extra.SUMMARY, activity
    if activity.get("attachments"):
        yield Extra.CARD, _as_text(activity)


def _without_mentions(activity: dict[str, Any]) -> dict[str, Any]:
    text = str(activity.get("text", ""))
    for each in activity["entities"]:
        name = str((each.get("mentioned") or {}).get("name", ""))
        text = text.replace(str(each.get("text", "")), in_chat(plain_name(name)))
    return {name: value for name, value in activity.items() if name != "entities"} | {"text": text}


def _cards(activity: dict[str, Any]) -> list[dict[str, Any]]:
    attachments = activity.get("attachments") or []
    return [each["content"] for each in attachments if each.get("contentType") == CARD]


def _without_refresh(attachment: dict[str, Any]) -> dict[str, Any]:
    content = attachment.get("content")
    if not isinstance(content, dict):
        return attachment
    return attachment | {"content": {name: value for name, value in content.items() if name != "refresh"}}


def _as_text(activity: dict[str, Any]) -> dict[str, Any]:
    said: list[str] = [Message.from_markup(str(activity.get("text") or ""))]
    for card in _cards(activity):
        said.append(card_text(card))
        if lines := list(dict.fromkeys(_commands(card)))[:MOST_COMMANDS]:
            said.append(_(_TYPE_IT, commands=joined(*(Message("`{line}`", line=each) for each in lines), by=", ")))
    kept = {name: value for name, value in activity.items() if name not in ("attachments", "text", "textFormat")}
    return kept | with_text(joined(*said, by="\n\n"))


def _commands(node: Any) -> Iterator[str]:
    """What can be typed instead of each of its buttons."""
    if isinstance(node, list):
        for each in node:
            yield from _commands(each)
    elif isinstance(node, dict):
        data, verb = node.get("data"), str(node.get("verb", ""))
        if node.get("type") == "Action.Execute" and isinstance(data, dict):
            if typed := data.get("typed"):
                yield f"/change {typed}"
            elif verb in COMMAND_FOR_VERB:
                yield f"/change {COMMAND_FOR_VERB[verb]} {data.get('change', '')}"
        for name, child in node.items():
            if name not in ("refresh", "fallback", "data"):
                yield from _commands(child)
