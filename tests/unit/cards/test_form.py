"""The request form: what was typed stays, and what is wrong is said beneath its field."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.plan import answers_of
from cards.request.form import MOST_PEOPLE, form_card
from cards.request.offers import asked_for
from changes.model import Person, PlanTask
from changes.reporting.duration_estimates import DurationEstimates, Estimate
from tests.cards.subjects import NADIA, PEOPLE, PIERRE, plan, service
from tests.support.teams import inputs_of
from tests.support.teams_rules import walk
from tests.unit.cards.looking import says

LEARN = service()
MAIL = replace(LEARN, key="mail", name="Mail of the school")
ANSWERS = answers_of(replace(plan(), tasks=(PlanTask("Tell the helpdesk", days=2),)), LEARN)
TODAY = date(2027, 3, 1)


def beneath(card: dict[str, Any], field: str) -> str:
    """The text that stands right below the field's input, if it is about it."""
    rows = [node["items"] for node in walk(card) if "items" in node] + [card["body"]]
    [[body, place]] = [(items, n) for items in rows for n, each in enumerate(items, 1) if each.get("id") == field]
    below = body[place] if place < len(body) else {}
    if below.get("type") != "RichTextBlock":
        return ""
    assert below["inlines"][0]["color"] == "Attention"
    return str(below["inlines"][0]["text"])


def test_the_form_asks_for_every_answer_once_and_says_which_ones_people_affected_read() -> None:
    form = form_card({"kind": "emergency"}, {}, [LEARN], PEOPLE, TODAY)
    assert list(inputs_of(form)) == [
        *("service", "title", "what", "why", "date", "time", "minutes", "kind", "reason", "tests", "risks", "rollback"),
        *("tasks", "affected", "notify", "implementer"),
    ]
    labels = {name: each["label"] for name, each in inputs_of(form).items()}
    assert {name for name, label in labels.items() if "people affected read this" in label} == {"title", "affected"}
    assert "the approver reads this" in labels["reason"]


def test_a_reason_is_asked_for_only_where_one_is_needed() -> None:
    def asks(**answers: str) -> bool:
        return "reason" in inputs_of(form_card(answers, {}, [LEARN], PEOPLE, TODAY))

    assert not asks()
    assert not asks(date="2027-04-15")
    assert asks(date="2027-03-10")
    assert asks(kind="emergency")
    assert asks(reason="It was asked for before.")


def test_a_reason_is_called_required_only_where_it_is() -> None:
    def label(change: str = "new", **answers: str) -> str:
        return str(inputs_of(form_card(answers, {}, [LEARN], PEOPLE, TODAY, change))["reason"]["label"])

    assert "required" in label(date="2027-03-10")
    assert "required" in label("CHG-2027-0007", kind="emergency")
    assert "required" not in label("CHG-2027-0007", date="2027-03-10"), "it was requested in time"
    assert "required" not in label(date="2027-04-15", reason="It was short notice before.")


def test_the_downtime_is_a_choice_that_keeps_what_was_typed_elsewhere() -> None:
    field = inputs_of(form_card({"minutes": "1h50"}, {}, [LEARN], PEOPLE, TODAY))["minutes"]
    assert field["value"] == "110"
    assert {"title": "1 h 50 min", "value": "110"} in field["choices"]
    assert inputs_of(form_card({"minutes": "long"}, {}, [LEARN], PEOPLE, TODAY))["minutes"]["value"] == "long"


def test_the_only_service_the_requester_and_the_normal_kind_are_chosen_already() -> None:
    fields = inputs_of(form_card({}, {}, [LEARN], PEOPLE, TODAY))
    assert (fields["service"]["value"], fields["implementer"]["value"], fields["kind"]["value"]) == (
        *("learn", NADIA.id),
        "normal",
    )
    assert "value" not in inputs_of(form_card({}, {}, [LEARN, MAIL], PEOPLE, TODAY))["service"], (
        "one of several is chosen"
    )


def test_dates_and_times_stand_as_the_form_takes_them_and_mean_the_zone_of_the_service() -> None:
    """docs/process.md, P24."""
    assert inputs_of(form_card({}, {}, [LEARN], PEOPLE, TODAY))["time"]["label"] == "Start time (Europe/Zurich)"
    utc = replace(MAIL, zone=ZoneInfo("UTC"))
    assert "the service's time zone" in inputs_of(form_card({}, {}, [LEARN, utc], PEOPLE, TODAY))["time"]["label"]
    assert "UTC" in inputs_of(form_card({"service": "mail"}, {}, [LEARN, utc], PEOPLE, TODAY))["time"]["label"]
    fields = inputs_of(form_card({"date": "15.4.2027", "time": "22h30"}, {}, [LEARN], PEOPLE, TODAY))
    assert (fields["date"]["value"], fields["time"]["value"]) == ("2027-04-15", "22:30")


