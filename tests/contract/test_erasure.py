"""A person who was forgotten stands in no column of any table any more, and everything else is as it was."""

import asyncio
import base64
import contextlib
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from application.ports import AccessDenial, Operation, PersonalConversation, UnitOfWork, UserProfile
from application.retry_log import RetryLog
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus, recipients_of_retraction
from changes.effects import MailNotice, SendNotice, mailed
from changes.events import (
    ConflictAllowed,
    Drafted,
    Entry,
    GoGiven,
    PlanEdited,
    PrecheckApproved,
    Reassigned,
    StepFired,
    StepSkipped,
)
from changes.events.names import EVENTS
from changes.lifecycle import fold
from changes.lifecycle.guards import conflict_allowed
from changes.model import Person, Plan
from changes.notification.announcement import announced_text
from changes.notification.notices import NoticeKind
from changes.policy import Recipient
from changes.recurrence.series import Series, SeriesState
from changes.reporting.search import comparable
from changes.templates import NEEDED, Template
from changes.text.messages import Message
from language.sentences import ROOT
from storage import Store, open_store
from storage.backup import BackupError
from storage.change_store import entry_of
from storage.codec import decode, decode_effect, encode
from storage.erasure import forget
from storage.rebuild_projection import SHAPE, rebuild_projections
from storage.redaction import FORMER
from storage.rows import reflect_tables
from storage.stored_messages import columns_of_text
from storage.stored_names import EFFECTS
from storage.tables import absences, changes, due_items, events, operations, outbox, series, settings, templates
from tests.contract import subjects as s
from tests.contract.conftest import Postgres
from tests.support.autocommit import autocommit
from tests.support.templated import a_template, approved

ZOE = Person("0f8fad5b-d9cb-469f-a165-70867728950e", "Zoë O'Brien-Müller")
ONE = f"{FORMER} 1"
OTHER_ID = "11111111-2222-4333-8444-555555555555"
MRI, CHAT = "29:1Zx_Ob-77qQ", "a:1ChatOfZoe-9_k"
MAILS = ("zoe.obrien-mueller@example.ch", "zob@example.ch")
OTHERS_WORDS = 'Hannah, Susanna and Zoë Meier agree: "100 %" \\ {braces} – naïve ☕'


def spellings() -> tuple[str, ...]:
    """Everything by which Zoë can be found in stored text."""
    token = base64.urlsafe_b64encode(f'[1,{{"form":"md","person":"{ZOE.id}"}}]'.encode()).decode().rstrip("=")
    return (
        *(ZOE.id, ZOE.id.upper(), ZOE.id.replace("-", ""), ZOE.id.replace("-", "%2D")),
        *(MRI, quote(MRI), CHAT, quote(CHAT, safe="")),
        *(ZOE.name, without_accents(ZOE.name), ZOE.name.upper(), quote(ZOE.name), ZOE.name.replace("'", "’")),
        *(normalize("NFD", ZOE.name), ZOE.name.replace("'", "&#39;"), json.dumps(ZOE.name)[1:-1]),
        *(MAILS[0], MAILS[1].upper(), quote(MAILS[1], safe="")),
        f"https://bot.example/export/{token}.c2lnbmVk",
    )


def bare(name: str) -> str:
    """The name as the search folds it."""
    return without_accents(name).casefold()


def without_accents(name: str) -> str:
    return "".join(each for each in normalize("NFKD", name) if not combining(each))


WORDS = f"{' ; '.join(spellings())} ; {OTHERS_WORDS}"
TOKEN = [
    base64.urlsafe_b64encode(b"\0" * n + ZOE.id.encode()).decode().rstrip("=")[(n * 8 + 5) // 6 : -1] for n in range(3)
]


def traces_in(written: str) -> set[str]:
    """What of Zoë is in the text, as it stands, or as somebody who decodes it reads it."""
    read = {written, unquote(written)}
    with contextlib.suppress(ValueError):
        read.add(json.dumps(json.loads(written), ensure_ascii=False))
    read.add(re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), written))
    found = set()
    for each in read:
        plain = bare(each).replace("’", "'").replace("&#39;", "'")
        sought = (ZOE.id, ZOE.id.replace("-", ""), MRI.lower(), CHAT.lower(), bare(ZOE.name), *MAILS, "brien-m")
        found |= {trace for trace in sought if trace in plain}
        found |= {trace for trace in TOKEN if trace in each}
    return found


