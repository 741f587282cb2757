"""Facts are escaped by the renderer of each channel: every sentence there is, found by walking the code."""

import ast
import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from string import Formatter
from typing import Any

import pytest
from markdown_it.token import Token

from application.ports import UserProfile
from bot.messenger.message_factory import mentioning, with_card, with_text
from cards.document.as_html import html
from cards.document.document import Heading, Items, Rows, Text
from cards.elements.lengths import with_note
from cards.thread_messages import line
from changes.effects import PostThreadMessage
from changes.errors import NotAllowed
from changes.model import Person, State
from changes.notification.thread_messages import RETIRED, ThreadMessage
from changes.text.messages import Message, joined, strip_bidi_controls
from language import as_text, in_chat, on_card, rendering, translate, use_language
from language.catalogues import load
from language.escaping import escaped, unlinked
from language.sentences import ROOT, sentences
from language.update import PACKAGES
from notices.feed import feed
from tests.cards.subjects import Hand, change, every_card, service, view
from tests.support.markdown import READER, bare_links, kinds
from tests.unit.cards.looking import looked_at

NASTY = (
    "[Pay](https://evil.example) ![i](https://evil.example/x.png) <https://evil.example> ](https://evil.example)",
    "<a href='https://evil.example'>Pay</a> <at>Nadia Favre</at> <b> &lt;at&gt; &#91;x&#93;(https://evil.example)",
    "**now** _it_ ~~is~~ `rm` *too* ` ``` ` {x} {{y}} {0} %s {% z %} \\",
    "# heading\n\n- list\n> quote\n1. one\n===\n---\n| a | b |\n|---|---|",
    "=== 1. x",
    "https://evil.example evil.example/x www.evil.example //evil.example mailto:a@evil.example a@evil.example",
    "\u202eelpmaxe.live\u202c \u2067x\u2069 evil\u200f.example http:\u202e//evil.example \u061c\u200e",
)
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = Hand(f"[Pay](https://evil.example) \u202ewww.evil.example a@evil.example {NASTY[0]} {NASTY[1]} ")


@cache
def templates() -> tuple[str, ...]:
    """Every template that the code says, in each language that it has a catalogue for."""
    found = [each for package in PACKAGES["fr"] for each in sentences(package)]
    said = {text for each in found for text in (each.text, each.plural) if text}
    for language in PACKAGES:
        said |= {text for forms in load(language).texts.values() for text in forms}
    return tuple(sorted(said))


def places(template: str) -> set[str]:
    return {name for _words, name, _spec, _conversion in Formatter().parse(template) if name}


@lru_cache(maxsize=8192)
def structure(markdown: str) -> list[str]:
    """What kinds of things stand in it; an address as such is one too."""
    return kinds(markdown) + ["bare link" for _ in bare_links(markdown)]


def inline(token: Token) -> Iterator[Token]:
    yield from (each for each in token.children or () if each.type not in ("text", "text_special"))


def shown(markdown: str) -> str:
    """The words that a reader sees."""
    tokens = [child for token in READER.parse(markdown) for child in token.children or ()]
    return " ".join("".join(each.content or " " for each in tokens).replace("\N{WORD JOINER}", "").split())


@pytest.mark.thorough
@pytest.mark.parametrize("nasty", NASTY)
def test_no_fact_of_any_sentence_becomes_a_link_a_mention_or_markup(nasty: str) -> None:
    """In the chat and on cards; what stands there of a fact is what somebody wrote."""
    wanted = " ".join(strip_bidi_controls(nasty).split())
    assert len([each for each in templates() if places(each)]) > 900
    for template in templates():
        names = places(template)
        harmless, hostile = (Message(template, **dict.fromkeys(names, fact)) for fact in ("x", nasty))
        said = {render: render(hostile) for render in (in_chat, on_card, as_text)}
        assert not TURNING.search("".join(said.values())), template
        for render in (in_chat, on_card) if said[in_chat] != said[on_card] else (in_chat,):
            assert structure(said[render]) == structure(render(harmless)), template
            assert "<" not in said[render].replace("</at>", ""), template
        if names and "`" not in template and "](" not in template:
            assert wanted in shown(said[in_chat]), template


@pytest.mark.parametrize("nasty", NASTY)
def test_a_message_within_a_message_is_escaped_once_and_what_is_no_message_wherever_it_goes(nasty: str) -> None:
    once = Message("{title} is taken.", title=nasty)
    for outer in (Message("Sorry: {why}", why=once), joined("Sorry:", once), NotAllowed("Sorry: {why}", why=once)):
        assert in_chat(translate(outer)) == f"Sorry: {in_chat(once)}"
        assert shown(in_chat(translate(outer))) == " ".join(f"Sorry: {strip_bidi_controls(nasty)} is taken.".split())
    for text in (
        with_text(nasty)["text"],
        on_card(nasty),
        with_note({}, nasty)["body"][0]["items"][0]["text"],
        escaped(unlinked(nasty)),
    ):
        assert structure(text) == structure("x")


def test_the_templates_own_markup_stays_in_the_chat_and_nothing_ends_an_address_of_ours() -> None:
    message = Message("**{id}** is here: `/change edit {id}` or *Edit*.", id="CHG_1")
    assert in_chat(message) == "**CHG\\_1** is here: `/change edit CHG_1` or *Edit*."
    assert on_card(message) == "**CHG\\_1** is here: /change edit CHG\\_1 or *Edit*."
    assert as_text(message) == "CHG_1 is here: /change edit CHG_1 or Edit."
    assert message == "**CHG_1** is here: `/change edit CHG_1` or *Edit*."
    said = Message("[Open {name}]({link})", name="x](y)", link="https://nas.example.ch/a b)(\n<c>")
    links = [each for token in READER.parse(in_chat(said)) for each in token.children or () if each.type == "link_open"]
    assert [each.attrGet("href") for each in links] == ["https://nas.example.ch/a%20b%29%28%0A%3Cc%3E"]


