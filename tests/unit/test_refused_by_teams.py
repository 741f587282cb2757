"""What the fakes of Teams refuse, and the message without each of its extras."""

from typing import Any

import pytest

from application.ports import UserProfile
from bot.messenger.message_factory import calling, mentioning, with_card, with_text
from bot.messenger.message_fallbacks import Extra, fallback_versions
from cards.elements.controls import MOST_VIEWERS
from changes.model import Person
from changes.text.messages import Message
from tests.cards.subjects import PIERRE
from tests.support.teams import entities_of, seen
from tests.support.teams_rules import refusal
from tests.unit.cards.looking import every_plain_card

NAMES = (
    *("Pierre & Söhne", "Rita <Admin>", "a</at><at>b", "&lt;", "*Star* [x](https://evil.example) _u_ `c` ~s~ \\", "!"),
    *("\N{RIGHT-TO-LEFT OVERRIDE}x & y", "two\nlines", "", "   ", "Zoé \N{ZERO WIDTH SPACE}", "]]>", "<!--", "&#38;"),
)
CARD: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "x"}]}
FIELD = {"type": "Input.Text", "id": "reason"}
SHOWN = {"type": "Action.ShowCard", "card": CARD | {"body": [FIELD]}}
MENTION = {"type": "mention", "text": "<at>Rita</at>", "mentioned": {"id": "29:1", "name": "Rita"}}


def text(said: str, *entities: dict[str, Any]) -> dict[str, Any]:
    return with_text(Message.from_markup(said)) | {"entities": list(entities)}


REFUSED = {
    "mention text and entity differ": text("<at>Rita </at>: x", MENTION),
    "a mention that stands nowhere": text("Rita: x", MENTION),
    "a mention without an entity": text("<at>Rita</at>: x"),
    "a mention of another name": text("<at>Rita</at>", MENTION | {"mentioned": {"id": "29:1", "name": "Rita M"}}),
    "a mention of an Entra id": text("<at>Rita</at>", MENTION | {"mentioned": {"id": PIERRE.id, "name": "Rita"}}),
    "unescaped XML": text("<at>R & S</at>", {**MENTION, "text": "<at>R & S</at>"}),
    "a mention that is not closed": text("<at>Rita"),
    "too large": with_card(CARD | {"body": [{"type": "TextBlock", "text": "x" * 60_000}]}, "A summary"),
    "userIds over 60": with_card(
        CARD | {"refresh": {"userIds": [f"29:{n}" for n in range(MOST_VIEWERS + 1)]}}, "A summary"
    ),
    "a refresh for everybody": with_card(CARD | {"refresh": {"userIds": []}}, "A summary"),
    "duplicate input ids": with_card(CARD | {"body": [FIELD], "actions": [SHOWN]}, "A summary"),
    "an unknown element without fallback": with_card(CARD | {"body": [{"type": "Badge", "text": "x"}]}, "A summary"),
    "no message": {"type": "message"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_fake_refuses_what_teams_refuses(what: str) -> None:
    assert refusal(REFUSED[what])


def test_the_fake_takes_what_teams_takes() -> None:
    drop = CARD | {"body": [{"type": "Badge", "text": "x", "fallback": "drop"}, FIELD]}
    for taken in (
        text("<at>Rita</at>: x", MENTION),
        text("R &amp; S"),
        with_card(drop, "A summary"),
        with_card(CARD, "A summary"),
    ):
        assert refusal(taken) == ""


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_whatever_people_are_called_they_are_mentioned_as_teams_reads_it(name: str) -> None:
    people = [UserProfile(Person("1", name), "29:1"), UserProfile(Person("2", name))]
    activity = mentioning(Message("**GO** for {id}?", id="CHG-1"), people)
    assert refusal(activity) == ""
    (left_out, plainer), *_further = fallback_versions(activity)
    assert left_out == (Extra.MENTIONS,)
    assert refusal(plainer) == ""
    assert "<at>" not in plainer["text"]
    assert "entities" not in plainer
    assert plainer["text"].endswith(": **GO** for CHG-1?")


def test_of_two_people_with_one_name_each_is_mentioned_by_a_text_of_their_own() -> None:
    people = [UserProfile(Person(f"id-{each}", "Jean Martin"), f"29:{each}") for each in range(2)]
    nameless = [UserProfile(Person(f"id-{each}", " "), f"29:{each}") for each in range(2, 4)]
    for sent in (mentioning("x", [*people, *nameless]), with_card(calling(CARD, "x", [*people, *nameless]), "x")):
        assert refusal(sent) == ""
        texts = [each["text"] for each in entities_of(sent)]
        assert len(set(texts)) == 4
        assert [seen(each) for each in texts] == ["<at>Jean Martin</at>"] * 2 + ["<at>colleague</at>"] * 2


def test_more_people_than_a_list_says_are_not_refused() -> None:
    people = [UserProfile(Person(f"id-{each}", f"Deputy {each}"), f"29:{each}") for each in range(60)]
    assert refusal(mentioning("x", people)) == ""
    assert refusal(with_card(calling(CARD, "x", people), "x")) == ""


@pytest.mark.thorough
def test_every_card_passes_what_teams_refuses_and_so_does_each_version_with_less() -> None:
    for name, card in every_plain_card().items():
        whole = with_card(card, "A summary")
        assert refusal(whole) == "", name
        versions = list(fallback_versions(whole))
        assert versions[-1][0][-2:] == (Extra.SUMMARY, Extra.CARD)
        for left_out, version in versions:
            assert refusal(version) == "", (name, left_out)
        assert "refresh" not in str(versions[-2][1]["attachments"][0]["content"].keys()), name
        assert "attachments" not in versions[-1][1]
