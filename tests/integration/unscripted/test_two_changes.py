# ruff: noqa: E501  # what is sent stands here as it is
"""Two changes of one server: what one does to the other is said to both, and nothing overlaps unsaid."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from changes.model import Outcome, SnapshotStatus, State
from tests.support.days import card_with
from tests.support.postgres import Server
from tests.support.running import START, Bot, running
from tests.support.said import posts
from tests.support.story import line, place_by_place
from tests.support.teams import EVERYBODY, GROUP, LUC, NADIA, PIERRE
from tests.support.two_services import FORUM_CHANGE, FORUM_FORM, LEARN, both_with_go, evening, services

EXPECTED = """
15.04. 22:00 post Nadia Favre: Done: CHG-2027-0001 is in progress. Now: Nadia Favre is working on it. Cutoff: Thu 15 Apr 2027, 23:00 (CEST).
15.04. 22:00 post announcement: **ISC Learn Platform: Maintenance has started**
15.04. 22:30 post Nadia Favre: Done: CHG-2027-0001 has an open issue. Now: Nadia Favre is working on the issue. Cutoff: Thu 15 Apr 2027, 23:00 (CEST).
15.04. 22:30 post Pierre André: **Nadia Favre** reported an issue with CHG-2027-0001. “The import hangs.”
15.04. 23:00 post learn: <at>Nadia Favre</at>: cutoff reached for CHG-2027-0001 (Update to version 5): decision needed. | Cutoff reached: decision needed | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Decision needed
15.04. 23:05 post Nadia Favre: CHG-2027-0001 ends Fri 16 Apr 2027, 01:00 (CEST) now, and everyone affected is told. CHG-2027-0001 is in its extended window. Now: Nadia Favre is working on the issue. Cutoff: Fri 16 Apr 2027, 00:30 (CEST).
15.04. 23:05 post Pierre André: **Nadia Favre** extended CHG-2027-0001: it ends Fri 16 Apr 2027, 01:00 (CEST) now. “The import needs longer.”
15.04. 23:05 post announcement: **ISC Learn Platform: Maintenance takes longer**
15.04. 23:05 post forum: <at>Luc Bonvin</at>: **Nadia Favre** extended CHG-2027-0001 (Update to version 5): it needs hannibal longer now, into the time of CHG-2027-0002.
15.04. 23:05 post learn: Other changes near CHG-2027-0001, on its server or service: CHG-2027-0002 (Forum to version 3).
16.04. 00:30 post forum: <at>Luc Bonvin</at>: it is time for CHG-2027-0002 (Forum to version 3). | Implementation | Forum to version 3 | CHG-2027-0002 · ISC Forum | Ready to start
16.04. 00:30 post learn: <at>Nadia Favre</at>: cutoff reached for CHG-2027-0001 (Update to version 5): decision needed. | Cutoff reached: decision needed | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Decision needed
16.04. 00:31 post Luc Bonvin: Done: CHG-2027-0002 is in progress. Now: Luc Bonvin is working on it. Cutoff: Fri 16 Apr 2027, 01:30 (CEST).
16.04. 00:31 post forum: Other changes near CHG-2027-0002, on its server or service: CHG-2027-0001 (Update to version 5).
16.04. 00:31 post forum: **ISC Forum: Maintenance has started**
16.04. 00:31 post learn: <at>Nadia Favre</at>: CHG-2027-0002 (Forum to version 3) has started on Hannibal while CHG-2027-0001 is at work there.
16.04. 00:40 post learn: <at>Nadia Favre</at> and <at>Pierre André</at>: the window of CHG-2027-0001 ends Fri 16 Apr 2027, 01:00 (CEST). Solved, extension or incident? Please decide on the cutoff card.
16.04. 00:45 post Nadia Favre: Done: CHG-2027-0001 is an incident. Now: Nadia Favre is working on the recovery: a fix, files from a backup, or a snapshot restore. Next incident update due by Fri 16 Apr 2027, 02:45 (CEST).
16.04. 00:45 post Nadia Favre: You requested the restore of CHG-2027-0001. A second person must confirm it, on the incident card or with `/change confirm CHG-2027-0001 Hannibal`. CHG-2027-0001 is an incident. Now: a restore was requested; a second person must confirm it on the incident card. Next incident update due by Fri 16 Apr 2027, 02:45 (CEST).
16.04. 00:45 post Pierre André: **Nadia Favre** requested a snapshot restore for CHG-2027-0001. A second person must confirm it on the incident card.
16.04. 00:45 post announcement: **ISC Learn Platform: Incident**
16.04. 00:45 post forum: <at>Luc Bonvin</at>: **Nadia Favre** asks to restore CHG-2027-0001 (Update to version 5) on hannibal. That would overwrite what CHG-2027-0002 did there, because it was started after that snapshot.
16.04. 00:45 post learn: <at>Pierre André</at>: CHG-2027-0001 (Update to version 5) is an incident now. | Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident
16.04. 00:45 post learn: <at>Claire Rey</at>: **Nadia Favre** requested a snapshot restore for CHG-2027-0001. A second person must confirm it on the incident card.
16.04. 00:50 post learn: <at>Pierre André</at>: the restore of CHG-2027-0001 still waits for its confirmation, on the incident card.
16.04. 00:52 post Luc Bonvin: CHG-2027-0001 (Update to version 5) is being restored on hannibal: its data is overwritten, so no test counts and nothing ends there before that is done. Test again then.
16.04. 00:52 post Pierre André: Restore confirmed. CHG-2027-0001 is being restored. Now: the data is being restored, until about Fri 16 Apr 2027, 01:52 (CEST); then the tests are rerun. Next incident update due by Fri 16 Apr 2027, 02:52 (CEST).
16.04. 00:52 post announcement: **ISC Learn Platform: Incident update**
16.04. 00:52 post forum: <at>Luc Bonvin</at>: CHG-2027-0001 (Update to version 5) is being restored on hannibal: what CHG-2027-0002 did there since that snapshot is overwritten.
16.04. 00:52 post learn: Incident process prepared | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | The data is being restored. If that does not solve it, everything the incident process needs is here.
16.04. 01:00 post Luc Bonvin: CHG-2027-0001 (Update to version 5) is being restored on hannibal: its data is overwritten, so no test counts and nothing ends there before that is done. Test again then.
16.04. 01:30 post forum: <at>Luc Bonvin</at>: cutoff reached for CHG-2027-0002 (Forum to version 3): decision needed. | Cutoff reached: decision needed | Forum to version 3 | CHG-2027-0002 · ISC Forum | Decision needed
16.04. 01:40 post forum: <at>Luc Bonvin</at> and <at>Pierre André</at>: the window of CHG-2027-0002 ends Fri 16 Apr 2027, 02:00 (CEST). Solved, extension or incident? Please decide on the cutoff card.
16.04. 01:52 post Nadia Favre: CHG-2027-0001 (Update to version 5): the data is restored. Run the tests again.
16.04. 01:52 post forum: <at>Luc Bonvin</at>: the restore of CHG-2027-0001 has overwritten the data of hannibal. Test results of CHG-2027-0002 from before it no longer count.
16.04. 02:00 post forum: <at>Luc Bonvin</at> and <at>Pierre André</at>: the window of CHG-2027-0002 is over and it is still in progress. Everyone affected was asked for patience; please decide now.
16.04. 02:00 post forum: **ISC Forum: Maintenance not finished yet**
16.04. 02:10 post Luc Bonvin: Done: CHG-2027-0002 is an incident. Now: Luc Bonvin is working on the recovery: a fix, files from a backup, or a snapshot restore. Next incident update due by Fri 16 Apr 2027, 04:10 (CEST).
16.04. 02:10 post Luc Bonvin: Recovery attempt logged. CHG-2027-0002 is an incident. Now: Luc Bonvin is working on the recovery: a fix, files from a backup, or a snapshot restore. Next incident update due by Fri 16 Apr 2027, 04:10 (CEST).
16.04. 02:10 post Luc Bonvin: All tests without a result passed. CHG-2027-0002 is an incident. Now: Luc Bonvin is working on the recovery: a fix, files from a backup, or a snapshot restore. Next incident update due by Fri 16 Apr 2027, 04:10 (CEST).
16.04. 02:10 post Luc Bonvin: The incident is closed. CHG-2027-0002 is completed. Next: the review, on Mon 19 Apr 2027, 09:00 (CEST).
16.04. 02:10 post Nadia Favre: All tests without a result passed. CHG-2027-0001 is in progress. Now: the data is restored; Nadia Favre reruns the tests. The window is over: complete, extend, or declare an incident.
16.04. 02:10 post Nadia Favre: Done: CHG-2027-0001 is completed. Next: the review, on Mon 19 Apr 2027, 09:00 (CEST).
16.04. 02:10 post Pierre André: CHG-2027-0001 has ended: the data is as it was before the change. The review follows on the next working day.
16.04. 02:10 post Pierre André: CHG-2027-0002 is completed. The review follows on the next working day.
16.04. 02:10 post announcement: **ISC Learn Platform: Incident resolved**
16.04. 02:10 post forum: <at>Pierre André</at>: CHG-2027-0002 (Forum to version 3) is an incident now. | Incident | Forum to version 3 | CHG-2027-0002 · ISC Forum | Incident
16.04. 02:10 post forum: **ISC Forum: Incident**
16.04. 02:10 post forum: **ISC Forum: Incident resolved**
19.04. 09:00 post forum: <at>Luc Bonvin</at>: how did CHG-2027-0002 (Forum to version 3) go? | Review | Forum to version 3 | CHG-2027-0002 · ISC Forum | Completed after an incident
19.04. 09:00 post learn: <at>Nadia Favre</at>: how did CHG-2027-0001 (Update to version 5) go? | Review | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back
"""


@pytest.fixture(params=["sqlite", "postgresql"])
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """Both services, on either database."""
    more = {"CHANGE_SERVICES": services(tmp_path)}
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        more["CHANGE_DATABASE_URL"] = await server.emptied()
    async with running(tmp_path, START, **more) as bot:
        yield bot


async def at_work(bot: Bot) -> None:
    """It is 15 April, 22:00, and the first change has begun; the second is to begin at 00:30."""
    await both_with_go(bot)
    await bot.advance(evening(22, 0))
    await bot.type(NADIA, f"/change start {LEARN}")
    bot.teams.calls.clear()


def told(bot: Bot, since: int = 0) -> list[str]:
    """Every message (no edit) since so many calls: the forum's go to its group, the platform's to its channel, answers to whoever typed."""
    places = {GROUP: "forum"} | {f"personal-{who.id}": who.name for who in EVERYBODY}
    for call in bot.teams.calls:
        if call.kind == "thread":
            places[call.message.conversation] = "learn" if call.message.card else "announcement"
    said = [call for call in bot.teams.calls[since:] if call.kind != "edit"]
    lines = (line(call, dict(places)) for call in said)
    named = (places.get(call.message.conversation) for call in said)
    return place_by_place(each.replace(" personal:", f" {place}:") for each, place in zip(lines, named, strict=True))


async def test_two_changes_on_one_server_are_told_line_by_line_in_order_and_in_time(both: Bot) -> None:
    await both_with_go(both)
    await both.advance(evening(22, 0))  # up to here what each is told stands in process/test_three_weeks
    before = len(both.teams.calls)
    await both.type(NADIA, f"/change start {LEARN}")
    await both.advance(evening(22, 30))
    await both.type(NADIA, f"/change trouble {LEARN} The import hangs.")
    await both.advance(evening(23, 5))
    await both.type(NADIA, f"/change extend {LEARN} 90 The import needs longer.")
    await both.advance(evening(0, 31, 16))
    await both.type(LUC, f"/change start {FORUM_CHANGE}")
    await both.advance(evening(0, 45, 16))
    await both.type(NADIA, f"/change incident {LEARN} Nobody can log in.")
    await both.type(NADIA, f"/change restore {LEARN}")
    assert FORUM_CHANGE in card_with(both, "restore.confirm"), "whoever confirms reads whose work is lost"
    await both.advance(evening(0, 52, 16))
    await both.type(PIERRE, f"/change confirm {LEARN} Hannibal")
    await both.type(LUC, f"/change test {FORUM_CHANGE} all pass")
    await both.advance(evening(1, 0, 16))
    await both.type(LUC, f"/change done {FORUM_CHANGE}")
    await both.advance(evening(2, 10, 16))
    await both.type(NADIA, f"/change test {LEARN} all pass")
    await both.type(NADIA, f"/change done {LEARN}")
    await both.type(LUC, f"/change incident {FORUM_CHANGE} The forum is as before, its data was put back.")
    await both.type(LUC, f"/change tried {FORUM_CHANGE} fix The update was run again.")
    await both.type(LUC, f"/change test {FORUM_CHANGE} all pass")
    await both.type(LUC, f"/change close {FORUM_CHANGE}")
    await both.advance(evening(9, 1, 19))
    learn, forum = await both.change(LEARN), await both.change(FORUM_CHANGE)
    assert (learn.state, learn.outcome) == (State.COMPLETED, Outcome.ROLLED_BACK)
    assert (forum.state, forum.outcome) == (State.COMPLETED, Outcome.FIXED)
    assert await both.unit.outbox.dead() == ()
    sent = told(both, before)
    assert sent == EXPECTED.strip().splitlines()
    assert len(set(sent)) == len(sent), "nothing is told twice"


async def test_a_window_near_another_of_the_same_server_is_named_at_the_request_and_at_the_move(both: Bot) -> None:
    await both.type(NADIA, "change bind forum", GROUP)
    await both.requested()
    assert not posts(both, "near CHG-2027-0001")
    await both.requested(FORUM_FORM, LUC)
    assert "CHG-2027-0001 (Update to version 5)" in posts(both, f"near {FORUM_CHANGE}")[-1]
    await both.type(NADIA, f"/change move {LEARN} 2027-04-16 01:00")
    assert f"{FORUM_CHANGE} (Forum to version 3)" in posts(both, f"near {LEARN}")[-1]


async def test_while_one_is_an_incident_the_other_does_not_start_unless_the_approver_says_why(both: Bot) -> None:
    await at_work(both)
    await both.advance(evening(23, 0))
    await both.type(NADIA, f"/change incident {LEARN} Nobody can log in.")
    await both.advance(evening(0, 31, 16))
    [locked] = posts(both, f"it is time for {FORUM_CHANGE}")
    assert "CHG-2027-0001 (Update to version 5) is an incident on hannibal: nothing else starts there." in locked
    for who in (LUC, PIERRE):
        await both.type(who, f"/change start {FORUM_CHANGE}")
        assert "nothing else starts there. Only the approver or a deputy" in posts(both)[-1]
        assert (await both.change(FORUM_CHANGE)).state is State.READY
    await both.type(PIERRE, "They do not touch each other.")
    assert (await both.change(FORUM_CHANGE)).state is State.IN_PROGRESS
    assert "“They do not touch each other.”" in posts(both, "beside an incident on the same server")[0]
    assert posts(both, f"{FORUM_CHANGE} (Forum to version 3) has started on Hannibal while {LEARN} is at work there.")


async def test_two_restores_of_one_server_do_not_run_at_once_and_nobody_is_asked_to_confirm_what_has_to_wait(
    both: Bot,
) -> None:
    await at_work(both)
    await both.type(NADIA, f"/change extend {LEARN} 90 The import needs longer.")
    await both.advance(evening(0, 31, 16))
    await both.type(LUC, f"/change start {FORUM_CHANGE}")
    for who, change in ((NADIA, LEARN), (LUC, FORUM_CHANGE)):
        await both.type(who, f"/change incident {change} It is broken.")
        await both.type(who, f"/change restore {change}")
    await both.type(PIERRE, f"/change confirm {LEARN} Hannibal")
    await both.type(PIERRE, f"/change confirm {FORUM_CHANGE} hannibal")
    assert "is being restored on hannibal right now" in posts(both)[-1]
    await both.advance(evening(1, 40, 16))
    nudges = [line[:12] for line in posts(both, f"restore of {FORUM_CHANGE} still waits")]
    assert all(line > "16.04. 01:31" for line in nudges), nudges
    await both.type(PIERRE, f"/change confirm {FORUM_CHANGE} hannibal")
    assert (await both.change(FORUM_CHANGE)).state is State.RESTORING


async def test_a_snapshot_that_would_fall_into_the_others_window_is_taken_earlier_and_back_when_that_is_gone(
    stored: Bot,
) -> None:
    await both_with_go(stored)
    assert (await stored.change(FORUM_CHANGE)).snapshot_at == evening(16, 30).replace(second=0)
    [earlier] = posts(stored, f"snapshot of {FORUM_CHANGE} begins at Thu 15 Apr 2027, 16:30 (CEST), earlier than usual")
    assert "Restoring it would undo the work of CHG-2027-0001 too." in earlier
    await stored.type(NADIA, f"/change cancel {LEARN} It is not needed.")
    assert (await stored.change(FORUM_CHANGE)).snapshot_at is None
    assert posts(stored, f"snapshot of {FORUM_CHANGE} begins at its usual time again: Thu 15 Apr 2027, 21:45 (CEST)")


async def test_a_snapshot_is_held_while_the_other_is_at_work_and_begins_when_it_ends(stored: Bot) -> None:
    await both_with_go(stored, {"time": "03:00"})
    await stored.advance(evening(22, 0))
    await stored.type(NADIA, f"/change start {LEARN}")
    await stored.type(NADIA, f"/change extend {LEARN} 120 The import needs longer.")
    await stored.advance(evening(0, 16, 16))
    held = await stored.change(FORUM_CHANGE)
    assert (held.snapshot.status, held.snapshot.detail) == (SnapshotStatus.HELD, LEARN)
    [waits] = posts(stored, f"the snapshot of {FORUM_CHANGE} waits")
    assert waits.startswith("16.04. 00:15 <at>Luc Bonvin</at> and <at>Pierre André</at>:")
    assert "CHG-2027-0001" in waits, "it is our own, and nobody on the dashboard"
    await stored.advance(evening(0, 40, 16))
    await stored.type(NADIA, f"/change test {LEARN} all pass")
    await stored.type(NADIA, f"/change done {LEARN}")
    begun = (await stored.change(FORUM_CHANGE)).snapshot
    assert begun.status is SnapshotStatus.RUNNING
    assert begun.started_at is not None
    assert stored.clock.now() - begun.started_at < timedelta(minutes=1)
    await stored.advance(stored.clock.now() + timedelta(minutes=151))
    assert (await stored.change(FORUM_CHANGE)).state is State.READY


async def test_the_approver_lets_a_held_snapshot_begin_beside_the_other_with_a_reason_and_both_hear_of_it(
    both: Bot,
) -> None:
    await both_with_go(both, {"time": "03:00"})
    await both.advance(evening(22, 0))
    await both.type(NADIA, f"/change start {LEARN}")
    await both.type(NADIA, f"/change incident {LEARN} Nobody can log in.")
    await both.advance(evening(0, 20, 16))
    await both.type(LUC, f"/change retry {FORUM_CHANGE} I cannot wait.")
    assert (await both.change(FORUM_CHANGE)).snapshot.status is SnapshotStatus.HELD
    await both.type(PIERRE, f"/change retry {FORUM_CHANGE} The forum has a disk of its own.")
    assert (await both.change(FORUM_CHANGE)).snapshot.status is SnapshotStatus.RUNNING
    assert "<at>Luc Bonvin</at>" in posts(both, "“The forum has a disk of its own.”")[0]
    assert "<at>Nadia Favre</at>" in posts(both, f"is being taken for {FORUM_CHANGE} (Forum to version 3) now")[0]
