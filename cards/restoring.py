"""A restore on the incident's card: asked for, under way, or ended badly."""

from datetime import timedelta

from microsoft_teams.cards import Action, CardElement

from cards.bar import progress_bar
from cards.parts import facts, opens, pressed, sentence, text_input, written
from cards.text import plain
from cards.view import View
from cards.without import LOOK_FIRST
from changes.conflicts import LIMITS
from changes.labels import duration_label
from changes.model import Restore, SnapshotStatus
from changes.recovery import durations, reckon, restore_ends_at
from changes.snapshots import Cause
from language import _, retold


def what_it_costs(view: View) -> CardElement:
    """What would be lost, and when it would end, if it were begun now."""
    found = reckon(view.change, view.service, view.now)
    if found is None:
        return sentence(_("There is no snapshot of this change: bring files back from a backup."), colour="Warning")
    snapshot = view.change.snapshot
    taken = snapshot.started_at or view.now
    lost = duration_label(round(found.lost.total_seconds() / 60))
    return facts(
        [
            (_("Snapshot"), plain(snapshot.name)),
            (_("Data lost"), _("everything since {taken}: {lost}", taken=view.when(taken), lost=lost)),
            (_("It ends"), _("{moment}, with the tests", moment=view.when(found.if_restored_now))),
        ]
    )


def asked(view: View, message: str, restore: Restore) -> tuple[list[CardElement], list[Action]]:
    """A restore that waits for its confirmation: by whom, and with the server's name typed."""
    by, others = plain(view.name(restore.asked_by)), _others(view, restore)
    text = (
        _("**{by}** asks for a restore. Somebody else has to confirm it: {others}.", by=by, others=others)
        if others
        else _("**{by}** asks for a restore. Somebody else has to confirm it, but the service has no deputy.", by=by)
    )
    asks = sentence(text, colour="Attention", bold=True)
    name = view.service.vps.name
    typed = text_input("vps_name", _("Type {name} to confirm: its data will be overwritten", name=name), most=100)
    confirm = pressed(view, message, _("Overwrite the data now"), "restore.confirm", style="destructive")
    return [asks, what_it_costs(view)], [opens(_("Confirm the restore"), [typed], confirm)]


def _others(view: View, restore: Restore) -> str:
    """Who may confirm the restore: not the person who asked for it. Empty when there is nobody."""
    service = view.service
    approver = "" if restore.asked_by == service.approver else plain(view.name(service.approver))
    if all(deputy == restore.asked_by for deputy in service.deputies):
        return approver
    return _("{approver} or a deputy", approver=approver) if approver else _("a deputy")


def under_way(view: View, message: str) -> tuple[list[CardElement], list[Action]]:
    """How far the restore is; where nobody else tells how it ends, a person does."""
    vps, restore = view.service.vps, view.change.restore
    ends = restore_ends_at(view.change, view.service) or view.now
    _restoring, tests = durations(view.service)
    expected = facts(
        [
            (_("Expected end"), view.when(ends)),
            (_("With the tests"), view.when(ends + tests)),
            (_("Snapshot"), plain(view.change.snapshot.name)),
        ]
    )
    unseen = restore is not None and {"late", "blind"} & set(restore.milestones)
    if vps.backend == "dashboard":
        guide = [
            sentence(_("The restore is confirmed. Please do it now, on Infomaniak's dashboard:"), bold=True),
            sentence(
                _(
                    "Open **VPS > {name} > Snapshot** and restore the data from **{snapshot}**. Then say here "
                    "how it ends.",
                    name=plain(vps.name),
                    snapshot=plain(view.change.snapshot.name),
                )
            ),
        ]
        return [*guide, expected], _reports(view, message)
    body: list[CardElement] = [sentence(_("The data is being restored."), colour="Warning", bold=True)]
    begun = restore.started_at if restore and restore.started_at else view.now
    body += [*progress_bar(view, view.restoring, begun, timedelta(minutes=vps.restore_minutes)), expected]
    if unseen:
        body.append(sentence(_("Look at Infomaniak's dashboard too; if it has ended there, say so here.")))
    return body, _reports(view, message) if unseen else []


def ended_badly(view: View, message: str, restore: Restore) -> tuple[list[CardElement], list[Action]]:
    """What became of the last restore, and what can be done about it."""
    if overwritten(restore):
        said = _("The restore failed: go on with the incident process.")
    elif restore.cause not in LOOK_FIRST:
        said = _("There was no restore: nothing was overwritten.")
    else:
        said = _("Nobody knows whether the data was restored. Look at Infomaniak's dashboard before anything else.")
    done = pressed(view, message, _("It was restored after all"), "restore.done", alone=True)
    body = [sentence(said, colour="Attention", bold=True), *written(why(restore))]
    return body, [done]


def why(ended: Restore) -> str:
    """Why the restore ended badly: what the bot or the provider said can be translated, what a person wrote stays."""
    return ended.failed if ended.cause is Cause.BY_HAND else retold(ended.failed)


def overwritten(restore: Restore) -> bool:
    """Whether the restore that ended badly had begun: the data may be anything now."""
    return restore.cause in (Cause.FAILED, Cause.BY_HAND, None)


def askable(view: View) -> bool:
    """Whether there is something to restore."""
    return view.change.snapshot.status is SnapshotStatus.FINISHED


def _reports(view: View, message: str) -> list[Action]:
    reason = text_input("reason", _("What went wrong? (stays in the thread)"), lines=True, most=LIMITS["comment"])
    return [
        pressed(view, message, _("It is restored"), "restore.done", style="positive", alone=True),
        opens(_("It failed"), [reason], pressed(view, message, _("The restore failed"), "restore.failed")),
    ]
