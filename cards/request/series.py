"""Recurring changes: how often in words, the card on which it is chosen, and the list."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.input_parsing.recurrence import WEEKDAYS, WHICH, parts_of
from cards.elements.blocks import flowing, more, text_block, user_text
from cards.elements.controls import COMMAND, button, choice, command_button, render_card, show_card_button
from cards.elements.header import page_header
from cards.elements.lengths import capital, shortened
from cards.elements.table import row
from cards.request.choices import LONGEST_TITLE
from cards.request.window_inputs import time_input
from changes.model import Change
from changes.policy import Service
from changes.recurrence.series import Series, SeriesState, WhenBlocked
from changes.text.messages import joined
from language import N_, _, current_language, n_
from language.cldr import written_month_of_year, written_weekday

_ORDINALS = dict(zip(WHICH, (N_("first"), N_("second"), N_("third"), N_("fourth"), N_("last")), strict=True))
_BLOCKED = {
    WhenBlocked.AFTER: N_("the next free day"),
    WhenBlocked.BEFORE: N_("the last free day before"),
    WhenBlocked.SKIP: N_("left out"),
}
_STATES = {SeriesState.ACTIVE: N_("Active"), SeriesState.PAUSED: N_("Paused"), SeriesState.ENDED: N_("Not saved yet")}
_INTERVALS = {"WEEKLY": (1, 2, 3, 4), "MONTHLY": (1, 2, 3, 4, 6), "YEARLY": (1, 2)}
"""How many weeks, months and years can be chosen."""
_DAYS = (
    *(f"BYDAY={which}{weekday}" for which in ("", *WHICH) for weekday in WEEKDAYS),
    *(f"BYMONTHDAY={day}" for day in (*range(1, 32), -1)),
)
_EVERY = re.compile(r"FREQ=(WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=(\d+))?(?:;BYMONTH=(\d+))?")
_ON = re.compile(r"BYDAY=(-1|[1-4])?([A-Z]{2})|BYMONTHDAY=(-1|\d+)")
NARROWEST = 180
"""Pixels of a field that stands beside others."""
MOST = 20


def rule_text(rule: str) -> str:
    """How often, in words, like `every month on the first Tuesday`; a rule that has none as it is."""
    every, day = parts_of(rule)
    said = _every_text(every), _day_text(day)
    return _("{every} on {day}", every=said[0], day=said[1]) if all(said) else _("by the rule {rule}", rule=rule)


def _every_text(every: str) -> str:
    """For example `every 3 months`, or empty."""
    found = _EVERY.fullmatch(every)
    if found is None:
        return ""
    number = int(found[2] or 1)
    said = {
        "WEEKLY": n_("every week", "every {n} weeks", number),
        "MONTHLY": n_("every month", "every {n} months", number),
        "YEARLY": n_("every year", "every {n} years", number),
    }[found[1]]
    month = written_month_of_year(int(found[3]), current_language()) if found[3] else ""
    return _("{every} in {month}", every=said, month=month) if month else said


def _day_text(on: str) -> str:
    """A weekday, one of a month, or a day of the month; or empty."""
    found = _ON.fullmatch(on)
    if found is None:
        return ""
    which, weekday, day = found.groups()
    if day is not None:
        return _("the last day of the month") if day == "-1" else _("day {day}", day=day)
    name, _short = written_weekday(date(2000, 1, 3 + WEEKDAYS.index(weekday)), current_language())
    return _("the {which} {weekday}", which=_(_ORDINALS[which]), weekday=name) if which else name


def series_card(series: Series, change: Change, service: Service, dates: Sequence[date]) -> dict[str, Any]:
    """How often changes like that one take place, to choose, with the next dates; and what else can be done of it."""
    title, state, actions = _("How often?"), series.state, list[Action]()
    for named, act in ((_("Save"), "save"), (_("Show the dates"), "")):
        actions.append(button(named, COMMAND, COMMAND, 0, typed=f"repeat {change.id} {act}".strip()))
    about = joined(series.owner.name, service.name, _(_STATES[state]), by=" · ")
    if state is not SeriesState.ENDED:
        title = _("Recurring change {id}", id=series.id)
        named, act = (_("Pause"), "pause") if state is SeriesState.ACTIVE else (_("Resume"), "resume")
        asked = text_block(_("Nothing more is drafted, for good. What is drafted or submitted stays."))
        ended = command_button(_("End it"), f"repeat {series.id} end")
        actions += [command_button(named, f"repeat {series.id} {act}"), show_card_button(_("End it…"), [asked], ended)]
    said = _(
        "All that follow take the plan of {id} as it stands. Each is drafted in good time, and you confirm it before "
        "anybody is asked.",
        id=change.id,
    )
    head = page_header(title, *user_text(series.plan.title, bold=True), text_block(about, subtle=True))
    often = text_block(capital(rule_text(series.rule)), bold=True)
    upcoming = text_block(_("Next dates: {days}.", days=tuple(dates)))
    return render_card([*head, _inputs(series, service), often, upcoming, text_block(said, subtle=True)], actions)


def series_list_card(found: Sequence[Series]) -> dict[str, Any]:
    """Those that go on; a whole row opens one."""
    body = page_header(_("Recurring changes"))
    for each in found[:MOST]:
        about = joined(each.id, rule_text(each.rule), _(_STATES[each.state]), by=" · ")
        lines = [*user_text(shortened(each.plan.title, LONGEST_TITLE), bold=True), text_block(about, subtle=True)]
        body.append(row([lines], (1,), opens=command_button(_("Open {id}", id=each.id), f"repeat {each.changes[-1]}")))
    if not found:
        body.append(text_block(_("You have no recurring change. `/change repeat ID` makes one like that change.")))
    return render_card([*body, *more(len(found) - MOST)])


def _inputs(series: Series, service: Service) -> CardElement:
    """What is chosen; what was typed and cannot be chosen stands among it."""
    as_typed = _("As the rule says")  # which stands below, and is too long for a field
    month, (every, on) = f";BYMONTH={series.first.month}", parts_of(series.rule)
    offered = [
        f"FREQ={unit}{f';INTERVAL={number}' if number > 1 else ''}{month if unit == 'YEARLY' else ''}"
        for unit, numbers in _INTERVALS.items()
        for number in numbers
    ]
    often = [(each, capital(_every_text(each)) or as_typed) for each in dict.fromkeys((*offered, every))]
    blocked = [(each, _(said)) for each, said in _BLOCKED.items()]
    days = [(each, capital(_day_text(each)) or as_typed) for each in dict.fromkeys((*_DAYS, on))]
    return flowing(
        [choice("every", _("How often"), often, every)],
        [choice("on", _("Day"), days, on)],
        [time_input(f"{series.at:%H:%M}", _("Start time ({zone})", zone=service.zone.key), service.zone)],
        [choice("when_blocked", _("If not free"), blocked, series.when_blocked)],
        narrowest=NARROWEST,
    )
