"""A change as a document: everything about it, in the order in which a reader of the wiki wants it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.change_context import ChangeContext
from cards.elements.plan_table import sections
from cards.elements.state_labels import OUTCOMES, risk_looks, state_label
from cards.implementation.review import review_text
from cards.implementation.tests import accepted_test
from cards.overview.delivery_log import RESULTS, WAYS, notice_name
from cards.overview.history import history_line
from cards.tasks.runbook import tasks_text
from changes.delivery_log import DeliveryRecord
from changes.labels import duration_label
from changes.lifecycle.decisions.standard import label_of
from changes.model import Change, ChangeType, SnapshotStatus, TestResult, Window, risk_text
from changes.planning.restore_forecast import minutes_between
from language import N_, _, labelled, translate, window_text


@dataclass(frozen=True, slots=True)
class Heading:
    """A section begins; `level` 1 is the document's own title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote, or a sentence; its lines are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with its column titles."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Text | Items | Rows
"""A piece of the document; each text in it is plain text and no markup."""

_VERDICTS = {
    "approved": N_("Pre-check approved"),
    "corrections": N_("Corrections requested"),
    "go": "GO",
    "no_go": "NO-GO",
    "conflict": N_("Overlap accepted"),
}


def document(view: ChangeContext, lines: Sequence[DeliveryRecord]) -> tuple[Block, ...]:
    """The whole change; `lines` are those of its delivery log."""
    return tuple(_blocks(view, lines))


def _blocks(view: ChangeContext, lines: Sequence[DeliveryRecord]) -> Iterator[Block]:
    change, plan = view.change, view.change.plan
    yield Heading(1, f"{change.id}: {plan.title}")
    yield Rows((_("What"), _("Value")), tuple(_facts(view)))
    yield Heading(2, _("Plan"))
    for name, text in (*sections(plan), (_("Reason for short notice or emergency"), plan.reason)):
        if text.strip():
            yield Heading(3, name)
            yield Text(text)
    if change.risk is not None:
        yield Heading(3, _("Risk"))
        yield Items(tuple(map(translate, change.risk.reasons)))
        answers = ((translate(risk_text(ask)), translate(risk_text(answer))) for ask, answer in plan.risk_answers)
        yield Rows((_("Question"), _("Answer")), tuple(answers))
    if plan.tasks:
        yield Heading(2, _("Tasks"))
        yield Items(tuple(tasks_text(view).splitlines()))
    yield Heading(2, _("Tests"))
    yield Rows((_("Test"), _("Result"), _("Note")), tuple(_tests(view)))
    if decided := tuple(_decisions(view)):
        yield Heading(2, _("Decisions"))
        yield Rows((_("Decision"), _("By"), _("When"), _("Comment")), decided)
    yield Heading(2, _("Planned and actual"))
    yield Rows(("", _("Planned"), _("Actual")), tuple(_times(view)))
    if change.recovery_attempts:
        yield Heading(2, _("Recovery log"))
        yield Items(
            tuple(
                labelled(f"{view.when(each.at)}, {view.name(each.by)}", each.note) for each in change.recovery_attempts
            )
        )
    yield Heading(2, _("What happened"))
    yield Items(
        tuple(labelled(view.when(entry.at), text) for entry in view.history if (text := history_line(entry, view)))
    )
    if lines:
        yield Heading(2, _("Notification log"))
        titles = (_("When"), _("Notice"), _("To"), _("Channel"), _("Result"))
        yield Rows(titles, tuple(_told(each, view) for each in lines))
    if change.review.strip():
        yield Heading(2, _("Review"))
        yield Text(review_text(change.review))


