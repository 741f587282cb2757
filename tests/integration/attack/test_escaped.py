"""What people and services are called, and what they write, is text in every sentence, card, mail, page and entry.

From outside: all that the bot says in a whole story is read as Teams, a mail reader, a browser and a calendar read it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import icalendar

from changes.text.messages import strip_bidi_controls
from tests.support.markdown import READER, Page, bare_links
from tests.support.running import CHANGE, START, Bot, running
from tests.support.said import mails
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, Somebody, entities_of

OURS = {"html", "head", "meta", "title", "style", "body", "div", "h1", "p", "ul", "li", "br", "strong", "em", "hr"}
PAY = "[Pay](https://evil.example) ![i](u) <b>x</b> **b** `c` <at>Rita</at> \u202ewww.evil.ch"
NAME = "[Pay](https://evil.example) <b> **b"
MENTION = re.compile(r"<at>[^<>\[\]*`]*</at>")
SERVICES = """
admins = ["{nadia}"]
[[service]]
key = "learn"
name = "Learn {called}"
approver = "{pierre}"
deputies = ["{claire}"]
languages = ["en", "fr", "de"]
mail = ["isc-learn@example.ch"]
notify = ["teams", "mail"]
[service.vps]
name = "Hannibal"
backend = "dashboard"
[[service.freeze]]
name = "Exams {called}"
from = 2027-06-01
to = 2027-06-20
"""
ODD = PAY + " <script> {{y}} {% z %} %s \\ # 1. x שלום \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}"
"""What a field is filled with: what a template, a list, or a script that runs to the left could make of it."""
TEXT = strip_bidi_controls(PAY)
nadia, pierre, claire, luc = (replace(each, name=f"{each.name} {PAY}") for each in (NADIA, PIERRE, CLAIRE, LUC))


OUR_LINKS = ("http://127.0.0.1/export/", "http://127.0.0.1/changes/CHG-")
"""Where the bot's own links lead."""


def one_line(text: str) -> str:
    return " ".join(text.split()).replace("\N{WORD JOINER}", "")


def letters(name: str) -> str:
    """What is left of a name on a card, on which Markdown could change the mention: its words."""
    return " ".join(re.findall(r"\w+", name.replace("\N{WORD JOINER}", "")))


def services(folder: Path) -> str:
    ids = {"nadia": nadia.object_id, "pierre": pierre.object_id, "claire": claire.object_id}
    path = folder / "services.toml"
    path.write_text(SERVICES.format(called=NAME, **ids), encoding="utf-8")
    return str(path)


def markdown(node: Any) -> Iterator[str]:
    """Every text of a message that Teams reads as Markdown: of the chat, and of the cards."""
    if isinstance(node, list):
        for each in node:
            yield from markdown(each)
    elif isinstance(node, dict):
        if node.get("type") == "TextBlock" or node.get("textFormat") == "markdown":
            yield node["text"]
        yield from (fact[name] for fact in node.get("facts") or () for name in ("title", "value"))
        for each in node.values():
            yield from markdown(each)


def links(text: str) -> list[str]:
    """Where its links and images lead, after mentions of ours; fails where there is any HTML."""
    children = [child for token in READER.parse(MENTION.sub("", text)) for child in token.children or [token]]
    assert "html_inline" not in [each.type for each in children], text
    assert "html_block" not in [each.type for each in children], text
    return [
        str(each.attrGet("href") or each.attrGet("src")) for each in children if each.type in ("link_open", "image")
    ]


async def change_of(bot: Bot, who: Somebody, **form: str) -> None:
    fields = ("title", "what", "why", "risks", "rollback", "affected", "tests", "reason")
    await bot.requested(dict.fromkeys(fields, ODD) | {"title": PAY} | form, who=who)


