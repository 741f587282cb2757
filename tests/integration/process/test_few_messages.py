"""How many messages a change posts, whom it calls to their own acts (nobody), and the page that lists them all."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from changes.model import Outcome, State
from changes.notification import CardKind, NoticeKind, ThreadMessage
from tests.support import message_table
from tests.support.running import START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, CLAIRE, NADIA, PIERRE, Call, Somebody, words

MOST_OF_A_GOOD_CHANGE = 8
MOST_MORE_OF_A_BAD_DAY = 5
STARTED = datetime(2027, 4, 15, 22, tzinfo=ZURICH)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """Everybody has opened the chat with the bot."""
    async with running(tmp_path, START) as bot:
        for who in (NADIA, PIERRE, CLAIRE):
            await bot.type(who, "hello")
        yield bot


def posted(bot: Bot) -> dict[str, list[Call]]:
    """What stands in each thread of the channel, as it was posted."""
    found: dict[str, list[Call]] = {}
    for call in bot.teams.calls:
        if call.kind != "edit" and call.message.conversation.startswith(CHANNEL):
            found.setdefault(call.message.conversation, []).append(call)
    return found


def called(call: Call) -> str:
    return call.message.text + " ".join(words(call.message.card) if call.message.card else [])


async def press(bot: Bot, who: Somebody, verb: str, **inputs: str) -> None:
    """Press, and see that what is said of it calls somebody else."""
    seen = len(bot.teams.calls)
    await bot.press(who, verb, **inputs)
    for call in bot.teams.calls[seen:]:
        assert call.kind == "edit" or f"<at>{who.name}</at>" not in called(call), (verb, called(call))


async def happy_until(bot: Bot, moment: datetime) -> None:
    await bot.requested()
    await bot.advance(datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH))
    await press(bot, PIERRE, "precheck.approve")
    await bot.advance(datetime(2027, 4, 8, 9, 0, 10, tzinfo=ZURICH))
    await press(bot, PIERRE, "go.give")
    await bot.advance(moment)
    await press(bot, NADIA, "window.start")


async def test_a_good_change_posts_at_most_eight_messages_and_one_announcement(bot: Bot) -> None:
    await happy_until(bot, STARTED)
    for test in ("0", "1"):
        await press(bot, NADIA, "test.result", test=test, result="pass")
    await press(bot, NADIA, "change.complete")
    await bot.advance(datetime(2027, 4, 16, 9, 0, 10, tzinfo=ZURICH))
    await press(bot, NADIA, "review.save", comment="All went as planned.")
    assert (await bot.change()).state is State.COMPLETED
    told = {thread: [called(call)[:90] for call in calls] for thread, calls in posted(bot).items()}
    (own,) = [calls for calls in told.values() if any("Submitted" in each for each in calls[:1])]
    others = [
        calls for calls in told.values() if calls is not own and "is now linked to this conversation" not in str(calls)
    ]
    assert len(own) <= MOST_OF_A_GOOD_CHANGE, own
    assert len(others) == 1, "one thread for those affected"
    assert len(others[0]) == 4, "announced, reminded, begun, ended"


async def test_a_bad_day_posts_at_most_five_more(bot: Bot) -> None:
    """An issue, an extension, an incident with two attempts and an update, a restore, and the tests once more."""
    await happy_until(bot, STARTED)
    before = {thread: len(calls) for thread, calls in posted(bot).items()}
    await press(bot, NADIA, "trouble.report", reason="Nobody can log in.")
    await bot.advance(datetime(2027, 4, 15, 23, 5, tzinfo=ZURICH))
    await press(bot, NADIA, "window.extend", extra_minutes="60", reason="The log-in is repaired.")
    await bot.advance(datetime(2027, 4, 16, 0, 5, tzinfo=ZURICH))
    await press(bot, NADIA, "incident.declare", incident="Still nobody can log in.")
    for way in ("fix", "files"):
        await press(bot, NADIA, "incident.tried", way=way, comment="It was of no use.")
    await press(bot, NADIA, "incident.update", incident_update_en="We know the cause.")
    await press(bot, NADIA, "restore.ask")
    await press(bot, PIERRE, "restore.confirm", vps_name="Hannibal")
    await bot.advance(datetime(2027, 4, 16, 1, 10, tzinfo=ZURICH))
    for test in ("0", "1"):
        await press(bot, NADIA, "test.result", test=test, result="pass")
    await press(bot, NADIA, "change.complete")
    assert (await bot.change()).outcome is Outcome.ROLLED_BACK
    after = posted(bot)
    own = next(thread for thread, calls in after.items() if "Submitted" in called(calls[0]))
    more = [called(call)[:60] for call in after[own][before[own] :]]
    assert len(more) <= MOST_MORE_OF_A_BAD_DAY, more
    assert set(after) == set(before), "no further thread was begun"


def test_the_page_of_all_messages_is_that_of_the_code() -> None:
    written = message_table.DOCS.read_text(encoding="utf-8")
    assert written == message_table.document(), "run `python -m tests.support.message_table`"


def test_a_message_that_nothing_gives_rise_to_is_found() -> None:
    found = message_table.said()
    assert message_table.whole(found) is found
    for kind in (ThreadMessage.RESTORE_LATE, NoticeKind.RESCHEDULED, CardKind.CUTOFF):
        with pytest.raises(LookupError, match=kind.value.replace("_", " ").replace("rescheduled", "new date")):
            message_table.whole({each: row for each, row in found.items() if each[1] is not kind})
    anew = found | {(ThreadMessage, ThreadMessage.STARTED): message_table.Row("Somebody has started it.")}
    with pytest.raises(LookupError, match="a card says it instead: started"):
        message_table.whole(anew)
