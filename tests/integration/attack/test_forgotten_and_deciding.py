"""Nobody decides about their own change, or confirms their own restore, by being forgotten while the bot runs."""

import re
from datetime import datetime
from pathlib import Path

from changes.model import State
from tests.integration.attack.test_erasure import forget, services
from tests.support.running import CHANGE, START, ZURICH, running
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE


def left_out(folder: Path, *people: str) -> str:
    """Settings without those people, whose bot still runs with the old ones."""
    text = Path(services(folder, PIERRE.object_id)).read_text(encoding="utf-8")
    for each in people:
        text = text.replace(each, LUC.object_id)
    file = folder / "newer.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


async def test_nobody_approves_their_own_change_after_being_forgotten(tmp_path: Path) -> None:
    given = services(tmp_path, PIERRE.object_id)
    async with running(tmp_path, START, CHANGE_SERVICES=given) as bot:
        await bot.requested(who=PIERRE)
        await bot.advance(datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH))
        for file, sentence, ended in (
            (given, f"{given} still names them (service learn approver", 1),
            (str(tmp_path / "none.toml"), "there is no ", 2),
            (str(tmp_path / "changes.db"), "cannot be read", 1),
        ):
            status, said = await forget(tmp_path, PIERRE.object_id.upper(), "--services", file)
            assert (status, sentence in said) == (ended, True), said
        newer = left_out(tmp_path, PIERRE.object_id)

        status, said = await forget(tmp_path, PIERRE.object_id, "--services", newer)

        assert status == 1
        assert f"not over: {CHANGE} (requester, implementer)" in said
        await bot.type(PIERRE, f"/change approve {CHANGE}")
        assert "somebody else has to decide about it" in bot.teams.texts()[-1]
        # Handing it over does not make it another's as far as decisions go.
        await bot.type(CLAIRE, f"/change assign {CHANGE} requester {NADIA.name}")
        await bot.type(CLAIRE, f"/change assign {CHANGE} implementer {NADIA.name}")
        status, said = await forget(tmp_path, PIERRE.object_id, "--services", newer)
        assert status == 1
        assert re.search(rf"not over: {CHANGE} \((requester|had it before)", said)
        assert (await bot.change()).state is State.PRECHECK_PENDING

        await bot.type(CLAIRE, f"/change cancel {CHANGE} It is requested anew.")
        status, said = await forget(tmp_path, PIERRE.object_id, "--services", newer)
        assert status == 0, said


async def test_nobody_confirms_their_own_restore_after_being_forgotten(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path, PIERRE.object_id)) as bot:
        await bot.started()
        await bot.type(CLAIRE, f"/change trouble {CHANGE} It burns.")
        await bot.type(CLAIRE, f"/change incident {CHANGE} It burns.")
        await bot.type(CLAIRE, f"/change restore {CHANGE}")
        newer = left_out(tmp_path, CLAIRE.object_id)

        status, said = await forget(tmp_path, CLAIRE.object_id, "--services", newer)

        assert status == 1
        assert f"not over: {CHANGE} (asked for its restore)" in said
        await bot.type(CLAIRE, f"/change confirm {CHANGE} Hannibal")
        assert (await bot.change()).state is State.INCIDENT
        await bot.type(CLAIRE, f"/change norestore {CHANGE}")
        status, said = await forget(tmp_path, CLAIRE.object_id, "--services", newer)
        assert status == 0, said
