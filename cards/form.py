"""The request form. A wrong answer comes back with its reason beneath the field and everything else as it was typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_teams.cards import CardElement, DateInput, NumberInput, TimeInput

from cards.parts import button, choice, heading, sentence, text_input, to_wire
from changes.conflicts import LIMITS, LONGEST_TEST, LONGEST_WINDOW, MOST_TESTS
from changes.model import Person
from changes.policy import Service


def form_card(
    answers: Mapping[str, str],
    problems: Mapping[str, str],
    services: Sequence[Service],
    people: Sequence[Person],
    change: str = "new",
    revision: int = 0,
) -> dict[str, Any]:
    """The form with what was answered so far; `change` is `new` until the plan is a draft."""
    zone = _zone(answers, services)
    body: list[CardElement] = [heading("Request a change" if change == "new" else f"Edit {change}")]
    if problems:
        body.append(
            sentence("Something is missing or not right yet; the reason stands below each field.", colour="Attention")
        )

    def field(element: CardElement, name: str) -> None:
        body.append(element)
        if name in problems:
            body.append(sentence(problems[name], colour="Attention"))

    def given(name: str) -> str:
        return answers.get(name, "")

    def text(name: str, title: str, hint: str, *, lines: bool = True) -> None:
        most = MOST_TESTS * (LONGEST_TEST + 1) if name == "tests" else LIMITS[name]
        field(text_input(name, title, value=given(name), hint=hint, lines=lines, most=most), name)

    offered = [(service.key, service.name) for service in services]
    only = services[0].key if len(services) == 1 else ""
    field(choice("service", "Service", offered, given("service") or only), "service")
    text("title", "Title", "Update to version 5", lines=False)
    text("what", "What will be modified", "What is different afterwards, and on which parts of the platform")
    text("why", "Why", "What it is good for")
    field(DateInput(id="date", label="Date", value=given("date") or None), "date")
    field(TimeInput(id="time", label=f"Start time ({zone})", value=given("time") or None), "time")
    minutes = given("minutes")
    number = int(minutes) if minutes.isdigit() else None
    field(
        NumberInput(
            id="minutes", label="Downtime in minutes", value=number, placeholder="90", min=1, max=LONGEST_WINDOW
        ),
        "minutes",
    )
    text("tests", "Tests, one a line", "What shows that it works and broke nothing")
    text("risks", "Risks", "What could go wrong")
    text("rollback", "Way back", "How it is undone")
    text("affected", "What people will notice", "The platform cannot be used", lines=False)
    named = [(person.id, person.name) for person in people if person.name]
    field(choice("implementer", "Implementer", named, given("implementer") or _first(people)), "implementer")
    kinds = [("normal", "Normal"), ("emergency", "Emergency: skips the waiting")]
    field(choice("kind", "Kind", kinds, given("kind") or "normal"), "kind")
    text("reason", "Reason for short notice or emergency", "Only when it cannot wait three weeks", lines=False)
    actions = [
        button("Continue", "change.edit", change, revision, style="positive"),
        button("Cancel", "change.withdraw", change, revision, alone=True),
    ]
    return to_wire(body, actions)


def _zone(answers: Mapping[str, str], services: Sequence[Service]) -> str:
    """The zone in which the time is meant: the chosen service's."""
    chosen = next((each for each in services if each.key == answers.get("service")), None)
    if chosen is not None:
        return chosen.zone.key
    zones = {service.zone.key for service in services}
    return zones.pop() if len(zones) == 1 else "the service's time zone"


def _first(people: Sequence[Person]) -> str:
    return people[0].id if people else ""
