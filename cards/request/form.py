"""The request form. A wrong answer comes back with its reason beneath the field and everything else as it was typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from microsoft_teams.cards import CardElement, DateInput, NumberInput, TimeInput

from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.people import distinct_names
from cards.elements.blocks import button, choice, heading, render_card, text_block, text_input, user_text
from cards.elements.lengths import shortened
from cards.request.estimates import overran
from cards.request.plan_parsing import asks_for
from changes.errors import ValidationFailed
from changes.model import Person
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

    def text(name: str, title: str, hint: str, *, lines: bool = True) -> None:
        field(text_input(name, title, value=given(name), hint=hint, lines=lines), name)

    offered = [(service.key, service.name) for service in services]
    only = services[0].key if len(services) == 1 else ""
    field(choice("service", _("Service"), offered, given("service") or only), "service")
    text("title", _("Title (people affected read this)"), _("Update to version 5"), lines=False)
    text("what", _("What will be modified"), _("What is different afterwards, and on which parts of the platform"))
    text("why", _("Why"), _("What it is good for"))
    field(_date(given("date"), today, _zone_of(answers, services)), "date")
    field(_time(given("time"), _("Start time ({zone})", zone=zone), _zone_of(answers, services)), "time")
    field(_minutes(given("minutes")), "minutes")
    body.extend(_late(given("service") or only, services, past or {}))
    text("tests", _("Tests, one a line"), _("What shows that it works and broke nothing"))
    text("risks", _("Risks"), _("What could go wrong; “none known” is an answer"))
    text("rollback", _("Rollback plan"), _("How to revert; “none known” is an answer"))
    text(
        "affected",
        _("User impact (people affected read this)"),
        _("The platform cannot be used"),
        lines=False,
    )
    if asks_for("notify", answers, services) or "notify" in problems:
        text("notify", _("Also inform (e-mail addresses)"), _("name@example.ch, other@example.ch"), lines=False)
    implementer = given("implementer") or _first(people)
    field(choice("implementer", _("Implementer"), _named(people, implementer), implementer), "implementer")
    # Beside many reasons it has no room, and was read before.
    if (left := len([each for each in people if each.name]) - MOST_PEOPLE) > 0 and not problems:
        body.append(
            text_block(
                n_(
                    "{n} more person has no room in this list: name them here by typing, one question at a time.",
                    "{n} more people have no room in this list: name them here by typing, one question at a time.",
                    left,
                ),
                subtle=True,
            )
        )
    kinds = [("normal", _("Normal")), ("emergency", _("Emergency: skips the waiting"))]
    field(choice("kind", _("Kind"), kinds, given("kind") or "normal"), "kind")
    text(
        "reason",
        _("Reason for short notice or emergency (the approver reads this)"),
        _("Only when it cannot wait three weeks"),
        lines=False,
    )
    actions = [
        button(_("Continue"), "change.edit", change, revision, style="positive"),
        button(_("Cancel"), "change.withdraw", change, revision, alone=True),
    ]
    return render_card(body, actions)


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
    told = [overran(each, past[each.key]) for each in services if chosen in ("", each.key) and each.key in past]
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
