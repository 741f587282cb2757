"""The incident: what is tried, the restore, the hand-over."""

from application.change_context import ChangeContext
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from cards.thread_messages.words import Say, plain, reasoned, with_reason
from changes.effects import PostThreadMessage
from changes.model import State
from changes.notification.thread_messages import ThreadMessage
from language import _


def _no_restore(view: ChangeContext) -> str:
    restore = view.change.restore
    if restore is not None and restore.cause in LOOK_FIRST:
        return _("nobody knows whether the data was restored. Check first, then report it on the incident card.")
    return _("there was no restore, and nothing was overwritten. The options are on the incident card.")


def _incident_nudge(effect: PostThreadMessage, view: ChangeContext) -> str:
    if view.change.state is State.RESTORING:
        return _(
            "the restore of {id} should be done by now. Look at it, and say on the incident card how it stands.",
            id=view.change.id,
        )
    return _(
        "{id} is still an incident: what is the next update? Tell affected people with `/change update {id} TEXT`, or "
        "log what was tried on the incident card.",
        id=view.change.id,
    )


LINES: dict[ThreadMessage, Say] = {
    ThreadMessage.INCIDENT_NUDGE: _incident_nudge,
    ThreadMessage.RESTORE_TOUCHES: plain(
        "{by} asks to restore {other} on {server}. That would overwrite what {id} did there, because it was started "
        "after that snapshot."
    ),
    ThreadMessage.RESTORE_OVERWRITES: plain(
        "{other} is being restored on {server}: what {id} did there since that snapshot is overwritten."
    ),
    ThreadMessage.RESTORE_WITHDRAWN: plain("{by} withdrew the request to restore {id}: nothing is overwritten."),
    ThreadMessage.RESTORE_OFF: plain("{other} is not being restored after all: what {id} did on {server} stays."),
    ThreadMessage.TESTS_VOIDED: plain(
        "the restore of {other} has overwritten the data of {server}. Test results of {id} from before it no longer "
        "count."
    ),
    ThreadMessage.NEIGHBOUR_SNAPSHOT: plain(
        "a snapshot of {server} is being taken for {other} now, as {by} decided, while {id} uses it."
    ),
    ThreadMessage.RESTORE_NUDGE: plain("the restore of {id} still waits for its confirmation, on the incident card."),
    ThreadMessage.HANDOVER_NUDGE: plain(
        "{id} is still with the incident process. Say how it stands with `/change update {id} TEXT`, or close it: "
        "`/change close {id}`."
    ),
    ThreadMessage.RESTORE_ASKED: plain(
        "{by} requested a snapshot restore for {id}. A second person must confirm it on the incident card."
    ),
    ThreadMessage.RESTORE_LATE: plain("the restore takes longer than expected. Nothing has failed so far."),
    ThreadMessage.RESTORE_BUSY: plain("the restore waits until another operation of ours on {name} has ended."),
    ThreadMessage.RESTORE_BLIND: lambda e, v: _(
        "{detail} Look at {own_console} and say on the incident card how the restore stands.",
        detail=e.detail,
        own_console=v.service.vps.provider.own_console,
    ),
    ThreadMessage.RESTORE_REFUSED: lambda e, v: with_reason(_no_restore(v), e),
    ThreadMessage.RESTORE_FINISHED: plain("the data is restored. Run the tests again."),
    ThreadMessage.RESTORE_FAILED: reasoned("the restore failed. The incident process takes over."),
    ThreadMessage.HANDED_OVER: reasoned("{id} was handed over to the incident process."),
}
