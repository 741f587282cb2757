"""The next weeks: which windows and freezes lie in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.elements.blocks import box, label, text_block
from cards.elements.controls import LARGEST, command_button, render_card, size, view_button
from cards.elements.header import page_header
from cards.overview.rows import brief_row
from cards.request.dialog import opens_dialog
from changes.planning.calendar import Day, Week
from changes.policy import Service
from changes.text.messages import Message
from language import _, n_

_ENOUGH = LARGEST - 2500
"""Maximum size of the weeks, in UTF-16 units; the rest of the card takes what remains."""


def calendar_card(weeks: Sequence[Week], services: Mapping[str, Service], typed: str, today: date) -> dict[str, Any]:
    """The weeks as blocks, empty ones run together. `typed` is the service that was typed after `calendar`, if any."""
    first, last = weeks[0].first, _sunday(weeks[-1])
    body: list[CardElement] = page_header(_("Calendar"), text_block(_days(first, last), subtle=True))
    left = len(weeks)
    for alike in _runs(weeks):
        blocks = _week(alike[0], services, today) if _has_something(alike[0]) else _idle(alike)
        if size(render_card([*body, *blocks])) > _ENOUGH and left == len(weeks):
            # It has no room even by itself: what is shown of it is what comes first.
            body += _what_fits(body, alike[0], services, today)
            last = _sunday(alike[0])
            break
        if size(render_card([*body, *blocks])) > _ENOUGH:
            cut = n_("{n} more week: select *Later*.", "{n} more weeks: select *Later*.", left)
            body.append(text_block(cut, subtle=True))
            last = alike[0].first - timedelta(days=1)
            break
        body += blocks
        left -= len(alike)
    earlier, later = first - timedelta(days=7 * len(weeks)), last + timedelta(days=1)
    actions: list[Action] = [
        view_button(_("Earlier"), f"calendar {typed} {earlier.isoformat()}"),
        view_button(_("Later"), f"calendar {typed} {later.isoformat()}"),
        opens_dialog(command_button(_("New change"), "new")),
    ]
    return render_card(body, actions)


def _runs(weeks: Sequence[Week]) -> Iterator[list[Week]]:
    """Each week in which something is by itself, and those between them together."""
    for something, found in groupby(weeks, _has_something):
        alike = list(found)
        yield from ([each] for each in alike) if something else [alike]


def _has_something(week: Week) -> bool:
    return any(day.changes or day.freezes for day in week.days)


def _days(first: date, last: date) -> str:
    return _("{first} to {last}", first=first, last=last)


def _idle(weeks: Sequence[Week]) -> list[CardElement]:
    first, last = weeks[0].first, _sunday(weeks[-1])
    return [text_block(_("{days}: no changes.", days=_days(first, last)), subtle=True)]


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
        "{n} more change this week: type `/change list {month}` to see all.",
        "{n} more changes this week: type `/change list {month}` to see all.",
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
    busy = [day for day in week.days if day.changes]
    return [label(name), *_freezes(week), *(element for day in busy for element in _day(day, services))]


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
    rows = [each for change in day.changes for each in brief_row(change, services[change.plan.service])]
    return [text_block(name), *rows]
