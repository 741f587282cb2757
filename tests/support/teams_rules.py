"""What Teams refuses of a message, for every fake of its Connector: whatever a test sends has to pass it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

LARGEST = 100 * 1024
"""Bytes of a message in UTF-16."""
MOST_VIEWERS = 60
CARD = "application/vnd.microsoft.card.adaptive"
_MENTION = re.compile(r"<at>(.*?)</at>", re.DOTALL)
_GUID = re.compile(r"[0-9a-fA-F-]{36}")
_TYPES = frozenset(
    (
        *("AdaptiveCard", "TextBlock", "RichTextBlock", "TextRun", "Image", "ImageSet", "Media", "MediaSource"),
        *("Container", "ColumnSet", "Column", "FactSet", "Fact", "ActionSet"),
        *("Table", "TableRow", "TableCell", "TableColumnDefinition", "BackgroundImage"),
        *("Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"),
        *("Input.Choice", "Data.Query"),
        "Layout.Flow",  # an older client does not know the property that it stands in, and stacks what is inside
        *("Action.Execute", "Action.Submit", "Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"),
    )
)
"""What every client of version 1.5 draws; anything else needs a fallback."""


def refusal(activity: Any) -> str:
    """Why Teams answers 400, or an empty text where it takes the message."""
    return next(_faults(activity), "")


def refusal_of_card(card: Any) -> str:
    """Why it does not draw a card, or an empty text where it does."""
    return next(_card(card), "")


def _faults(activity: Any) -> Iterator[str]:
    if not isinstance(activity, dict) or activity.get("type") != "message":
        yield "the activity is no message"
        return
    if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) > LARGEST:
        yield "the message is too large"
    if not activity.get("text") and not activity.get("attachments"):
        yield "the message is empty"
    yield from _mentions(str(activity.get("text") or ""), activity.get("entities") or [])
    for attachment in activity.get("attachments") or []:
        if attachment.get("contentType", CARD) != CARD:
            yield f"an attachment of type {attachment.get('contentType')}"
        yield from _card(attachment.get("content"))


def _mentions(text: str, entities: list[dict[str, Any]]) -> Iterator[str]:
    marks = [f"<at>{inner}</at>" for inner in _MENTION.findall(text)]
    if text.count("<at") != len(marks):
        yield "a mention in the text is not closed"
    found = Counter(marks)
    for entity in entities:
        mark, mentioned = str(entity.get("text", "")), entity.get("mentioned") or {}
        if not found[mark]:
            yield f"the mention {mark} does not stand in the text"
        try:
            element = ET.fromstring(mark)  # noqa: S314  # what our own bot wrote
        except ET.ParseError as error:
            yield f"the mention {mark} is no XML: {error}"
            continue
        if element.tag != "at" or len(element) or element.text != mentioned.get("name"):
            yield f"the mention {mark} names somebody else than {mentioned.get('name')}"
        if not _is_known(mentioned.get("id")):
            yield f"the mention {mark} is of nobody whom Teams knows"
    if extra := found - Counter(str(each.get("text", "")) for each in entities):
        yield f"the text mentions {', '.join(extra)} without an entity"


def _card(card: Any) -> Iterator[str]:
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        yield "an attachment that is no Adaptive Card"
        return
    nodes = [each for each in walk(card) if isinstance(each.get("type"), str) and each["type"] != "mention"]
    entities = (card.get("msteams") or {}).get("entities") or []
    if entities:
        # Of the texts of a card Teams looks for mentions in these only: a TextRun is shown as it was written.
        texts = [each.get("text") for each in nodes if each["type"] == "TextBlock"]
        facts = [fact.get(name) for each in nodes for fact in each.get("facts") or () for name in ("title", "value")]
        yield from _mentions(" ".join(str(text) for text in (*texts, *facts) if "<at" in str(text)), entities)
    inputs = [each for each in nodes if each["type"].startswith("Input.") and each["type"] != "Input.Choice"]
    for name, count in Counter(str(each.get("id")) for each in inputs).items():
        if count > 1 or name in ("", "None"):
            yield f"{count} inputs with the id {name}"
    for node in nodes:
        if node["type"] not in _TYPES and "fallback" not in node:
            yield f"the element {node['type']} is not known, and has no fallback"
    refresh = card.get("refresh")
    if refresh is not None:
        people = refresh.get("userIds")
        if not people or len(people) > MOST_VIEWERS or len(set(people)) < len(people):
            yield f"a refresh for {len(people or [])} people"
        elif not all(map(_is_known, people)):
            yield "a refresh for somebody whom Teams does not know"


def _is_known(account: object) -> bool:
    """Whether it is an id by which a channel knows people: not that of Entra."""
    return bool(account) and not _GUID.fullmatch(str(account))


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every part of a card, outer ones first; not what other clients draw, nor what a button sends."""
    if isinstance(node, dict):
        yield node
        node = [child for name, child in node.items() if name not in ("data", "fallback")]
    if isinstance(node, list):
        for child in node:
            yield from walk(child)
