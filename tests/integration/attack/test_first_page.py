"""Nothing is looked for on the first page of a query only: behind 505 drafts and 505 changes of others all is found."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import httpx
from icalendar import Calendar
from sqlalchemy import insert

from application.ports import VersionedChange
from cards.overview.calendar import MOST_IN_A_WEEK
from changes.effects import SendDigest
from changes.model import Change, Plan, Snapshot, SnapshotStatus, State, Window
from storage.change_store import columns_of
from storage.tables import changes
from tests.support.running import START, ZURICH, Bot
from tests.support.teams import CHANNEL, CLAIRE, GROUP, LUC, NADIA, PIERRE, Somebody, words

MANY = 505
"""More than were ever read at once."""
ROOT = Path(__file__).parents[3]
PAGES = {
    "web/wiki/pages.py _index": "find: the latest ones, and the page says how many at most",
    "storage/searching.py _page": "limit: a page is shown, and how many there are in all, or at least",
    "storage/searching.py looking": "limit: of the first ones; where they are too few the index of words is asked",
    "storage/searching.py counting": "limit: counted up to so many, and that there are at least so many is said",
    "storage/searching.py _merged": "limit: of each part as many as a page may need",
    "application/series/drafting.py look": "limit: of a rule’s days, which have no end; a look is followed by the next",
    "application/series/drafting.py next_dates": "limit: of the days of a rule, which has no end",
    "application/queries/past.py similar_changes": "find: of the latest ones those that are most alike are shown",
    "storage/templates.py _GET": "limit: one, the latest entry of its name",
    "dialogs/request_template.py part_of_form": "find: a few past changes are offered beside the templates",
    "dialogs/request_template.py choose": "slice: a text",
    "bot/commands/templates.py _named": "slice: a text",
    "bot/turn/dialog_press.py _options": "slice: a text",
    "bot/commands/templates.py template": "slice: a text",
    "bot/commands/templates.py _use": "slice: a text",
    "storage/change_store.py _AFTER": "limit: and then those behind the last one, until there is none",
    "storage/retention.py _oldest": "limit: and then those that are the oldest then, until there is none",
    "storage/tasks.py _statements": "limit: the first are shown, and how many there are in all",
    "storage/tasks.py _others": "limit: the first are shown, and that there are more",
    "storage/outbox.py _NEXT_ATTEMPT": "limit: one, the soonest",
    "storage/outbox_queue.py first_of": "limit: one, the oldest of its ordering key",
    "storage/outbox_queue.py _next_of": "limit: whoever carries them out asks again until there is none",
    "storage/outbox_queue.py _heads": "limit: those that are taken up with the first one; the others come after them",
    "storage/outbox_queue.py _OVERDUE": "limit: whoever carries them out asks again until there is none",
    "storage/access_denials.py count": "limit: no more are counted, and that there are more is said",
    "storage/access_denials.py latest": "limit: an admin is shown the last ones, and nothing is selected from them",
    "storage/rows.py rows": "limit: and then those behind the last one, until the table ends",
    "storage/rate_limits.py _at": "limit: one, by its number",
    "storage/due_items.py _DUE": "limit: and then the next, until there is none",
    "storage/due_items.py _NEXT_DUE": "limit: one, the soonest",
    "storage/due_items.py _SOON": "limit: more of them change nothing about the alarm",
    "storage/due_items.py _FREE": "limit: whoever carries them out asks again until there is none",
    "storage/due_items.py _PUT_FIRST": "limit: one, the first of its owner",
    "scheduler/outbox.py _advance": "slice: and then the others, until all are closed",
    "application/limits/rate_limiter.py _answer": "slice: and then the others, until all are answered",
    "bot/turn/people_search.py find_people": "slice: a text",
    "changes/planning/conflicts.py free_slots": "limit: the nearest, and every booking is looked at for each",
    "application/replanning.py remeasure": "slice: a text",
    "application/replanning.py _replanned": "slice: all of them, so many in each transaction",
    "bot/commands/queries.py calendar": "find: more than a card has room for, and how many there are",
    "application/queries/worklist.py _read_through": "slice: the first are shown, and how many there are in all",
    "bot/commands/addresses.py export": "slice: a text",
    "bot/commands/registry.py unknown": "slice: a text",
    "bot/commands/command_context.py named_changes": "slice: a text",
    "bot/turn/turn_handler.py handle": "slice: a text",
    "application/session.py numbered": "slice: the newest, of those that the person may see",
    "dialogs/request.py _ask_again": "slice: the names of the form's fields",
    "dialogs/request.py _typed": "slice: the names of the form's fields",
    "storage/change_store.py _HISTORY": "limit: and then those behind the last one, until there is none",
    "application/api/gate.py changes_at": "find: these are only named as reasons, and twenty are enough to read",
    "web/api/queries.py list_changes": "slice: a page, and the cursor of the next",
    "web/api/commands.py _once": "slice: a digest",
    "web/pages/views.py calendar_view": "find: more than a page has room for, and that there are more is said",
    "web/pages/views.py record_view": "slice: a text",
    "web/webhooks/addresses.py checked": "slice: of one host's addresses a few are tried",
    "web/webhooks/sender.py _event": "slice: the history until the event, which is told as it was",
    "web/http_calls.py _beginning": "slice: of an answer's body no more is needed",
}
"""Who takes no more than so many of what there is, and why nobody misses the others."""
_CUTS = ("limit", "fetch", "fetchmany", "islice", "nsmallest", "nlargest")


def a_change(number: int, state: State, day: date, *, by: Somebody = NADIA, what: str = "Seeded") -> Change:
    """One as it is stored; it was handed in, unless it is a draft."""
    window = Window.on(day, time(22), 60, ZURICH)
    plan = Plan("learn", f"{what} {number}", "Everything", window, ("Log in",), by.person, risks="None known")
    change = Change(f"CHG-2026-{number:04}", by.person, plan, state, START, tests=(None,), asked_at=START)
    return change if state is State.DRAFT else change.with_(submitted_at=START, requested_at=START, state_since=START)


async def seed(bot: Bot, seeded: Sequence[Change]) -> None:
    """Write them all, in one transaction."""
    async with bot.app.store.engine.begin() as connection:
        await connection.execute(insert(changes), [columns_of(each) | {"id": each.id, "version": 1} for each in seeded])
    async with bot.app.store.units() as unit:
        for each in seeded:
            stored, service = VersionedChange(each, 1), bot.app.catalogue.services[each.plan.service]
            await unit.changes.bring_up_to_date(stored, service)


def crowd() -> list[Change]:
    """Drafts and changes of others whose windows come first."""
    first = START.date() + timedelta(days=30)
    states = [State.DRAFT] * MANY + [State.SUBMITTED] * MANY
    return [a_change(n, state, first, by=LUC) for n, state in enumerate(states, start=1)]


async def shown(bot: Bot, who: Somebody, line: str) -> str:
    await bot.type(who, line)
    return " | ".join(words(bot.teams.calls[-1].message.card))


async def test_everything_is_found_behind_a_thousand_others(bot: Bot) -> None:
    await bot.type(PIERRE, "/change help")  # the bot may write to him
    last = START.date() + timedelta(days=50)
    asked = [a_change(9001 + n, State.PRECHECK_PENDING, last + timedelta(days=n)) for n in range(2)]
    mine = a_change(9003, State.SUBMITTED, last, by=CLAIRE, what="Hers")
    carried_out = replace(mine.plan, implementer=PIERRE.person, title="His to carry out")
    handed_in, draft = (mine.with_(id=f"CHG-2026-900{n}", plan=carried_out) for n in (4, 5))
    draft = draft.with_(state=State.DRAFT, submitted_at=None, plan=replace(carried_out, title="Not to be known"))
    await seed(bot, [*crowd(), *asked, mine, handed_in, draft])

    tasks = await shown(bot, PIERRE, "/change mine")
    assert all(each.plan.title in tasks for each in asked)
    assert "His to carry out" in tasks
    assert "Not to be known" not in tasks, "who is to carry out a draft may not see it yet"
    assert "Hers 9003" in await shown(bot, CLAIRE, "/change mine")
    assert "Nothing to do right now" in await shown(bot, NADIA, "/change mine")

    digest = SendDigest("digest", asked[0].id, PIERRE.person, START.date())
    await bot.unit.outbox.add([digest], bot.clock.now())
    await bot.settle()
    said = " | ".join(words(bot.teams.calls[-1].message.card))
    assert all(each.plan.title in said for each in asked)

    assert f"of {MANY + 4}" in await shown(bot, PIERRE, "/change list")
    assert "Seeded 9002" in await shown(bot, PIERRE, f"/change list page {(MANY + 4) // 10 + 1}")
    assert "His to carry out" in await shown(bot, PIERRE, "/change list mine")
    assert str(MANY + 4) in await shown(bot, PIERRE, "/change stats learn 2027")

    await bot.type(NADIA, "/change feed")
    [path] = re.findall(r"http://127\.0\.0\.1:\d+(/[^\s)]+)", bot.teams.calls[-1].message.text)
    async with httpx.AsyncClient() as client:
        fed = await client.get(f"http://127.0.0.1:{bot.app.port}{path}")
    events = {str(each["uid"]) for each in Calendar.from_ical(fed.content).walk("VEVENT")}
    assert len([each for each in events if each.startswith("CHG-")]) == MANY + 4
    assert f"{asked[1].id}@change-bot" in events
    await bot.type(NADIA, "change bind learn", GROUP)
    follow = str([each.activity for each in bot.teams.standing_in(GROUP)])
    assert all(each.plan.title in follow for each in asked), "its changes follow where the service is bound anew"


async def test_a_week_with_more_windows_than_a_card_holds_shows_some_and_says_how_many_are_left_out(bot: Bot) -> None:
    day = START.date() + timedelta(days=1)
    await seed(bot, [a_change(n, State.SCHEDULED, day) for n in range(1, MANY)])
    calendar = await shown(bot, PIERRE, "/change calendar")
    listed = calendar.count("Seeded")
    assert listed > 15
    assert f"At least {MOST_IN_A_WEEK - listed} more changes this week: type" in calendar
    assert "Mon 22 Mar 2027 to Sun 16 May 2027: no changes." in await shown(
        bot, PIERRE, "/change calendar 2027-03-22"
    ), "the next one is a button away"
    later = [each for each in bot.teams.calls if each.message.card][-2].message.card
    assert "2027-03-22" in str(later)


async def test_whoever_is_away_is_stood_in_for_wherever_they_are_asked(bot: Bot) -> None:
    days = [START.date() + timedelta(days=30 + n) for n in range(51)]
    await seed(bot, [a_change(n, State.PRECHECK_PENDING, day) for n, day in enumerate(days, start=1)])
    await bot.type(PIERRE, f"/change absent {START:%Y-%m-%d}")
    told = {each.message.conversation for each in bot.teams.calls if "is away" in each.message.text}
    assert len([each for each in told if each.startswith(CHANNEL)]) == len(days)


async def test_every_live_card_ticks_however_long_ago_others_should_have_ended(bot: Bot) -> None:
    stale = [a_change(n, State.IN_PROGRESS, START.date() - timedelta(days=3)) for n in range(1, 60)]
    window = Window(START - timedelta(minutes=30), START + timedelta(hours=1))
    now = a_change(9001, State.IN_PROGRESS, START.date())
    now = now.with_(plan=replace(now.plan, window=window), started_at=START, snapshot=Snapshot(SnapshotStatus.WAIVED))
    await seed(bot, [*stale, now])
    await bot.app.worker.run_due()
    await bot.clock.move_to(bot.clock.now() + timedelta(minutes=1), bot.app.store.units)
    await bot.app.worker._refresher.run()
    ticking = {each.effect.change for each in await bot.unit.outbox.claim(bot.clock.now(), "me", 60)}
    assert ticking == {now.id}


def test_nobody_reads_only_the_first_ones_but_who_says_so() -> None:
    """Whoever gives a limit to `find`, or to a statement, or cuts a sequence where stored things are read, is above."""
    folders = ("application", "bot", "cards", "changes", "dialogs", "local", "notices", "scheduler", "storage", "web")
    found = set()
    for path in (each for folder in folders for each in (ROOT / folder).rglob("*.py")):
        for name, cut in cuts(
            ast.parse(path.read_text(encoding="utf-8")), is_storage=path.is_relative_to(ROOT / "storage")
        ):
            found.add((f"{path.relative_to(ROOT).as_posix()} {name}", cut))
    assert found == {(name, why.partition(":")[0]) for name, why in PAGES.items()}


def cuts(tree: ast.AST, *, is_storage: bool) -> Iterator[tuple[str, str]]:
    """The functions and statements that take only so many, and how: whatever reads the store is asynchronous."""
    for named in (each for each in ast.iter_child_nodes(tree) if is_storage and isinstance(each, ast.Assign)):
        if any(isinstance(node, ast.Attribute) and node.attr in _CUTS for node in ast.walk(named)):
            yield ast.unparse(named.targets[0]), "limit"
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                if called in _CUTS:
                    yield function.name, "limit"
                elif called == "find" and any(each.arg == "limit" for each in node.keywords):
                    yield function.name, "find"
            is_cut = isinstance(node, ast.Slice) and node.upper is not None and not is_storage
            if is_cut and isinstance(function, ast.AsyncFunctionDef):
                yield function.name, "slice"