# ── Zoë in every column ───────────────────────────────────────────────────────────────────────────────────────────


NOT_PLANTED = {
    ("alembic_version", "version_num"),
    ("changes", "id"),  # numbered by the bot, and what others point to
    ("events", "change"),
    ("due_items", "owner"),
    ("due_items", "owner_type"),
    ("events", "type"),  # the name of a class
    ("outbox", "kind"),
    ("series", "id"),  # of the change that it began with
}
"""Where nobody can stand, and why; every other column that takes a text is planted, one that is new too."""


def filled(hint: Any) -> Any:
    """A value of the annotation in which Zoë is every person and stands in every text."""
    made = s.value_of(hint, ZOE, WORDS, MAILS[:1])
    # The key of a step ends in its number.
    return replace(made, key=f"1/{WORDS}.1") if hint in (StepFired, StepSkipped) else made


def history() -> list[Entry]:
    """Every event there is, by Zoë and full of her."""
    told = [Drafted("CHG-2026-0001", filled(Plan)), *(filled(each) for each in EVENTS.values() if each is not Drafted)]
    return [Entry(n, s.NOW + timedelta(minutes=n), ZOE, WORDS, each) for n, each in enumerate(told, start=1)]


async def plant(store: Store) -> None:
    """Zoë, in every column of every table that takes a text."""
    async with store.units() as unit:
        trail = history()
        await unit.changes.save(fold(trail), 0, trail, (s.step("go"),), (), s.NOW)
        for number, each in enumerate(EFFECTS.values()):
            await unit.outbox.add([replace(filled(each), key=f"{number} {WORDS}")], s.NOW)
        await unit.operations.put(replace(filled(Operation), key="snapshot"))
        await unit.templates.save(replace(filled(Template), locked=NEEDED, authors={"what": (ZOE,)}))
        await unit.series.save(replace(filled(Series), id="CHG-2027-0009", state=SeriesState.ENDED), 0)
    async with store.engine.begin() as connection:
        await connection.run_sync(_plant_the_rest)


def _plant_the_rest(connection: Connection) -> None:
    filled = {changes.name, events.name, outbox.name, operations.name, due_items.name, series.name, templates.name}
    kept = {
        *((name, "body") for name in ("events", "outbox", "operations", "templates")),
        ("events", "by_id"),
        ("changes", "document"),
        ("series", "document"),
        ("series", "id"),
        ("templates", "key"),
    }
    for number, table in enumerate(reflect_tables(connection), start=1):
        if table.name == "alembic_version":
            continue
        planted = {name: WORDS for name in _texts_of(table) if (table.name, name) not in NOT_PLANTED | kept}
        if document := {"dialogs": "state", "deliveries": "answer"}.get(table.name):
            words = {"what": WORDS, WORDS: [WORDS, {"id": MRI, "name": ZOE.name}]}
            planted[document] = json.dumps({"answers": words})
        for name in [each for each in planted if each.endswith("_message")]:
            said = Message("{who} said: {words}", who=ZOE.name, words=Message("“{what}”", what=WORDS))
            planted[name] = str(columns_of_text("x", said)["x_message"])
        if table.name == series.name:
            assert planted == {}
        elif table.name in filled:
            keys = {each.name for each in table.primary_key}
            planted = {name: each for name, each in planted.items() if not (table.name == "outbox" and name == "key")}
            assert table.name == due_items.name or keys.isdisjoint(planted)
            connection.execute(update(table).values(planted))
        else:
            known = {int: number, bool: True, datetime: s.NOW, date: s.NOW.date()}
            others = {each.name: known.get(each.type.python_type, "x") for each in table.columns}
            connection.execute(insert(table), others | planted)


def _texts_of(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.type.python_type is str]


def _standing(connection: Connection) -> Iterator[tuple[str, str, set[str]]]:
    """Every column in which something of Zoë is found."""
    for table in reflect_tables(connection):
        for row in connection.execute(select(table)).mappings():
            for name, value in row.items():
                if isinstance(value, str) and (found := traces_in(value)):
                    yield table.name, str(name), found


@pytest.fixture
async def grown(store: Store) -> AsyncIterator[Store]:
    """A database two of whose tables have got another column that no code knows."""
    async with store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE bindings ADD COLUMN bound_by TEXT"))
        await connection.execute(text("ALTER TABLE changes ADD COLUMN watched_by TEXT"))
    yield store
    async with store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE bindings DROP COLUMN bound_by"))
        await connection.execute(text("ALTER TABLE changes DROP COLUMN watched_by"))


