"""The snapshot once the work has begun: nothing waits for it any more, and its card says what there is."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import text_block, user_text
from cards.elements.header import change_header
from cards.elements.state_labels import Look
from changes.model import SnapshotStatus
from changes.notification.cards import CardKind, message_of
from language import _


def is_record(view: ChangeContext, message: str) -> bool:
    """Whether the work has begun with what this card is about."""
    return view.change.started_at is not None and message == message_of(CardKind.PROGRESS, view.change)


def record(view: ChangeContext) -> list[CardElement]:
    """Which snapshot is kept and when it was taken, or who waived it and why."""
    snapshot = view.change.snapshot
    is_waived = snapshot.status is SnapshotStatus.WAIVED
    look = Look(_("Waived") if is_waived else _("Kept"), "emphasis", "Subtle", "Archive")
    header = change_header(view, _("Data snapshot"), look)
    if is_waived or snapshot.finished_at is None:
        return [*header, *waived(view)]
    kept = _("Snapshot kept: {name}, taken {when}.", name=snapshot.name, when=view.when(snapshot.finished_at))
    return [*header, text_block(kept, bold=True)]


def waived(view: ChangeContext) -> list[CardElement]:
    """Who waived it, and why."""
    snapshot = view.change.snapshot
    who = view.name(snapshot.waived_by) if snapshot.waived_by else _("The approver")
    said = text_block(_("**{who}** waived the snapshot:", who=who), colour="Warning")
    return [said, *user_text(snapshot.detail)]
