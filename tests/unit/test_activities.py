"""Reading what Teams posts."""

import json
from typing import Any

import pytest
from botbuilder.schema import Activity
from hypothesis import given, settings
from hypothesis import strategies as st
from msrest.serialization import Model

from bot.turn.activities import BadActivity, delivery_key, mention_free_text, parse_activity, tenants_of
from bot.turn.usual_activity import DEEPEST, LONGEST, Unusual, is_usual, read_usual
from tests.support.examples import examples

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


def _with_models(value: Any) -> Any:
    """The same with every model of the SDK as what it holds, to be compared type by type."""
    match value:
        case Model():
            return type(value), {name: _with_models(each) for name, each in vars(value).items()}
        case list():
            return [_with_models(each) for each in value]
        case dict():
            return {name: _with_models(each) for name, each in value.items()}
        case _:
            return type(value), value


account = st.fixed_dictionaries(
    {"id": st.text(min_size=1)},
    optional={
        **dict.fromkeys(
            ("name", "aadObjectId", "role", "tenantId", "tenantID", "conversationType"), st.text() | st.none()
        ),
        "isGroup": st.booleans() | st.none() | st.sampled_from(("true", 1)),
        "properties": json_values,
        "additional_properties": json_values,
    },
)
moments = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()) | st.sampled_from(
    ("2027-04-15T08:00:00Z", "2027-04-15T08:00:00.1234567Z", "2027-04-15T10:00:00+02:00", "2027-04-15", "soon", 5)
)
models = Activity._attribute_map.values()  # every field that there is
usual = st.fixed_dictionaries(
    {"from": account, "conversation": account, "recipient": account},
    optional={
        **{each["key"]: st.text() | st.none() for each in models if each["type"] == "str" and each["key"] not in RAW},
        **dict.fromkeys(("timestamp", "localTimestamp", "expiration"), moments | st.none()),
        **dict.fromkeys(("channelData", "value"), json_values),
        **dict.fromkeys(("unknown", "historyDisclosed", "membersAdded", "suggestedActions", "listenFor"), json_values),
        "text": st.text() | st.none(),
        "membersRemoved": st.lists(account | st.none(), max_size=2),
        "entities": st.lists(st.dictionaries(st.text() | st.just("type"), json_values, max_size=3) | st.none()),
        "attachments": st.lists(
            st.fixed_dictionaries({}, optional={"contentType": st.text(), "content": json_values, "name": json_values})
        ),
    },
)


@settings(max_examples=examples(2) * settings().max_examples)
@given(fields=usual)
def test_every_activity_is_read_as_the_sdk_reads_it(fields: dict[str, Any]) -> None:
    raw = RAW | {"conversation": {"id": "19:x"}} | fields
    try:
        theirs = _with_models(Activity().deserialize(json.loads(json.dumps(raw))))
    except Exception:  # noqa: BLE001  # the SDK's reader raises whatever the wrong value made it stumble over
        theirs = None
    try:
        ours = _with_models(read_usual(json.loads(json.dumps(raw))))
    except Unusual:
        return
    assert ours == theirs


def test_what_teams_sends_is_read_without_the_sdk() -> None:
    entities = [
        {"type": "clientInfo", "locale": "fr-CH", "country": "CH", "platform": "Windows"},
        mention("<at>x</at>"),
    ]
    pressed = {"action": {"type": "Action.Execute", "verb": "go.give", "data": {"revision": 1}}, "trigger": "manual"}
    for fields in (
        {"entities": entities, "attachments": [{"contentType": "text/html", "content": "<p>list</p>"}]},
        {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": pressed,
            "localTimestamp": "2027-04-15T10:00:00.123+02:00",
        },
        {"type": "conversationUpdate", "membersAdded": [{"id": "29:x", "aadObjectId": "y"}]},
        {"text": "où est l’échéance ?"},
    ):
        body = json.dumps(RAW | fields, ensure_ascii=False).encode()
        assert is_usual(body)
        assert read_usual(json.loads(body)) == Activity().deserialize(json.loads(body))


@given(body=st.binary(max_size=20) | st.text(st.characters(), max_size=20).map(lambda text: json.dumps(text).encode()))
def test_a_usual_body_has_nothing_that_cannot_be_stored(body: bytes) -> None:
    try:
        text = json.loads(body)
    except (ValueError, RecursionError):
        return
    if is_usual(body):
        str(text).encode()
        assert "\0" not in str(text)


def test_a_long_body_a_deep_one_and_a_hidden_null_are_looked_through_value_by_value() -> None:
    odd: object
    for odd in ("x" * LONGEST, [[[]]] * DEEPEST):
        assert not is_usual(json.dumps(RAW | {"value": odd}).encode())
    for hidden in ('"\\u0000"', '"\\ud800"'):
        assert not is_usual(f'{{"text": {hidden}}}'.encode())
    assert not is_usual('"\ud800"'.encode("utf-8", "surrogatepass"))
    assert not is_usual('"x"'.encode("utf-16"))


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