async def test_a_person_planted_in_every_column_is_found_in_none_after_being_forgotten(grown: Store, url: str) -> None:
    store = grown
    unit = autocommit(store)
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    await unit.chats.put(PersonalConversation(ZOE, "http://x", CHAT))
    await plant(store)
    async with store.engine.begin() as connection:
        takes_text = {
            (table.name, name) for table in await connection.run_sync(reflect_tables) for name in _texts_of(table)
        }
        standing = {(table, name) for table, name, _ in await connection.run_sync(lambda c: list(_standing(c)))}
    assert standing == takes_text - NOT_PLANTED

    await forget(url, ZOE.id.upper(), MAILS[1:])

    async with store.engine.begin() as connection:
        assert await connection.run_sync(lambda c: list(_standing(c))) == []
        # What stands is read by the program as before, and is what its history comes to.
        for row in await connection.execute(select(outbox)):
            decode_effect(row.kind, row.body)
        for row in await connection.execute(select(operations)):
            decode(Operation, row.body)
        for row in await connection.execute(select(templates)):
            assert row.key == comparable(decode(Template, row.body).name)
        for row in await connection.execute(select(series)):
            decode(Series, row.document)
        told = [entry_of(row) for row in await connection.execute(select(events).order_by(events.c.seq))]
        assert encode(fold(told)) == (await connection.execute(select(changes.c.document))).scalar_one()
        await connection.execute(delete(settings).where(settings.c.name == SHAPE))
    assert await rebuild_projections(store.engine) == 0
    assert len(told) == len(history())
    [change] = await unit.changes.find()
    assert {each.by for each in told} == {change.requester}
    assert change.requester.name == ONE
    assert OTHERS_WORDS in change.plan.what
    with pytest.raises(BackupError, match=f"Nobody with the id {ZOE.id} is known"):
        await forget(url, ZOE.id)


async def test_the_file_of_the_database_has_nothing_of_a_forgotten_person_either(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    store = await open_store(url, RetryLog())
    unit = autocommit(store)
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    await unit.chats.put(PersonalConversation(ZOE, "http://x", CHAT))
    await plant(store)
    await unit.absences.add(ZOE, s.NOW.date(), s.NOW.date())
    async with store.engine.begin() as connection:  # removed earlier, and so left in a free place of the file
        await connection.execute(text("PRAGMA secure_delete = OFF"))
        await connection.execute(delete(absences))
    sought = {each.encode() for each in (*spellings(), *TOKEN, ZOE.name.casefold(), "brien-m", "Brien-M")}
    sought -= {spellings()[-1].encode()}  # the address of a document; its token is sought for itself

    def left() -> set[bytes]:
        written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        return {each for each in sought if each in written}

    def indexed() -> set[str]:
        with contextlib.closing(sqlite3.connect(tmp_path / "changes.db")) as connection:
            connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, change_words, row)")
            return {term for (term,) in connection.execute("SELECT term FROM temp.terms")}

    assert len(left()) > len(sought) / 2
    assert {"n-m", "-mu"} <= indexed()

    assert (await forget(url, ZOE.id, MAILS[1:])).is_wiped  # the bot has it open

    assert left() == set()
    assert not {"n-m", "-mu"} & indexed()
    assert len(await unit.changes.find()) == 1
    await store.close()
    assert left() == set()


async def test_a_template_stays_pre_approved_and_writes_to_nobody_who_is_forgotten(unit: UnitOfWork, url: str) -> None:
    of = replace(s.plan(), what=f"{ZOE.name} runs it.", notify=("a@example.ch", MAILS[0]))
    await unit.people.upsert([UserProfile(ZOE)])
    template = a_template(of, ZOE, "notify")
    await unit.templates.save(approved(template))

    await forget(url, ZOE.id, MAILS)

    found = await unit.templates.get(template.name)
    assert found is not None
    assert (found.by.name, found.plan.what, found.plan.notify) == (ONE, f"{ONE} runs it.", ("a@example.ch",))
    assert found.approval is not None
    assert found.approval.fingerprint == found.fingerprint
    assert found.breaches(replace(of, what=f"{ONE} runs it.", notify=("a@example.ch",))) == ()


