"""Somebody lives a whole story with the bot, leaves and is forgotten on the command line, while the bot runs."""

import asyncio
import base64
import contextlib
import io
import json
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx

from changes.model import Person, State
from storage.__main__ import main as command_line
from storage.redaction import FORMER
from tests.integration.seeing.test_documents import addresses
from tests.support.running import CHANGE, FORM, START, ZURICH, Bot, running
from tests.support.said import mails
from tests.support.teams import CHANNEL, CLAIRE, NADIA, PIERRE, Somebody

ROOT = Path(__file__).parents[3]
ZOE = Somebody("29:1Zx_Ob-77qQ", "Zoë O'Brien-Müller", "0f8fad5b-d9cb-469f-a165-70867728950e")
MAIL, PRIVATE = "zoe.obrien-mueller@example.ch", "zob@private.example"
ONE = f"{FORMER} 1"
SECOND, THIRD, DRAFT = "CHG-2027-0002", "CHG-2027-0003", "CHG-2027-0004"


def left_in(folder: Path) -> set[str]:
    """What of Zoë a reader of the database's files finds, whether in words or in codes."""
    written = b"".join(each.read_bytes() for each in folder.glob("changes.db*"))
    read = written.decode("utf-8", "replace").casefold()
    token = base64.urlsafe_b64encode(ZOE.object_id.encode()).decode()
    sought = (ZOE.object_id, ZOE.id, quote(ZOE.id), f"personal-{ZOE.id}", ZOE.name, "brien-m", MAIL, PRIVATE)
    found = {each for each in (*sought, json.dumps(ZOE.name)[1:-1], quote(ZOE.name)) if each.casefold() in read}
    return found | {part for part in (token[4:40], token[12:36]) if part in written.decode("latin-1")}


def services(folder: Path, approver: str) -> str:
    """The demo's services with that approver, whose deputies are those of Pierre and Claire who are not it."""
    text = (ROOT / "local" / "services.toml").read_text(encoding="utf-8")
    deputies = [each.object_id for each in (PIERRE, CLAIRE) if each.object_id != approver]
    text = text.replace(f'approver = "{PIERRE.object_id}"', f'approver = "{approver}"')
    text = text.replace(f'deputies = ["{CLAIRE.object_id}"]', f"deputies = {json.dumps(deputies)}")
    file = folder / "services.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


async def forget(folder: Path, *more: str) -> tuple[int, str]:
    """The exit status of the command line, and what it says."""
    said = io.StringIO()
    words = ("--url", f"sqlite+aiosqlite:///{folder}/changes.db", "forget", *more)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        return await asyncio.to_thread(command_line, words), said.getvalue()


async def forget_apart(folder: Path, *more: str) -> tuple[int, str]:
    """The same in a process of its own, as people do it."""
    words = ("-m", "storage", "--url", f"sqlite+aiosqlite:///{folder}/changes.db", "forget", *more)
    pipe, same = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    told = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=pipe, stderr=same)
    said, _ = await told.communicate()
    return told.returncode or 0, said.decode()


async def lived(bot: Bot) -> None:
    """Zoë's story, from 15 March until 7 April 2027."""
    await bot.type(ZOE, "/change language fr")
    await bot.type(ZOE, "/change language en")
    await bot.requested({"notify": f"{MAIL}, {PRIVATE}", "what": f"{ZOE.name} updates it."}, who=ZOE)
    await bot.requested({"date": "2027-04-16", "title": "Cable, with Zoe O'Brien-Muller"})
    await bot.requested({"date": "2027-04-17", "title": "Switch"})
    await bot.drafted({"date": "2027-05-20", "title": "A draft"}, ZOE)
    await bot.type(NADIA, "/change new")
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "", "implementer": ZOE.object_id}))
    await bot.type(NADIA, f"/change go {CHANGE}")  # refused: it is Zoë's
    await bot.type(ZOE, f"/change approve {CHANGE}")  # refused: it is her own
    await bot.type(CLAIRE, f"/change withdraw {CHANGE}")  # refused, with her name
    await bot.type(PIERRE, f"/change export {CHANGE}")
    await bot.type(ZOE, f"/change export {CHANGE}", "channel")
    await bot.type(ZOE, "/change away 2027-05-01 2027-05-14")
    bot.teams.closed[CHANNEL] = (400, f"ServiceError {ZOE.name}")
    await bot.advance(datetime(2027, 4, 2, 12, tzinfo=ZURICH))
    del bot.teams.closed[CHANNEL]
    await bot.advance(datetime(2027, 4, 7, 12, tzinfo=ZURICH))
    await bot.press(PIERRE, "precheck.approve")
    await bot.type(ZOE, "/change mine")
    await bot.type(ZOE, "/change calendar link")