async def test_nothing_that_people_or_services_are_called_or_write_is_a_link_or_markup_anywhere(tmp_path: Path) -> None:
    given = {"CHANGE_SERVICES": services(tmp_path), "CHANGE_PUBLIC_URL": "http://127.0.0.1"}
    async with running(tmp_path, START, **given) as bot:
        for each in (nadia, pierre, claire, luc):
            await bot.type(each, "/change help")
        await change_of(bot, nadia)
        await change_of(bot, luc, date="2027-05-20")
        # Sentences of the chat that name a title, a person, a service, a freeze, or what was typed.
        for who, text in (
            (luc, "/change move CHG-2027-0002 2027-04-15 22:30"),
            (luc, "/change move CHG-2027-0002 2027-06-02 22:00"),
            (luc, f"/change approve {CHANGE}"),
            (luc, f"/change cancel {CHANGE} {PAY}"),
            (pierre, f"/change {PAY}"),
            (pierre, f"/change show {PAY}"),
            (pierre, f"/change calendar {PAY}"),
            (pierre, f"/change list {PAY}"),
            (pierre, f"/change stats {PAY}"),
            (pierre, f"/as {PAY}"),
            (pierre, "/as"),
            (nadia, f"/change assign {CHANGE} implementer {PAY}"),
            (nadia, f"/change test {CHANGE}"),
            (nadia, f"/change notice {CHANGE} planned"),
            (nadia, "/change calendar"),
            (nadia, "/change mine"),
            (nadia, "/change absent 2027-07-12"),
        ):
            await bot.type(who, text)
        await bot.advance(START.replace(month=4, day=1, hour=9))
        await bot.press(pierre, "precheck.correct", comment=PAY)
        await bot.type(nadia, f"/change edit {CHANGE}")
        await bot.press(nadia, "change.edit", title=f"New {PAY}")
        await bot.press(pierre, "precheck.approve", comment=PAY)
        await bot.advance(START.replace(month=4, day=8, hour=9))
        await bot.press(claire, "go.give", comment=PAY)
        await bot.type(pierre, f"/change waive {CHANGE} {PAY}")
        await bot.advance(START.replace(month=4, day=15, hour=22, minute=1))
        await bot.press(nadia, "window.start")
        await bot.type(nadia, f"/change trouble {CHANGE} {PAY}")
        await bot.type(nadia, f"/change extend {CHANGE} 45m {PAY}")
        await bot.type(nadia, f"/change incident {CHANGE} {PAY}")
        await bot.type(nadia, f"/change update {CHANGE} {PAY}")
        await bot.type(nadia, f"/change tried {CHANGE} fix {PAY}")
        await bot.type(pierre, f"/change accept {CHANGE} 1 {PAY}")
        await bot.type(nadia, f"/change close {CHANGE}")
        await bot.type(nadia, f"/change export {CHANGE}")
        said = [call.message.activity for call in bot.teams.calls]
        pages = await read_pages(bot)

    shown = [{name: one[name] for name in one.keys() & {"text", "summary", "attachments", "entities"}} for one in said]
    assert not re.search("[\u202a-\u202e]", json.dumps(shown, ensure_ascii=False))
    found = set(markdown(said))
    assert sum("evil.example" in one_line(text) for text in found) > 60
    for text in found:
        for paragraph in re.split(r"\n\n|\n(?=- )", text):
            # In a notice what people wrote is a paragraph or an item of its own: an address in it may be followed.
            if not re.match(r"(- \*\*[^*]+\*\* |[^*:]+: )?\\\[Pay\\\]\(https://evil.example\)", paragraph):
                assert bare_links(paragraph) == [], text
        assert [to for to in links(text) if not to.startswith(OUR_LINKS)] == [], text
        assert not re.search("<at>Rita|<script", text), text
        assert not re.search(r"(?<!\\)\*\*b(?<!\\)\*\*|(?<![\\`])`c`", text), text
    mentioned = {each["mentioned"]["name"] for one in said for each in entities_of(one)}
    whole = {letters(name) for name in mentioned}
    assert {letters(strip_bidi_controls(each.name)) for each in (nadia, pierre)} <= whole, "nothing of a name is lost"

    sent = mails(tmp_path)
    assert len(sent) > 5
    for mail in sent:
        page, plain = mail.get_body(("html",)), mail.get_body(("plain",))
        assert page is not None
        assert plain is not None
        assert set(Page(page.get_content()).elements) <= OURS
        assert TEXT in one_line(Page(page.get_content()).text)
        assert TEXT in one_line(plain.get_content())
        assert "\n" not in str(mail["Subject"])
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                entry: Any = part.get_payload(decode=True)
                calendar = icalendar.Calendar.from_ical(entry)
                [event] = calendar.walk("VEVENT")
                assert NAME in one_line(str(event["SUMMARY"]))
                assert TEXT in one_line(str(event["DESCRIPTION"]))
                assert {name for name, _value in event.property_items()}.isdisjoint({"URL", "ATTACH", "X-ALT-DESC"})

    html, text = pages
    read = Page(html)
    assert "a" not in read.elements
    assert not {"script", "img", "at", "b"} & set(read.elements)
    assert strip_bidi_controls(ODD) in one_line(read.text)
    assert links(text) == []
    assert bare_links(text) == []


async def read_pages(bot: Bot) -> tuple[str, str]:
    """The export as a page and as Markdown."""
    posted = json.dumps([call.message.activity for call in bot.teams.calls])
    tokens = dict.fromkeys(re.findall(r"/export/([\w.-]+)", posted))
    async with httpx.AsyncClient() as client:
        read = [await client.get(f"http://127.0.0.1:{bot.app.port}/export/{token}") for token in tokens]
    by_type = {each.headers["Content-Type"].partition(";")[0]: each.text for each in read}
    return by_type["text/html"], by_type["text/markdown"]
