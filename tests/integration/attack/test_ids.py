"""An id is a text of a length that can be kept, wherever in an activity it stands; nothing else is stored or looked up.

From outside, in production mode: lists, objects, numbers and long texts in every field that says who, where or what.
"""

from typing import Any

from sqlalchemy import text

from bot.turn.activities import LONGEST_ID
from storage.engine import READ_ONLY
from tests.integration.door.test_door import House
from tests.support.teams import NADIA

PLACES = (
    *("id", "channelId", "serviceUrl", "replyToId", "locale", "action"),
    *("from.id", "from.aadObjectId", "from.tenantId", "from.name", "recipient.id", "recipient.aadObjectId"),
    *("conversation.id", "conversation.tenantId", "conversation.conversationType"),
    *("channelData.tenant.id", "channelData.team.id", "channelData.team.aadGroupId", "channelData.team.tenantId"),
    *("channelData.channel.id", "channelData.channel.tenantId", "channelData.eventType"),
    *("membersAdded.0.id", "membersAdded.0.aadObjectId", "membersRemoved.0.id"),
)
WRONG: tuple[Any, ...] = (["x" * 5000], {"id": "x"}, 17, True, "x" * (LONGEST_ID + 1))


def with_value(raw: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """A copy with that value there."""
    head, _, rest = place.partition(".")
    if not rest:
        return raw | {head: value}
    if rest.startswith("0."):
        return raw | {head: [with_value({}, rest[2:], value)]}
    return raw | {head: with_value(raw.get(head) or {}, rest, value)}


async def people(house: House) -> list[str]:
    async with house.app.store.engine.connect() as connection:
        looking = await connection.execution_options(**{READ_ONLY: True})
        return list((await looking.execute(text("select id from people"))).scalars())


async def test_what_is_no_text_of_bearable_length_is_no_id_anywhere(house: House) -> None:
    before = await people(house)
    raw = house.teams.activity(NADIA, "personal") | {"type": "message", "text": "/change help"}
    for place in PLACES:
        for value in WRONG:
            if place == "from.name" and isinstance(value, str):
                continue  # a name is cut
            response = await house.teams._client.post(house.teams.bot_url, json=with_value(raw, place, value))
            assert response.status_code == 400, (place, type(value))
    assert await people(house) == before


async def test_an_activity_without_what_may_be_left_out_is_taken(house: House) -> None:
    raw = house.teams.activity(NADIA, "personal") | {"type": "message", "text": "/change help"}
    for place in ("locale", "replyToId", "from.tenantId", "channelData.team.aadGroupId", "from.name"):
        sent = with_value(raw, place, None) | {"id": f"without-{place}"}
        assert (await house.teams._client.post(house.teams.bot_url, json=sent)).status_code == 200, place
