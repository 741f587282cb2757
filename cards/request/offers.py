"""What the form offers on buttons: the next free windows of the service, and how long its past changes took.

A press fills the fields of the form in place. Nothing is saved by it, and whatever was entered stays.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import time
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.card_action import FILL
from application.input_parsing.device import device_time
from application.input_parsing.durations import read_duration
from cards.approval.estimates import overrun_hint
from cards.elements.blocks import text_block
from cards.elements.controls import button
from changes.errors import ValidationFailed
from changes.labels import duration_label
from changes.model import Window
from changes.planning.conflicts import usual_start
from changes.planning.validation import length_problem
from changes.policy import Service
from changes.reporting.duration_estimates import NOTHING, DurationEstimates
from language import _, day_and_time_text

MOST_HINTS = 3
USUAL_MINUTES = 60
"""The length for which free windows are looked up while neither an answer nor a past change says another."""


def chosen_service(answers: Mapping[str, str], services: Sequence[Service]) -> Service | None:
    """The service that is chosen, or the only one."""
    chosen = services[0].key if len(services) == 1 else answers.get("service", "")
    return next((each for each in services if each.key == chosen), None)


def asked_for(answers: Mapping[str, str], service: Service, past: DurationEstimates) -> tuple[time, int]:
    """At what time of day, and for how many minutes, free windows are looked up."""
    at, took = past.starts or usual_start(service), past.took.minutes if past.took else USUAL_MINUTES
    minutes = USUAL_MINUTES if length_problem(took) else took  # an incident may have gone on for weeks
    with suppress(ValidationFailed):  # nothing was answered yet, or nothing that is a time
        at = device_time(answers.get("time", ""), service.zone)
    try:
        wanted = read_duration(answers.get("minutes", ""))
    except ValidationFailed:
        return at, minutes
    return at, minutes if length_problem(wanted) else wanted


def late(
    chosen: Service | None, services: Sequence[Service], past: Mapping[str, DurationEstimates]
) -> Sequence[CardElement]:
    """What past changes say about the downtime: of the service that is chosen, or of a few while none is."""
    told = [overrun_hint(each, past[each.key]) for each in services if chosen in (None, each) and each.key in past]
    return [text_block(each, subtle=True) for each in told if each][:MOST_HINTS]


def offers(
    service: Service | None, free: Sequence[Window], past: Mapping[str, DurationEstimates], change: str, revision: int
) -> list[CardElement]:
    """The buttons, in rows that each say what they fill in; where no service is chosen yet, one that looks them up."""
    if service is None:
        return [ActionSet(actions=[fills(_("Show free dates"), change, revision)])]
    slots, known = [], past.get(service.key, NOTHING)
    for window in free:
        start = service.local(window.start)
        title = day_and_time_text(window.start, service.zone)
        slots.append(fills(title, change, revision, date=f"{start:%Y-%m-%d}", time=f"{start:%H:%M}"))
    lengths = [each for each in known.lengths if not length_problem(each)]
    lasting = [fills(duration_label(each), change, revision, minutes=str(each)) for each in lengths]
    return [
        *_row(_("Free dates of {service}:", service=service.name), slots),
        *_row(_("Its past changes took:"), lasting),
    ]


def fills(title: str, change: str, revision: int, **fields: str) -> Action:
    """A button that draws the form anew with these fields filled in."""
    data: dict[str, Any] = {f"fill_{name}": value for name, value in fields.items()}
    # A client that knows no Action.Execute cannot redraw the form: there it is filled in by hand.
    return button(title, FILL, change, revision, **data).model_copy(update={"fallback": None})


def _row(said: str, actions: list[Action]) -> list[CardElement]:
    return [text_block(said, subtle=True), ActionSet(actions=actions)] if actions else []
