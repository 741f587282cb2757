"""The progress of what runs, the cutoff, and the end of each recovery option (CASES.md, Arithmetic)."""

from datetime import datetime, timedelta

from microsoft_teams.cards import CardElement, ProgressBar

from application.change_context import ChangeContext
from application.ports import Operation
from cards.elements.blocks import facts, text_block
from changes.labels import duration_label, minutes_from, span_label
from changes.planning.deadlines import cutoff_times
from changes.planning.restore_forecast import durations, forecast_restore, too_short_for_restore
from language import _

_TICKS = timedelta(hours=12)
"""How long after its end a live card is redrawn every minute (scheduler/status_refresher.py)."""


def window_clock(view: ChangeContext, *, live: bool = False) -> CardElement:
    """The cutoff and the end; on the `live` card, which is drawn anew every minute, also how far away they are."""
    change = view.change
    cutoff, _again = cutoff_times(change, view.service)
    ticks = live and view.now - change.ends_at < _TICKS
    shown = _with_distance if ticks else ChangeContext.when
    return facts(
        (_("Started"), view.when(change.started_at) if change.started_at else ""),
        (_("Cutoff"), shown(view, cutoff)),
        (_("End"), shown(view, change.ends_at)),
    )


def restore_clock(view: ChangeContext) -> list[CardElement]:
    """The forecast of a restore that begins now; without a snapshot, that there is none."""
    found = forecast_restore(view.change, view.service, view.now)
    if found is None:
        return [
            text_block(_("There is no snapshot to restore: a rollback would be from the backups."), colour="Warning")
        ]
    _restoring, tests = durations(view.service)
    last, this_minute = view.when(found.last_restore), view.now.replace(second=0, microsecond=0)
    covered = found.if_tests_fail_again <= view.change.ends_at
    covers = (
        _("the window, as it is") if covered else _("{minutes} more", minutes=duration_label(found.suggested_minutes))
    )
    said = _(
        "it ends {moment}, with {minutes} for the tests",
        moment=view.when(found.if_restored_now),
        minutes=span_label(tests),
    )
    rows = [
        (
            _("Last restore in time"),
            _("{moment} (already past)", moment=last) if found.last_restore < this_minute else last,
        ),
        (_("If restored now"), said),
        (
            _("If tests fail again"),
            _("restored only then, it ends {moment}", moment=view.when(found.if_tests_fail_again)),
        ),
        (_("What covers that"), covers),
    ]
    return [facts(*rows), text_block(_("Reckoned {now}.", now=view.when(view.now)), subtle=True)]


def suggested_minutes(view: ChangeContext) -> int | None:
    """The extension that covers a restore and its tests; None where there is nothing to restore."""
    found = forecast_restore(view.change, view.service, view.now)
    return found.suggested_minutes if found else None


def too_short(view: ChangeContext) -> list[CardElement]:
    """A warning, before it is decided, that the window cannot hold its own restore."""
    plan, service = view.change.plan, view.service
    if not too_short_for_restore(plan.window, service):
        return []
    restore, tests = durations(service)
    said = _(
        "The window of {minutes} is too short to go back in it: a restore takes {restore} and its tests "
        "{tests}. Plan {both} or more, or know that going back ends after the window.",
        minutes=duration_label(plan.window.minutes),
        restore=span_label(restore),
        tests=span_label(tests),
        both=span_label(restore + tests),
    )
    return [text_block(said, colour="Warning")]


def _with_distance(view: ChangeContext, moment: datetime) -> str:
    minutes = minutes_from(view.now, moment)
    if minutes == 0:
        return _("{moment}, now", moment=view.when(moment))
    if minutes > 0:
        return _("{moment}, in {minutes}", moment=view.when(moment), minutes=duration_label(minutes))
    return _("{moment}, {minutes} ago", moment=view.when(moment), minutes=duration_label(-minutes))


WIDTH = 20


def progress_bar(
    view: ChangeContext, operation: Operation | None, begun: datetime, span: timedelta, *, by_hand: bool = False
) -> list[CardElement]:
    """The bar, the figure under it, and that it is late if so. `begun` and `span` are when it began, and how long.

    What a person does is only estimated, and only that person knows how it stands.
    """
    percent = operation.percent if operation is not None and operation.percent is not None else 0
    estimated = operation is None or operation.estimated
    late = view.now > begun + span
    full = round(percent / 100 * WIDTH)
    drawn = text_block("█" * full + "░" * (WIDTH - full))
    usual, provider = span_label(span), view.service.vps.provider
    why = (
        _("an estimate from the usual {usual}", usual=usual)
        if by_hand
        else _("an estimate: {provider} tells no progress", provider=provider.label)
    )
    said = _("about {percent} % ({why})", percent=percent, why=why) if estimated or by_hand else f"{percent} %"
    then = (
        _("Please look at {console}.", console=provider.console)
        if by_hand
        else _("Nothing has failed: the bot keeps looking.")
    )
    slow = text_block(_("It takes longer than expected. {then}", then=then), colour="Warning")
    bar = ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn)
    return [bar, text_block(said, bold=True), *([slow] if late else [])]
