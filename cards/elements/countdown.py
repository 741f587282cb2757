"""The times of the work: start, cutoff and end, what a restore takes, and the progress of what runs.

Cards are drawn once and read much later: they say deadlines and durations, never how far away something is.
"""

from datetime import datetime, timedelta

from microsoft_teams.cards import CardElement, ProgressBar

from application.change_context import ChangeContext
from application.ports import Operation
from cards.elements.blocks import box, facts, text_block
from cards.elements.table import table, tiles
from changes.labels import duration_label, span_label
from changes.planning.deadlines import cutoff_times
from changes.planning.restore_forecast import (
    RestoreForecast,
    durations,
    forecast_restore,
    restore_span,
    too_short_for_restore,
)
from changes.text.messages import joined
from language import _

WIDTH = 20
"""How many characters the bar has where a client draws none of its own."""


def window_clock(view: ChangeContext) -> list[CardElement]:
    """Start, cutoff and end, then the latest restore start; the day and the zone, which they share, once."""
    change = view.change
    cutoff, _again = cutoff_times(change, view.service)
    last_restore = latest_restore_label(view)
    return [
        *tiles(
            (_("Started"), view.time(change.started_at) if change.started_at else ""),
            (_("Cutoff"), view.time(cutoff)),
            (_("End"), view.time(change.ends_at)),
        ),
        *([facts((_("Latest restore start"), last_restore))] if last_restore else []),
        text_block(view.window_label, subtle=True, small=True),
    ]


def window_over(view: ChangeContext) -> list[CardElement]:
    """After a restore: that the window has ended meanwhile, and what is left to do; else nothing."""
    change = view.change
    at = change.restore.finished_at if change.restored and change.restore else None
    if at is None or view.now < change.ends_at:
        return []
    ended, restored = view.time(change.ends_at), view.time(at)
    if change.blocking_tests:
        said = _(
            "The window has been over since {ended}. Restored at {restored}: rerun the tests.",
            ended=ended,
            restored=restored,
        )
    else:
        said = _("The window has been over since {ended}. Restored at {restored}.", ended=ended, restored=restored)
    return [box([text_block(said, bold=True)], "warning")]


def latest_restore_label(view: ChangeContext) -> str:
    """Until when a restore still ends in the window; empty where there is no snapshot, or it never would."""
    found = forecast_restore(view.change, view.service, view.now)
    if found is None or found.last_restore < view.change.plan.window.start:
        return ""
    return view.time(found.last_restore)


def restore_clock(view: ChangeContext) -> list[CardElement]:
    """Until when a restore still ends in the window, and how long it takes; or that there is no snapshot."""
    found = forecast_restore(view.change, view.service, view.now)
    if found is None:
        return [_no_snapshot()]
    restore, tests = durations(view.service)
    takes = _("{restore}, and its tests {tests}", restore=span_label(restore), tests=span_label(tests))
    return [facts((_("Latest restore start"), view.when(found.last_restore)), (_("A restore takes"), takes))]


def ways_on(view: ChangeContext) -> list[CardElement]:
    """At the cutoff: each option, when the service is back with it, and the extension that it needs."""
    found = _at_cutoff(view)
    if found is None:
        return [_no_snapshot()]
    change = view.change
    rows = [
        (_("Finish as planned"), view.time(change.ends_at), _("every test passed")),
        (_("Restore"), view.time(found.if_restored_now), _restore_needs(view, found.if_restored_now)),
        (
            _("Retest first, then restore"),
            view.time(found.if_tests_fail_again),
            _restore_needs(view, found.if_tests_fail_again),
        ),
    ]
    counted = _(
        "If begun at {cutoff}; every minute later is a minute more. A restore that began by {last} would still have "
        "ended within the window.",
        cutoff=view.time(_asked(view)),
        last=view.time(found.last_restore),
    )
    return [*table((_("Option"), _("Back by"), _("Needs")), rows, (4, 3, 4)), text_block(counted, subtle=True)]


def suggested_minutes(view: ChangeContext) -> int | None:
    """The extension that covers a restore and its tests; None where there is nothing to restore."""
    found = _at_cutoff(view)
    return found.suggested_minutes if found else None


def restore_takes(view: ChangeContext) -> str:
    """How long a restore and its tests take together."""
    return span_label(restore_span(view.service))


def too_short(view: ChangeContext) -> str:
    """The warning, before it is decided, that the window cannot hold its own restore; empty where it can."""
    plan, service = view.change.plan, view.service
    if not too_short_for_restore(plan.window, service):
        return ""
    restore, tests = durations(service)
    return _(
        "The window of {minutes} is too short for a rollback ({restore} restore + {tests} tests): plan {both} or "
        "more, or accept an overrun.",
        minutes=duration_label(plan.window.minutes),
        restore=span_label(restore),
        tests=span_label(tests),
        both=span_label(restore + tests),
    )


def progress_bar(
    view: ChangeContext,
    operation: Operation | None,
    begun: datetime,
    span: timedelta,
    *,
    late: bool,
    by_hand: bool = False,
) -> list[CardElement]:
    """The bar, the figure under it with the time at which it should be done, and that it is late if so.

    `begun` and `span` are when it began, and how long it takes. What a person does is only estimated, and only that
    person knows how it stands.
    """
    percent = operation.percent if operation is not None and operation.percent is not None else 0
    estimated = operation is None or operation.estimated or by_hand
    full = round(percent / 100 * WIDTH)
    drawn = text_block("█" * full + "░" * (WIDTH - full))
    usual, provider = span_label(span), view.service.vps.provider
    figure = {"percent": percent, "when": view.time(begun + span)}
    if late:
        said = _("≈ {percent} %", **figure) if estimated else f"{percent} %"
    else:
        said = (
            _("≈ {percent} %, ready about {when}", **figure)
            if estimated
            else _("{percent} %, ready about {when}", **figure)
        )
    why = _("Usually {usual}.", usual=usual)
    then = (
        _("Please check {console}.", console=provider.console)
        if by_hand
        else _("Nothing has failed: the bot keeps checking.")
    )
    slow = text_block(_("It takes longer than expected. {then}", then=then), colour="Warning")
    bar = ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn)
    told: list[CardElement] = [text_block(why, subtle=True, small=True, close=True)] if estimated else []
    return [bar, text_block(said, bold=True), *told, *([slow] if late else [])]


def _asked(view: ChangeContext) -> datetime:
    """The moment of the cutoff, from which its card counts: it says the same whenever it is drawn."""
    return view.change.cutoff_asked_at or cutoff_times(view.change, view.service)[0]


def _at_cutoff(view: ChangeContext) -> RestoreForecast | None:
    return forecast_restore(view.change, view.service, _asked(view))


def _restore_needs(view: ChangeContext, back: datetime) -> str:
    """What leads to a restore, which has no button at the cutoff, and how far it reaches beyond the window."""
    missing, leads = back - view.change.ends_at, _("declare an incident, then restore")
    if missing <= timedelta():
        return leads
    return joined(leads, _("an extension of {minutes}", minutes=span_label(missing)), by="; ")


def _no_snapshot() -> CardElement:
    said = _("There is no snapshot to restore: a rollback would be from the backups.")
    return text_block(said, colour="Warning")
