"""Duration estimates from past changes of the service. They move no date: the settings stay in force."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import strip, text_block, user_text
from changes.labels import duration_label
from changes.policy import Service
from changes.reporting.duration_estimates import DurationEstimates, Estimate
from changes.text.messages import joined
from language import N_, _, n_


def duration_hints(view: ChangeContext) -> list[CardElement]:
    """How long the snapshot takes; and on a strip what takes longer than planned."""
    return [*snapshot_hint(view), *strip(overrun_warnings(view))]


def snapshot_hint(view: ChangeContext) -> list[CardElement]:
    """How long snapshots of the server took, where that is no more than planned."""
    service, known = view.service, view.past.snapshot
    planned, vps = service.vps.snapshot_minutes, service.vps.name
    if known is None or known.exceeds(planned):
        return []
    said = N_("Snapshots of {vps} took {took} (median of the last {of}); {planned} are planned.")
    return [text_block(_compared(said, known, planned, vps=vps), subtle=True)]


def overrun_warnings(view: ChangeContext) -> list[CardElement]:
    """The snapshot, the restore, the tests and the work, where past ones took longer than planned: for a strip."""
    service, past = view.service, view.past
    late = overrun_hint(service, past)
    return [
        *_snapshot(service, past.snapshot),
        *_restore(service, past.restore),
        *_tests(service, past.tests),
        *([text_block(late)] if late else []),
    ]


def overrun_hint(service: Service, past: DurationEstimates) -> str:
    """The sentence that past changes ended late, and how long they took; empty when not, or too few are known."""
    if not past.late or past.took is None:
        return ""
    how_often = n_(
        "One of the last {of} changes of {service} ended after its window, by {by}.",
        "{n} of the last {of} changes of {service} ended after their window, by {by} (median).",
        past.late,
        of=past.took.rests_on,
        service=service.name,
        by=duration_label(past.late_by),
    )
    took = _("The last {of} took {took} (median).", of=past.took.rests_on, took=duration_label(past.took.minutes))
    return joined(how_often, took)


def _snapshot(service: Service, known: Estimate | None) -> list[CardElement]:
    planned, vps = service.vps.snapshot_minutes, service.vps.name
    said = N_(
        "Snapshots of {vps} took {took} (median of the last {of}), longer than the {planned} planned; this one begins "
        "{before} before the window. An administrator can raise snapshot_minutes."
    )
    before = duration_label(planned + service.policy.snapshot_margin_minutes)
    return _longer(said, known, planned, vps=vps, before=before)


def _restore(service: Service, known: Estimate | None) -> list[CardElement]:
    said = N_(
        "Restores of {vps} took {took} (median of the last {of}), longer than the {planned} planned: a rollback ends "
        "later than the cards say. An administrator can raise restore_minutes."
    )
    return _longer(said, known, service.vps.restore_minutes, vps=service.vps.name)


def _tests(service: Service, known: Estimate | None) -> list[CardElement]:
    said = N_(
        "The tests took {took} (median of the last {of} changes), longer than the {planned} planned. An administrator "
        "can raise tests_minutes."
    )
    return _longer(said, known, service.policy.tests_minutes)


def _longer(said: str, known: Estimate | None, planned: int, **facts: str) -> list[CardElement]:
    """The sentence, where it takes longer than it was planned for."""
    if known is None or not known.exceeds(planned):
        return []
    return user_text(_compared(said, known, planned, **facts))  # a setting's name would be markdown


def _compared(said: str, known: Estimate, planned: int, **facts: str) -> str:
    took, expected = duration_label(known.minutes), duration_label(planned)
    return _(said, took=took, of=known.rests_on, planned=expected, **facts)
