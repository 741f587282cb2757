"""The next weeks: which windows and freezes lie in them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from microsoft_teams.cards import Action, CardElement
from pydantic_core import to_json

from cards.elements.blocks import box, label, text_block
from cards.elements.controls import LARGEST, command_button, draw, render_card, view_button
from cards.elements.header import page_header
from cards.overview.rows import brief_row, drawn_once, drawn_row
from cards.request.dialog import Drawn, opens_dialog
from changes.planning.calendar import Day, Week
from changes.policy import Service
from changes.text.lengths import units
from changes.text.messages import Message
from language import _, n_

_ENOUGH = LARGEST - 2500
"""Maximum size of the weeks, in UTF-16 units; the rest of the card takes what remains."""
MOST = 24
"""More windows than a card has room for, however short their titles are: so many are read of each service."""
MOST_IN_A_WEEK = 100
"""Windows of a first week that has no room are counted up to here, of each service: nobody reads on from there."""


def calendar_card(
    weeks: Sequence[Week],
    services: Mapping[str, Service],
    typed: str,
    today: date,
    first_week: int = 0,
    *,
    is_least: bool = False,
    has_pages: bool = False,
) -> dict[str, Any]:
    """The weeks as blocks, empty ones run together. `typed` is the service that was typed after `calendar`, if any.

    The weeks hold as many windows as a card has room for, or more; `first_week` is how many there are in the first one,
    at least where `is_least`. `has_pages`: it can be looked at in a browser, too.
    """
    first, last = weeks[0].first, _sunday(weeks[-1])
    head = page_header(_("Calendar"), text_block(_days(first, last), subtle=True))
    if has_pages:
        head.append(text_block(_("In a browser: type `/change calendar link`."), subtle=True))
    left, drawn = len(weeks), _Drawn(head)
    for alike in _runs(weeks):
        rows = list(_week(alike[0], services, today)) if _has_something(alike[0]) else [_idle(alike)]
        blocks = [part for row in rows for part in row]
        if not drawn.takes(blocks) and left == len(weeks):
            # It has no room even by itself: what is shown of it is what comes first.
            _add_what_fits(drawn, alike[0], rows, first_week, is_least=is_least)
            last = _sunday(alike[0])
            break
        if not drawn.takes(blocks):
            cut = n_("{n} more week: select *Later*.", "{n} more weeks: select *Later*.", left)
            drawn.add(draw([text_block(cut, subtle=True)]))
            last = alike[0].first - timedelta(days=1)
            break
        drawn.add(blocks)
        left -= len(alike)
    earlier, later = first - timedelta(days=7 * len(weeks)), last + timedelta(days=1)
    actions: list[Action] = [
        view_button(_("Earlier"), f"calendar {typed} {earlier.isoformat()}"),
        view_button(_("Later"), f"calendar {typed} {later.isoformat()}"),
        opens_dialog(command_button(_("New change"), "new")),
    ]
    return render_card(head, actions, below=drawn.parts)


class _Drawn:
    """What is on the card below its head, and how long its JSON is: each part is measured once."""

    def __init__(self, head: Sequence[CardElement]) -> None:
        self.parts: list[Drawn] = []
        self._units, self._bytes = _lengths(render_card(head))
        self._known: tuple[Sequence[Drawn], tuple[int, int]] = ((), (0, 0))

    def takes(self, parts: Sequence[Drawn]) -> bool:
        """Whether there is room for these too."""
        if self._known[0] is not parts:
            self._known = (parts, _lengths(parts))
        long, heavy = self._known[1]
        # As cards.elements.lengths.weight has it, without the brackets around the parts.
        return max(self._units + long - 2, (self._bytes + heavy - 1) // 2) < _ENOUGH

    def add(self, parts: Sequence[Drawn]) -> None:
        """Put them on the card."""
        self.takes(parts)
        self.parts += parts
        # Without the brackets, and with a comma.
        self._units, self._bytes = self._units + self._known[1][0] - 1, self._bytes + self._known[1][1] - 1


def _lengths(drawn: object) -> tuple[int, int]:
    """The length of its JSON in UTF-16 units, and in bytes of UTF-8."""
    text = to_json(drawn)
    return units(text.decode()), len(text)


def _runs(weeks: Sequence[Week]) -> Iterator[list[Week]]:
    """Each week in which something is by itself, and those between them together."""
    for something, found in groupby(weeks, _has_something):
        alike = list(found)
        yield from ([each] for each in alike) if something else [alike]


def _has_something(week: Week) -> bool:
    return any(day.changes or day.freezes for day in week.days)


def _days(first: date, last: date) -> str:
    return _("{first} to {last}", first=first, last=last)


def _idle(weeks: Sequence[Week]) -> list[Drawn]:
    first, last = weeks[0].first, _sunday(weeks[-1])
    return draw([text_block(_("{days}: no changes.", days=_days(first, last)), subtle=True)])


def _add_what_fits(
    drawn: _Drawn, week: Week, rows: Sequence[Sequence[Drawn]], first_week: int, *, is_least: bool
) -> None:
    """Put on it as many of the week's windows as a card has room for, and how many more there are."""
    count = max(first_week, sum(len(day.changes) for day in week.days))
    drawn.add(rows[0])
    fitting = 0
    for row in rows[1:]:
        if not drawn.takes(row):
            break
        drawn.add(row)
        fitting += 1
    month = f"{week.first:%Y-%m}"
    cut = n_(
        "{n} more change this week: type `/change list {month}` to see all.",
        "{n} more changes this week: type `/change list {month}` to see all.",
        count - fitting,
        month=month,
    )
    if is_least:
        cut = _(
            "At least {count} more changes this week: type `/change list {month}` to see all.",
            count=count - fitting,
            month=month,
        )
    drawn.add(draw([text_block(cut, subtle=True)]))


def _sunday(week: Week) -> date:
    """The last day of the week."""
    return week.first + timedelta(days=6)


def _week(week: Week, services: Mapping[str, Service], today: date) -> Iterator[list[Drawn]]:
    """What stands above the windows of the week, and each of those."""
    yield draw([label(_week_name(week, today)), *_freezes(week)])
    for day in week.days:
        if day.changes:
            yield from _rows(day, services)


def _week_name(week: Week, today: date) -> str:
    sunday = _sunday(week)
    name = _("Week {number}, {first} to {last}", number=week.first.isocalendar().week, first=week.first, last=sunday)
    return _("{week} (this week)", week=name) if week.first <= today <= sunday else name


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


def _rows(day: Day, services: Mapping[str, Service]) -> Iterator[list[Drawn]]:
    """The windows of the day, the first one below the day itself."""
    above = drawn_once(("day", day.date, day.holiday), lambda: [_day_name(day)])
    for change in day.changes:
        yield [*above, *drawn_row(brief_row, change, services[change.plan.service])]
        above = []


def _day_name(day: Day) -> CardElement:
    name = Message("**{day}**", day=day.date)
    return text_block(_("{day} (public holiday)", day=name) if day.holiday else name)
