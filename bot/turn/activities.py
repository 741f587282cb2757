"""What comes in: a request body becomes an activity, or is refused with a sentence.

The SDK crashes on a wrong body, loses the tenant and removes the bot's name from what people write; this does not.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

from bot.sdk import Activity
from bot.turn.usual_activity import Unusual, is_usual, read_usual
from language.escaping import WORD_JOINER

_NO_BREAK_SPACE = re.compile(r"&nbsp;|\N{NO-BREAK SPACE}", re.IGNORECASE)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
MOST_VALUES = 4000
"""Maximum number of JSON values in a body: the SDK takes time for each, and Teams sends a hundred."""
LONGEST_ID = 500
"""Bytes of an id in UTF-8: three of them are a key of the database, and PostgreSQL takes 2,700."""
_IDS = frozenset(
    (
        *("id", "aadObjectId", "tenantId", "replyToId", "locale", "channelId", "serviceUrl", "aadGroupId"),
        *("conversationType", "eventType", "action"),
    )
)
"""The fields that say who, where and what kind, wherever in an activity they stand: each is a text, if it is there."""
_ACCOUNTS = ("membersAdded", "membersRemoved")
_IN_CHANNEL = ("tenant", "team", "channel")


class BadActivity(ValueError):
    """The request is not an activity. The message is one sentence for the caller; the answer is HTTP 400."""


def parse_activity(body: bytes, content_type: str = "application/json") -> Activity:
    """Read one activity from the body of a request, whose size the caller has already limited. Raises BadActivity."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadActivity("Send the activity as application/json.")
    try:
        raw = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadActivity("The body is not JSON.") from error
    _check_shape(raw)
    usual = is_usual(body)
    if not usual:
        _check_values(raw)
    _check_ids(raw)
    if usual:
        with suppress(Unusual):
            return read_usual(raw)
    try:
        return Activity().deserialize(raw)
    except Exception as error:  # the SDK's reader raises whatever the wrong value made it stumble over
        raise BadActivity("The activity has a field of the wrong type.") from error


def delivery_key(activity: Activity) -> str:
    """What makes two requests one delivery: Teams repeats an activity that was answered too late, with the same ids.

    An activity without an id is known by its whole content, its time stamp included.
    """
    parts = [activity.conversation.id, activity.id or digest(activity)]
    if activity.type == "invoke":
        parts.append(activity.name or "")
    return " ".join(parts)


def digest(activity: Activity) -> str:
    """A name for an activity that has no id: the same content, its time stamp included, has the same name."""
    content = json.dumps(activity.serialize(), sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def mention_free_text(activity: Activity, bot_id: str) -> str:
    """What the person wrote, without the mention of the bot itself; other mentions and the bot's name stay."""
    text = str(activity.text or "")
    for entity in filter(None, activity.entities or []):  # whatever is posted: a list may hold nothing
        extra = entity.additional_properties or {}
        mentioned = extra.get("mentioned")
        if str(entity.type).lower() != "mention" or not isinstance(mentioned, dict) or mentioned.get("id") != bot_id:
            continue
        text = text.replace(str(extra.get("text") or f"<at>{mentioned.get('name')}</at>"), "", 1)
    # What is copied from a sentence of ours is what it was before its addresses were taken apart.
    return _NO_BREAK_SPACE.sub(" ", text).replace(WORD_JOINER, "").strip()


def tenants_of(activity: Activity) -> frozenset[str]:
    """Every Entra tenant that the activity says it comes from, in lower case: its sender, conversation, team, channel.

    Whom it is about may be from elsewhere: members who came, people who are mentioned, the bot as its recipient.
    """
    data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    named = [_field(data.get("tenant"), "id")]
    named += [_field(data.get(place), "tenantId") for place in ("team", "channel")]
    for account in (activity.from_property, activity.conversation):
        named.append(_field(account.additional_properties if account else None, "tenantId"))
    return frozenset(str(each).lower() for each in named if each not in (None, ""))


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _check_shape(raw: Any) -> None:
    if not isinstance(raw, dict):
        raise BadActivity("The body is not an activity.")
    for field in ("type", "channelId", "serviceUrl"):
        if not isinstance(raw.get(field), str) or not raw[field]:
            raise BadActivity(f"The activity has no {field}.")
    if not raw["serviceUrl"].startswith(("https://", "http://")):
        raise BadActivity("The activity's serviceUrl is not a web address.")
    for field in ("conversation", "from", "recipient"):
        account = raw.get(field)
        if not isinstance(account, dict) or not isinstance(account.get("id"), str) or not account["id"]:
            raise BadActivity(f"The activity has no {field} with an id.")
    for field in ("id", "text", "name", "replyToId", "locale"):
        if not isinstance(raw.get(field), str | None):
            raise BadActivity(f"The activity's {field} is not a text.")
    if not isinstance(raw.get("channelData"), dict | None):
        raise BadActivity("The activity's channelData is not an object.")


def _check_values(raw: dict[str, Any]) -> None:
    """Refuse a body with too much in it, or with what no database takes."""
    for number, value in enumerate(_values(raw)):
        if number == MOST_VALUES:
            raise BadActivity(f"The activity has more than {MOST_VALUES} values.")
        if isinstance(value, str) and _UNSTORABLE.search(value):
            raise BadActivity("The activity has a character that cannot be stored.")


def _check_ids(raw: dict[str, Any]) -> None:
    """Refuse an id that is no text, or longer than can be kept, wherever one is read."""
    data = raw.get("channelData") or {}
    accounts = [each for field in _ACCOUNTS for each in _listed(raw.get(field))]
    owners = (raw, raw["conversation"], raw["from"], raw["recipient"], data, *(data.get(each) for each in _IN_CHANNEL))
    for owner in (each for each in (*owners, *accounts) if isinstance(each, dict)):
        for field, value in owner.items():
            if field not in _IDS or value is None:
                continue
            if not isinstance(value, str):
                raise BadActivity(f"The activity has the field {field} with something else than a text.")
            if len(value.encode()) > LONGEST_ID:
                raise BadActivity(f"The activity has an id of more than {LONGEST_ID} bytes.")
    if not isinstance(raw["from"].get("name"), str | None):
        raise BadActivity("The activity's sender has a name that is not a text.")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _values(value: object) -> Iterator[object]:
    """Every value in a JSON value, the names of its fields included; without recursion, however deep it is."""
    left = [value]
    while left:
        each = left.pop()
        yield each
        match each:
            case dict() as fields:
                left += [*fields, *fields.values()]
            case list() as items:
                left += items
            case _:
                pass


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
