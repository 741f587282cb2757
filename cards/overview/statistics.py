"""How changes went in a year or a quarter: the numbers of all, a chart, and a line for each service and quarter."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from microsoft_teams.cards import (
    CardElement,
    ChartColor,
    Container,
    StackedHorizontalBarChart,
    StackedHorizontalBarChartData,
    StackedHorizontalBarChartDataPoint,
)

from cards.elements.blocks import facts, fold, label, text_block
from cards.elements.controls import command_button, render_card, view_button
from cards.elements.header import page_header
from cards.elements.table import table, tiles
from cards.request.dialog import opens_dialog
from cards.request.templates import record_text
from changes.labels import duration_label
from changes.policy import Service
from changes.reporting.periods import Period
from changes.reporting.statistics import ChangeStatistics, Counts, by_quarter, by_service, summarise
from changes.templates import Template
from changes.text.messages import Message, listed
from language import N_, _, current_catalogue, current_language, labelled, n_

MOST_LINES = 20
"""Maximum number of services and quarters, and of templates, shown one by one."""
_SERIES: tuple[tuple[str, str, ChartColor], ...] = (
    ("successful", N_("successful"), "good"),
    ("fixed", N_("fixed after an incident"), "warning"),
    ("rolled_back", N_("rolled back"), "attention"),
)
_BLOCK = "█"
MINUS = "\N{MINUS SIGN}"


def stats_card(
    counts: Counts,
    services: Mapping[str, Service],
    period: Period,
    only: Service | None,
    templates: Sequence[Template] = (),
) -> dict[str, Any]:
    """The changes of that period, of one service or of all; `services` are by key and hold every counted one's.

    Those of `templates` are counted over all time.
    """
    about = only.name if only else _("All services")
    head: list[CardElement] = page_header(
        _("Statistics {period}", period=period_label(period)), text_block(about, subtle=True)
    )
    whole = summarise(counts)
    if not whole.handed_in:
        return _nothing(head, period)
    body = [*head, *_numbers(whole)]
    groups = by_service(counts)
    if whole.completed:
        quarters = by_quarter(counts)
        bars = {period_label(each): found for each, found in quarters.items() if found.completed}
        if len(bars) == 1:
            bars = {services[key].name: found for (key, _quarter), found in groups.items() if found.completed}
        body += [label(_("Completed changes")), _chart(bars), *_quarter_on_quarter(quarters)]
    if len(groups) > 1:
        body += fold(_("By service and quarter"), "groups", *_one_by_one(groups, services))
    body += _by_template(templates)
    return render_card([*body, *fold(_("How this is counted"), "counted", text_block(_how_counted()))])


def _by_template(templates: Sequence[Template]) -> list[CardElement]:
    rows = [(each.name, record_text(each.record)) for each in templates if each.record.runs][:MOST_LINES]
    return [label(_("Templates, over all time")), *table((), rows, (2, 3))] if rows else []


def period_label(period: Period) -> str:
    """For example `2027` or `2027-Q2`, in French `2027-T2`."""
    return str(period).replace("Q", "T") if current_language() == "fr" else str(period)


def _nothing(head: Sequence[CardElement], period: Period) -> dict[str, Any]:
    before = Period(period.year - 1)
    said = _("No change submitted so far has its window in {period}.", period=period_label(period))
    buttons = [
        view_button(period_label(before), f"stats {before}"),
        view_button(_("All changes"), "list all"),
        opens_dialog(command_button(_("New change"), "new")),
    ]
    return render_card([*head, text_block(said)], buttons)


def _numbers(whole: ChangeStatistics) -> list[CardElement]:
    successful, fixed, rolled_back = whole.successful, whole.fixed, whole.rolled_back
    ended = _counts(
        (successful, n_("{n} successful", "{n} successful", successful)),
        (fixed, n_("{n} fixed after an incident", "{n} fixed after an incident", fixed)),
        (rolled_back, n_("{n} rolled back", "{n} rolled back", rolled_back)),
    )
    cancelled, without_go = whole.cancelled, whole.given_up - whole.cancelled
    others = _counts(
        (whole.open, n_("{n} still to come", "{n} still to come", whole.open)),
        (cancelled, n_("{n} cancelled", "{n} cancelled", cancelled)),
        (without_go, n_("{n} postponed or without GO", "{n} postponed or without GO", without_go)),
    )
    return [
        *tiles(
            (_("Submitted"), str(whole.handed_in)),
            (_("Completed"), str(whole.completed)),
            (_("Successful"), _percent(whole.success)),
        ),
        facts(
            (_("Outcome"), ended),
            (_("Others"), others),
            (_("Within the window"), _share(whole.on_time, whole.completed - whole.late, whole.completed)),
            (_("Overrun"), _late(whole)),
            (_("Short notice"), _share(whole.short_notice_share, whole.short_notice, whole.handed_in)),
            (_("Lead time"), _lead(whole)),
        ),
    ]


def _percent(part: float | None) -> str:
    return _("{percent} %", percent=round(100 * part)) if part is not None else ""


def _counts(*numbers: tuple[int, str]) -> str:
    return listed(said for number, said in numbers if number)


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
    return _("median {median}, average {mean}", median=middle, mean=mean)


def _lead(whole: ChangeStatistics) -> str:
    if whole.median_lead_days is None:
        return ""
    days = round(whole.median_lead_days)
    return n_("median one day", "median {n} days", days)


def _chart(bars: Mapping[str, ChangeStatistics]) -> CardElement:
    """Bars of what came of the completed changes, without an axis: theirs has halves, and nobody completes half a one.

    A client that knows no charts draws them as text.
    """
    rows = [
        StackedHorizontalBarChartData(
            title=bar,
            data=[
                StackedHorizontalBarChartDataPoint(legend=_(name), color=colour, value=getattr(found, field))
                for field, name, colour in _SERIES
            ],
        )
        for bar, found in bars.items()
    ]
    return StackedHorizontalBarChart(data=rows, fallback=_drawn(bars))


def _quarter_on_quarter(quarters: Mapping[Period, ChangeStatistics]) -> list[CardElement]:
    """Each quarter in which changes were completed, and how much better or worse it went than in the one right before.

    Nothing where there is only one: there is nothing to compare it with.
    """
    rates = {quarter: found.success for quarter, found in quarters.items() if found.success is not None}
    if len(rates) < 2:
        return []
    rows: list[list[str]] = []
    for quarter, rate in rates.items():
        before = rates.get(quarter.quarter_before)
        said = _percent(rate)
        if before is not None:
            compared = _difference(round(100 * rate) - round(100 * before))
            said = Message("{rate} ({compared})", rate=said, compared=compared)
        rows.append([period_label(quarter), str(quarters[quarter].completed), said])
    return table([_("Quarter"), _("Completed"), _("Successful (change since the quarter before)")], rows, (2, 2, 3))


def _difference(points: int) -> str:
    """Of two rates, in percentage points."""
    if not points:
        return _("unchanged")
    return n_("{signed} point", "{signed} points", abs(points), signed=f"{points:+}".replace("-", MINUS))


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
    items: list[CardElement] = []
    for (key, quarter), found in list(groups.items())[-MOST_LINES:]:
        where = f"{services[key].name}, {period_label(quarter)}"
        items.append(_line(where, found, current_language(), current_catalogue()))
    if len(groups) > MOST_LINES:
        items.append(
            text_block(
                _("{n} more: **/change stats SERVICE** shows one service.", n=len(groups) - MOST_LINES),
                subtle=True,
            )
        )
    return items


@lru_cache(maxsize=512)
def _line(where: str, found: ChangeStatistics, _language: str, _words: NullTranslations) -> CardElement:
    """What is told of one of them; of a quarter that is over it stays the same."""
    said = [n_("{n} submitted", "{n} submitted", found.handed_in)]
    if found.completed:
        said += [
            n_("{n} completed", "{n} completed", found.completed),
            n_("{n} successful", "{n} successful", found.successful),
            _("{n} within the window", n=found.completed - found.late),
        ]
    return text_block(labelled(Message("**{where}**", where=where), listed(said)))


def _how_counted() -> str:
    return _(
        "A change counts in the quarter in which its window starts. Success and time are those of completed changes; "
        "one that ended within an extension counts as late."
    )
