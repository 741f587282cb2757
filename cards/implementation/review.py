"""The review on the next working day: the plan against what happened."""

from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, fold, label, more, text_block, user_text
from cards.elements.controls import action_button, render_card, text_input
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.state_labels import OUTCOMES
from cards.elements.table import table
from cards.implementation.tests import acceptance
from cards.overview.delivery_log import notice_name, reached
from changes.labels import TO_IMPROVE, WENT_WELL, duration_label
from changes.model import SnapshotStatus
from changes.notification.notices import NOTICES
from changes.reporting.metrics import ChangeMetrics, Notice, Setbacks, count_setbacks, measure, notices
from changes.text.messages import joined
from language import _, as_text, labelled, n_, window_text

MOST_TESTS, LONGEST_TEST = 5, 60
"""Maximum number of failed tests named, and maximum length of each, in characters."""
LONGEST_REASON = 120
MOST_NOTICES = 14


def review_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What went as planned, what did not, and what to do better."""
    body: list[CardElement] = [*change_header(view, _("Review")), *compared(view)]
    if view.change.review:
        return render_card([*body, box(user_text(review_text(view.change.review)), "good")], (), view, message)
    asks = [
        text_input("went_well", _("Went well (kept in the record)"), lines=True),
        text_input("to_improve", _("To improve (kept in the record)"), lines=True),
    ]
    save = action_button(view, message, _("Save the review"), "review.save", style="positive")
    return render_card([*body, *asks], [save], view, message)


def review_text(text: str) -> str:
    """The review as it was written, with its labels in the language of the moment."""
    for name in (WENT_WELL, TO_IMPROVE):
        said = as_text(_(name))
        text = "\n".join(said + each[len(name) :] if each.startswith(name) else each for each in text.split("\n"))
    return text


def compared(view: ChangeContext) -> list[CardElement]:
    """The plan against what happened, and who was told of it when."""
    found, troubles = measure(view.change, view.service), count_setbacks(view.history)
    extended = _("by {more}, to {end}", more=duration_label(found.extended), end=view.when(view.change.ends_at))
    rows = [
        (_("Outcome"), _(OUTCOMES[found.outcome]) if found.outcome else ""),
        (_("Lead time"), _lead(found)),
        (_("Tests"), _tests(view, troubles)),
        (_("Extended"), extended if found.extended else ""),
        (_("Snapshot"), _snapshot(view, troubles)),
        (_("Restore"), n_("failed once", "failed {n} times", troubles.restores) if troubles.restores else ""),
        (_("Started early"), shortened(view.change.early_reason, LONGEST_REASON)),
        (_("Incident"), _incident(view)),
        (_("Postponed"), n_("once", "{n} times", troubles.postponed) if troubles.postponed else ""),
    ]
    sent = [
        (notice_name(each.notice), _sent(view, each)) for each in notices(view.delivery_log) if each.notice in NOTICES
    ]
    told = fold(_("Notices sent"), "notices", facts(*sent[:MOST_NOTICES])) if sent else []
    return [*_times(view, found), facts(*rows), *_failed(view, troubles), *_accepted(view), *told]


def _times(view: ChangeContext, found: ChangeMetrics) -> list[CardElement]:
    """Planned against actual: when it began and ended, and how long each part took."""
    vps, planned = view.service.vps, found.planned
    rows: list[tuple[str, str, str]] = []
    in_time = _against_the_end(found.overrun) if found.overrun is not None else ""
    if found.took is not None and found.started_at is not None and found.ended_at is not None:
        rows = [
            (_("Started"), view.time(planned.start), view.time(found.started_at)),
            (_("Ended"), view.time(planned.end), joined(view.time(found.ended_at), in_time, by=", ")),
            (_("Duration"), duration_label(planned.minutes), duration_label(found.took)),
        ]
    if found.snapshot is not None and view.change.snapshot.status is not SnapshotStatus.WAIVED:
        rows.append((_("Snapshot"), duration_label(vps.snapshot_minutes), duration_label(found.snapshot)))
    if found.restore is not None:
        rows.append((_("Restore"), duration_label(vps.restore_minutes), duration_label(found.restore)))
    window = text_block(window_text(planned, view.service.zone), subtle=True, small=True)
    return [window, *table(("", _("Planned"), _("Actual")), rows, (3, 4, 4))]


def _accepted(view: ChangeContext) -> list[CardElement]:
    """The tests that did not pass and were accepted, by whom and why."""
    if not view.change.accepted:
        return []
    lines = "\n".join(
        labelled(
            f"{each.index + 1}. {shortened(view.change.plan.tests[each.index], LONGEST_TEST)}",
            acceptance(view, each, LONGEST_REASON),
        )
        for each in view.change.accepted
    )
    return [label(_("Accepted as is")), *user_text(lines)]


def _against_the_end(overrun: int) -> str:
    if overrun > 0:
        return _("{late} late", late=duration_label(overrun))
    if overrun < 0:
        return _("{early} early", early=duration_label(-overrun))
    return _("on time")


def _lead(found: ChangeMetrics) -> str:
    if found.lead_days is None:
        return ""
    ahead = n_("one day", "{n} days", found.lead_days)
    return _("{ahead} (short notice)", ahead=ahead) if found.short_notice else ahead


def _snapshot(view: ChangeContext, troubles: Setbacks) -> str:
    """What was out of the ordinary about it."""
    taken = view.change.snapshot
    if taken.status is SnapshotStatus.WAIVED:
        by = view.name(taken.waived_by) if taken.waived_by else ""
        return _("waived by {by}", by=by) if by else _("waived")
    return n_("failed once", "failed {n} times", troubles.snapshots) if troubles.snapshots else ""


def _tests(view: ChangeContext, troubles: Setbacks) -> str:
    """How many passed, how many of those had failed before, and what was accepted without."""
    change = view.change
    passed = sum(result is not None and result.passed for result in change.tests)
    recovered = len(_recovered(view, troubles))
    failed = len([index for index in change.failed_tests if index in change.accepted_tests])
    untested = len([index for index in change.open_tests if index in change.accepted_tests])
    said = _("{passed} of {all} passed", passed=passed, all=len(change.tests))
    for each in (
        n_("one failed at first", "{n} failed at first", recovered) if recovered else "",
        n_("1 failed, accepted", "{n} failed, accepted", failed) if failed else "",
        n_("1 not tested, accepted", "{n} not tested, accepted", untested) if untested else "",
    ):
        said = _("{passed}; {failed}", passed=said, failed=each) if each else said
    return said


def _recovered(view: ChangeContext, troubles: Setbacks) -> list[int]:
    """The tests that failed at some time and passed in the end; what was accepted stands with its reason."""
    tests = view.change.tests
    return [i for i in troubles.tests if i < len(tests) and (found := tests[i]) is not None and found.passed]


def _failed(view: ChangeContext, troubles: Setbacks) -> list[CardElement]:
    """The tests that failed at first, by name."""
    tests, named = view.change.plan.tests, _recovered(view, troubles)
    if not named:
        return []
    return [
        label(_("Failed at first")),
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
