"""The request form. A wrong answer comes back with its reason beneath the field and everything else as it was typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from microsoft_teams.cards import CardElement, DateInput, NumberInput, TimeInput

from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.people import distinct_names
from application.input_parsing.plan_answers import asks_for
from cards.elements.blocks import heading, text_block, user_text
from cards.elements.controls import button, choice, render_card, text_input
from cards.elements.lengths import shortened
from cards.request.estimates import overrun_hint
from changes.errors import ValidationFailed
from changes.model import Person
from changes.plan_fields import PLAN_FIELDS, Entry
from changes.policy import Service
from changes.reporting.duration_estimates import DurationEstimates
from language import _, as_text, n_, translate

MOST_PEOPLE = 15
LONGEST_NAME = 30
MOST_HINTS = 3
LONGEST_PROBLEM, FEW_PROBLEMS, LONGEST_OF_MANY = 520, 2, 88
"""How much of a reason is shown, in UTF-16 units: all of it, unless nearly everything is wrong."""


def form_card(
    answers: Mapping[str, str],
    problems: Mapping[str, str],
    services: Sequence[Service],
    people: Sequence[Person],
    today: date,
    change: str = "new",
    revision: int = 0,
    past: Mapping[str, DurationEstimates] | None = None,
) -> dict[str, Any]:
    """The form with what was answered so far; `change` is `new` until the plan is a draft.

    `past` is what is known of each service, by key: where the chosen one's changes ended late, it is said.
    """
    zone = _zone(answers, services)
    longest = LONGEST_PROBLEM if len(problems) <= FEW_PROBLEMS else LONGEST_OF_MANY
    body: list[CardElement] = [heading(_("Request a change") if change == "new" else _("Edit {change}", change=change))]
    if problems:
        body.append(text_block(_look(len(problems)), colour="Attention"))

    def field(element: CardElement, name: str) -> None:
        body.append(element)
        # The sentence may quote what somebody wrote, so it is shown as text.
        body.extend(user_text(shortened(as_text(translate(problems.get(name, ""))), longest), colour="Attention"))

    def given(name: str) -> str:
        return answers.get(name, "")

    offered = [(service.key, service.name) for service in services]
    only = services[0].key if len(services) == 1 else ""
    for each in PLAN_FIELDS:
        name, title, value = each.key, _(each.form_label or each.label), given(each.key)
        match each.entry:
            case Entry.SERVICE:
                field(choice(name, title, offered, value or only), name)
            case Entry.WINDOW:
                field(_date(given("date"), today, _zone_of(answers, services)), "date")
                field(_time(given("time"), _("Start time ({zone})", zone=zone), _zone_of(answers, services)), "time")
                field(_minutes(given("minutes")), "minutes")
                body.extend(_late(given("service") or only, services, past or {}))
            case Entry.PERSON:
                chosen = value or _first(people)
                field(choice(name, title, _named(people, chosen), chosen), name)
                if not problems:
                    body.append(text_block(_("Whoever implements a change cannot approve it too."), subtle=True))
                # Beside many reasons it has no room, and was read before.
                if (left := len([person for person in people if person.name]) - MOST_PEOPLE) > 0 and not problems:
                    body.append(text_block(_unlisted(left), subtle=True))
            case Entry.KIND:
                kinds = [("normal", _("Normal")), ("emergency", _("Emergency: skips the waiting"))]
                field(choice(name, title, kinds, value or "normal"), name)
            case _:
                if asks_for(name, answers, services) or name in problems:
                    field(text_input(name, title, value=value, hint=_(each.hint), lines=each.several_lines), name)
    actions = [
        button(_("Continue"), "change.edit", change, revision, style="positive"),
        button(_("Cancel"), "change.withdraw", change, revision, alone=True),
    ]
    return render_card(body, actions)


def _unlisted(left: int) -> str:
    return n_(
        "{n} more person has no room in this list: name them here by typing, one question at a time.",
        "{n} more people have no room in this list: name them here by typing, one question at a time.",
        left,
    )


def _zone(answers: Mapping[str, str], services: Sequence[Service]) -> str:
    """The zone in which the time is meant: the chosen service's."""
    chosen = next((each for each in services if each.key == answers.get("service")), None)
    if chosen is not None:
        return chosen.zone.key
    zones = {service.zone.key for service in services}
    return zones.pop() if len(zones) == 1 else _("the service's time zone")


def _zone_of(answers: Mapping[str, str], services: Sequence[Service]) -> ZoneInfo:
    """The zone in which a moment is read: the chosen service's, or while none is chosen the first's."""
    return next((each.zone for each in services if each.key == answers.get("service")), services[0].zone)


def _late(chosen: str, services: Sequence[Service], past: Mapping[str, DurationEstimates]) -> Sequence[CardElement]:
    """What past changes say about the downtime: of the service that is chosen, or of a few while none is."""
    told = [overrun_hint(each, past[each.key]) for each in services if chosen in ("", each.key) and each.key in past]
    return [text_block(each, subtle=True) for each in told if each][:MOST_HINTS]


def _look(wrong: int) -> str:
    return n_(
        "One field needs another look: the reason stands below it.",
        "{n} fields need another look: the reason stands below it.",
        wrong,
    )


def _date(given: str, today: date, zone: ZoneInfo) -> CardElement:
    """The field for the date. What cannot stand in one stays as it was entered, in a field for text."""
    try:
        value = device_date(given, today, zone).isoformat() if given else None
    except ValidationFailed:
        return text_input("date", _("Date"), value=given, hint="15.4.2027")
    return DateInput(id="date", label=as_text(_("Date")), value=value)


def _time(given: str, title: str, zone: ZoneInfo) -> CardElement:
    try:
        value = f"{device_time(given, zone):%H:%M}" if given else None
    except ValidationFailed:
        return text_input("time", title, value=given, hint="22:00")
    return TimeInput(id="time", label=as_text(title), value=value)


def _minutes(given: str) -> CardElement:
    title = _("Downtime in minutes")
    try:
        value = read_duration(given) if given else None
    except ValidationFailed:
        return text_input("minutes", title, value=given, hint="90")
    return NumberInput(id="minutes", label=as_text(title), value=value)


def _named(people: Sequence[Person], chosen: str) -> list[tuple[str, str]]:
    """Who can be chosen: whoever is chosen now, then as many others as a card holds. The others can be typed."""
    labels = distinct_names(people)
    named = [(person.id, shortened(labels[person.id], LONGEST_NAME)) for person in people if person.name]
    first = [each for each in named if each[0] == chosen]
    return [*first, *(each for each in named if each[0] != chosen)][:MOST_PEOPLE]


def _first(people: Sequence[Person]) -> str:
    return people[0].id if people else ""
