"""What lasts: a provider that is away for longer than it is waited for, and what only a person can see and report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from changes.model import SnapshotStatus, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason, OperationState
from tests.integration.scheduler.conftest import IVO
from tests.support.fault_cases import AGAIN, ASK_AGAIN, EACH, TRY_AGAIN, What
from tests.support.faults import Stage, Stories, begin, text, to_the_end, way_on
from tests.support.teams import verbs

CALL = {"snapshot": "create", "restore": "restore"}


AWAY: dict[str, Callable[[Stage, What], None]] = {
    "throttles every call": lambda stage, what: stage.simulator.inject_fault("throttled", times=None, on=CALL[what]),
    "has a fault on its side": lambda stage, what: stage.simulator.inject_fault("error-503", times=None, on="read"),
    "throttles every look": lambda stage, what: stage.simulator.inject_fault(
        "throttled-without-delay", times=None, on="read"
    ),
}


@EACH
@pytest.mark.parametrize("how", AWAY)
async def test_a_provider_that_is_away_is_given_up_after_a_quarter_of_an_hour_and_not_before(
    stories: Stories, tmp_path: Path, backend: str, what: What, how: str
) -> None:
    async with stories.stage(tmp_path, backend, what) as stage:
        await stage.look()
        AWAY[how](stage, what)
        await begin(stage, what)
        await stage.go_on(14.5)
        operation = await stage.latest(what)
        assert operation is not None
        assert not operation.state.over
        await stage.go_on(3.5)
        await given_up(stage, what)
        asked = stage.asked(what)
        assert asked <= 11
        stage.simulator.clear_faults()
        await way_on(stage, AGAIN[what])
        assert (await to_the_end(stage, what)).state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (asked + 1, 1)


@EACH
@pytest.mark.parametrize("minutes", [5, 20])
async def test_a_provider_whose_address_is_dead_is_asked_once_it_answers_or_when_a_person_says_so(
    stories: Stories, tmp_path: Path, backend: str, what: What, minutes: int
) -> None:
    async with stories.stage(tmp_path, backend, what) as stage:
        await stage.look()
        await stage.down()
        await begin(stage, what)
        await stage.go_on(minutes)
        if minutes > 15:
            await given_up(stage, what)
        await stage.up()
        if minutes > 15:
            await way_on(stage, AGAIN[what])
        await stage.go_on(3)
        assert (await to_the_end(stage, what)).state is State.COMPLETED
        assert (stage.asked(what), stage.made(what)) == (1, 1)


async def given_up(stage: Stage, what: What) -> None:
    operation, change = await stage.latest(what), await stage.now_it_is()
    assert operation is not None
    assert operation.cause is FailureReason.AWAY
    assert "Infomaniak could not be asked for CHG-2027-0001" in stage.thread[-1]
    assert "Try again when it can be reached" in text(stage.card(what))
    assert verbs(stage.card(what)) == (TRY_AGAIN if what == "snapshot" else ASK_AGAIN)
    assert stage.made(what) == 0
    assert change.state is (State.SNAPSHOTTING if what == "snapshot" else State.INCIDENT)
    assert change.handed_over_at is None


@dataclass(frozen=True)
class Reported:
    """What goes wrong where a person does it: how long passes, what is reported, and what follows from it."""

    what: What
    says: str
    cause: FailureReason | None
    verbs: list[str]
    way: str
    presses: tuple[tuple[str, dict[str, str]], ...] = ()
    minutes: float = 0
    lasts: float = 0


REPORTS = ["snapshot.finished", "snapshot.failed", "snapshot.waive", "change.postpone"]
WRONG = {"reason": "The dashboard says: no room."}
DASHBOARD = {
    "the snapshot fails": Reported(
        "snapshot",
        "The dashboard says: no room.",
        FailureReason.BY_HAND,
        TRY_AGAIN,
        "try again by hand",
        (("snapshot.started", {}), ("snapshot.failed", WRONG)),
    ),
    "the snapshot is never begun": Reported(
        "snapshot", "nobody has begun the data snapshot", None, ["snapshot.started", *REPORTS], "by hand", minutes=17
    ),
    "the snapshot never ends": Reported(
        "snapshot",
        "the snapshot takes longer than expected",
        None,
        REPORTS,
        "it is there",
        (("snapshot.started", {}),),
        lasts=166,
    ),
    "the restore fails": Reported(
        "restore",
        "The dashboard says: no room.",
        FailureReason.BY_HAND,
        ["restore.ask", "restore.done", "test.result", "incident.update", "incident.tried", "test.accept"],
        "ask again, by hand",
        (("restore.failed", WRONG),),
    ),
    "the restore never ends": Reported(
        "restore",
        "the restore takes longer than expected",
        None,
        ["restore.done", "restore.failed", "incident.update"],
        "restored by hand",
        lasts=76,
    ),
}


@pytest.mark.parametrize("fault", DASHBOARD)
async def test_what_goes_wrong_by_hand_is_said_by_a_person_or_the_clock_and_has_its_way_on(
    stories: Stories, tmp_path: Path, fault: str
) -> None:
    row = DASHBOARD[fault]
    async with stories.stage(tmp_path, "dashboard", row.what) as stage:
        await begin(stage, row.what)
        await stage.go_on(row.minutes)
        for verb, inputs in row.presses:
            await stage.press(IVO, verb, **inputs)
        await stage.go_on(row.lasts)
        change = await stage.now_it_is()
        assert any(row.says in line for line in stage.thread), stage.thread
        assert verbs(stage.card(row.what)) == row.verbs
        if row.what == "snapshot":
            failed = change.snapshot.status is SnapshotStatus.FAILED
            assert (change.snapshot.cause, failed) == (row.cause, row.cause is not None)
        else:
            assert change.restore is not None
            assert change.restore.cause is row.cause
            assert (change.handed_over_at is not None) is (row.cause is not None)
        await way_on(stage, row.way)
        assert (await to_the_end(stage, row.what)).state is State.COMPLETED
        assert stage.simulator.calls == []


async def test_what_a_person_began_is_timed_from_then_half_done_and_late_and_its_card_is_not_redrawn_every_minute(
    stories: Stories, tmp_path: Path
) -> None:
    async with stories.stage(tmp_path, "dashboard", "snapshot") as stage:
        await begin(stage, "snapshot")
        await stage.minutes(10)
        await stage.press(IVO, "snapshot.started")
        operation = await stage.latest("snapshot")
        assert operation is not None
        assert (operation.asked_at, operation.state) == (stage.clock.now(), OperationState.RUNNING)
        stage.carried.clear()
        await stage.minutes(60)
        assert stage.drawn(CardKind.PROGRESS) == [], "somebody may be writing on it"
        await stage.minutes(15)
        assert (stage.told(), len(stage.drawn(CardKind.PROGRESS))) == ([], 1), "the card says how far it is"
        operation = await stage.latest("snapshot")
        assert operation is not None
        assert operation.percent == 50
        await stage.minutes(91)
        assert stage.told()[-1] is ThreadMessage.SNAPSHOT_LATE
