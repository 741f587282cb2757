"""A name that nobody can see is none, and what XML does not allow in a name costs nobody the mention."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from application.ports import UserProfile
from bot.messenger.message_factory import mentioning
from changes.errors import NotAllowed
from changes.model import Person, State
from changes.permissions import Permission, authorize
from changes.text.display_names import display_name
from changes.text.messages import Message
from language import translate, use_language
from tests.cards.subjects import PIERRE as APPROVER
from tests.cards.subjects import change, service, view
from tests.integration.input.test_refused_extras import left_out
from tests.support.days import moment
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import LUC, PIERRE
from tests.support.teams_rules import refusal

UNSEEN = ("\u200b", "\u200b\ufeff", "   ", "\u3164", "\u202e", "\u2060\x07", "\u0301", "\ufffe")


async def asked(bot: Bot, name: str) -> str:
    """The line that calls Pierre, who is called that, to the pre-check."""
    await bot.type(replace(PIERRE, name=name), "/change help")
    await bot.requested()
    await bot.advance(moment(4, 1))
    assert await left_out(bot) == []
    (line,) = [each.message.line for each in bot.teams.calls if each.message.entities][-1:]
    return line


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_of_which_nothing_is_seen_is_none_and_a_card_says_what_somebody_is(name: str) -> None:
    assert display_name(name) == ""
    for language, said in (("en", "<at>colleague</at>: x"), ("fr", "<at>collègue</at>\N{NO-BREAK SPACE}: x")):
        with use_language(language):
            activity = mentioning(Message("x"), [UserProfile(Person("1", name), "29:1")])
        assert refusal(activity) == ""
        assert activity["text"] == said
        assert activity["summary"] == "x"
    seen = replace(view(change(State.GO_PENDING)), service=replace(service(), approver=Person(APPROVER.id, name)))
    assert seen.name(seen.service.approver) == "the approver"


def test_what_xml_does_not_allow_in_a_name_is_taken_out_and_the_mention_stays() -> None:
    for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0xD800, 0xFFFE, 0xFFFF):
        name = f"Pierre {chr(code)} André"
        activity = mentioning(Message("x"), [UserProfile(Person("1", name), "29:1")])
        assert refusal(activity) == "", hex(code)
        assert ET.fromstring(activity["entities"][0]["text"]).text == "Pierre André", hex(code)  # noqa: S314  # ours
    for name in ("Zoé", "山田 太郎", "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", "@everyone", "{date}"):
        assert display_name(name) == name


async def test_a_control_in_a_name_reaches_nobody(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        assert (await asked(bot, "Pierre \x01\ufffe André")).startswith("<at>Pierre André</at>: ")


async def test_somebody_with_an_unseen_name_is_called_by_what_they_are(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        # Teams lists Pierre by his name in the channel; what he writes with then says nothing of him.
        assert (await asked(bot, "\u200b")).startswith("<at>Pierre André</at>: ")
        await bot.type(LUC, f"/change approve {CHANGE}")
        assert bot.teams.texts()[-1] == f"Only Pierre André or a deputy can decide about {CHANGE}."


def test_who_has_no_name_is_spoken_of_in_the_language_of_the_reader() -> None:
    nameless = replace(service(), approver=Person(APPROVER.id, ""))
    with pytest.raises(NotAllowed) as refused:
        authorize(Person("9", "Luc"), Permission.DECIDE, change(State.GO_PENDING), nameless)
    assert "Only the approver or a deputy can decide about" in translate(refused.value)
    with use_language("fr"):
        assert "Seuls l’approbateur ou un suppléant peuvent décider de" in translate(refused.value)
