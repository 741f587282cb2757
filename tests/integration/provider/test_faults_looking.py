"""Faults that meet a look at the provider: before it is asked for something, and while that is followed."""

from pathlib import Path

import pytest

from changes.model import SnapshotStatus, State
from changes.snapshots import FailureReason
from local.simulator import FAULTS
from tests.support.fault_cases import AGAIN, EACH, What
from tests.support.faults import HASTY, PATIENT, Stage, Stories, begin, text, to_the_end, way_on
from tests.support.teams import verbs

REFUSALS = {
    "unauthorised": ("does not accept the bot's", FailureReason.TOKEN),
    "forbidden": ("may not do this at Infomaniak", FailureReason.RIGHT),
    "not-found": ("does not know this", FailureReason.NOT_FOUND),
}
NOTHING_IS_WRONG = {"snapshot": ["change.postpone", "snapshot.waive"], "restore": ["incident.update"]}
"""What can be pressed while the provider does it: a snapshot can be waived, affected people told, at any time."""
PASSING = sorted(
    name
    for name, fault in FAULTS.items()
    if fault.target == "any" and name not in REFUSALS and fault.way not in ("someone-else", "attached", "limited")
)
REPORTS = {
    "snapshot": ["snapshot.finished", "snapshot.failed", "snapshot.waive", "change.postpone"],
    "restore": ["restore.done", "restore.failed", "incident.update"],
}


def patience(fault: str) -> float:
    return HASTY if FAULTS[fault].way == "hang" else PATIENT


async def stands(stage: Stage, what: What) -> bool:
    """Whether the change still waits for the operation."""
    change = await stage.now_it_is()
    if what == "restore":
        return change.state is State.RESTORING
    return change.snapshot.status in (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING)


@EACH
@pytest.mark.parametrize("fault", REFUSALS)
async def test_a_no_to_the_look_beforehand_is_said_and_nothing_is_asked_for(
    stories: Stories, tmp_path: Path, backend: str, what: What, fault: str
) -> None:
    says, cause = REFUSALS[fault]
    async with stories.stage(tmp_path, backend, what) as stage:
        await stage.look()
        stage.simulator.inject_fault(fault, on="read", times=None)
        await begin(stage, what)
        operation = await stage.latest(what)
        assert operation is not None
        assert (operation.cause, stage.asked(what)) == (cause, 0)
        assert says in stage.thread[-1]
        assert says in text(stage.card(what))
        stage.simulator.clear_faults()
        await way_on(stage, AGAIN[what])
        assert (await to_the_end(stage, what)).state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (1, 1)


@EACH
@pytest.mark.parametrize("fault", PASSING)
async def test_a_look_beforehand_that_fails_is_made_again_and_then_it_is_asked_for_once(
    stories: Stories, tmp_path: Path, backend: str, what: What, fault: str
) -> None:
    async with stories.stage(tmp_path, backend, what, patience(fault)) as stage:
        await stage.look()
        stage.simulator.inject_fault(fault, on="read")
        await begin(stage, what)
        assert stage.asked(what) == 0
        await stage.go_on(1)
        operation = await stage.latest(what)
        assert operation is not None
        assert (operation.cause, stage.asked(what), stage.made(what)) == (None, 1, 1)
        assert await stands(stage, what)
        assert verbs(stage.card(what)) == NOTHING_IS_WRONG[what]


@EACH
@pytest.mark.parametrize("fault", [*REFUSALS, *PASSING])
async def test_what_cannot_be_seen_for_ten_minutes_is_said_once_with_its_reason_and_people_may_say_how_it_stands(
    stories: Stories, tmp_path: Path, backend: str, what: What, fault: str
) -> None:
    async with stories.stage(tmp_path, backend, what, patience(fault)) as stage:
        await begin(stage, what)
        stage.simulator.inject_fault(fault, on="read", times=None)
        await stage.leap(1)
        await stage.leap(9)
        assert verbs(stage.card(what)) == NOTHING_IS_WRONG[what]
        await stage.leap(1)
        await stage.leap(1)
        [said] = [line for line in stage.thread if "The bot cannot see how it stands" in line]
        card = {"snapshot": "snapshot", "restore": "incident"}[what]
        assert f"Look at Infomaniak's dashboard and say on the {card} card how the" in said
        assert REFUSALS.get(fault, ("Infomaniak", None))[0] in said
        assert verbs(stage.card(what)) == REPORTS[what]
        assert await stands(stage, what)
        stage.simulator.clear_faults()
        assert (await to_the_end(stage, what)).state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (1, 1)


@EACH
async def test_what_a_person_reports_of_an_operation_that_cannot_be_seen_is_its_end(
    stories: Stories, tmp_path: Path, backend: str, what: What
) -> None:
    async with stories.stage(tmp_path, backend, what) as stage:
        await begin(stage, what)
        stage.simulator.inject_fault("unauthorised", on="read", times=None)
        await stage.leap(1)
        await stage.leap(11)
        await way_on(stage, {"snapshot": "it is there", "restore": "restored by hand"}[what])
        assert (await to_the_end(stage, what)).state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (1, 1)