async def test_a_namesake_and_those_whose_name_has_it_inside_are_left_alone(unit: UnitOfWork, url: str) -> None:
    anna, namesake = Person(_id(1), "Anna Rey"), Person(_id(2), "Anna Rey")
    longer, change = Person(_id(3), "Susanna Rey"), Person(_id(4), "Change")
    sentence = "Susanna Reymond, Hannah Reynolds and Anna Rey-Meier know. Change of plan: Test the change."
    await unit.people.upsert([UserProfile(each) for each in (anna, longer, change)])
    await s.saved(unit, s.submitted(), about=replace(s.plan(), implementer=longer, what=sentence))
    await unit.access_denials.note(
        AccessDenial(s.NOW, anna, "CHG-2026-0001", "go.give", "chat", f"Ask Anna Rey. {sentence}")
    )
    await unit.access_denials.note(
        AccessDenial(s.NOW, change, "", "go.give", "chat", "Change CHG-2026-0001 is a change.")
    )

    await forget(url, anna.id)
    await forget(url, change.id)

    [theirs] = await unit.changes.find()
    by_change, by_anna = await unit.access_denials.latest()
    assert [each.person.name for each in await unit.people.everybody()] == [longer.name]
    assert (theirs.plan.implementer.name, theirs.plan.what) == (longer.name, sentence)
    assert (by_anna.person.name, by_anna.sentence) == (ONE, f"Ask {ONE}. {sentence}")
    assert (by_change.person.name, by_change.sentence) == (f"{FORMER} 2", "Change CHG-2026-0001 is a change.")
    await unit.people.upsert([UserProfile(anna), UserProfile(namesake)])
    await unit.access_denials.note(AccessDenial(s.at(1), namesake, "", "go.give", "chat", "Anna Rey may not."))

    await forget(url, anna.id)

    assert {each.person.id for each in await unit.people.everybody()} == {namesake.id, longer.id}
    newest, *_ = await unit.access_denials.latest()
    assert (newest.person.name, newest.sentence) == ("Anna Rey", "Anna Rey may not.")


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-0000000000{number:02}"


async def test_those_who_are_forgotten_are_told_apart_for_good(unit: UnitOfWork, url: str) -> None:
    third = Person(_id(3), "Eva Moret")
    await unit.people.upsert([UserProfile(each) for each in (s.ANNE, ZOE, third)])
    await s.saved(unit, *s.scheduled(), about=replace(s.plan(), what=f"{ZOE.name} asked {s.ANNE.name}."))

    await forget(url, ZOE.id)
    await forget(url, s.ANNE.id)
    await forget(url, third.id)  # of whom nothing is left by that

    newcomer = Person(_id(4), "Leo Dupont")
    [after] = await unit.changes.find()
    await unit.access_denials.note(AccessDenial(s.NOW, newcomer, "", "go.give", "chat", "Leo Dupont may not."))
    assert after.plan.what == f"{FORMER} 1 asked {FORMER} 2."
    with pytest.raises(BackupError):
        await forget(url, _id(9))
    await forget(url, newcomer.id)
    [refused] = await unit.access_denials.latest()
    assert (refused.person.name, refused.sentence) == (f"{FORMER} 4", f"{FORMER} 4 may not.")


async def test_nothing_is_mailed_to_a_forgotten_person_now_or_later(unit: UnitOfWork, url: str) -> None:
    about = replace(s.plan(), notify=(MAILS[0], "luc@example.ch"))
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    change = await s.saved(unit, *s.scheduled(), about=about, effects=(_mail(MAILS[0]), _mail("luc@example.ch")))
    for address in about.notify:
        told = DeliveryRecord(
            f"first:mail:{address}", change.id, "planned", address, DeliveryChannel.MAIL, DeliveryStatus.SENT, s.NOW
        )
        await unit.delivery_log.note(told)

    await forget(url, ZOE.id)

    waiting = await unit.outbox.claim(s.at(60), "me", 60)
    [after] = await unit.changes.find()
    lines = await unit.delivery_log.of(change.id)
    assert [each.effect.to.address for each in waiting if isinstance(each.effect, MailNotice)] == ["luc@example.ch"]
    assert after.plan.notify == ("luc@example.ch",)
    assert {each.to for each in lines} == {ONE, "luc@example.ch"}
    cancelled = replace(_mail(MAILS[0]).notice, key="second", kind=NoticeKind.CANCELLED)
    assert recipients_of_retraction(lines, cancelled, ()) == (Recipient("luc@example.ch"),)


