"""The review on the next working day: the plan against what happened."""

from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, label, more, user_text
from cards.elements.controls import action_button, render_card, text_input
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.state_labels import OUTCOMES
from cards.implementation.tests import acceptance
from cards.overview.delivery_log import notice_name, reached
from changes.labels import duration_label
from changes.model import SnapshotStatus
from changes.notification.notices import NOTICES
from changes.reporting.metrics import ChangeMetrics, Notice, Setbacks, count_setbacks, measure, notices
from language import _, n_, window_text

MOST_TESTS, LONGEST_TEST = 5, 60
"""Maximum number of failed tests named, and maximum length of each, in characters."""
LONGEST_REASON = 120
MOST_NOTICES = 14


def review_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What went as planned, what did not, and what to do better."""
    body: list[CardElement] = [*change_header(view, _("Review")), *compared(view)]
    if view.change.review:
        return render_card([*body, box(user_text(view.change.review), "good")], (), view, message)
    question = _("What went well, and what should be done better next time? (kept in the record)")
    save = action_button(view, message, _("Save"), "review.save", style="positive")
    return render_card([*body, text_input("comment", question, lines=True)], [save], view, message)


def compared(view: ChangeContext) -> list[CardElement]:
    """The plan against what happened, and who was told of it when."""
    found, troubles = measure(view.change, view.service), count_setbacks(view.history)
    rows = [
        (_("Planned"), window_text(found.planned, view.service.zone)),
        *_work(view, found),
        (_("Asked for"), _lead(found)),
        (_("Snapshot"), _snapshot(view, found, troubles)),
        (_("Restore"), _restore(view, found, troubles)),
        (_("Tests"), _tests(view, troubles)),
        (_("Started early"), shortened(view.change.early_reason, LONGEST_REASON)),
        (_("Incident"), _incident(view)),
        (_("Postponed"), n_("once", "{n} times", troubles.postponed) if troubles.postponed else ""),
        (_("Outcome"), _(OUTCOMES[found.outcome]) if found.outcome else ""),
    ]
    sent = [
        (notice_name(each.notice), _sent(view, each)) for each in notices(view.delivery_log) if each.notice in NOTICES
    ]
    told: list[CardElement] = [label(_("Notices")), facts(*sent[:MOST_NOTICES])] if sent else []
    return [facts(*rows), *_failed(view, troubles), *_accepted(view), *told]


def _accepted(view: ChangeContext) -> list[CardElement]:
    """The tests that did not pass and were accepted, by whom and why."""
    if not view.change.accepted:
        return []
    lines = "\n".join(
        f"{each.index + 1}. {shortened(view.change.plan.tests[each.index], LONGEST_TEST)}: "
        f"{acceptance(view, each, LONGEST_REASON)}"
        for each in view.change.accepted
    )
    return [label(_("Accepted as they are")), *user_text(lines)]


def _work(view: ChangeContext, found: ChangeMetrics) -> list[tuple[str, str]]:
    if found.took is None or found.overrun is None or found.started_at is None or found.ended_at is None:
        return []
    took = _(
        "{duration}, from {start} to {end}",
        duration=duration_label(found.took),
        start=view.when(found.started_at),
        end=view.when(found.ended_at),
    )
    longer = _("by {more}, to {end}", more=duration_label(found.extended), end=view.when(view.change.ends_at))
    extended = longer if found.extended else ""
    return [(_("Took"), took), (_("Ended"), _against_the_end(found.overrun)), (_("Extended"), extended)]


def _against_the_end(overrun: int) -> str:
    if overrun > 0:
        return _("{late} after the planned end", late=duration_label(overrun))
    if overrun < 0:
        return _("in time, {early} before the planned end", early=duration_label(-overrun))
    return _("in time")


def _lead(found: ChangeMetrics) -> str:
    if found.lead_days is None:
        return ""
    ahead = n_("one day ahead", "{n} days ahead", found.lead_days)
    return _("{ahead}, at short notice", ahead=ahead) if found.short_notice else ahead


def _snapshot(view: ChangeContext, found: ChangeMetrics, troubles: Setbacks) -> str:
    taken = view.change.snapshot
    if taken.status is SnapshotStatus.WAIVED:
        by = view.name(taken.waived_by) if taken.waived_by else ""
        return _("waived by {by}", by=by) if by else _("waived")
    if found.snapshot is None:
        return ""
    took = _took(found.snapshot, view.service.vps.snapshot_minutes)
    return _after_failures(took, troubles.snapshots)


def _restore(view: ChangeContext, found: ChangeMetrics, troubles: Setbacks) -> str:
    if found.restore is None:
        return n_("failed once", "failed {n} times", troubles.restores) if troubles.restores else ""
    return _after_failures(_took(found.restore, view.service.vps.restore_minutes), troubles.restores)


def _took(minutes: int, planned: int) -> str:
    return _("{took}, reckoned with {planned}", took=duration_label(minutes), planned=duration_label(planned))


def _after_failures(took: str, failures: int) -> str:
    if not failures:
        return took
    failed = n_("one attempt failed before", "{n} attempts failed before", failures)
    return _("{took}; {failed}", took=took, failed=failed)


def _tests(view: ChangeContext, troubles: Setbacks) -> str:
    results = view.change.tests
    passed = sum(result is not None and result.passed for result in results)
    said = _("{passed} of {all} passed", passed=passed, all=len(results))
    if not troubles.tests:
        return said
    failed = n_("one failed on the way", "{n} failed on the way", len(troubles.tests))
    return _("{passed}; {failed}", passed=said, failed=failed)


def _failed(view: ChangeContext, troubles: Setbacks) -> list[CardElement]:
    """The tests that failed at some time, by name."""
    tests = view.change.plan.tests
    named = [index for index in troubles.tests if index < len(tests)]
    if not named:
        return []
    return [
        label(_("Tests that failed")),
        *(each for i in named[:MOST_TESTS] for each in user_text(f"{i + 1}. {shortened(tests[i], LONGEST_TEST)}")),
        *more(len(named) - MOST_TESTS),
    ]


def _incident(view: ChangeContext) -> str:
    change = view.change
    if change.incident_at is None:
        return ""
    since = _("declared {when}", when=view.when(change.incident_at))
    if change.handed_over_at is None:
        return since
    return _("{declared}, handed over {when}", declared=since, when=view.when(change.handed_over_at))


def _sent(view: ChangeContext, notice: Notice) -> str:
    if not notice.sent:
        return _("reached nobody")
    ways = reached(notice.sent - notice.posted, posted=notice.posted)
    sent = _("{when}, {ways}", when=view.when(notice.first), ways=ways)
    failed = n_("one could not be reached", "{n} could not be reached", notice.failed) if notice.failed else ""
    return _("{sent}; {failed}", sent=sent, failed=failed) if failed else sent
