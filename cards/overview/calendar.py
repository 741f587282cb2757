"""The next weeks: which windows and freezes lie in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.elements.blocks import box, columns, heading, label, tag, text_block, user_text
from cards.elements.controls import LARGEST, render_card, size, view_button
from cards.elements.state_labels import state_label
from changes.model import Change, Window
from changes.planning.calendar import Day, Week
from changes.policy import Service
from changes.text.messages import Message
from language import _, n_, window_text

_ENOUGH = LARGEST - 2500
"""Maximum size of the weeks, in UTF-16 units; the rest of the card takes what remains."""


def calendar_card(weeks: Sequence[Week], services: Mapping[str, Service], typed: str, today: date) -> dict[str, Any]:
    """The weeks as blocks. `typed` is what was typed after `calendar` besides the date: a service, or nothing."""
    first, last = weeks[0].first, weeks[-1].first + timedelta(days=6)
    body: list[CardElement] = [heading(_("Calendar, {first} to {last}", first=first, last=last))]
    for number, week in enumerate(weeks):
        blocks = _week(week, services, today)
        if size(render_card([*body, *blocks])) > _ENOUGH and not number:
            # It has no room even by itself: what is shown of it is what comes first.
            body += _what_fits(body, week, services, today)
            last = _sunday(week)
            break
        if size(render_card([*body, *blocks])) > _ENOUGH:
            cut = n_(
                "{n} more week has no room here: choose a service, or look at it with *Later*.",
                "{n} more weeks have no room here: choose a service, or look at them with *Later*.",
                len(weeks) - number,
            )
            body.append(text_block(cut, subtle=True))
            last = week.first - timedelta(days=1)
            break
        body += blocks
    earlier, later = first - timedelta(days=7 * len(weeks)), last + timedelta(days=1)
    actions: list[Action] = [
        view_button(_("Earlier"), f"calendar {typed} {earlier.isoformat()}"),
        view_button(_("Later"), f"calendar {typed} {later.isoformat()}"),
    ]
    return render_card(body, actions)


def _what_fits(
    body: Sequence[CardElement], week: Week, services: Mapping[str, Service], today: date
) -> list[CardElement]:
    """As many of the week's windows as a card has room for, and how many more there are."""
    count = sum(len(day.changes) for day in week.days)
    fewest, most = 0, count
    while fewest < most:
        number = (fewest + most + 1) // 2
        if size(render_card([*body, *_week(_first(week, number), services, today)])) > _ENOUGH:
            most = number - 1
        else:
            fewest = number
    cut = n_(
        "{n} more window of this week has no room here: choose a service, or type `/change list {month}`.",
        "{n} more windows of this week have no room here: choose a service, or type `/change list {month}`.",
        count - fewest,
        month=f"{week.first:%Y-%m}",
    )
    return [*_week(_first(week, fewest), services, today), text_block(cut, subtle=True)]


def _first(week: Week, number: int) -> Week:
    """The week with its first so many windows only."""
    days = []
    for day in week.days:
        days.append(replace(day, changes=day.changes[:number]))
        number -= len(days[-1].changes)
    return Week(tuple(days))


def _sunday(week: Week) -> date:
    """The last day of the week."""
    return week.first + timedelta(days=6)


def _week(week: Week, services: Mapping[str, Service], today: date) -> list[CardElement]:
    sunday = _sunday(week)
    name = _("Week {number}, {first} to {last}", number=week.first.isocalendar().week, first=week.first, last=sunday)
    if week.first <= today <= sunday:
        name = _("{week} (this week)", week=name)
    frozen = _freezes(week)
    busy = [day for day in week.days if day.changes]
    if not frozen and not busy:
        return [text_block(_("{week}: nothing.", week=name), subtle=True)]
    return [label(name), *frozen, *(element for day in busy for element in _day(day, services))]


def _freezes(week: Week) -> list[CardElement]:
    """Each freeze of the week once, as a band."""
    found = {(service.key, freeze.name): (service, freeze) for day in week.days for service, freeze in day.freezes}
    return [
        box(
            [
                text_block(
                    _(
                        "Freeze: {name}, {first} to {last} ({service})",
                        name=freeze.name,
                        first=freeze.first,
                        last=freeze.last,
                        service=service.name,
                    )
                )
            ],
            "warning",
        )
        for service, freeze in found.values()
    ]


def _day(day: Day, services: Mapping[str, Service]) -> list[CardElement]:
    name = Message("**{day}**", day=day.date)
    if day.holiday:
        name = _("{day} (public holiday)", day=name)
    rows = [row for change in day.changes for row in _change(change, services[change.plan.service])]
    return [text_block(name), *rows]


def _change(change: Change, service: Service) -> list[CardElement]:
    said, colour = state_label(change)
    when = window_text(Window(change.plan.window.start, change.ends_at), service.zone)
    row = columns((user_text(change.plan.title), "stretch"), ([tag(said, colour)], "auto"))
    # Below both: beside the state a phone has no room for it.
    return [row, text_block(f"{change.id} · {when}", subtle=True)]
