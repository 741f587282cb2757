"""Whatever people write in any field is shown as text, in cards, posts and mails; nobody is mentioned by it."""

import email
import email.message
import re
from collections.abc import Iterator
from email import policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from changes.text.messages import strip_bidi_controls
from tests.support.running import CHANGE, FORM, START, running
from tests.support.teams import NADIA, PIERRE

NASTY = {
    "mention": "<at>Pierre André</at> look",
    "markdown": "**[Win](https://evil.example)** _now_ `rm` ~~x~~ ![i](u) | a | b",
    "html": "<script>alert(1)</script><img src=x onerror=y> &amp; <b>",
    "right to left": "abc \u202egnp.exe\u202c \u2067def\u2069 \u200f end",
    "hebrew": "שלום **עולם** #1",
    "heading": "# 1. x",
    "emoji": "\U0001f469\u200d\U0001f4bb \U0001f1e8\U0001f1ed \U0001f525 ok",
    "quotes": "\\\"'\\ {x} {{y}} {% z %} %s",
}
READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
OURS = {"html", "head", "meta", "title", "body", "div", "p", "strong", "em", "hr"}


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def one_line(text: str) -> str:
    return " ".join(text.split()).replace("\N{WORD JOINER}", "")


def shown(text: str) -> str:
    """What Teams shows of a post's Markdown; fails where there is a link, an image or markup that is not ours."""
    found = []
    for token in READER.parse(re.sub(r"<at>(Nadia Favre|Pierre André|Claire Rey)</at>:?,? ?", "", text)):
        assert token.type not in ("html_block", "heading_open", "bullet_list_open", "blockquote_open", "table_open"), (
            text
        )
        for child in token.children or []:
            assert child.type not in ("link_open", "image", "html_inline", "s_open"), text
            found.append(child.content)
    return one_line(" ".join(found))


def texts(node: Any, kind: str) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from texts(each, kind)
    elif isinstance(node, dict):
        if node.get("type") == kind:
            yield str(node.get("text", ""))
        for each in node.values():
            yield from texts(each, kind)


def mails_in(folder: Path) -> Iterator[email.message.EmailMessage]:
    for path in folder.rglob("*.eml"):
        yield email.message_from_bytes(path.read_bytes(), policy=policy.default)


@pytest.mark.parametrize("kind", NASTY)
async def test_hostile_text_in_every_field_is_text_everywhere(tmp_path: Path, kind: str) -> None:
    nasty = NASTY[kind]
    wanted = one_line(strip_bidi_controls(nasty))
    async with running(tmp_path, START) as bot:
        fields = ("title", "what", "why", "risks", "rollback", "affected", "tests")
        await bot.requested(dict.fromkeys(fields, nasty))
        await bot.advance(START.replace(month=4, day=1, hour=9))
        await bot.press(PIERRE, "precheck.approve", comment=nasty)
        await bot.advance(START.replace(month=4, day=8, hour=9))
        await bot.press(PIERRE, "go.give", comment=nasty)
        await bot.type(NADIA, f"/change show {CHANGE}")
        await bot.type(NADIA, "/change list")
        await bot.type(NADIA, "/change calendar")
        await bot.type(NADIA, f"/change cancel {CHANGE} {nasty}")
        cards = [each.card for each in bot.teams.messages.values() if each.card]
        posts = bot.teams.texts()
        mentioned = {
            entity["mentioned"]["name"]
            for call in bot.teams.calls
            for entity in call.message.activity.get("entities", [])
            if entity["type"] == "mention"
        }
    assert mentioned <= {"Nadia Favre", "Pierre André", "Claire Rey"}
    for post in posts:
        marks = set(re.findall(r"<at>(.*?)</at>", post))
        assert marks <= {"Nadia Favre", "Pierre André", "Claire Rey"}, post
    reason = [shown(post) for post in posts if "Maintenance cancelled" in post]
    assert reason
    assert all(wanted in each for each in reason)
    assert sum(wanted in one_line(text) for card in cards for text in texts(card, "TextRun")) > 5
    for card in cards:
        for text in texts(card, "TextBlock"):
            assert not re.search(r"(?<!\\)\[Win\]|<script|<at>|\u202e", text)
    mails = list(mails_in(tmp_path))
    assert len(mails) >= 2
    for mail in mails:
        page = mail.get_body(("html",))
        plain = mail.get_body(("plain",))
        assert page is not None
        assert plain is not None
        read = Page(page.get_content())
        assert read.elements <= OURS
        assert wanted in one_line(read.text)
        assert wanted in one_line(plain.get_content())


async def test_4000_characters_are_refused_with_a_sentence_and_nothing_that_was_typed_is_lost(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.type(NADIA, "/change new")
        answer = await bot.press(NADIA, "change.edit", **(FORM | {"what": "word " * 800}))
        card: Any = answer["value"]
        said = " ".join(texts(card, "TextRun"))
        assert "characters (an emoji counts as two); shorten it to 1500" in said
        kept = [node["value"] for node in card["body"] if node.get("id") == "what"]
        assert kept == [("word " * 800).strip()]
