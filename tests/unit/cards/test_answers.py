"""The answers of the form or of the questions become a plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from application.input_parsing.lists import read_tests
from application.input_parsing.plan import answers_of, read_plan
from application.input_parsing.plan_answers import AnswerContext, asks_for, check
from application.input_parsing.plan_values import none_known
from changes.errors import ValidationFailed
from changes.model import ChangeType, Plan, PlanTask, Window
from changes.notification.recipients import is_address
from changes.planning.validation import LIMITS, LONGEST_TEST
from dialogs.request_answers import QUESTIONS
from language import use_language
from tests.cards.subjects import NADIA, PEOPLE, PIERRE, WINDOW, service

LEARN = service()
NOW = datetime(2027, 3, 15, 9, 0, tzinfo=UTC)
OTHER = replace(LEARN, key="mail", name="Mail of the school")
TYPED = {
    "service": "learn",
    "title": "Moodle 5",
    "what": "The platform is updated.",
    "date": "15.4.2027",
    "time": "22h",
    "minutes": "1h30",
    "tests": "- Log in\n- Open a course",
    "risks": "-",
    "rollback": "Restore the snapshot.",
}

CONTEXT = AnswerContext({}, (LEARN, OTHER), PEOPLE, NADIA, NOW)


def wrong(answers: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as refused:
        read_plan(answers, LEARN, NADIA, PEOPLE, NOW)
    return refused.value.problems


def test_what_was_typed_becomes_a_plan_in_the_zone_of_the_service() -> None:
    made = read_plan(TYPED, LEARN, NADIA, PEOPLE, NOW)
    bare = Plan("learn", "Moodle 5", "The platform is updated.", WINDOW, ("Log in", "Open a course"), NADIA)
    assert made == replace(bare, risks="None known", rollback="Restore the snapshot.")


def test_everything_wrong_is_said_at_once_field_by_field() -> None:
    problems = wrong({"date": "31.2.2027", "time": "late", "minutes": "", "implementer": "Zoé", "kind": "big"})
    assert set(problems) == {
        *("title", "what", "tests", "risks", "rollback", "date", "time", "minutes", "implementer", "kind")
    }
    assert all(sentence.endswith((".", "?")) for sentence in problems.values())
    assert list(wrong(TYPED | {"date": "2027-03-28", "time": "02:30"})) == ["time"], "the clocks skip it"


@pytest.mark.parametrize("field", sorted(LIMITS.keys() - {"comment", "notify"}))
def test_a_text_counts_as_long_as_teams_finds_it(field: str) -> None:
    emoji = "\N{GRINNING FACE}" * (LIMITS[field] // 2)
    read_plan(TYPED | {field: emoji}, LEARN, NADIA, PEOPLE, NOW)
    assert f"shorten it to {LIMITS[field]}" in wrong(TYPED | {field: emoji + "xx"})[field]


def test_a_test_counts_as_long_as_teams_finds_it() -> None:
    assert "one short line each" in wrong(TYPED | {"tests": "\N{GRINNING FACE}" * LONGEST_TEST})["tests"]


LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan as the form reads it from whatever was typed."""
    start = draw(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    start = start.replace(second=0, microsecond=0)
    assume(LEARN.local(start).fold == 0)  # the second coming of an hour cannot be written in a form
    texts = {name: draw(st.text(LETTERS | st.just("\n"), max_size=60)).strip() for name in _TEXTS}
    texts |= {name: none_known(texts[name]) for name in ("risks", "rollback")}
    people = draw(st.lists(st.emails().filter(is_address), max_size=3, unique_by=str.casefold))
    tests = read_tests(draw(st.text(LETTERS | st.sampled_from("\n;-*1."), min_size=1, max_size=60)))
    assume(any(character.isalnum() for test in tests for character in test))
    return Plan(
        service="learn",
        title=" ".join(draw(st.text(LETTERS, max_size=40)).split()) or "Moodle 5",
        window=Window(start, start + timedelta(minutes=draw(st.integers(5, 10_000)))),
        tests=tests,
        implementer=draw(st.sampled_from(PEOPLE)),
        kind=draw(st.sampled_from(ChangeType)),
        notify=tuple(each for each in people if sum(map(len, people)) < LIMITS["notify"] - 10),
        risk_answers=(),
        tasks=draw(
            st.sampled_from([(), (PlanTask("Tell", days=2), PlanTask("Copy", PEOPLE[-1], 0, -90, 15, blocking=True))])
        ),
        **texts | {"what": texts["what"] or "It is updated."},
    )


@given(made=plans())
def test_whatever_the_plan_is_its_answers_give_the_same_plan_with_the_same_fingerprint(made: Plan) -> None:
    again = read_plan(answers_of(made, LEARN), LEARN, PIERRE, PEOPLE, NOW)
    assert again == made
    assert again.fingerprint == made.fingerprint


_TEXTS = ("what", "why", "risks", "rollback", "affected", "reason")


ANSWERS: dict[str, dict[str, str]] = {
    "service": {"Learn": "learn", "mail of": "mail", "2": "mail"},
    "title": {" Moodle 5 ": "Moodle 5"},
    "date": {"3.4.27": "2027-04-03"},
    "time": {"22h30": "22:30"},
    "minutes": {"1 h 30": "90"},
    "tests": {"Log in; * Open": "Log in\nOpen"},
    "risks": {
        **dict.fromkeys(("-", "Aucun risque connu."), "None known"),
        "No plug-in may load.": "No plug-in may load.",
    },
    "rollback": dict.fromkeys(("None", "none known"), "None known"),
    "notify": {"-": "", "a@x.ch; b@x.ch\nA@X.CH c@x.ch": "a@x.ch, b@x.ch, c@x.ch"},
    "why": {"skip": ""},
    "tasks": {"-": "", "-2d @pierre do it; +1h Vérifier !": "-2d @Pierre André: do it\n+1h Vérifier !"},
    "reason": {"aucun": ""},
    "kind": {"-": "", "Urgence": "emergency", "normal": "normal"},
    "implementer": {"-": "", "pierre andre": PIERRE.id},
    "what": {"a\x00b": "a b"},
}
WRONG: dict[str, tuple[str, ...]] = {
    "service": ("payroll", ""),
    "title": ("  ", "x" * 101),
    "what": ("-" * 1501,),
    "date": ("-",),
    "time": ("none",),
    "minutes": ("skip",),
    "tests": ("-", ";;", "x" * 151),
    "kind": ("huge",),
    "risks": ("",),
    "rollback": (" ",),
    "tasks": ("soon", "-2d @Ghost: haunt"),
    "notify": (
        *("the deans", "Deans <deans@x.ch>", " ".join(f"{number}@x.ch" for number in range(21))),
        ", ".join(f"{'x' * 60}{number}@x.ch" for number in range(9)),
    ),
}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in ANSWERS.items() for text in texts])
def test_a_typed_answer_is_kept_in_its_normal_form(field: str, text: str) -> None:
    assert check(field, text, CONTEXT) == ANSWERS[field][text]


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in WRONG.items() for text in texts])
def test_a_wrong_typed_answer_is_asked_again_with_what_is_expected(field: str, text: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check(field, text, CONTEXT)
    assert list(refused.value.problems) == [field]


def test_that_nothing_is_known_is_written_in_the_language_of_whoever_says_so() -> None:
    with use_language("fr"):
        assert check("risks", "-", CONTEXT) == "Aucun connu"
        assert read_plan(TYPED | {"rollback": "aucun"}, LEARN, NADIA, PEOPLE, NOW).rollback == "Aucun connu"


def test_who_is_mailed_anyway_and_who_is_named_twice_is_named_once() -> None:
    typed = "Deans@x.ch, ISC-Learn@example.ch; pierre.andre@EXAMPLE.ch deans@x.ch\nlibrary@x.ch"
    assert read_plan(TYPED | {"notify": typed}, LEARN, NADIA, PEOPLE, NOW).notify == ("Deans@x.ch", "library@x.ch")


def test_people_are_named_where_the_service_sends_mails_or_where_some_stand_already() -> None:
    by_teams = replace(OTHER, notify=("teams",))
    assert asks_for("notify", {"service": "learn"}, (LEARN, by_teams))
    assert not asks_for("notify", {"service": "mail"}, (LEARN, by_teams))
    assert asks_for("notify", {}, (LEARN, by_teams)), "it is not chosen yet"
    assert not asks_for("notify", {}, (by_teams,))
    assert asks_for("notify", {"service": "mail", "notify": "a@x.ch"}, (LEARN, by_teams)), "to be taken out"
    assert asks_for("risks", {"service": "mail"}, (LEARN, by_teams))


@given(text=st.text(max_size=40), field=st.sampled_from([question.field for question in QUESTIONS]))
def test_whatever_is_typed_is_an_answer_or_a_sentence(text: str, field: str) -> None:
    try:
        answer = check(field, text, CONTEXT)
    except ValidationFailed:
        return
    assert check(field, answer or "-", CONTEXT) == answer, "an answer is its own normal form"


@given(answers=st.dictionaries(st.sampled_from([question.field for question in QUESTIONS]), st.text(max_size=20)))
def test_whatever_the_answers_are_they_make_a_plan_or_sentences(answers: dict[str, str]) -> None:
    try:
        read_plan(answers, LEARN, NADIA, PEOPLE, NOW)
    except ValidationFailed as refused:
        assert refused.problems  # noqa: PT017
