"""The request form. A wrong answer comes back with its reason beneath the field and everything else as it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from microsoft_teams.cards import CardElement

from application.input_parsing.card_action import SOMEBODY_ELSE
from application.input_parsing.people import distinct_names
from application.input_parsing.plan_answers import asks_for
from application.input_parsing.risk import risk_questions
from application.ports import NoticeDraft
from cards.elements.blocks import flowing, fold, label, strip, text_block, user_text
from cards.elements.controls import LARGEST, button, choice, render_card, searched_choice, size, text_input
from cards.elements.header import page_header
from cards.elements.lengths import shortened
from cards.elements.public_text import draft_inputs, texts_only
from cards.request.offers import chosen_service, late, offers
from cards.request.template_part import NO_TEMPLATES, TemplatePart
from cards.request.window_inputs import date_input, minutes_input, time_input
from changes.model import Person, Window, risk_text
from changes.plan_fields import BY_KEY, Entry, PlanField
from changes.policy import Service
from changes.reporting.duration_estimates import DurationEstimates
from changes.templates import MINUTES
from language import N_, _, as_text, n_, translate

SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    (N_("What"), ("service", "title", "what", "why")),
    (N_("When"), ("window", "kind", "reason")),
    (N_("Safety"), ("tests", "risks", "rollback", "tasks", "risk_answers")),
    (N_("People"), ("affected", "notify", "implementer")),
)
"""The fields under their headings, by their keys."""
NARROWEST = 130
"""Pixels of a field that stands beside others."""
MOST_PEOPLE = 15
PEOPLE = "people"
"""The name by which Teams asks the bot for more people than the card lists, while a name is typed."""
LONGEST_NAME = 30
LONGEST_PROBLEM, FEW_PROBLEMS, LONGEST_OF_MANY = 520, 2, 66
"""How much of a reason is shown, in UTF-16 units: all of it, unless nearly everything is wrong."""
_ROOMS = ((MOST_PEOPLE, LONGEST_OF_MANY), (8, LONGEST_OF_MANY), (8, 40), (3, 24))
"""How many people are listed, and how much of many reasons is shown, on a form that is ever fuller."""


def form_card(
    answers: Mapping[str, str],
    problems: Mapping[str, str],
    services: Sequence[Service],
    people: Sequence[Person],
    today: date,
    change: str = "new",
    revision: int = 0,
    past: Mapping[str, DurationEstimates] | None = None,
    free: Sequence[Window] = (),
    drafts: Sequence[NoticeDraft] = (),
    template: TemplatePart = NO_TEMPLATES,
) -> dict[str, Any]:
    """The form with what was answered so far; `change` is `new` until the plan is a draft.

    `past` is what is known of each service, by key: where the chosen one's changes ended late, it is said.
    `free` are windows that it can take, each offered on a button. `drafts` are the notice that takes the announced
    date back, should the window be moved. `template` is what there is of templates.
    """
    known, offered = past or {}, list[CardElement]()
    if len(problems) <= FEW_PROBLEMS:  # beside many reasons there is no room
        offered = offers(chosen_service(answers, services), free, known, change, revision)
    form = _Form(answers, problems, services, people, today, known, offered, change == "new", template)
    # The texts of a form that is full stay as they were left, without their inputs; but for what has to be corrected.
    short = texts_only(drafts)
    wrong = [each for each in short if each.field in problems]
    card: dict[str, Any] = {}
    for room, notice in ((_ROOMS[0], drafts), (_ROOMS[0], short), *((each, wrong) for each in _ROOMS)):
        card = _drawn(replace(form, room=room), change, revision, notice)
        if size(card) <= LARGEST:
            break
    return card


def _drawn(form: "_Form", change: str, revision: int, notice: Sequence[NoticeDraft]) -> dict[str, Any]:
    """The form in its room, with the drafts of the notice."""
    body = page_header(_("Request a change") if form.is_new else _("Edit {change}", change=change))
    if form.problems:
        body += strip([text_block(_look(len(form.problems)), bold=True)], "attention")
    for name, keys in SECTIONS:
        body.append(label(_(name)))
        for key in keys:
            body += form.field(BY_KEY[key])
            body += form.template.choosing(change, revision) if key == "service" else []
    actions = [
        button(_("Continue"), "change.edit", change, revision, style="positive"),
        button(_("Cancel"), "change.withdraw", change, revision, alone=True),
    ]
    return render_card([*body, *form.retraction(notice)], actions)


@dataclass(frozen=True, slots=True)
class _Form:
    """What the fields are drawn from."""

    answers: Mapping[str, str]
    problems: Mapping[str, str]
    services: Sequence[Service]
    people: Sequence[Person]
    today: date
    past: Mapping[str, DurationEstimates]
    offered: Sequence[CardElement]
    is_new: bool
    template: TemplatePart = NO_TEMPLATES
    room: tuple[int, int] = _ROOMS[0]

    @property
    def service(self) -> Service | None:
        return chosen_service(self.answers, self.services)

    @property
    def zone(self) -> ZoneInfo:
        """In which a moment is read: the chosen service's, or while none is chosen the first's."""
        return (self.service or self.services[0]).zone

    def given(self, name: str) -> str:
        return self.answers.get(name, "")

    def field(self, field: PlanField) -> list[CardElement]:
        """The inputs of a field of the plan, each with what is wrong with it beneath; nothing where it is not asked."""
        name, title, value = field.key, _(field.form_label or field.label), self.given(field.key)
        if name in self.template.locked:
            return self.template.locked_field(name)
        match field.entry:
            case Entry.SERVICE:
                offered = [(service.key, service.name) for service in self.services]
                return self._with_problem(
                    choice(name, title, offered, self.service.key if self.service else value), name
                )
            case Entry.WINDOW:
                return self._window()
            case Entry.PERSON:
                return self._person(name, title, value or _first(self.people))
            case Entry.KIND:
                kinds = [("normal", _("Normal")), ("emergency", _("Emergency (expedited)"))]
                return self._with_problem(choice(name, title, kinds, value or "normal"), name)
            case Entry.RISK:
                return self._risk()
            case _:
                if not (self._asks_for(name) or name in self.problems or value):
                    return []
                surely = self.is_new or self.given("kind") == "emergency"  # what was requested in time stays so
                if name == "reason" and name not in self.problems and not (surely and self._asks_for(name)):
                    title = _("Reason for short notice or emergency (only then; the approver reads this)")
                hint = "" if value else _(field.hint)
                text = text_input(name, title, value=value, hint=hint, lines=field.several_lines)
                return self._with_problem(text, name)

    def retraction(self, drafts: Sequence[NoticeDraft]) -> list[CardElement]:
        """What people read who were told the date, should it be moved: folded, with the texts as they were left."""
        if not drafts:
            return []
        told = _("If you change the date or the time, everyone who was told the old one gets this notice.")
        kept = [replace(each, text=self.answers.get(each.field) or each.text) for each in drafts]
        wrong = [text for each in drafts for text in user_text(translate(self.problems.get(each.field, "")))]
        inputs = [*draft_inputs(kept, told), *wrong]
        return inputs if wrong else fold(_("Notice if the date moves"), "moved", *inputs)

    def _asks_for(self, name: str) -> bool:
        if name == "reason" and self.template.may_be_standard:
            return self.given("kind") == "emergency"
        return asks_for(name, self.answers, self.services, datetime.combine(self.today, time(12), self.zone))

    def _with_problem(self, element: CardElement, name: str) -> list[CardElement]:
        # The sentence may quote what somebody wrote, so it is shown as text.
        longest = LONGEST_PROBLEM if len(self.problems) <= FEW_PROBLEMS else self.room[1]
        wrong = shortened(as_text(translate(self.problems.get(name, ""))), longest)
        return [element, *user_text(wrong, colour="Attention")]

    def _window(self) -> list[CardElement]:
        at = _("Start time ({zone})", zone=_zone_name(self.service, self.services))
        minutes = self._with_problem(minutes_input(self.given(MINUTES)), MINUTES)
        if MINUTES in self.template.locked:
            minutes = self.template.locked_field(MINUTES)
        row = flowing(
            self._with_problem(date_input(self.given("date"), self.today, self.zone), "date"),
            self._with_problem(time_input(self.given("time"), at, self.zone), "time"),
            minutes,
            narrowest=NARROWEST,
        )
        return [row, *late(self.service, self.services, self.past), *self.offered]

    def _risk(self) -> list[CardElement]:
        """A choice for each question that the chosen service asks about the risk."""
        items: list[CardElement] = []
        for name, asked in risk_questions(self.service).items():
            places = {answer: str(place) for place, (answer, _points) in enumerate(asked.answers, 1)}
            offered = [(place, translate(risk_text(answer))) for answer, place in places.items()]
            value = places.get(self.given(name), self.given(name))
            items += self._with_problem(choice(name, translate(risk_text(asked.ask)), offered, value), name)
        return items

    def _person(self, name: str, title: str, chosen: str) -> list[CardElement]:
        named = _named(self.people, chosen)
        most, _reason = self.room
        items = self._with_problem(choice(name, title, named[:most], chosen), name)
        others = named[most:]
        if not others or self.problems:  # beside many reasons there is no room, and it was read before
            return items
        # A field of its own: one that is searched shows who was chosen before by their id, in clients but Teams.
        return [*items, searched_choice(SOMEBODY_ELSE, _unlisted(len(others)), others[:1], PEOPLE)]


def _unlisted(left: int) -> str:
    return n_(
        "Somebody else: type a name ({n} more person)",
        "Somebody else: type a name ({n} more people)",
        left,
    )


def _zone_name(chosen: Service | None, services: Sequence[Service]) -> str:
    """The zone in which the time is meant: the chosen service's."""
    if chosen is not None:
        return chosen.zone.key
    zones = {service.zone.key for service in services}
    return zones.pop() if len(zones) == 1 else _("the service's time zone")


def _look(wrong: int) -> str:
    return n_(
        "Please correct one field.",
        "Please correct {n} fields.",
        wrong,
    )


def _named(people: Sequence[Person], chosen: str) -> list[tuple[str, str]]:
    """Who can be chosen: whoever is chosen now, then the others."""
    labels = distinct_names(people)
    named = [(person.id, shortened(labels[person.id], LONGEST_NAME)) for person in people if person.name]
    first = [each for each in named if each[0] == chosen]
    return [*first, *(each for each in named if each[0] != chosen)]


def _first(people: Sequence[Person]) -> str:
    return people[0].id if people else ""
