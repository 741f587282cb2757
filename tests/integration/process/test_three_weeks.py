# ruff: noqa: E501  # what is sent stands here as it is
"""The whole main job over plain HTTP, with a Connector of our own: everything the bot sends, in order, with its time."""

from tests.support.running import Bot
from tests.support.story import told
from tests.support.teams import NADIA, PIERRE, Message, words

EXPECTED = """
15.03. 10:00 post personal: Request a change | Or type your answers: **Title?** A short one. | What | learn | Service
15.03. 10:00 post personal: CHG-2027-0001 has been submitted. Pierre André is asked for the pre-check on Thu 1 Apr 2027, 09:00 (CEST).
15.03. 10:00 post thread 0: **ISC Learn Platform** is now linked to this conversation: its changes are tracked here.
15.03. 10:00 thread thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Submitted | Request ✓ – **Pre-check ●** – GO – Snapshot – Window – Review | Next: pre-check by Pierre André or a deputy, on Thu 1 Apr 2027, 09:00 (CEST).
30.03. 09:00 post personal: The pre-check of CHG-2027-0001 is in 2 days. Is everything prepared? `/change edit CHG-2027-0001` changes the plan.
30.03. 09:00 post personal: Tue 30 Mar, 09:00 | • Reminder to prepare, in your chat.
01.04. 09:00 post personal: Thu 1 Apr, 09:00 | • Pre-check requested of Pierre André, in the channel.
01.04. 09:00 post personal: **Pierre André** approved the pre-check of CHG-2027-0001.
01.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Awaiting pre-check | Request ✓ – **Pre-check ●** – GO – Snapshot – Window – Review | Now: the pre-check is waiting for Pierre André or a deputy.
01.04. 09:00 post thread 1: <at>Pierre André</at>: your pre-check of CHG-2027-0001 (Update to version 5) is needed. | Pre-check | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Awaiting pre-check
01.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Pre-check approved | Request ✓ – Pre-check ✓ – **GO ●** – Snapshot – Window – Review | Next: GO / NO-GO by Pierre André or a deputy, on Thu 8 Apr 2027, 09:00 (CEST).
01.04. 09:00 edit thread 1: Pre-check | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Pre-check approved | **Pierre André** approved the pre-check on Thu 1 Apr 2027, 09:00 (CEST).
07.04. 09:00 post personal: Wed 7 Apr, 09:00 | • Readiness check. | • Snapshot preflight passed.
08.04. 09:00 post personal: Thu 8 Apr, 09:00 | • GO / NO-GO requested of Pierre André, in the channel.
08.04. 09:00 post personal: **Pierre André** gave **GO** for CHG-2027-0001. It takes place Thu 15 Apr 2027, 22:00–23:30 (CEST).
08.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Awaiting GO | Request ✓ – Pre-check ✓ – **GO ●** – Snapshot – Window – Review | Now: GO / NO-GO is waiting for Pierre André or a deputy.
08.04. 09:00 post thread 1: <at>Pierre André</at>: GO or NO-GO for CHG-2027-0001 (Update to version 5)? | GO / NO-GO | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Awaiting GO
08.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Scheduled | Request ✓ – Pre-check ✓ – GO ✓ – **Snapshot ●** – Window – Review | Next: reminder to everyone on Wed 14 Apr 2027, 09:00 (CEST), then the data snapshot starts on Thu 15 Apr 2027, 19:15 (CEST).
08.04. 09:00 edit thread 1: Pre-check | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Pre-check approved | **Pierre André** approved the pre-check on Thu 1 Apr 2027, 09:00 (CEST).
08.04. 09:00 edit thread 1: GO / NO-GO | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | GO given | **Pierre André** gave GO on Thu 8 Apr 2027, 09:00 (CEST).
08.04. 09:00 thread thread 2: **ISC Learn Platform: Planned maintenance**
14.04. 09:00 post personal: Wed 14 Apr, 09:00 | • Reminder to people affected, in the channel. | • Snapshot preflight passed.
14.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Scheduled | Request ✓ – Pre-check ✓ – GO ✓ – **Snapshot ●** – Window – Review | Next: the data snapshot starts on Thu 15 Apr 2027, 19:15 (CEST).
14.04. 09:00 post thread 2: **ISC Learn Platform: Reminder: maintenance tomorrow**
15.04. 19:15 post personal: Thu 15 Apr, 19:15 | • The snapshot CHG-2027-0001 was requested. | • The snapshot started.
15.04. 19:15 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Awaiting its snapshot | Request ✓ – Pre-check ✓ – GO ✓ – **Snapshot ●** – Window – Review | Now: the data snapshot is being requested from Infomaniak.
15.04. 19:15 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Snapshot in progress | Request ✓ – Pre-check ✓ – GO ✓ – **Snapshot ●** – Window – Review | Now: the data snapshot is running.
15.04. 19:15 post thread 1: Data snapshot | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Snapshot in progress | ≈ 0 %, ready about 21:45
15.04. 20:30 post personal: Thu 15 Apr, 20:30 | • The snapshot reached 50 %.
15.04. 20:30 edit thread 1: Data snapshot | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Snapshot in progress | ≈ 50 %, ready about 21:45
15.04. 21:45 post personal: The snapshot CHG-2027-0001 is finished after 2 h 30 min. The work can start from 22:00 on.
15.04. 21:45 post personal: Thu 15 Apr, 21:45 | • The snapshot CHG-2027-0001 is complete.
15.04. 21:45 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Ready to start | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Next: Nadia Favre starts the work on Thu 15 Apr 2027, 22:00 (CEST).
15.04. 21:45 edit thread 1: Data snapshot | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Ready to start | ✓ Snapshot complete: the work can start from Thu 15 Apr 2027, 22:00 (CEST).
15.04. 22:00 post personal: Thu 15 Apr, 22:00 | • Start of the window: Nadia Favre, in the channel.
15.04. 22:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Ready to start | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre starts the work, or postpones it.
15.04. 22:00 post thread 1: <at>Nadia Favre</at>: it is time for CHG-2027-0001 (Update to version 5). | Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Ready to start
15.04. 22:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on it.
15.04. 22:00 edit thread 1: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
15.04. 22:00 edit thread 1: Data snapshot | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Kept | Snapshot kept: CHG-2027-0001, taken Thu 15 Apr 2027, 21:45 (CEST).
15.04. 22:00 post thread 2: **ISC Learn Platform: Maintenance has started**
15.04. 22:40 post personal: Thu 15 Apr, 22:40 | • Nothing happened meanwhile.
15.04. 22:40 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – **Window ●** – Review | Now: Nadia Favre is working on it.
15.04. 22:40 edit thread 1: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
15.04. 22:40 edit thread 1: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | In progress | Started
15.04. 22:40 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – Window ✓ – **Review ●** | Outcome
15.04. 22:40 edit thread 1: Implementation | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed | Started
15.04. 22:40 post thread 1: <at>Pierre André</at>: CHG-2027-0001 is completed. The review follows on the next working day.
15.04. 22:40 post thread 2: **ISC Learn Platform: Maintenance finished**
16.04. 09:00 post personal: Fri 16 Apr, 09:00 | • Review requested of Nadia Favre, in the channel.
16.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – Window ✓ – **Review ●** | Outcome
16.04. 09:00 post thread 1: <at>Nadia Favre</at>: how did CHG-2027-0001 (Update to version 5) go? | Review | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed
16.04. 09:00 edit thread 1: Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed | Request ✓ – Pre-check ✓ – GO ✓ – Snapshot ✓ – Window ✓ – Review ✓ | Outcome
16.04. 09:00 edit thread 1: Review | Update to version 5 | CHG-2027-0001 · ISC Learn Platform | Completed | Thu 15 Apr 2027, 22:00–23:30 (CEST)
"""
ANNOUNCED = """
Request a change
CHG-2027-0001 (Update to version 5): Submitted
Pierre André: your pre-check of CHG-2027-0001 (Update to version 5) is needed.
Pierre André: GO or NO-GO for CHG-2027-0001 (Update to version 5)?
ISC Learn Platform: Planned maintenance (Update to version 5)
ISC Learn Platform: Reminder: maintenance tomorrow (Update to version 5)
CHG-2027-0001 (Update to version 5): Snapshot in progress
Nadia Favre: it is time for CHG-2027-0001 (Update to version 5).
ISC Learn Platform: Maintenance has started (Update to version 5)
ISC Learn Platform: Maintenance finished (Update to version 5)
Nadia Favre: how did CHG-2027-0001 (Update to version 5) go?
"""
"""What a notification says of each card and notice."""


