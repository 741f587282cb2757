"""Every fault of the provider, from the button to the thread: what is said, what can be pressed, what was asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from changes.model import SnapshotStatus, State
from changes.snapshots import FailureReason
from local.simulator import FAULTS
from tests.support.fault_cases import ASK_AGAIN, BACKENDS, ON_THE_INCIDENT, TRY_AGAIN, What
from tests.support.faults import CHANGE, HASTY, PATIENT, Stage, Stories, begin, text, to_the_end, way_on
from tests.support.teams import verbs

BY_HAND = ["snapshot.started", "snapshot.retry", "snapshot.finished", "change.postpone", "snapshot.waive"]
OF_THE_OTHER = ["snapshot.retry", "snapshot.finished", "snapshot.started", "change.postpone", "snapshot.waive"]
LOOK_FIRST = ["snapshot.finished", "snapshot.retry", "snapshot.started", "change.postpone", "snapshot.waive"]
LOOK_FOR_IT = ["restore.done", "restore.ask", *ON_THE_INCIDENT]
HANDED_OVER = ["restore.ask", "restore.done", "test.result", "incident.update", "incident.tried", "test.accept"]


@dataclass(frozen=True)
class Row:
    """One fault met by the call that asks for the operation, and all that follows from it.

    `says` is on the card and, after a failure, in the thread too. `minutes` is how long that takes. `asked` is how
    often the provider was asked by then, `made` how many there are of it. `way` is what the person presses next.
    """

    says: str
    cause: FailureReason | None
    verbs: list[str]
    way: str
    minutes: float = 0
    asked: int = 1
    made: int = 0


def refused(says: str, cause: FailureReason, way: str) -> tuple[Row, Row]:
    """The rows of a certain no: for a snapshot, and for a restore that then is asked for again."""
    buttons = OF_THE_OTHER if cause is FailureReason.BUSY else BY_HAND
    return Row(says, cause, buttons, way), Row(says, cause, ASK_AGAIN, "ask again")


GOES_ON: tuple[tuple[str, list[str]], ...] = (
    ("Server Hannibal Started", ["change.postpone", "snapshot.waive"]),
    ("The data is being restored.", ["incident.update"]),
)
DONE = tuple(Row(says, None, verbs, "wait", made=1) for says, verbs in GOES_ON)
ADOPTED = tuple(Row(says, None, verbs, "wait", 2, made=1) for says, verbs in GOES_ON)
ASKED_LATER = tuple(Row(says, None, verbs, "wait", 1, asked=2, made=1) for says, verbs in GOES_ON)
LOST = (
    Row("The answer was lost", FailureReason.LOST, LOOK_FIRST, "try again", 7),
    Row("The answer was lost", FailureReason.LOST, LOOK_FOR_IT, "ask again", 7),
)
NEVER_DONE = (
    Row("shows nothing of it 11 minutes later", FailureReason.NEVER_DONE, LOOK_FIRST, "it is there", 13),
    Row("shows nothing of it 11 minutes later", FailureReason.NEVER_DONE, LOOK_FOR_IT, "restored by hand", 13),
)
GAVE_UP = "The hypervisor gave up"
RESTORE_FAILS = Row(GAVE_UP, FailureReason.FAILED, HANDED_OVER, "ask again", 31, made=1)
INVALID = refused("did not understand the request", FailureReason.INVALID, "by hand")
BUSY = refused("Infomaniak is busy with", FailureReason.BUSY, "try again")

Rows = tuple[Row | None, Row | None]
"""A fault's rows for a snapshot and for a restore; None where it does not meet that call."""
TABLE: dict[str, tuple[Row, ...] | Rows] = {
    "bad-request": INVALID,
    "unauthorised": refused("Infomaniak does not accept the bot's token", FailureReason.TOKEN, "by hand"),
    "forbidden": refused("may not do this at Infomaniak", FailureReason.RIGHT, "by hand"),
    "not-found": refused("does not know this", FailureReason.NOT_FOUND, "by hand"),
    "conflict": BUSY,
    "quota": (Row("The snapshot quota at Infomaniak is used up", FailureReason.QUOTA, TRY_AGAIN, "try again"), None),
    "unprocessable": refused("found a wrong value in the request", FailureReason.INVALID, "waive"),
    "throttled": ASKED_LATER,
    "throttled-without-delay": ASKED_LATER,
    "error-500": LOST,
    "error-500-after-accepting": ADOPTED,
    "error-503": LOST,
    "hang": LOST,
    "hang-after-accepting": ADOPTED,
    "dropped": LOST,
    "dropped-after-accepting": ADOPTED,
    "garbage": LOST,
    "garbage-after-accepting": ADOPTED,
    "accepted-but-never-done": NEVER_DONE,
    "snapshot-fails": (Row(GAVE_UP, FailureReason.FAILED, TRY_AGAIN, "try again", 76, made=1), None),
    "restore-fails": (None, RESTORE_FAILS),
    "revert-not-latest": (None, INVALID[1]),
    "revert-conflict": (None, BUSY[1]),
    "volume-error": (None, RESTORE_FAILS),
    "volume-attached": DONE,
    "sixty-a-minute": DONE,
    "operation-in-progress": (
        Row("perhaps begun by somebody on the dashboard", FailureReason.BUSY, OF_THE_OTHER, "it is there"),
        Row("perhaps begun by somebody on the dashboard", FailureReason.BUSY, ASK_AGAIN, "wait and ask again"),
    ),
}
UNFIT = Row("Infomaniak cannot restore this snapshot", FailureReason.UNFIT, ASK_AGAIN, "fixed")
VOLUME_FAILS = Row(
    "Infomaniak shows the volume as “error”", FailureReason.FAILED, HANDED_OVER, "restored by hand", 31, made=1
)
OTHERWISE: dict[str, dict[str, tuple[Row | None, Row | None]]] = {
    "public_cloud": {
        "bad-request": (None, UNFIT),
        "unauthorised": refused("does not accept the bot's credentials", FailureReason.TOKEN, "by hand"),
        "snapshot-fails": (Row("as “error”", FailureReason.FAILED, TRY_AGAIN, "try again", 76, made=1), None),
        "restore-fails": (None, VOLUME_FAILS),
        "revert-not-latest": (None, UNFIT),
        "volume-error": (None, VOLUME_FAILS),
        "volume-attached": (None, Row("unmount and detach it", FailureReason.BUSY, ASK_AGAIN, "ask again", asked=0)),
        # Cinder takes several snapshots at once, and goes back to the newest only.
        "operation-in-progress": (
            DONE[0],
            Row("is not the newest snapshot", FailureReason.UNFIT, ASK_AGAIN, "fixed", asked=0),
        ),
    },
}
"""What a backend does in its own way; None is as in the table."""