def _facts(view: ChangeContext) -> Iterator[tuple[str, str]]:
    change, plan = view.change, view.change.plan
    yield _("State"), state_label(change)[0]
    yield _("Service"), view.service.name
    yield _("Window"), view.window_label
    yield _("Downtime"), duration_label(view.change.window.minutes)
    yield _("Change type"), _("emergency") if plan.kind is ChangeType.EMERGENCY else _("normal")
    if change.template is not None:
        yield _("Template"), label_of(change.template)
    yield _("Requester"), view.name(change.requester)
    yield _("Implementer"), view.name(plan.implementer)
    yield _("Approver"), view.name(view.service.approver)
    yield from ((_("Risk"), each.label) for each in risk_looks(change))
    if change.early_reason:
        yield _("Started before its window"), change.early_reason
    if change.outcome is not None:
        yield _("Outcome"), _(OUTCOMES[change.outcome])
    if change.closing_reason:
        yield _("Reason"), view.closing_reason


def _tests(view: ChangeContext) -> Iterator[tuple[str, str, str]]:
    results = view.change.tests or (None,) * len(view.change.plan.tests)
    for number, (test, result) in enumerate(zip(view.change.plan.tests, results, strict=False)):
        accepted = accepted_test(view.change, number)
        notes = [result.note] if result is not None and result.note else []
        if accepted is not None:
            who = view.who(accepted.by, accepted.deputy_for)
            notes.append(
                _("Accepted by {who} on {when}: {reason}", who=who, when=view.when(accepted.at), reason=accepted.reason)
            )
        yield test, _result(view, result), " ".join(notes)


def _result(view: ChangeContext, result: TestResult | None) -> str:
    if result is None:
        return _("not recorded")
    said = _("passed") if result.passed else _("failed")
    return f"{said}, {view.name(result.by)}, {view.when(result.at)}"


def _decisions(view: ChangeContext) -> Iterator[tuple[str, str, str, str]]:
    change = view.change
    precheck, go = change.precheck, change.go
    if precheck is not None and go is not None and (precheck.at, precheck.by) == (go.at, go.by):
        precheck = None  # in an emergency GO is the pre-check too
    made = (change.conflict_allowed, change.corrections, precheck, go, *change.approvals)
    for each in sorted((each for each in made if each is not None), key=lambda each: each.at):
        who = view.who(each.by, each.deputy_for)
        yield _(_VERDICTS[each.verdict]), who, view.when(each.at), each.comment
    if change.snapshot.status is SnapshotStatus.WAIVED and change.snapshot.waived_by is not None:
        when = view.when(change.snapshot.since) if change.snapshot.since else ""
        yield _("Snapshot waived"), view.name(change.snapshot.waived_by), when, change.snapshot.detail


def _times(view: ChangeContext) -> Iterator[tuple[str, str, str]]:
    change, vps = view.change, view.service.vps
    snapshot, restore = change.snapshot, change.restore
    yield _("Window"), window_text(change.plan.window, view.service.zone), _actual(view)
    yield _("Snapshot"), duration_label(vps.snapshot_minutes), _took(snapshot.started_at, snapshot.finished_at)
    if restore is not None:
        yield _("Restore"), duration_label(vps.restore_minutes), _took(restore.started_at, restore.finished_at)
    if change.extensions:
        planned = duration_label(change.plan.window.minutes)
        yield _("Downtime with extensions"), planned, duration_label(view.change.window.minutes)


def _actual(view: ChangeContext) -> str:
    change = view.change
    if change.started_at is None:
        return _("not started")
    if change.ended_at is None or change.ended_at <= change.started_at:
        return _("since {when}", when=view.when(change.started_at))
    return window_text(Window(change.started_at, change.ended_at), view.service.zone)


def _took(started: datetime | None, finished: datetime | None) -> str:
    minutes = minutes_between(started, finished)
    return _("not known") if minutes is None else duration_label(minutes)


def _told(each: DeliveryRecord, view: ChangeContext) -> tuple[str, str, str, str, str]:
    why = f" ({each.why})" if each.why else ""
    return view.when(each.at), notice_name(each.notice), each.to, _(WAYS[each.way]), f"{_(RESULTS[each.result])}{why}"


def title_of(change: Change) -> str:
    """A file's or page's title."""
    return f"{change.id} {change.plan.title}"
