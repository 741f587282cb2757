"""docs/process.md, P97: a card that is not redrawn says nothing that only holds at the moment at which it was drawn."""

from datetime import timedelta
from typing import Any

import pytest

from application.change_context import ChangeContext
from cards import card_for
from cards.overview.status import status_card
from changes.model import State
from changes.notification.cards import CardKind, awaited_card, message_of
from scheduler.status_refresher import TICKING
from tests.support.scenes import NAMES, Scene, scene

SOON, A_DAY = timedelta(minutes=10), timedelta(days=1)
ASKS = (State.PRECHECK_PENDING, State.GO_PENDING)
SAME_DAY = "pre-check and GO asked (emergency)"
"""It is answered, or over, before the next day."""


def standing(there: Scene, after: timedelta) -> dict[str, Any]:
    """Every card of the change as it is drawn so long after, but those that are drawn anew every minute."""
    change = there.story.now_it_is
    view = ChangeContext(change, there.service, there.now + after, neighbours=there.bookings)
    drawn: dict[str, Any] = {kind: card_for(kind, view, message_of(kind, change), "The notice.") for kind in CardKind}
    return drawn | ({} if change.state in TICKING else {"status": status_card(view)})


@pytest.mark.parametrize("name", NAMES)
def test_every_card_is_the_same_ten_minutes_later(name: str) -> None:
    there = scene(name)
    now, later = standing(there, timedelta()), standing(there, SOON)
    assert {kind for kind in now if now[kind] != later[kind]} == set()


@pytest.mark.parametrize("name", [each for each in NAMES if each != SAME_DAY])
def test_a_question_to_the_approver_is_the_same_on_the_next_day(name: str) -> None:
    there = scene(name)
    asks = awaited_card(there.story.now_it_is)
    if asks is not None and there.story.now_it_is.state in ASKS:
        assert standing(there, timedelta())[asks] == standing(there, A_DAY)[asks]
