"""The record of each change and the list of all in a DokuWiki: stand-ins that answer as real ones, and a real one."""

import base64
import html
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from tests.integration.delivery.test_admin import shown
from tests.integration.web_out import real_dokuwiki
from tests.integration.web_out.receiver import Received, receiving
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.services import demo_services
from tests.support.teams import NADIA, PIERRE
from tests.support.two_services import evening

PAGE, INDEX = "changes:chg-2027-0001", "changes:index"
ROW = re.compile(r"^\| \[\[:(\S+)\|(\S+)\]\] \| .*<nowiki>(.*)</nowiki> \|$", re.MULTILINE)
"""A change in the list: its page, its id and its state."""
STATES = ["Scheduled", "Awaiting its snapshot", "Ready to start", "In progress", "Completed"]
XML = re.compile(r"<string>(.*?)</string>", re.DOTALL)
EMPTY_STRUCT = (
    '<?xml version="1.0"?>\n<methodResponse>\n  <params>\n    <param>\n      <value>\n      <struct>\n</struct>\n'
    "      </value>\n    </param>\n  </params>\n</methodResponse>"
)
"""What a release of 2022 answers on PHP 8.2 whatever it has against a page."""
TRUE = EMPTY_STRUCT.replace("<struct>\n</struct>", "<boolean>1</boolean>")
FAULT = (
    "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>{code}</int></value></member>"
    "<member><name>faultString</name><value><string>no</string></value></member></struct></value></fault></methodResponse>"
)
HOSTILE = [
    *("<script>alert(1)</script>", "**bold** //it// [[evil|good]] {{:x.png}} ~~NOTOC~~", "a | b ^ c", "%%raw%% \\\\ x"),
    *("</nowiki>**x**<nowiki>", "</NOWIKI>**x**", "====== head ======", "<?php echo 1 ?>", "<html><b>x</b></html>"),
    *("((foot)) <file>x</file> <code>y", "https://evil.example.ch evil@example.ch", "&lt;b&gt; (c) -- :-) FIXME"),
]


@dataclass(slots=True)
class StandIn:
    """A wiki that takes pages in one of the two ways, unless it is told to refuse them."""

    refuses: Callable[[], web.Response | None] = lambda: None
    pages: dict[str, list[str]] = field(default_factory=dict)
    """The texts of each page that it was asked to save and did."""

    def answer(self, asked: Received) -> web.Response:
        is_json = asked.path == "/wiki/lib/exe/jsonrpc.php/core.savePage"
        assert is_json or asked.path == "/wiki/lib/exe/xmlrpc.php"
        if (refusal := self.refuses()) is not None:
            return refusal
        if is_json:
            assert asked.headers["authorization"] == f"Bearer {asked.headers['x-dokuwiki-token']}" == "Bearer geheim-42"
            body = json.loads(asked.body)
            assert sorted(body) == ["isminor", "page", "summary", "text"]
            page, text = body["page"], body["text"]
        else:
            assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"bot:geheim-42"
            page, text, _summary = map(html.unescape, XML.findall(asked.body))
        if self.pages.setdefault(page, [])[-1:] != [text]:  # it makes no revision of what it has already
            self.pages[page].append(text)
        return web.json_response({"result": True, "error": {"code": 0, "message": "success"}}) if is_json else xml(TRUE)