@pytest.mark.parametrize("field", ANSWERS)
def test_a_wrong_answer_has_its_reason_right_beneath_and_everything_else_stays(field: str) -> None:
    card = form_card(ANSWERS, {field: "Please look again."}, [LEARN], PEOPLE, TODAY)
    assert {each for each in ANSWERS if beneath(card, each)} == {field}
    assert beneath(card, field) == "Please look again."
    assert "Please correct one field." in says(card)
    assert {name: str(each["value"]) for name, each in inputs_of(card).items()} == ANSWERS


def test_a_reason_that_quotes_what_somebody_wrote_shows_it_as_text() -> None:
    card = form_card({}, {"implementer": "I have not met “[x](http://y) **z**” yet."}, [LEARN], PEOPLE, TODAY)
    assert beneath(card, "implementer") == "I have not met “[x](http://y) **z**” yet."


def test_whoever_implements_stays_chosen_among_however_many_people() -> None:
    many = [NADIA, *(Person(f"p{number}", f"Person {number}") for number in range(300)), PIERRE]
    field = inputs_of(form_card({"implementer": PIERRE.id}, {}, [LEARN], many, TODAY))["implementer"]
    assert len(field["choices"]) == MOST_PEOPLE
    assert field["value"] == field["choices"][0]["value"] == PIERRE.id


def test_an_edited_change_says_which_and_its_cancel_sends_nothing_that_was_typed() -> None:
    card = form_card(ANSWERS, {}, [LEARN], PEOPLE, TODAY, "CHG-2027-0007", 7)
    assert says(card).startswith("Edit CHG-2027-0007 | ")
    assert [(each["title"], each["verb"], each["data"]["revision"]) for each in card["actions"]] == [
        ("Continue", "change.edit", 7),
        ("Cancel", "change.withdraw", 7),
    ]
    go_on, cancel = form_card({}, {}, [LEARN], PEOPLE, TODAY)["actions"]
    assert cancel["associatedInputs"] == "none"
    assert "associatedInputs" not in go_on


@given(answers=st.dictionaries(st.sampled_from(list(ANSWERS)), st.text(max_size=30)))
def test_whatever_was_answered_the_form_can_be_drawn(answers: dict[str, str]) -> None:
    fields = inputs_of(form_card(answers, {}, [LEARN, MAIL], PEOPLE, TODAY))
    assert fields["title"].get("value", "") == answers.get("title", "")


def offered(card: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What each button of the body fills in, by its title."""
    actions = [each for each in walk(card["body"]) if each.get("type") == "Action.Execute"]
    assert {each["verb"] for each in actions} <= {"form.fill"}
    assert not [each for each in actions if "associatedInputs" in each], "everything that was entered goes with it"
    return {
        each["title"]: {name: value for name, value in each["data"].items() if name.startswith("fill_")}
        for each in actions
    }


def test_free_dates_and_past_durations_are_buttons_that_fill_the_fields_in() -> None:
    window = plan().window
    past = {"learn": DurationEstimates(lengths=(45, 90))}
    card = form_card({"title": "Update"}, {}, [LEARN], PEOPLE, TODAY, past=past, free=[window])
    assert offered(card) == {
        "Thu 15 Apr, 22:00": {"fill_date": "2027-04-15", "fill_time": "22:00"},
        "45 min": {"fill_minutes": "45"},
        "1 h 30 min": {"fill_minutes": "90"},
    }
    assert "Free dates of ISC Learn Platform:" in says(card)
    assert "Its past changes took:" in says(card)
    assert offered(form_card({}, {}, [LEARN], PEOPLE, TODAY)) == {}
    assert offered(form_card({}, {}, [LEARN, MAIL], PEOPLE, TODAY)) == {"Show free dates": {}}


def test_free_dates_are_looked_up_as_answered_and_else_as_usual() -> None:
    known = DurationEstimates(took=Estimate(50, 3), starts=time(20))
    assert asked_for({}, LEARN, DurationEstimates()) == (time(21), 60)
    assert asked_for({}, LEARN, known) == (time(20), 50)
    assert asked_for({"time": "22h30", "minutes": "1h30"}, LEARN, known) == (time(22, 30), 90)
    assert asked_for({"time": "late", "minutes": "0"}, LEARN, known) == (time(20), 50)