def cases() -> Iterator[tuple[str, What, str, Row]]:
    """Every row that applies, backend by backend."""
    for fault, rows in TABLE.items():
        for backend in BACKENDS:
            own = OTHERWISE.get(backend, {}).get(fault, (None, None))
            for what, row, other in zip(("snapshot", "restore"), rows, own, strict=True):
                if found := other or row:
                    yield fault, what, backend, found  # type: ignore[misc]


def play(stage: Stage, fault: str, what: What) -> None:
    """Let the call that asks for the operation meet the fault, unless it is one that is there at once."""
    at_once = FAULTS[fault].way in ("someone-else", "attached")
    stage.simulator.inject_fault(fault, on=None if at_once else {"snapshot": "create", "restore": "restore"}[what])


def test_the_table_has_every_fault_there_is() -> None:
    assert set(TABLE) == set(FAULTS)
    met = {(fault, what) for fault, what, _, _ in cases()}
    for fault, each in FAULTS.items():
        assert ((fault, "snapshot") in met) is (each.target != "restore")
        assert ((fault, "restore") in met) is (each.target != "create")


def test_only_a_fault_that_certainly_accepted_nothing_is_followed_by_a_second_call_and_nothing_is_made_twice() -> None:
    assert {fault for fault, _, _, row in cases() if row.asked > 1} == {"throttled", "throttled-without-delay"}
    assert {row.made for _, _, _, row in cases()} == {0, 1}


@pytest.mark.parametrize(
    ("fault", "what", "backend", "row"), [pytest.param(*each, id=" ".join(each[:3])) for each in cases()]
)
async def test_a_fault_has_its_sentence_its_cause_its_buttons_and_its_way_on(
    stories: Stories, tmp_path: Path, fault: str, what: What, backend: str, row: Row
) -> None:
    async with stories.stage(tmp_path, backend, what, HASTY if "hang" in fault else PATIENT) as stage:
        play(stage, fault, what)
        await begin(stage, what)
        await stage.go_on(row.minutes)
        change, operation = await stage.now_it_is(), await stage.latest(what)
        card = stage.card(what)

        assert row.says in text(card)
        assert any(row.says in line for line in stage.thread) is bool(row.cause), stage.thread
        assert operation is not None
        assert operation.cause is row.cause
        assert verbs(card) == row.verbs
        assert (stage.asked(what), stage.made(what)) == (row.asked, row.made)
        if what == "snapshot":
            status = SnapshotStatus.FAILED if row.cause else SnapshotStatus.RUNNING
            assert (change.state, change.snapshot.status) == (State.SNAPSHOTTING, status)
            assert change.snapshot.cause is row.cause
        else:
            assert change.state is (State.INCIDENT if row.cause else State.RESTORING)
            assert change.restore is not None
            assert change.restore.cause is row.cause
            assert (change.handed_over_at is not None) is (row.cause is FailureReason.FAILED)

        stage.simulator.clear_faults()
        await way_on(stage, row.way)
        after = await to_the_end(stage, what)
        assert after.state is State.COMPLETED
        again = row.way.endswith("again")
        assert (stage.asked(what), stage.made(what)) == (row.asked + again, row.made + again)
        names = [each.name for each in stage.simulator.snapshots if each.name.startswith(CHANGE)]
        assert len(names) == len(set(names))
