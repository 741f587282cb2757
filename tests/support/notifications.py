"""What a notification says of a message the bot posts: the `summary` that Teams shows on a lock screen."""

import re
from typing import Any

from cards.elements.notification import LONGEST
from changes.text.lengths import units
from tests.support.teams_rules import walk

MARKUP = re.compile(r"\*\*|`|</?at>|\]\(|^\s*[#>]|\\[`*_\[]|&lt;|&amp;")
_ID = re.compile(r"CHG-\d{4}-\d{4}")


def wrong_in(activity: dict[str, Any], *, marks_were_typed: bool = False) -> str:
    """What is wrong with what a notification would say of the message; empty where nothing is."""
    said = activity.get("summary")
    if activity.get("type") != "message":
        return ""
    if not isinstance(said, str) or not said.strip():
        return "nothing is said"
    if units(said) > LONGEST:
        return f"too long: {said}"
    if said != " ".join(said.split()):
        return f"not one line: {said}"
    if not marks_were_typed and MARKUP.search(said):
        return f"markup: {said}"
    if (change := _change_of(activity)) and change not in said:
        return f"it does not name {change}: {said}"
    return ""


def _change_of(activity: dict[str, Any]) -> str:
    """The one change that the card's buttons are about, or that the text begins with; empty where there is none."""
    cards = [each.get("content") or {} for each in activity.get("attachments") or []]
    buttons = [each for each in walk(cards) if str(each.get("type", "")).startswith("Action.")]
    about = [str(each["data"].get("change", "")) for each in buttons if isinstance(each.get("data"), dict)]
    typed = " ".join(str(each["data"].get("typed", "")) for each in buttons if isinstance(each.get("data"), dict))
    if _ID.search(typed):
        return ""  # its rows open changes: it is a list
    named = {each for each in about if _ID.fullmatch(each)}
    if len(named) == 1:
        return named.pop()
    found = _ID.search(str(activity.get("text") or "")[:60])
    return found[0] if found and not cards else ""
