"""Duration estimates from past changes of the service. They move no date: the settings stay in force."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import text_block, user_text
from changes.labels import duration_label
from changes.policy import Service
from changes.reporting.duration_estimates import DurationEstimates, Estimate
from changes.text.messages import joined
from language import _, n_


def learned(view: ChangeContext) -> list[CardElement]:
    """How long the snapshot takes; the restore, the tests and the work, where they take longer than reckoned with."""
    service, past = view.service, view.past
    late = overran(service, past)
    return [
        *_snapshot(service, past.snapshot),
        *_restore(service, past.restore),
        *_tests(service, past.tests),
        *([text_block(late, colour="Warning")] if late else []),
    ]


def overran(service: Service, past: DurationEstimates) -> str:
    """The sentence that past changes ended late, and how long they took; empty when not, or too few are known."""
    if not past.late or past.took is None:
        return ""
    how_often = n_(
        "One of the last {of} changes of {service} ended after its window, by {by}.",
        "{n} of the last {of} changes of {service} ended after their window, by {by} in the median.",
        past.late,
        of=past.took.rests_on,
        service=service.name,
        by=duration_label(past.late_by),
    )
    took = _("The last {of} took {took} in the median.", of=past.took.rests_on, took=duration_label(past.took.minutes))
    return joined(how_often, took)


def _snapshot(service: Service, known: Estimate | None) -> list[CardElement]:
    if known is None:
        return []
    planned, vps = service.vps.snapshot_minutes, service.vps.name
    took, reckoned = duration_label(known.minutes), duration_label(planned)
    if not known.exceeds(planned):
        said = _(
            "Snapshots of {vps} took {took} in the median of the last {of}, the plan reckons with {planned}.",
            vps=vps,
            took=took,
            of=known.rests_on,
            planned=reckoned,
        )
        return [text_block(said, subtle=True)]
    said = _(
        "Snapshots of {vps} took {took} in the median of the last {of}, longer than the {planned} that the plan "
        "reckons with; this one begins {before} before the window. An administrator can raise snapshot_minutes.",
        vps=vps,
        took=took,
        of=known.rests_on,
        planned=reckoned,
        before=duration_label(planned + service.policy.snapshot_margin_minutes),
    )
    return user_text(said, colour="Warning")  # a setting's name would be markdown


def _restore(service: Service, known: Estimate | None) -> list[CardElement]:
    if known is None or not known.exceeds(service.vps.restore_minutes):
        return []
    said = _(
        "Restores of {vps} took {took} in the median of the last {of}, longer than the {planned} that the bot reckons "
        "with: going back ends later than the cards say. An administrator can raise restore_minutes.",
        vps=service.vps.name,
        took=duration_label(known.minutes),
        of=known.rests_on,
        planned=duration_label(service.vps.restore_minutes),
    )
    return user_text(said, colour="Warning")


def _tests(service: Service, known: Estimate | None) -> list[CardElement]:
    if known is None or not known.exceeds(service.policy.tests_minutes):
        return []
    said = _(
        "The tests took {took} in the median of the last {of} changes, longer than the {planned} that the bot reckons "
        "with. An administrator can raise tests_minutes.",
        took=duration_label(known.minutes),
        of=known.rests_on,
        planned=duration_label(service.policy.tests_minutes),
    )
    return user_text(said, colour="Warning")