def test_a_copy_of_a_message_is_one() -> None:
    said = Message("{title} {{is}} taken.", title="[x](y)")
    for again in (copy.copy(said), copy.deepcopy(said)):
        assert (again, again.template, again.facts) == (said, said.template, said.facts)
    assert json.loads(json.dumps(said)) == "[x](y) {is} taken."


def texts(node: Any) -> Iterator[str]:
    """Every text of a card that Teams reads as Markdown."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        if node.get("type") == "TextBlock":
            yield node["text"]
        for fact in node.get("facts") or ():
            yield from (fact["title"], fact["value"])
        for each in node.values():
            yield from texts(each)


LINKED = ("https://nas.example.ch/", "https://wiki.example.ch/")
"""Where the settings' own links lead."""


@pytest.mark.thorough
def test_no_card_has_a_link_a_mention_or_markup_by_what_people_wrote(pytestconfig: pytest.Config) -> None:
    """Nor is anything escaped twice, or markup of ours taken for a fact: people wrote no stars and no backslashes."""
    with use_language("fr"):
        # The card for GO shows a notice too, which is Markdown already.
        drawn = [card for name, card in every_card(HOSTILE, looked_at(pytestconfig)) if not name.startswith("go card")]
    found = set(texts(drawn))
    assert any("evil.example" in text.replace("\N{WORD JOINER}", "") for text in found)
    assert not TURNING.search(json.dumps(drawn, ensure_ascii=False))
    for text in found:
        assert bare_links(text) == []
        assert not re.search(r"<|\\\\|\\\*|&amp;lt;", text), text
        for token in READER.parse(text):
            assert token.type in ("paragraph_open", "inline", "paragraph_close"), text
            for each in inline(token):
                assert each.type in ("strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close")
                if each.type == "link_open":
                    assert str(each.attrGet("href")).startswith(LINKED), text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_in_a_line_is_escaped_that_nobody_wrote(language: str) -> None:
    of = change(State.IN_PROGRESS)
    with use_language(language):
        for which in set(ThreadMessage) - RETIRED:
            text = in_chat(
                line(PostThreadMessage("k", of.id, which, of.requester, of.plan.window.start, "why"), view(of))
            )
            assert not re.search(r"\\|&amp;|\N{WORD JOINER}", text), text


SINKS = {
    "cards/elements/blocks.py": {"TextBlock", "TextRun"},
    "cards/elements/lengths.py": {"type: TextBlock"},
    "bot/messenger/message_factory.py": {"textFormat"},
    "dialogs/turn.py": {"textFormat"},
}
"""The only modules in which a text becomes one that Teams reads: there it is rendered."""


def sinks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("TextBlock", "TextRun"):
            yield node.func.id
        if isinstance(node, ast.Dict):
            pairs = [
                (getattr(k, "value", None), getattr(v, "value", None))
                for k, v in zip(node.keys, node.values, strict=True)
            ]
            yield from ("type: TextBlock" for pair in pairs if pair == ("type", "TextBlock"))
            if "textFormat" in dict(pairs) or (("type", "message") in pairs and "text" in dict(pairs)):
                yield "textFormat"


def test_a_text_becomes_teams_markdown_in_one_place_for_each_channel() -> None:
    for package in ("application", "cards", "dialogs", "bot", "web", "notices", "scheduler", "local"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            assert set(sinks(ast.parse(path.read_text(encoding="utf-8")))) <= SINKS.get(name, set()), name


def test_no_caller_escapes_or_forgets_that_a_message_has_to_stay_one() -> None:
    """Markup of ours stands in templates: a string that is put together is somebody's text."""
    for package in ("application", "cards", "dialogs", "bot", "web", "local"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.parent == ROOT / "local" / "playground":
                continue  # it speaks to a terminal
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    own = "".join(str(each.value) for each in node.values if isinstance(each, ast.Constant))
                    assert not re.search(r"\*\*|`(?!``)|\]\(", own.replace("```", "")), f"{path}:{node.lineno}"


def test_a_text_that_is_a_whole_message_is_not_kept_in_memory() -> None:
    in_chat(Message("{title} is taken.", title="x"))
    before = rendering._parts.cache_info().currsize
    for number in range(20):
        in_chat(Message.from_markup(f"A whole notice, number {number}, in which Nadia Favre is named."))
    assert rendering._parts.cache_info().currsize == before


def test_marks_that_turn_text_around_are_out_of_notifications_mentions_pages_and_calendars() -> None:
    turned = "a\u202egnp.exe\u2067"
    of = change(State.SCHEDULED)
    titled = of.with_(plan=replace(of.plan, title=turned, what=turned))
    for shown in (
        with_card({}, turned)["summary"],
        with_card({}, Message("{title} is taken.", title=turned))["summary"],
        json.dumps(mentioning("x", [UserProfile(Person("1", turned), "29:1")]), ensure_ascii=False),
        html([Heading(1, turned), Text(turned), Items((turned,)), Rows((turned,), ((turned,),))], turned, "en"),
        feed([titled], {"learn": service()}, of.plan.window.start).decode(),
    ):
        assert "agnp.exe" in shown.replace("\N{WORD JOINER}", "")
        assert not TURNING.search(shown)
