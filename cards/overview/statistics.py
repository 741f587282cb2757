"""How changes went in a year or a quarter: the numbers of all, a chart, and a line for each service and quarter."""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_teams.cards import (
    BarChartDataValue,
    CardElement,
    ChartColor,
    Container,
    GroupedVerticalBarChart,
    GroupedVerticalBarChartData,
)

from cards.elements.blocks import facts, heading, label, text_block
from cards.elements.controls import render_card
from changes.labels import duration_label
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.periods import Period
from changes.reporting.statistics import ChangeStatistics, by_quarter, by_service, summarise
from changes.text.messages import Message, joined
from language import N_, _, current_language, n_

MOST_LINES = 20
"""Maximum number of services and quarters shown one by one."""
_SERIES: tuple[tuple[str, str, ChartColor], ...] = (
    ("successful", N_("successful"), "good"),
    ("fixed", N_("fixed after an incident"), "warning"),
    ("rolled_back", N_("rolled back"), "attention"),
)
_BLOCK = "█"


def stats_card(
    measured: Sequence[ChangeMetrics], services: Mapping[str, Service], period: Period, only: Service | None
) -> dict[str, Any]:
    """The changes of that period, of one service or of all; `services` are by key and hold every measured one's."""
    about = only.name if only else _("all services")
    head: list[CardElement] = [
        heading(_("Statistics {period}", period=period_label(period))),
        text_block(about, subtle=True),
    ]
    whole = summarise(measured)
    if not whole.handed_in:
        return render_card([*head, *_nothing(period)])
    body = [*head, _numbers(whole)]
    groups = by_service(measured, services)
    if whole.completed:
        quarters = by_quarter(measured, services)
        bars = {period_label(each): found for each, found in quarters.items()}
        if len(quarters) == 1:
            bars = {services[key].name: found for (key, _quarter), found in groups.items()}
        body += [label(_("Completed changes")), _chart(bars)]
    if len(groups) > 1:
        body += _one_by_one(groups, services)
    return render_card([*body, text_block(_how_counted(), subtle=True)])


def period_label(period: Period) -> str:
    """For example `2027` or `2027-Q2`, in French `2027-T2`."""
    return str(period).replace("Q", "T") if current_language() == "fr" else str(period)


def _nothing(period: Period) -> list[CardElement]:
    before = period_label(Period(period.year - 1))
    said = _(
        "**/change stats {before}** shows the year before, **/change list all** every change there is, and "
        "**/change new** requests one.",
        before=before,
    )
    return [
        text_block(_("No change that was handed in had its window in {period}.", period=period_label(period))),
        text_block(said, subtle=True),
    ]


def _numbers(whole: ChangeStatistics) -> CardElement:
    ended = _counts(
        (whole.successful, N_("successful")),
        (whole.fixed, N_("fixed after an incident")),
        (whole.rolled_back, N_("rolled back")),
    )
    others = _counts(
        (whole.open, N_("still to come")),
        (whole.cancelled, N_("cancelled")),
        (whole.given_up - whole.cancelled, N_("postponed or without GO")),
    )
    return facts(
        (_("Handed in"), str(whole.handed_in)),
        (_("Completed"), f"{whole.completed} ({ended})" if ended else str(whole.completed)),
        (_("Others"), others),
        (_("Successful"), _share(whole.success, whole.successful, whole.completed)),
        (_("In time"), _share(whole.on_time, whole.completed - whole.late, whole.completed)),
        (_("Late by"), _late(whole)),
        (_("Short notice"), _share(whole.short_notice_share, whole.short_notice, whole.handed_in)),
        (_("Asked for ahead"), _lead(whole)),
    )


def _counts(*numbers: tuple[int, str]) -> str:
    return ", ".join(f"{number} {_(what)}" for number, what in numbers if number)


def _share(part: float | None, number: int, of: int) -> str:
    """A rate with what it was taken of: half of two changes says less than half of forty."""
    return (
        _("{percent} % ({number} of {of})", percent=round(100 * part), number=number, of=of) if part is not None else ""
    )


def _late(whole: ChangeStatistics) -> str:
    if whole.median_overrun is None or whole.mean_overrun is None:
        return ""
    middle, mean = duration_label(round(whole.median_overrun)), duration_label(round(whole.mean_overrun))
    if whole.late == 1:
        return middle
    return _("{median} in the median, {mean} on average", median=middle, mean=mean)


def _lead(whole: ChangeStatistics) -> str:
    if whole.median_lead_days is None:
        return ""
    days = round(whole.median_lead_days)
    return n_("one day in the median", "{n} days in the median", days)


def _chart(bars: Mapping[str, ChangeStatistics]) -> CardElement:
    """Bars of what came of the completed changes; a client that knows no charts draws them as text."""
    series = [
        GroupedVerticalBarChartData(
            legend=_(name),
            color=colour,
            values=[BarChartDataValue(x=bar, y=getattr(found, field)) for bar, found in bars.items()],
        )
        for field, name, colour in _SERIES
    ]
    return GroupedVerticalBarChart(stacked=True, data=series, y_min=0, show_bar_values=True, fallback=_drawn(bars))


def _drawn(bars: Mapping[str, ChangeStatistics]) -> CardElement:
    return Container(
        items=[
            text_block(
                _(
                    "{bar}: {blocks} {successful} of {completed} successful",
                    bar=bar,
                    blocks=_blocks(found),
                    successful=found.successful,
                    completed=found.completed,
                )
            )
            for bar, found in bars.items()
        ]
    )


def _blocks(found: ChangeStatistics) -> str:
    """A block for each change, up to twenty: full ones went well."""
    scale = max(1, found.completed / 20)
    full = round(found.successful / scale)
    return _BLOCK * full + "░" * (round(found.completed / scale) - full)


def _one_by_one(
    groups: Mapping[tuple[str, Period], ChangeStatistics], services: Mapping[str, Service]
) -> list[CardElement]:
    items: list[CardElement] = [label(_("By service and quarter"))]
    for (key, quarter), found in list(groups.items())[-MOST_LINES:]:
        said = [_("{n} handed in", n=found.handed_in)]
        if found.completed:
            said += [
                _("{n} completed", n=found.completed),
                _("{n} successful", n=found.successful),
                _("{n} in time", n=found.completed - found.late),
            ]
        where = Message("**{where}**", where=f"{services[key].name}, {period_label(quarter)}")
        items.append(text_block(joined(where, joined(*said, by=", "), by=": ")))
    if len(groups) > MOST_LINES:
        items.append(
            text_block(
                _("{n} lines are left out: **/change stats SERVICE** shows one service.", n=len(groups) - MOST_LINES),
                subtle=True,
            )
        )
    return items


def _how_counted() -> str:
    return _(
        "A change counts in the quarter in which its window starts. Only completed ones count for success and time; an "
        "end within an extension is late."
    )