def _mail(address: str) -> MailNotice:
    notice = SendNotice("first", "CHG-2026-0001", NoticeKind.PLANNED, s.plan().window, s.NOW)
    return mailed(notice, Recipient(address), 1)


async def test_an_earlier_read_brings_no_forgotten_person_back(store: Store, url: str, postgres: Postgres) -> None:
    async with store.units() as unit:
        await unit.people.upsert([UserProfile(ZOE, MRI)])
        change = await s.saved(unit, s.submitted(), about=replace(s.plan(), what=f"{ZOE.name} is told."))

    async with store.units() as unit:
        read = await unit.changes.load(change.id)
        assert read is not None
        forgetting = asyncio.create_task(forget(url, ZOE.id))
        if url.startswith("postgresql"):
            await _until_somebody_waits(postgres)
        await s.appended(unit, read.change, read.version, s.extended(30))
    await forgetting

    async with store.engine.begin() as connection:
        assert await connection.run_sync(lambda c: list(_standing(c))) == []
    async with store.units() as unit:
        [after] = await unit.changes.find()
        assert after == fold(await unit.changes.history(change.id))
    assert after.extended_minutes == 30


async def _until_somebody_waits(postgres: Postgres) -> None:
    watching = create_async_engine(postgres.url("changes"), isolation_level="AUTOCOMMIT")
    async with asyncio.timeout(20), watching.connect() as connection:
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not (await connection.execute(query)).scalar_one():  # noqa: ASYNC110  # the database is looked at
            await asyncio.sleep(0.01)
    await watching.dispose()


async def test_keys_that_differ_in_the_spelling_of_an_id_stay_two(store: Store, unit: UnitOfWork, url: str) -> None:
    effects = [s.entry("CHG-2026-0001", f"digest:{each}") for each in (ZOE.id, ZOE.id.upper())]
    await unit.outbox.add(effects, s.NOW)
    await unit.settings.put("acting:nadia", ZOE.id)

    await forget(url, ZOE.id)

    assert await unit.settings.get("acting:nadia"), "what a setting is called is nobody's name"
    async with store.engine.connect() as connection:
        one, other = (await connection.execute(select(outbox.c.key))).scalars()
    assert other == f"{one}~2" or one == f"{other}~2"


def personal_settings() -> set[str]:
    """The prefixes of the settings that the code keeps for one person."""
    kept = re.compile(r'return f"([a-z]+):\{(?:person\.id|person_id)\}"')
    folders = ("application", "bot", "changes", "dialogs", "local", "scheduler", "web")
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {prefix for path in paths for prefix in kept.findall(path.read_text(encoding="utf-8"))}


async def test_no_setting_of_a_forgotten_person_stays_whatever_it_is_for(unit: UnitOfWork, url: str) -> None:
    prefixes = personal_settings()
    assert {"language", "digest", "acting"} <= prefixes
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    for prefix in prefixes:
        await unit.settings.put(f"{prefix}:{ZOE.id}", "fr")
        await unit.settings.put(f"{prefix}:{OTHER_ID}", "fr")

    await forget(url, ZOE.id)

    for prefix in prefixes:
        assert await unit.settings.get(f"{prefix}:{ZOE.id}") is None, prefix
        assert await unit.settings.get(f"{prefix}:{OTHER_ID}") == "fr", prefix


async def test_a_column_that_cannot_be_read_for_people_stops_it_before_anything_is_changed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    store = await open_store(url, RetryLog())
    await autocommit(store).people.upsert([UserProfile(ZOE, MRI)])
    async with store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE people ADD COLUMN picture BLOB"))
        await connection.execute(text("UPDATE people SET picture = x'00ff'"))

    with pytest.raises(BackupError, match="nothing was changed: the column picture holds a bytes"):
        await forget(url, ZOE.id)

    assert await autocommit(store).people.get(ZOE.id)
    await store.close()


async def test_whoever_nobody_has_met_cannot_be_forgotten_and_that_is_said(unit: UnitOfWork, url: str) -> None:
    await s.saved(unit, *s.scheduled())

    for person in ("", "clock", "nobody at all", ZOE.name, ZOE.id):
        with pytest.raises(BackupError, match=r"^Nobody with the id .* is known: give the Entra object id\."):
            await forget(url, person)


ODD = ("-", "2", "👍", "2031", "PostThreadMessage", "T Z", "will young", "Help Desk", "Data Base")
WRITTEN = "Do it - then (2 of 2031) 👍: the 1 data base, Will Young will; call the help desk in 2026. Tell T Z a b."


