"""A restore on the incident's card: asked for, under way, or ended badly."""

from datetime import timedelta

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, text_block, user_text
from cards.elements.controls import action_button, show_card_button, text_input
from cards.elements.countdown import progress_bar, restore_takes
from cards.elements.lengths import shortened
from cards.elements.plan_table import named
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from changes.model import Restore, SnapshotStatus
from changes.planning.occupancy import restoring as being_restored
from changes.planning.occupancy import touched_by_restore
from changes.planning.restore_forecast import durations, restore_ends_at
from changes.snapshots import FailureReason
from language import N_, _, translate

LONGEST_WHY, LONGEST_SNAPSHOT = 400, 60


def what_it_costs(view: ChangeContext) -> list[CardElement]:
    """What would be lost, of which snapshot, and how long it takes."""
    snapshot = view.change.snapshot
    if not askable(view):
        return [text_block(_("This change has no snapshot: restore files from a backup."), colour="Warning")]
    since = snapshot.oldest or snapshot.finished_at
    taken, takes = view.when(since) if since is not None else "", restore_takes(view)
    lost = _("**Data loss**: everything entered since {taken} is overwritten.", taken=taken)
    of_which = _(
        "Snapshot {name}, {takes} with the tests.", name=shortened(snapshot.name, LONGEST_SNAPSHOT), takes=takes
    )
    return [box([text_block(lost), text_block(of_which)], "attention")]


def touches(view: ChangeContext, *, is_confirmed: bool = False) -> list[CardElement]:
    """Whose data a restore overwrites beside that of its own change."""
    others = touched_by_restore(view.change, view.neighbours)
    if not others:
        return []
    said = (
        N_("It also overwrites what {others} did on {server} since the snapshot: their people were told.")
        if is_confirmed
        else N_("It would also overwrite what {others} did on {server} since the snapshot; their people are told.")
    )
    text = _(said, others=named(others), server=view.service.vps.name)
    return [box([text_block(text, bold=True)], "attention")]


def asked(view: ChangeContext, message: str, restore: Restore) -> tuple[list[CardElement], list[Action]]:
    """A restore that waits for its confirmation: by whom, and with the server's name typed."""
    by, others = view.name(restore.asked_by), _others(view, restore)
    said = N_("**{by}** asked for a restore on {when}. A second person must confirm it: {others}.")
    if not others:
        said = N_(
            "**{by}** asked for a restore on {when}. A second person must confirm it, but the service has no deputy: "
            "an admin has to name one."
        )
    text = _(said, by=by, when=view.when(restore.asked_at), others=others)
    asks = box([text_block(text, bold=True)], "attention")
    off = action_button(view, message, _("Withdraw the request"), "restore.withdraw", alone=True)
    other = being_restored(view.neighbours)
    if other is not None:
        waits = _(
            "{other} is being restored on {server}: this one can be confirmed once that has ended.",
            other=named([other]),
            server=view.service.vps.name,
        )
        again = action_button(view, message, _("Refresh"), "card.refresh", alone=True)
        return [asks, *what_it_costs(view), *touches(view), text_block(waits, colour="Warning")], [again, off]
    name = view.service.vps.name
    typed = text_input(
        "vps_name",
        _("Type {name} to confirm: its data will be overwritten", name=name),
        required=_("Type the name of the server."),
    )
    confirm = action_button(view, message, _("Overwrite the data now"), "restore.confirm", style="destructive")
    return [asks, *what_it_costs(view), *touches(view)], [
        show_card_button(_("Confirm the restore…"), [typed], confirm),
        off,
    ]


def _others(view: ChangeContext, restore: Restore) -> str:
    """Who may confirm the restore: not the person who asked for it. Empty when there is nobody."""
    service = view.service
    approver = "" if restore.asked_by == service.approver else view.name(service.approver)
    if all(deputy == restore.asked_by for deputy in service.deputies):
        return approver
    return _("{approver} or a deputy", approver=approver) if approver else _("a deputy")


def under_way(view: ChangeContext, message: str) -> tuple[list[CardElement], list[Action]]:
    """How far the restore is; where nobody else tells how it ends, a person does."""
    vps, restore = view.service.vps, view.change.restore
    ends = restore_ends_at(view.change, view.service) or view.now
    _restoring, tests = durations(view.service)
    late = restore is not None and "late" in restore.milestones
    # A bar that is not late says the time itself.
    expected = facts(
        (_("Expected end"), view.when(ends) if late or vps.is_manual else ""),
        (_("With the tests"), view.when(ends + tests)),
        (_("Snapshot"), view.change.snapshot.name),
    )
    unseen = restore is not None and {"late", "blind"} & set(restore.milestones)
    if vps.is_manual:
        now = _("The restore is confirmed. Please run it now, on {own_console}:", own_console=vps.provider.own_console)
        how = _(
            "Open **VPS > {name} > Snapshot** and restore the data from **{snapshot}**. Then report here how it ended.",
            name=vps.name,
            snapshot=view.change.snapshot.name,
        )
        guide = [text_block(now, bold=True), text_block(how)]
        return [*guide, expected, *touches(view, is_confirmed=True)], _reports(view, message)
    body: list[CardElement] = [text_block(_("The data is being restored."), colour="Warning", bold=True)]
    begun = restore.started_at if restore and restore.started_at else view.now
    span = timedelta(minutes=vps.restore_minutes)
    body += [*progress_bar(view, view.restoring, begun, span, late=late), expected]
    body += touches(view, is_confirmed=True)
    if unseen:
        look = _(
            "Check {own_console} too; if it has ended there, report it here.", own_console=vps.provider.own_console
        )
        body.append(text_block(look))
    return body, _reports(view, message) if unseen else []


def ended_badly(view: ChangeContext, message: str, restore: Restore) -> tuple[list[CardElement], list[Action]]:
    """What became of the last restore, and what can be done about it."""
    if overwritten(restore):
        said = _("The restore failed: the incident process takes over.")
    elif restore.cause not in LOOK_FIRST:
        said = _("There was no restore: nothing was overwritten.")
    else:
        said = _(
            "The restore is unconfirmed: check {own_console} before anything else.",
            own_console=view.service.vps.provider.own_console,
        )
    done = action_button(view, message, _("It was restored after all"), "restore.done", alone=True)
    why = user_text(shortened(translate(restore.failed), LONGEST_WHY))
    return [box([text_block(said, bold=True), *why], "attention")], [done]


def overwritten(restore: Restore) -> bool:
    """Whether the restore that ended badly had begun: the data may be anything now."""
    return restore.cause in (FailureReason.FAILED, FailureReason.BY_HAND, None)


def askable(view: ChangeContext) -> bool:
    """Whether there is something to restore."""
    return view.change.snapshot.status is SnapshotStatus.FINISHED


def _reports(view: ChangeContext, message: str) -> list[Action]:
    asks = _("What went wrong? (stays in the thread)")
    reason = text_input("comment", asks, lines=True, required=_("Describe what went wrong."))
    return [
        action_button(view, message, _("Restore complete"), "restore.done", style="positive", alone=True),
        show_card_button(
            _("It failed…"), [reason], action_button(view, message, _("The restore failed"), "restore.failed")
        ),
    ]