def xml(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/xml", status=status)


def refused(code: int, status: int = 400) -> web.Response:
    """As JSON-RPC says no."""
    return web.json_response({"error": {"code": code, "message": "no"}}, status=status)


def wiki_table(url: str, api: str) -> str:
    return f'\n[wiki]\nurl = "{url}"\nnamespace = "changes"\napi = "{api}"\n'


def token(api: str, password: str = "geheim-42") -> str:  # it is the stand-in's
    return password if api == "json" else f"bot:{password}"


@asynccontextmanager
async def with_wiki(folder: Path, stand_in: StandIn, api: str = "json") -> AsyncIterator[Bot]:
    async with receiving(answer=stand_in.answer) as receiver:
        services = demo_services(folder, more=wiki_table(f"{receiver.url}/wiki/", api))
        async with running(folder, START, CHANGE_SERVICES=services, CHANGE_WIKI_TOKEN=token(api)) as bot:
            yield bot


async def to_the_end(bot: Bot) -> None:
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    await bot.press(NADIA, "change.complete")


@pytest.mark.parametrize("api", ["json", "xml"])
async def test_a_page_is_written_from_go_on_and_at_each_change_of_state(tmp_path: Path, api: str) -> None:
    stand_in = StandIn()
    async with with_wiki(tmp_path, stand_in, api) as bot:
        await bot.at_go()
        assert stand_in.pages == {}, "without GO there is nothing to record"
        await bot.press(PIERRE, "go.give")
        await bot.advance(evening(22, 0))
        await bot.press(NADIA, "window.start")
        await to_the_end(bot)
        states = [re.search(r"State</nowiki> \| <nowiki>(.*?)</nowiki>", each) for each in stand_in.pages[PAGE]]
        assert [each[1] for each in states if each] == STATES
        assert FORM["title"] in stand_in.pages[PAGE][-1]
        assert [ROW.findall(each) for each in stand_in.pages[INDEX]] == [[(PAGE, CHANGE, state)] for state in STATES]
        assert f"| <nowiki>{FORM['title']}</nowiki> |" in stand_in.pages[INDEX][-1]


async def test_while_a_page_is_locked_its_writes_wait_and_become_one(tmp_path: Path) -> None:
    stand_in, asked = StandIn(), []

    def locked() -> web.Response:
        asked.append(bot.clock.now())
        return refused(133)

    async with with_wiki(tmp_path, stand_in) as bot:
        await bot.ready()
        stand_in.pages.clear()
        stand_in.refuses = locked
        await bot.press(NADIA, "window.start")
        await to_the_end(bot)
        assert len(asked) == 2, "one page and the list; what follows waits its turn"
        await bot.advance(bot.clock.now() + timedelta(minutes=4))
        assert len(asked) == 2
        stand_in.refuses = lambda: None
        await bot.advance(bot.clock.now() + timedelta(minutes=2))
        assert {page: len(texts) for page, texts in stand_in.pages.items()} == {PAGE: 1, INDEX: 1}
        assert "Completed" in stand_in.pages[PAGE][0]
        assert await bot.unit.outbox.dead() == ()


FOR_AN_ADMIN: dict[str, list[tuple[Callable[[], web.Response], str]]] = {
    "json": [
        (lambda: refused(-32603, 401), "Correct CHANGE_WIKI_TOKEN"),
        (lambda: refused(-32604, 403), "the right to create and edit pages there"),
        (lambda: web.Response(status=404), 'set api = "xml"'),
        (lambda: refused(134), f"The wiki did not save the page {PAGE}: no"),
    ],
    "xml": [
        (lambda: xml(EMPTY_STRUCT, 401), "Correct CHANGE_WIKI_TOKEN"),
        (lambda: xml(EMPTY_STRUCT, 403), "the right to create and edit pages there"),
        (lambda: xml(FAULT.format(code=134)), f"The wiki did not save the page {PAGE}: no"),
    ],
}


@pytest.mark.parametrize("api", FOR_AN_ADMIN)
async def test_what_an_admin_has_to_see_to_is_said_to_them_at_once_and_sent_again(tmp_path: Path, api: str) -> None:
    (first, _), *_ = FOR_AN_ADMIN[api]
    stand_in = StandIn(first)
    async with with_wiki(tmp_path, stand_in, api) as bot:
        await bot.scheduled()
        for refusal, said in FOR_AN_ADMIN[api]:
            stand_in.refuses = refusal
            await bot.type(NADIA, "/change admin again all")
            await bot.type(NADIA, "/change admin")
            card = await shown(bot)
            assert said in card
            assert card.count("a page of the wiki") == card.count("the list of changes in the wiki") == 1
        stand_in.refuses = lambda: None
        await bot.type(NADIA, "/change admin again all")
        assert sorted(stand_in.pages) == [PAGE, INDEX]


NOT_SAVED: dict[str, list[Callable[[], web.Response]]] = {
    "xml": [
        lambda: xml(EMPTY_STRUCT),
        lambda: xml("<html>TRUE <boolean>1</boolean></html>"),
        lambda: xml(FAULT.format(code=133)),
        lambda: xml(TRUE, 500),
        lambda: xml(f"<name>faultString</name><value>{' ' * 60_000}"),
    ],
    "json": [
        lambda: web.json_response({"result": 1}),
        lambda: web.json_response({"result": {}}),
        lambda: web.json_response([True]),
        lambda: web.Response(text='{"error": {"code": 1e999}}'),
        lambda: web.Response(text="[" * 60_000),
        lambda: web.Response(text="true"),
        lambda: web.Response(status=502),
        lambda: web.Response(status=302, headers={"Location": "/"}),
    ],
}


@pytest.mark.parametrize("api", NOT_SAVED)
async def test_only_true_counts_as_saved_and_everything_else_is_tried_again(
    tmp_path: Path, api: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, *others = NOT_SAVED[api]
    stand_in = StandIn(first)
    async with with_wiki(tmp_path, stand_in, api) as bot:
        await bot.scheduled()
        for answer in others:
            assert (await bot.unit.outbox.waiting())[0] == 2
            stand_in.refuses = answer
            await bot.advance(bot.clock.now() + timedelta(minutes=6))
        assert await bot.unit.outbox.dead() == ()
        stand_in.refuses = lambda: None
        await bot.advance(bot.clock.now() + timedelta(minutes=6))
        assert {page: len(texts) for page, texts in stand_in.pages.items()} == {PAGE: 1, INDEX: 1}
        assert (await bot.unit.outbox.waiting())[0] == 0
    assert [each.message for each in caplog.records if each.exc_info] == [], "none of it is a fault of the bot's"


@pytest.mark.skipif(not real_dokuwiki.is_there(), reason=real_dokuwiki.MISSING)
async def test_a_real_wiki_shows_what_people_wrote_as_text_and_its_refusals_are_understood(tmp_path: Path) -> None:
    (tmp_path / "its").mkdir()
    form = FORM | {"title": HOSTILE[2], "what": "\n".join(HOSTILE), "tests": "\n".join(HOSTILE)}
    async with real_dokuwiki.wiki(tmp_path / "its") as wiki:
        given = {
            "CHANGE_SERVICES": demo_services(tmp_path, more=wiki_table(wiki.url, "xml")),
            "CHANGE_WIKI_TOKEN": token("xml", real_dokuwiki.PASSWORD),
        }
        async with running(tmp_path, START, **given) as bot:
            await bot.given_go(form)
            page = await wiki.shown(PAGE)
            body = page[page.index("wikipage start") : page.index("wikipage stop")]
            for each in HOSTILE:
                assert html.escape(each) in body.replace("&#039;", "&#x27;"), each
            assert not re.search(r"<(script|strong|em|img|code|sup)\b|evil\.example\.ch\"", body)
            listed = await wiki.shown(INDEX)
            assert html.escape(HOSTILE[2]) in listed
            assert re.search(rf'<a href="[^"]*{PAGE}"[^>]*>{CHANGE}</a>', listed)
            before = wiki.revisions(PAGE)
            await bot.restart()
            await bot.type(NADIA, "/change list")
            assert wiki.revisions(PAGE) == before

            lock = wiki.lock(PAGE)
            await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
            assert wiki.revisions(PAGE) == before
            lock.unlink()
            await bot.advance(bot.clock.now() + timedelta(minutes=6))
            assert wiki.revisions(PAGE) == before + 1
            assert "Cancelled" in await wiki.shown(PAGE)
            assert (await bot.unit.outbox.waiting())[0] == 0
