"""Recurring changes: how often in words, the choices, what is looked at before it is saved, one of them, the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.recurrence import CODES
from cards.elements.blocks import facts, label, more, strip, text_block, user_text
from cards.elements.controls import command_button, render_card, show_card_button, view_button
from cards.elements.header import page_header
from cards.elements.lengths import shortened
from cards.elements.table import row
from cards.request.choices import LONGEST_TITLE
from changes.model import Change
from changes.policy import Service
from changes.recurrence.series import Placed, Series, SeriesState, WhenBlocked
from changes.text.messages import capitalized, joined, listed
from language import N_, _, current_language, n_, translate, window_text
from language.cldr import written_day_of_year, written_weekday

_WHICH = {"1": N_("first"), "2": N_("second"), "3": N_("third"), "4": N_("fourth"), "-1": N_("last")}
_BLOCKED = {
    WhenBlocked.AFTER: N_("the next free day"),
    WhenBlocked.BEFORE: N_("the last free day before"),
    WhenBlocked.SKIP: N_("left out"),
}
_STATES = {SeriesState.ACTIVE: N_("Active"), SeriesState.PAUSED: N_("Paused"), SeriesState.ENDED: N_("Ended")}
_SHORT_MONTH = 28
MOST = 20


def rule_text(rule: str, *, brief: bool = False) -> str:
    """How often, in words: `every month on the first Tuesday`, or `Tue` in brief; a rule that has none as it is."""
    parts = dict(each.split("=") for each in rule.split(";"))
    number, frequency, month = int(parts.pop("INTERVAL", "1")), parts.pop("FREQ"), parts.pop("BYMONTH", "")
    every = {
        "WEEKLY": n_("every week", "every {n} weeks", number),
        "MONTHLY": n_("every month", "every {n} months", number),
        "YEARLY": n_("every year", "every {n} years", number),
    }[frequency]
    on = parts.popitem()[1] if len(parts) == 1 else ""
    if frequency == "WEEKLY" and all(each in CODES for each in on.split(",")):
        return _("{every} on {days}", every=every, days=listed(_weekday(each, brief) for each in on.split(",")))
    if frequency == "MONTHLY" and not month and on[-2:] in CODES and on[:-2] in _WHICH:
        weekday = _weekday(on[-2:], brief)
        return _("{every} on the {which} {weekday}", every=every, which=_(_WHICH[on[:-2]]), weekday=weekday)
    if frequency == "MONTHLY" and not month and on == "-1":
        return _("{every} on the last day of the month", every=every)
    if frequency == "MONTHLY" and not month and on.isdigit():
        return _("{every} on day {day}", every=every, day=on)
    if frequency == "YEARLY" and on.isdigit() and month.isdigit():
        return _("{every} on {day}", every=every, day=written_day_of_year(int(month), int(on), current_language()))
    return _("by the rule {rule}", rule=rule)


def choices_card(change: Change, day: date) -> dict[str, Any]:
    """How often a change like that one of the `day` may take place, to choose; a choice is shown before it is saved."""
    weekday, which = CODES[day.weekday()], min(4, -(-day.day // 7))
    rules = (
        *("FREQ=WEEKLY;BYDAY=" + weekday, f"FREQ=MONTHLY;BYDAY={which}{weekday}", f"FREQ=MONTHLY;BYDAY=-1{weekday}"),
        *(f"FREQ=MONTHLY;INTERVAL=3;BYDAY={which}{weekday}", f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={day.day}"),
    )
    said = _(
        "Choose, or type it behind `/change repeat {id}`: how often, “at 20:00” for another time, and “skip”, “before” "
        "or “after” for a day that is not free.",
        id=change.id,
    )
    # In brief: a phone cuts off the title of a button that is longer.
    actions: list[Action] = [
        command_button(capitalized(rule_text(rule, brief=True)), f"repeat {change.id} {rule}") for rule in rules
    ]
    head = page_header(_("How often?"), *user_text(change.plan.title, bold=True))
    return render_card([*head, text_block(said), ActionSet(actions=actions)])


def preview_card(
    series: Series, service: Service, dates: Sequence[Placed], typed: str, question: str
) -> dict[str, Any]:
    """What was understood, and its next dates; `typed` saves it, once for the `question`."""
    day = series.rule.partition("BYMONTHDAY=")[2]
    title = _("Recurring change: is this right?")
    body = page_header(title, *user_text(series.plan.title, bold=True))
    actions: list[Action] = [command_button(_("Save"), f"{typed} save", question, style="positive")]
    if day.isdigit() and int(day) > _SHORT_MONTH:
        body += strip([text_block(_("Months without a day {day} are skipped.", day=day))])
        instead = typed.replace(f"BYMONTHDAY={day}", "BYMONTHDAY=-1")
        actions.append(command_button(_("Use the last day of the month"), instead))
    said = _("Nothing is saved yet. Each change is drafted in good time, and you confirm it before anybody is asked.")
    return render_card([*body, *_rhythm(series, service, dates), text_block(said, subtle=True)], actions)


def series_card(series: Series, service: Service, dates: Sequence[Placed], draft: str) -> dict[str, Any]:
    """One recurring change, with what can be done about it; `draft` waits for its owner."""
    about = joined(series.owner.name, service.name, _(_STATES[series.state]), by=" · ")
    title = _("Recurring change {id}", id=series.id)
    head = page_header(title, *user_text(series.plan.title, bold=True), text_block(about, subtle=True))
    actions: list[Action] = []
    if draft:
        head += strip([text_block(_("{change} is drafted, and not submitted yet.", change=draft))])
        actions.append(view_button(_("Open {id}", id=draft), f"show {draft}"))
    if series.state is SeriesState.PAUSED:
        actions.append(command_button(_("Resume"), f"series resume {series.id}"))
    if series.state is SeriesState.ACTIVE:
        actions.append(command_button(_("Pause"), f"series pause {series.id}"))
    if series.state is not SeriesState.ENDED:
        asked = text_block(_("Nothing more is drafted, for good. What is drafted or submitted stays."))
        actions.append(show_card_button(_("End it…"), [asked], command_button(_("End it"), f"series end {series.id}")))
    return render_card([*head, *_rhythm(series, service, dates)], actions)


def series_list_card(found: Sequence[Series], services: Mapping[str, Service]) -> dict[str, Any]:
    """Those that go on; a whole row opens one."""
    body = page_header(_("Recurring changes"))
    for each in found[:MOST]:
        name = services[each.plan.service].name if each.plan.service in services else each.plan.service
        about = joined(each.id, name, rule_text(each.rule), _(_STATES[each.state]), by=" · ")
        lines = [*user_text(shortened(each.plan.title, LONGEST_TITLE), bold=True), text_block(about, subtle=True)]
        body.append(row([lines], (1,), opens=view_button(_("Open {id}", id=each.id), f"series show {each.id}")))
    if not found:
        body.append(text_block(_("You have no recurring change. `/change repeat ID` makes one like that change.")))
    return render_card([*body, *more(len(found) - MOST)])


def _rhythm(series: Series, service: Service, dates: Sequence[Placed]) -> list[CardElement]:
    start = _("{at}, for {minutes} min", at=series.at, minutes=series.plan.window.minutes)
    blocked = (_("If not free"), _(_BLOCKED[series.when_blocked]))
    body: list[CardElement] = [
        facts((_("How often"), capitalized(rule_text(series.rule))), (_("Start time"), start), blocked)
    ]
    body += [label(_("Next dates"))] if dates else []
    for window, said in dates:
        body += [text_block(window_text(window, service.zone))] if window is not None else []
        body += [text_block(translate(said), subtle=True, close=window is not None)] if said else []
    return body


def _weekday(code: str, brief: bool) -> str:
    whole, short = written_weekday(date(2000, 1, 3 + CODES.index(code)), current_language())
    return short if brief else whole
