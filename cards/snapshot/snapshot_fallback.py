"""The ways on without a finished snapshot: wait, try again, take it by hand, find it, postpone, or start without."""

from microsoft_teams.cards import Action, ExecuteAction, ShowCardAction

from application.change_context import ChangeContext
from cards.elements.controls import action_button, choice, show_card_button, text_input
from cards.elements.lengths import capital
from cards.elements.public_text import public_text
from changes.lifecycle.snapshot.progress import implausible
from changes.model import SnapshotStatus
from changes.notification import NoticeKind
from changes.planning.deadlines import snapshot_too_late
from changes.planning.occupancy import blocking_change, incident_on_server
from changes.snapshots import FailureReason
from language import N_, _

BY_ADMIN = {
    FailureReason.TOKEN,
    FailureReason.RIGHT,
    FailureReason.NOT_FOUND,
    FailureReason.INVALID,
    FailureReason.SYSTEM_DISK,
}
LOOK_FIRST = {FailureReason.LOST, FailureReason.NEVER_DONE}
_MEND = N_("An administrator has to fix this. Meanwhile, take the snapshot manually on {console}.")
_LOOK = N_("Check {console} first: if the snapshot is there, report it; only if it is not, try again.")
ADVICE: dict[FailureReason, str] = {
    **dict.fromkeys(BY_ADMIN, _MEND),
    **dict.fromkeys(LOOK_FIRST, _LOOK),
    FailureReason.BUSY: N_(
        "Wait until the other operation has ended, then try again; or use its snapshot if it covers the data."
    ),
    FailureReason.QUOTA: N_("Delete an old snapshot or raise the quota, then try again."),
    FailureReason.AWAY: N_("Try again, or take it manually on {console}."),
}
"""What to do next about a failure of that kind, in a sentence."""
ALWAYS = N_("Try again, or take it manually on {console}.")


def advice(view: ChangeContext) -> str:
    """What to do next, and who may decide to do without."""
    if is_too_late(view):
        return too_late(view)
    cause = view.change.snapshot.cause
    next_step = ADVICE.get(cause, ALWAYS) if cause else ALWAYS
    return _(
        "{next_step} {who} may waive the snapshot.",
        next_step=_(next_step, console=view.service.vps.provider.console),
        who=capital(view.deciders),
    )


def is_too_late(view: ChangeContext) -> bool:
    """Whether a snapshot begun now would end after the window."""
    return view.now >= snapshot_too_late(view.change, view.service)


def too_late(view: ChangeContext) -> str:
    """The failure, and the ways on."""
    return _(
        "It is too late for a snapshot: it would end after the window, {end}. Postpone the change, or {deciders} "
        "waives the snapshot.",
        end=view.when(view.change.ends_at),
        deciders=view.deciders,
    )


def failure_actions(view: ChangeContext, message: str) -> list[Action]:
    """Everything that can be done after a failure; what helps most with this one comes first, and stands out."""
    cause = view.change.snapshot.cause
    there = _there(view, message, _("It exists…"))
    if is_too_late(view):
        return [there, *postpone_or_waive(view, message)]
    by_hand = action_button(
        view,
        message,
        _("I'll take it manually"),
        "snapshot.started",
        alone=True,
    )
    if blocking_change(view.change, view.service, view.neighbours, view.now) is not None:
        is_refused = incident_on_server(view.neighbours) is not None
        return [there, *([] if is_refused else [by_hand]), *override_actions(view, message, _("Try again"))]
    again = action_button(view, message, _("Try again"), "snapshot.retry", alone=True)
    first: list[ExecuteAction | ShowCardAction]
    if cause in LOOK_FIRST:
        first = [there, again, by_hand]
    elif cause in BY_ADMIN:
        first = [by_hand, again, there]
    elif cause is FailureReason.BUSY:
        first = [again, there, by_hand]
    else:
        first = [again, by_hand, there]
    first[0].style = "positive"
    return [*first, *postpone_or_waive(view, message)]


def override_actions(view: ChangeContext, message: str, title: str) -> list[Action]:
    """Where another change needs the server first: the approver can let it begin all the same, with a reason."""
    now = action_button(view, message, title, "snapshot.retry")
    return [postpone(view, message), _within(view, message, _("Begin now or waive…"), now)]


def running_actions(view: ChangeContext, message: str) -> list[Action]:
    """What a person can say of a snapshot that runs or waits for them."""
    failed = action_button(view, message, _("Report the failure"), "snapshot.failed")
    wrong = _within(view, message, _("Failed or waive…"), failed)
    return [_there(view, message, _("It is complete…")), wrong, postpone(view, message)]


def postpone_or_waive(view: ChangeContext, message: str) -> list[Action]:
    """Give the date up, or let it start without a snapshot."""
    return [postpone(view, message), _within(view, message, _("Start without a snapshot…"))]


def _within(view: ChangeContext, message: str, title: str, *first: Action) -> Action:
    """One reason for whichever is pressed, which only those who see to the change read."""
    why = _("Give the reason.")
    reason = text_input("comment", _("Reason (required, stays in the thread)"), lines=True, required=why)
    return show_card_button(
        title, [reason], *first, action_button(view, message, _("Waive the snapshot"), "snapshot.waive")
    )


def postpone(view: ChangeContext, message: str) -> Action:
    """The action to postpone, with what affected people read of it; its reason stays in the thread."""
    reason = text_input(
        "reason", _("Reason (required, stays in the thread)"), lines=True, required=_("Give the reason.")
    )
    told = public_text(view, NoticeKind.POSTPONED)
    return show_card_button(
        _("Postpone…"), [reason, *told], action_button(view, message, _("Postpone the change"), "change.postpone")
    )


def unseen(view: ChangeContext) -> bool:
    """Whether people should look themselves: it is late, or nothing can be seen of it."""
    snapshot = view.change.snapshot
    return snapshot.status is SnapshotStatus.RUNNING and bool({"late", "blind"} & set(snapshot.milestones))


def _there(view: ChangeContext, message: str, title: str) -> ShowCardAction:
    """The action to report an existing snapshot by name and disk; no disk is chosen beforehand."""
    snapshot = view.change.snapshot
    own = "" if snapshot.cause is FailureReason.BUSY else snapshot.name  # somebody else's has a name of its own
    name = text_input(
        "snapshot_name",
        _("Name, as {console} shows it", console=view.service.vps.provider.console),
        value=own,
        required=_("Give its name."),
    )
    kinds = [("data", _("Data only")), ("system", _("System disk"))]
    if implausible(view.change, view.now, view.service):
        kinds.append(("data_checked", _("Data only, and I checked that it is complete")))
    of = choice("result", _("What does it cover?"), kinds, "")
    return show_card_button(
        title, [name, of], action_button(view, message, _("Use this snapshot"), "snapshot.finished", style="positive")
    )
