"""What the form offers is something that it takes."""

from datetime import time

from cards.elements.controls import render_card
from cards.request.offers import USUAL_MINUTES, asked_for, offers
from changes.reporting.duration_estimates import DurationEstimates, Estimate
from tests.integration.scheduler.conftest import LEARN
from tests.support.teams import actions

WEEKS = 21 * 24 * 60


def test_the_length_of_an_incident_that_went_on_for_weeks_is_not_offered() -> None:
    past = {LEARN.key: DurationEstimates(lengths=(90, WEEKS), starts=time(20))}
    card = render_card(offers(LEARN, (), past, "new", 0))
    assert [each["title"] for each in actions(card)] == ["1 h 30 min"]


def test_free_dates_are_looked_up_for_a_length_that_a_window_can_have() -> None:
    past = DurationEstimates(took=Estimate(WEEKS, 3), starts=time(20))
    assert asked_for({}, LEARN, past) == (time(20), USUAL_MINUTES)
    assert asked_for({"minutes": str(WEEKS)}, LEARN, DurationEstimates(took=Estimate(90, 3))) == (time(21), 90)
