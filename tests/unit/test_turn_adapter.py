"""A turn leaves behind what it would send, and nothing else."""

import json
from typing import Any

import pytest
from botbuilder.schema import Activity

from bot.turn.activities import parse_activity
from bot.turn.adapter import address_of_answers, turn_context

RAW: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "channelId": "msteams",
    "serviceUrl": "https://smba.example/emea/",
    "from": {"id": "29:alex", "name": "Alex"},
    "recipient": {"id": "28:bot", "name": "Change bot"},
    "conversation": {"id": "19:team@thread.tacv2;messageid=17"},
    "text": "list",
}


def test_an_answer_goes_from_the_bot_to_the_person_where_they_wrote() -> None:
    assert address_of_answers(parse_activity(json.dumps(RAW).encode())) == {
        "channelId": "msteams",
        "serviceUrl": RAW["serviceUrl"],
        "conversation": RAW["conversation"],
        "from": RAW["recipient"],
        "recipient": RAW["from"],
        "replyToId": "1",
    }


async def test_the_sdk_sends_edits_and_deletes_nothing() -> None:
    context = turn_context(parse_activity(json.dumps(RAW).encode()))
    for done in (
        context.send_activity("hello"),
        context.update_activity(Activity(type="message", id="7", text="done")),
        context.delete_activity("8"),
    ):
        with pytest.raises(TypeError, match="A turn sends"):
            await done
