# ruff: noqa: E501  # what is sent stands here as it is
"""A day that goes badly, over plain HTTP: everything the bot sends from the start on, in order, with its time."""

from changes.model import Outcome, State
from tests.support.running import Bot
from tests.support.story import told
from tests.support.teams import NADIA, PIERRE
from tests.support.two_services import evening

EXPECTED = """
15.04. 22:40 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on it.
15.04. 22:40 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
15.04. 22:40 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 22:40 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Started
15.04. 22:40 post thread 0: <at>Pierre André</at>: **Nadia Favre** reported an issue with CHG-2027-0001. “Nobody can log in.”
15.04. 23:00 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 23:00 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 23:00 post thread 0: <at>Nadia Favre</at>: cutoff reached for CHG-2027-0001 (Update to version 5): decision needed. | Cutoff reached: decision needed | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Decision needed
15.04. 23:10 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 23:10 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Issue reported | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 23:10 post thread 0: <at>Nadia Favre</at> and <at>Pierre André</at>: the window of CHG-2027-0001 ends Thu 15 Apr 2027, 23:30 (CEST). Solved, extension or incident? Please decide on the cutoff card.
15.04. 23:10 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress, extended | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
15.04. 23:10 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress, extended | Started
15.04. 23:10 edit thread 0: Cutoff | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Answered | **Nadia Favre** extended the window by 1 h on Thu 15 Apr 2027, 23:10 (CEST):
15.04. 23:10 post thread 0: <at>Pierre André</at>: **Nadia Favre** extended CHG-2027-0001: it ends Fri 16 Apr 2027, 00:30 (CEST) now. “The log-in has to be repaired.”
15.04. 23:10 post thread 1: **ISC Learn Platform: Maintenance takes longer**
16.04. 00:00 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress, extended | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
16.04. 00:00 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress, extended | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
16.04. 00:00 post thread 0: <at>Nadia Favre</at>: cutoff reached for CHG-2027-0001 (Update to version 5): decision needed. | Cutoff reached: decision needed | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Decision needed
16.04. 00:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress, extended | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the issue.
16.04. 00:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on the recovery: a fix, files from a backup, or a snapshot restore.
16.04. 00:05 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident | Started
16.04. 00:05 edit thread 0: Cutoff | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Answered | **Nadia Favre** declared an incident on Fri 16 Apr 2027, 00:05 (CEST):
16.04. 00:05 post thread 0: <at>Pierre André</at>: CHG-2027-0001 (Update to version 5) is an incident now. | Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident
16.04. 00:05 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident | Now: Nadia Favre is working on the recovery: a fix, files from a backup, or a snapshot restore.
16.04. 00:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: a restore was requested; a second person must confirm it on the incident card.
16.04. 00:05 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Incident | Next incident update due by Fri 16 Apr 2027, 02:05 (CEST).
16.04. 00:05 post thread 0: <at>Pierre André</at> and <at>Claire Rey</at>: **Nadia Favre** requested a snapshot restore for CHG-2027-0001. A second person must confirm it on the incident card.
16.04. 00:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 00:05 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 00:05 post thread 0: Incident process prepared | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | The data is being restored. If that does not solve it, everything the incident process needs is here.
16.04. 00:05 post thread 1: **ISC Learn Platform: Incident**
16.04. 00:05 post thread 1: **ISC Learn Platform: Incident update**
16.04. 00:35 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 00:35 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 00:35 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 01:05 post personal: CHG-2027-0001 (Update to version 5): the data is restored. Run the tests again.
16.04. 01:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Restore in progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is being restored, until about Fri 16 Apr 2027, 01:05 (CEST); then the tests are rerun.
16.04. 01:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is restored; Nadia Favre reruns the tests.
16.04. 01:05 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Still nobody can log in.
16.04. 01:05 edit thread 0: Incident process prepared | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | The data is restored; the tests are being rerun. If that does not solve it, everything the incident process needs is here.
16.04. 01:05 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
16.04. 01:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is restored; Nadia Favre reruns the tests.
16.04. 01:05 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is restored; Nadia Favre reruns the tests.
16.04. 01:10 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: the data is restored; Nadia Favre reruns the tests.
16.04. 01:10 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
16.04. 01:10 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
16.04. 01:10 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – Window ✓ – **Review ●** | Outcome
16.04. 01:10 edit thread 0: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back | Started
16.04. 01:10 edit thread 0: Cutoff | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Answered | **Nadia Favre** declared an incident on Fri 16 Apr 2027, 00:05 (CEST):
16.04. 01:10 edit thread 0: Incident | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back | Still nobody can log in.
16.04. 01:10 edit thread 0: Incident process prepared | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back | ✓ The incident is resolved.
16.04. 01:10 post thread 0: <at>Pierre André</at>: CHG-2027-0001 has ended: the data is as it was before the change. The review follows on the next working day.
16.04. 01:10 post thread 1: **ISC Learn Platform: Incident resolved**
19.04. 09:00 edit thread 0: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – Window ✓ – **Review ●** | Outcome
19.04. 09:00 post thread 0: <at>Nadia Favre</at>: how did CHG-2027-0001 (Update to version 5) go? | Review | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Rolled back
"""


async def test_a_bad_day_is_told_line_by_line_in_order_and_in_time(bot: Bot) -> None:
    await bot.started()  # what is sent up to here stands in test_three_weeks
    bot.teams.calls.clear()
    await bot.advance(evening(22, 40))
    await bot.press(NADIA, "test.result", test="0", result="fail")
    await bot.press(NADIA, "trouble.report", reason="Nobody can log in.")
    await bot.advance(evening(23, 10))  # the cutoff, and nobody answers it
    await bot.press(NADIA, "window.extend", extra_minutes="60", reason="The log-in has to be repaired.")
    await bot.advance(evening(0, 5, 16))  # the cutoff of the new end
    await bot.press(NADIA, "incident.declare", reason="Still nobody can log in.")
    await bot.press(NADIA, "incident.tried", result="files", comment="The files of yesterday: the same error.")
    await bot.press(NADIA, "restore.ask")
    await bot.press(NADIA, "restore.confirm", vps_name="Hannibal")  # refused: it takes another person
    await bot.press(PIERRE, "restore.confirm", vps_name="Hasdrubal")  # refused: another server
    await bot.press(PIERRE, "restore.confirm", vps_name="Hannibal")
    await bot.advance(evening(1, 10, 16))  # half done, and done
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    await bot.press(NADIA, "change.complete")
    await bot.advance(evening(9, 0, 19))  # the review, on Monday: it ended on Friday, after midnight
    assert await bot.unit.outbox.dead() == ()
    change = await bot.change()
    assert (change.state, change.outcome) == (State.COMPLETED, Outcome.ROLLED_BACK)
    sent = told(bot)
    assert sent == EXPECTED.strip().splitlines()
    posts = [line for line in sent if " edit " not in line]
    assert len(set(posts)) == len(posts), "nothing is told twice"
