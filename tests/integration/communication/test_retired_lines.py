"""An outbox that an earlier version filled: what a card says by now is not said again, and holds nothing up."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from changes.notification.thread_messages import RETIRED
from storage.tables import outbox
from tests.support.running import CHANGE, START, running
from tests.support.teams import NADIA, PIERRE, Somebody

LINE = (
    '{{"key":"{key}","change":"CHG-2027-0001","line":"{line}","by":{{"id":"{by.object_id}","name":"{by.name}"}},'
    '"at":"2027-03-15T09:00:05Z","detail":"It is done.","mention":[{{"id":"{to.object_id}","name":"{to.name}"}}]}}'
)
IN_PERSON = (
    '{{"key":"{key}:person","change":"CHG-2027-0001","tell":{tell},"to":{{"id":"{to.object_id}","name":"{to.name}"}}}}'
)
"""As versions wrote them that said a line for each step of the day."""


def entry(kind: str, key: str, body: str) -> dict[str, object]:
    """A row of the outbox."""
    facts = {"kind": kind, "key": key, "body": body, "lane": "change:CHG-2027-0001", "attempts": 0}
    return {**facts, "created_at": START, "not_before": START}


def entries(line: str, by: Somebody, to: Somebody) -> list[dict[str, object]]:
    """The line in the thread, and in the chat of somebody whom the thread could not reach."""
    body = LINE.format(key=line, line=line, by=by, to=to)
    tell = IN_PERSON.format(key=line, tell=body, to=to)
    return [entry("tell", line, body), entry("tell_person", f"{line}:person", tell)]


async def test_what_a_card_says_by_now_is_delivered_empty_and_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.type(PIERRE, "hello")
        await bot.requested()
        said = len(bot.teams.calls)
        rows = [row for line in sorted(RETIRED) for row in entries(line, NADIA, PIERRE)]
        async with bot.app.store.engine.begin() as connection:
            await connection.execute(insert(outbox), rows)
        await bot.settle()
        assert bot.teams.calls[said:] == []
        async with bot.app.store.engine.connect() as connection:
            wanted = select(outbox.c.done_at, outbox.c.dead_at).where(outbox.c.key.in_([row["key"] for row in rows]))
            ends = list(await connection.execute(wanted))
        assert len(ends) == 2 * len(RETIRED)
        assert all(done is not None and dead is None for done, dead in ends)
        assert not await bot.unit.messages.get(CHANGE, "started")
        assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