def _is_notice(message: Message) -> bool:
    return message.text.startswith("**ISC Learn Platform: ")


async def test_everything_that_is_sent_from_the_request_to_the_review_in_order_and_in_time(bot: Bot) -> None:
    await bot.drafted()
    await bot.press(NADIA, "change.submit")
    await bot.next()  # the reminder to prepare
    await bot.next()  # the pre-check
    await bot.press(PIERRE, "precheck.approve")
    await bot.next()  # whether somebody can decide
    await bot.next()  # GO / NO-GO
    await bot.press(PIERRE, "go.give")
    await bot.next()  # the reminder to everyone
    await bot.next()  # the snapshot begins
    await bot.next()  # half done
    await bot.next()  # done
    await bot.next()  # the start
    await bot.press(NADIA, "window.start")
    await bot.type(NADIA, "/clock +40m")
    await bot.teams.until(lambda: any("22:40" in words(each.card)[0] for each in bot.clock_reports()))
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    await bot.press(NADIA, "change.complete")
    await bot.next()  # the review
    await bot.press(NADIA, "review.save", comment="All went as planned.")
    assert await bot.unit.outbox.dead() == ()
    sent, calls = told(bot), bot.teams.calls
    assert sent == EXPECTED.strip().splitlines()
    clock = {each.id for each in bot.clock_reports()}
    posts = [call.message for call in calls if call.kind != "edit" and call.message.id not in clock]
    shown = [message for message in posts if not message.text or _is_notice(message)]
    assert [message.activity["summary"] for message in shown] == ANNOUNCED.strip().splitlines()