async def kept(bot: Bot) -> dict[str, int]:
    """How much the story left in the places that people forget."""
    open_forms = [(await bot.unit.dialogs.load(f"personal-{each.id}|{each.id}"))[0] for each in (ZOE, NADIA)]
    return {
        "dead letters": len(await bot.unit.outbox.dead()),
        "history": len(await bot.unit.changes.history(CHANGE)),
        "refusals naming her": sum(ZOE.name in each.sentence for each in await bot.unit.access_denials.latest()),
        "copies of cards": len(await bot.unit.messages.copies(SECOND, "precheck:1")),
        "half-filled forms": sum(map(bool, open_forms)),
        "digests": bool(await bot.unit.settings.get(f"digest:{ZOE.object_id}")),
        "languages": bool(await bot.unit.settings.get(f"language:{ZOE.object_id}")),
        "links": bool(await bot.unit.settings.get(f"pages:{ZOE.object_id}")),
        "absences": len(await bot.unit.absences.of([Person(ZOE.object_id)], START.date())),
    }


async def test_after_a_whole_story_a_forgotten_person_is_nowhere_and_everything_else_goes_on(tmp_path: Path) -> None:
    given = {"CHANGE_SERVICES": services(tmp_path, ZOE.object_id), "CHANGE_PUBLIC_URL": "http://127.0.0.1:1"}
    async with running(tmp_path, START, **given) as bot:
        await lived(bot)
        before = await kept(bot)
        assert min(before.values()) > 0, before
        assert len(left_in(tmp_path)) > 8
        services(tmp_path, PIERRE.object_id)
        await bot.restart()
        status, said = await forget(tmp_path, ZOE.object_id)
        assert status == 1
        assert f"not over: {CHANGE} (requester, implementer), {DRAFT} (draft of theirs, implementer). Complete" in said
        for each in (CHANGE, DRAFT):
            await bot.type(PIERRE, f"/change cancel {each} She has left.")

        status, said = await forget_apart(tmp_path, ZOE.object_id.upper(), "--mail", PRIVATE)

        assert status == 0, said
        assert "The database's file has nothing of them either." in said
        assert left_in(tmp_path) == set()
        after = await kept(bot)
        assert after["history"] == before["history"] + 1, "that it was cancelled"
        assert after["half-filled forms"] == 1, "Nadia's"
        calls = len(bot.teams.calls)
        await bot.type(PIERRE, "/change list")
        await bot.type(PIERRE, f"/change show {CHANGE}")
        await bot.type(PIERRE, f"/change list {ONE}")
        await bot.type(PIERRE, f"/change export {CHANGE}")
        document = await read(bot, addresses(bot)[0])
        shown = " ".join(str(each.message.activity) for each in bot.teams.calls[calls:])
        assert f"{ONE} updates it." in document
        assert document.count(ONE) > 3
        assert shown.count(ONE) > 3
        await bot.type(PIERRE, f"/change approve {SECOND}")
        await bot.type(PIERRE, f"/change assign {SECOND} requester {CLAIRE.name}")
        # Nadia had chosen her before, and sends what her form had kept.
        await bot.type(NADIA, "/change new")
        old = FORM | {"date": "2027-05-21", "implementer": ZOE.object_id}
        for inputs in (old, old | {"service": ""}):
            answer = str(await bot.press(NADIA, "change.edit", **inputs))
            assert "not known any more: choose somebody else." in answer
            assert ZOE.object_id not in answer
        assert left_in(tmp_path) == set()
        # Time goes on: what waited for her ends or is somebody else's, and nothing is sent to her.
        await bot.advance(datetime(2027, 4, 20, 12, tzinfo=ZURICH))
        assert {each.message.conversation for each in bot.teams.calls[calls:]}.isdisjoint({f"personal-{ZOE.id}"})
        assert mails(tmp_path, MAIL) == mails(tmp_path, PRIVATE) == []
        await bot.restart()
        assert left_in(tmp_path) == set()
        assert {(await bot.change(each)).state for each in (SECOND, THIRD)} == {State.POSTPONED}
        again, sentence = await forget(tmp_path, ZOE.object_id)
        assert (again, sentence) == (
            1,
            f"Nobody with the id {ZOE.object_id} is known: give the Entra object id. Nothing was changed.\n",
        )
        for word in ("Zoë", "Zoe O'Brien-Muller", "brien", MAIL, PRIVATE, ZOE.object_id):
            await bot.type(PIERRE, f"/change list all {word}")
            assert CHANGE not in str(bot.teams.calls[-1].message.activity), word


async def read(bot: Bot, address: str) -> str:
    """The document behind an address that the bot gave."""
    async with httpx.AsyncClient() as client:
        url = address.replace("http://127.0.0.1:1/", f"http://127.0.0.1:{bot.app.port}/")
        answer = await client.get(url)
    assert answer.status_code == 200
    return answer.text
