"""When the work can start at the earliest, by the snapshot and the clock (PROCESS.md, row *request*)."""

from datetime import timedelta

import pytest

from changes.planning.deadlines import earliest_start
from tests.support.builder import a_change
from tests.support.core import LEARN, night

START = night(22)
LASTS = timedelta(minutes=LEARN.vps.snapshot_minutes)
ROWS = {
    "a snapshot that can still begin when it is due lets it start with the window": ("scheduled", night(19), START),
    "GO twenty minutes before the window means a start when its snapshot has ended": (
        *("scheduled", night(21, 40)),
        night(21, 40) + LASTS,
    ),
    "a snapshot that runs lets it start when it is expected to end": ("snapshot running", night(20), night(21, 46)),
    "one that should have ended lets it start at once": ("snapshot running", night(22, 30), night(22, 30)),
    "finished it lets it start with the window": ("ready", night(21, 50), START),
    "finished late it lets it start at once": ("ready", night(22, 20), night(22, 20)),
    "waived it lets it start with the window": ("scheduled, snapshot waived", night(21, 50), START),
    "waived it lets it start at once": ("scheduled, snapshot waived", night(22, 20), night(22, 20)),
}


@pytest.mark.parametrize("what", ROWS)
def test_the_earliest_start(what: str) -> None:
    stands, now, earliest = ROWS[what]
    assert earliest_start(a_change(stands).now_it_is, LEARN, now) == max(earliest, START)
