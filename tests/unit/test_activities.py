"""Reading what Teams posts."""

import json
from typing import Any

import pytest
from botbuilder.schema import Activity
from hypothesis import given
from hypothesis import strategies as st

from bot.turn.activities import BadActivity, delivery_key, mention_free_text, parse_activity, tenants_of

BOT = "28:bot"
RAW: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "timestamp": "2026-11-23T08:00:00Z",
    "channelId": "msteams",
    "serviceUrl": "https://smba.example/emea/",
    "from": {"id": "29:alex", "name": "Alex"},
    "recipient": {"id": BOT, "name": "Change bot"},
    "conversation": {"id": "19:team@thread.tacv2;messageid=17", "tenantId": "tenant"},
    "channelData": {"tenant": {"id": "tenant"}},
    "text": "list",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(sorted(RAW)), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(**fields: Any) -> Activity:
    return parse_activity(json.dumps(RAW | fields).encode())


def mention(text: str, who: str = BOT, name: str = "Change bot") -> dict[str, Any]:
    return {"type": "mention", "text": text, "mentioned": {"id": who, "name": name}}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        *((body, "not JSON") for body in (b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000)),
        *((body, "not an activity") for body in (b"[]", b"null")),
    ],
)
def test_what_is_no_activity_at_all_is_refused(body: bytes, sentence: str) -> None:
    with pytest.raises(BadActivity, match=sentence):
        parse_activity(body)


def test_an_activity_is_sent_as_json_which_may_name_its_character_set() -> None:
    for content_type in ("", "text/plain", "application/jsonp"):
        with pytest.raises(BadActivity, match="application/json"):
            parse_activity(json.dumps(RAW).encode(), content_type)
    assert parse_activity(json.dumps(RAW).encode(), "Application/JSON; charset=utf-8").text == "list"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": None}, "no type"),
        ({"type": 5}, "no type"),
        ({"channelId": ""}, "no channelId"),
        ({"serviceUrl": "file:///etc"}, "not a web address"),
        ({"from": None}, "no from"),
        ({"conversation": {"id": 5}}, "no conversation"),
        ({"recipient": []}, "no recipient"),
        ({"id": 5}, "id is not a text"),
        ({"text": ["list"]}, "text is not a text"),
        ({"channelData": "tenant"}, "channelData is not an object"),
        ({"timestamp": "yesterday"}, "wrong type"),
        ({"entities": 5}, "wrong type"),
        ({"attachments": [5]}, "wrong type"),
        ({"text": "a\x00b"}, "cannot be stored"),
        ({"value": {"data": ["\ud800"]}}, "cannot be stored"),
    ],
)
def test_an_activity_with_something_wrong_is_refused_by_name(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadActivity, match=sentence):
        read(**fields)


@given(fields=st.dictionaries(st.sampled_from([*RAW, "entities", "value", "attachments", "name"]), json_values))
def test_whatever_is_posted_is_an_activity_or_refused(fields: dict[str, Any]) -> None:
    try:
        activity = read(**fields)
    except BadActivity:
        return
    assert delivery_key(activity)
    assert mention_free_text(activity, BOT) == mention_free_text(activity, BOT).strip()
    assert all(tenants_of(activity))


@pytest.mark.parametrize(
    ("text", "entities", "left"),
    [
        ("<at>Change bot</at> list", [mention("<at>Change bot</at>")], "list"),
        ("<at>Change bot</at>&nbsp;list\u00a0", [mention("<at>Change bot</at>")], "list"),
        ("<at>Change bot</at> ask Change bot", [mention("<at>Change bot</at>")], "ask Change bot"),
        ("<at>A</at> and <at>A</at>", [mention("<at>A</at>"), mention("<at>A</at>")], "and"),
        ("<at>A</at> and <at>A</at>", [mention("<at>A</at>")], "and <at>A</at>"),
        ("<at>Alex</at> list", [mention("<at>Alex</at>", "29:alex", "Alex")], "<at>Alex</at> list"),
        ("<at>Change bot</at> list", [{"type": "mention", "mentioned": {"id": BOT, "name": "Change bot"}}], "list"),
        ("list", [{"type": "mention"}, {"type": "clientInfo", "locale": "fr-CH"}, {}], "list"),
        ("list", [None], "list"),
        (None, [mention("<at>A</at>")], ""),
    ],
)
def test_only_the_bots_own_mention_is_removed(text: str | None, entities: list[Any], left: str) -> None:
    assert mention_free_text(read(text=text, entities=entities), BOT) == left


@pytest.mark.parametrize(
    ("fields", "tenants"),
    [
        ({}, {"tenant"}),
        ({"channelData": {"tenant": {"id": "TOLD"}}}, {"tenant", "told"}),
        ({"channelData": None}, {"tenant"}),
        ({"channelData": {"tenant": "odd"}}, {"tenant"}),
        ({"channelData": None, "conversation": {"id": "19:x"}}, set()),
        ({"from": {"id": "29:x", "tenantId": "theirs"}}, {"tenant", "theirs"}),
        ({"channelData": {"team": {"id": "t", "tenantId": "a"}, "channel": {"tenantId": "b"}}}, {"tenant", "a", "b"}),
        ({"recipient": {"id": "28:bot", "tenantId": "the bot's"}}, {"tenant"}),
        ({"membersAdded": [{"id": "29:y", "tenantId": "a guest's"}]}, {"tenant"}),
    ],
)
def test_every_place_counts_that_says_where_an_activity_comes_from(fields: dict[str, Any], tenants: set[str]) -> None:
    assert tenants_of(read(**fields)) == tenants


def test_a_delivery_is_known_by_its_id_or_without_one_by_its_content() -> None:
    assert delivery_key(read()) == delivery_key(read(text="said otherwise"))
    others = ({"id": "2"}, {"conversation": {"id": "19:other"}}, {"type": "invoke", "name": "task/fetch"}, {"id": None})
    assert delivery_key(read()) not in [delivery_key(read(**other)) for other in others]
    assert delivery_key(read(id=None)) == delivery_key(read(id=None))
    assert delivery_key(read(id=None)) != delivery_key(read(id=None, timestamp="2026-11-23T08:00:01Z"))
