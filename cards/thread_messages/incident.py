"""The incident: what is tried, the restore, the hand-over."""

from application.change_context import ChangeContext
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from cards.thread_messages.words import Say, by, with_reason
from changes.effects import PostThreadMessage
from changes.labels import duration_label
from changes.model import State
from changes.notification.thread_messages import ThreadMessage
from language import _, translate_stored


def _no_restore(view: ChangeContext) -> str:
    restore = view.change.restore
    if restore is not None and restore.cause in LOOK_FIRST:
        return _("nobody knows whether the data was restored. Look first; the card above waits.")
    return _("there was no restore, and nothing was overwritten. The card above says how to go on.")


def _incident_nudge(effect: PostThreadMessage, view: ChangeContext) -> str:
    if view.change.state is State.RESTORING:
        return _(
            "the restore of {id} should be done by now. Look at it, and say on the card above how it stands.",
            id=view.change.id,
        )
    return _(
        "{id} is still an incident: what is the next update? Tell affected people with `/change update {id} TEXT`, or "
        "log what was tried on the card above.",
        id=view.change.id,
    )


LINES: dict[ThreadMessage, Say] = {
    ThreadMessage.INCIDENT_NUDGE: _incident_nudge,
    ThreadMessage.INCIDENT_UPDATED: lambda e, v: with_reason(_("{by} told affected people:", by=by(e, v)), e),
    ThreadMessage.RESTORE_TOUCHES: lambda e, v: _(
        "{by} asks to restore {other} on {server}. That would overwrite what {id} did there, because it was started "
        "after that snapshot.",
        by=by(e, v),
        other=e.detail,
        id=v.change.id,
        server=v.service.vps.name,
    ),
    ThreadMessage.RESTORE_OVERWRITES: lambda e, v: _(
        "{other} is being restored on {server}: what {id} did there since that snapshot is overwritten.",
        other=e.detail,
        id=v.change.id,
        server=v.service.vps.name,
    ),
    ThreadMessage.RESTORE_WITHDRAWN: lambda e, v: _(
        "{by} withdrew the request to restore {id}: nothing is overwritten.", by=by(e, v), id=v.change.id
    ),
    ThreadMessage.RESTORE_OFF: lambda e, v: _(
        "{other} is not being restored after all: what {id} did on {server} stays.",
        other=e.detail,
        id=v.change.id,
        server=v.service.vps.name,
    ),
    ThreadMessage.TESTS_VOIDED: lambda e, v: _(
        "the restore of {other} has overwritten the data of {server}. Test results of {id} from before it no longer "
        "count.",
        other=e.detail,
        id=v.change.id,
        server=v.service.vps.name,
    ),
    ThreadMessage.NEIGHBOUR_SNAPSHOT: lambda e, v: _(
        "a snapshot of {server} is taken for {other} now, by the word of {by}, while {id} uses it.",
        server=v.service.vps.name,
        other=e.detail,
        by=by(e, v),
        id=v.change.id,
    ),
    ThreadMessage.RESTORE_NUDGE: lambda e, v: _(
        "the restore of {id} still waits for its confirmation, on the card above.", id=v.change.id
    ),
    ThreadMessage.HANDOVER_NUDGE: lambda e, v: _(
        "{id} is still with the incident process. Say how it stands with `/change update {id} TEXT`, or close it: "
        "`/change close {id}`.",
        id=v.change.id,
    ),
    ThreadMessage.INCIDENT: lambda e, v: with_reason(
        _("{by} declared an incident for {id}.", by=by(e, v), id=v.change.id), e
    ),
    ThreadMessage.RESTORE_ASKED: lambda e, v: _(
        "{by} asks to restore the snapshot of {id}. Somebody else has to confirm it on the card above.",
        by=by(e, v),
        id=v.change.id,
    ),
    ThreadMessage.RESTORE_STARTED: lambda e, v: _(
        "{by} confirmed the restore of {detail}; it takes about {minutes}.",
        by=by(e, v),
        detail=e.detail,
        minutes=duration_label(v.service.vps.restore_minutes),
    ),
    ThreadMessage.RESTORE_HALF: lambda e, v: _("The restore is about half done."),
    ThreadMessage.RESTORE_LATE: lambda e, v: _("the restore takes longer than expected. Nothing has failed so far."),
    ThreadMessage.RESTORE_BUSY: lambda e, v: _(
        "the restore waits until another operation of ours on {name} has ended.", name=v.service.vps.name
    ),
    ThreadMessage.RESTORE_BLIND: lambda e, v: _(
        "{detail} Look at {own_console} and say on the card above how the restore stands.",
        detail=translate_stored(e.detail),
        own_console=v.service.vps.provider.own_console,
    ),
    ThreadMessage.RESTORE_REFUSED: lambda e, v: with_reason(_no_restore(v), e),
    ThreadMessage.RESTORE_FINISHED: lambda e, v: _("the data is restored. Run the tests again."),
    ThreadMessage.RESTORE_FAILED: lambda e, v: with_reason(
        _("the restore failed. The incident process takes over."), e
    ),
    ThreadMessage.TRIED: lambda e, v: with_reason(_("{by} says what was tried:", by=by(e, v)), e),
    ThreadMessage.HANDED_OVER: lambda e, v: with_reason(
        _("{id} was handed over to the incident process.", id=v.change.id), e
    ),
}