async def test_every_name_can_be_forgotten_and_what_others_wrote_stays(unit: UnitOfWork, url: str) -> None:
    people = [Person(_id(n), name) for n, name in enumerate(ODD, start=10)]
    said = ("Ask the Help Desk first.", "Update of the Data Base")
    about = replace(s.plan(), implementer=people[0], what=WRITTEN, rollback=said[0], title=said[1])
    change = await s.saved(unit, *s.scheduled(), s.completed(), about=about, effects=(s.entry("CHG-2026-0001"),))
    await unit.people.upsert([UserProfile(each) for each in people])
    for each in people:
        await unit.access_denials.note(AccessDenial(s.NOW, each, change.id, "go.give", "chat", "Refused."))

    unsure: set[str] = set()
    for each in people:
        unsure |= set((await forget(url, each.id)).unsure)

    [after] = await unit.changes.find()
    assert await unit.people.everybody() == ()
    names = {each.person.name for each in await unit.access_denials.latest()}
    assert names == {f"{FORMER} {n}" for n in range(1, len(people) + 1)}
    [entry] = await unit.outbox.claim(s.at(60), "me", 60)
    assert entry.effect == s.entry("CHG-2026-0001", entry.effect.key)
    assert after.plan.implementer.name == ONE
    assert after.plan == replace(about, implementer=after.plan.implementer)
    assert {"CHG-2026-0001: Ask the Help Desk first.", "CHG-2026-0001: Update of the Data Base"} <= unsure
    assert any("Will Young will" in each for each in unsure)


async def test_a_name_that_is_given_is_taken_out_of_what_people_wrote(unit: UnitOfWork, url: str) -> None:
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    await s.saved(unit, s.submitted(), about=replace(s.plan(), what="zoë o'brien-müller, or Zozo, knows."))
    unsure = (await forget(url, ZOE.id, names=["Zozo"])).unsure
    assert unsure == (f"CHG-2026-0001: zoë o'brien-müller, or {ONE}, knows.",)
    await forget(url, ZOE.id, names=[ZOE.name, "-", " "])
    [change] = await unit.changes.find()
    # That it is the same person cannot be known any more: nobody else's number is given.
    assert change.plan.what == f"{FORMER}, or {ONE}, knows."


async def test_what_was_decided_and_told_of_a_plan_holds_once_somebody_is_forgotten(unit: UnitOfWork, url: str) -> None:
    plan, elsewhere = replace(s.plan(), implementer=ZOE), replace(s.plan(), implementer=s.RITA)
    told = [
        Drafted("CHG-2026-0001", replace(plan, title="An earlier title")),
        PlanEdited(plan, short_notice=False),
        ConflictAllowed(plan.fingerprint, "It is short.", ZOE),
        s.submitted(),
        PrecheckApproved(plan.fingerprint, "", waives_lead_time=False, deputy_for=ZOE),
        Reassigned(ZOE, s.RITA),
        GoGiven(elsewhere.fingerprint, "", ZOE),
        Reassigned(s.RITA, s.RITA),
        Reassigned(s.RITA, ZOE),
        GoGiven(plan.fingerprint, "", ZOE),
        s.completed(),  # whoever stands in an open change is not forgotten
    ]
    trail = [Entry(n, s.at(n), ZOE if n > 1 else s.ANNE, "chat", each) for n, each in enumerate(told, start=1)]
    before = fold(trail)
    await unit.changes.save(before, 0, trail, (), (), s.NOW)
    await unit.people.upsert([UserProfile(ZOE, MRI)])
    await unit.dialogs.save("a:nadia|29:nadia", {"answers": {"implementer": ZOE.id}}, 0)
    assert conflict_allowed(before)
    assert ZOE in before.editors
    assert ZOE in before.formerly

    await forget(url, ZOE.id)

    [after] = await unit.changes.find()
    history = await unit.changes.history(after.id)
    assert encode(after) == encode(fold(history))
    former = after.plan.implementer
    assert (former.name, former in after.editors, former in after.formerly) == (ONE, True, True)
    chosen = await unit.dialogs.load("a:nadia|29:nadia")
    assert former.id in str(chosen), "whoever fills in a form goes on with the same former member"
    assert conflict_allowed(after)
    assert after.go is not None
    assert (after.go.fingerprint, after.told) == (after.plan.fingerprint, announced_text(after))
    assert {entry.by for entry in history} == {former, s.ANNE}, "everything was done by one and the same"
