"""What has to happen outside. Each effect has a key that is unique, so that doing it twice is noticed.

Effects say what to show or do, not how: they are carried out after the commit, from the change as it stands then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from changes.model import IMPLEMENTING, IN_INCIDENT, Change, Person, State, Window
from changes.notification.notices import News, NoticeKind
from changes.policy import Recipient


class CardKind(StrEnum):
    """A card in the change's thread. A card of one kind is posted once for its message key and edited afterwards."""

    PRECHECK = "precheck"
    GO = "go"
    PROGRESS = "progress"
    DAY = "day"
    CUTOFF = "cutoff"
    INCIDENT = "incident"
    HANDOVER = "handover"
    REVIEW = "review"


class ThreadMessage(StrEnum):
    """A short text in the change's thread."""

    PREPARE = "prepare"
    CORRECTIONS_WANTED = "corrections_wanted"
    CORRECTIONS_REMINDER = "corrections_reminder"
    OVERLAP_ALLOWED = "overlap_allowed"
    REASSIGNED = "reassigned"
    NEIGHBOURS = "neighbours"
    PRECHECK_NUDGE = "precheck_nudge"
    PRECHECK_DEPUTIES = "precheck_deputies"
    PRECHECK_APPROVED = "precheck_approved"
    GO_GIVEN = "go_given"
    GO_REFUSED = "go_refused"
    NOBODY_DECIDES = "nobody_decides"
    STANDS_IN = "stands_in"
    GO_NUDGE = "go_nudge"
    GO_DEPUTIES = "go_deputies"
    PLAN_EDITED = "plan_edited"
    PLAN_CHANGED = "plan_changed"
    MOVED = "moved"
    POSTPONED = "postponed"
    POSTPONED_SILENT = "postponed_silent"
    NEW_DATE_NUDGE = "new_date_nudge"
    CANCELLED = "cancelled"
    CANCELLED_SILENT = "cancelled_silent"
    PREFLIGHT_DONE = "preflight_done"
    PREFLIGHT_FAILED = "preflight_failed"
    PREFLIGHT_WEEK_FAILED = "preflight_week_failed"
    SNAPSHOT_PLANNED = "snapshot_planned"
    SNAPSHOT_AS_USUAL = "snapshot_as_usual"
    SNAPSHOT_HELD = "snapshot_held"
    SNAPSHOT_NUDGE = "snapshot_nudge"
    SNAPSHOT_TOO_LATE = "snapshot_too_late"
    SNAPSHOT_BUSY = "snapshot_busy"
    SNAPSHOT_BESIDE = "snapshot_beside"
    SERVER_FREE = "server_free"
    SNAPSHOT_STARTED = "snapshot_started"
    SNAPSHOT_HALF = "snapshot_half"
    SNAPSHOT_LATE = "snapshot_late"
    SNAPSHOT_WAITING = "snapshot_waiting"
    SNAPSHOT_BLIND = "snapshot_blind"
    SNAPSHOT_FINISHED = "snapshot_finished"
    SNAPSHOT_FAILED = "snapshot_failed"
    SNAPSHOT_WAIVED = "snapshot_waived"
    START_LOCKED = "start_locked"
    STARTED = "started"
    STARTED_EARLY = "started_early"
    STARTED_BESIDE = "started_beside"
    NOT_STARTED = "not_started"
    NEVER_STARTED = "never_started"
    TEST_ACCEPTED = "test_accepted"
    TROUBLE = "trouble"
    SOLVED = "solved"
    EXTENDED = "extended"
    CUTOFF_SILENCE = "cutoff_silence"
    OVERRUN = "overrun"
    OVERRUN_NAG = "overrun_nag"
    EXTENDED_INTO = "extended_into"
    INCIDENT = "incident"
    INCIDENT_NUDGE = "incident_nudge"
    INCIDENT_UPDATED = "incident_updated"
    RESTORE_TOUCHES = "restore_touches"
    RESTORE_OVERWRITES = "restore_overwrites"
    RESTORE_WITHDRAWN = "restore_withdrawn"
    RESTORE_OFF = "restore_off"
    TESTS_VOIDED = "tests_voided"
    NEIGHBOUR_SNAPSHOT = "neighbour_snapshot"
    NEIGHBOUR_STARTED = "neighbour_started"
    RESTORE_NUDGE = "restore_nudge"
    RESTORE_ASKED = "restore_asked"
    RESTORE_STARTED = "restore_started"
    RESTORE_HALF = "restore_half"
    RESTORE_LATE = "restore_late"
    RESTORE_BUSY = "restore_busy"
    RESTORE_BLIND = "restore_blind"
    RESTORE_REFUSED = "restore_refused"
    RESTORE_FINISHED = "restore_finished"
    RESTORE_FAILED = "restore_failed"
    TRIED = "tried"
    HANDED_OVER = "handed_over"
    HANDOVER_NUDGE = "handover_nudge"
    COMPLETED = "completed"
    REVIEW_NUDGE = "review_nudge"
    REVIEWED = "reviewed"


NUDGES = frozenset(
    {
        ThreadMessage.PREPARE,
        ThreadMessage.CORRECTIONS_REMINDER,
        ThreadMessage.PRECHECK_NUDGE,
        ThreadMessage.PRECHECK_DEPUTIES,
        ThreadMessage.GO_NUDGE,
        ThreadMessage.GO_DEPUTIES,
        ThreadMessage.NEW_DATE_NUDGE,
        ThreadMessage.REVIEW_NUDGE,
    }
)
"""Reminders of the morning: a digest takes their place where more than one thing waits for somebody."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done outside, once for its key."""

    key: str
    change: str


@dataclass(frozen=True, slots=True)
class UpsertStatusCard(Effect):
    """Post the change's live card to the service's channel, or bring it up to date; see `passing`."""

    passing: bool = False


@dataclass(frozen=True, slots=True)
class UpsertCard(Effect):
    """Show a card in the thread under `message`, mentioning people when it is posted for the first time.

    With `only_edit` nothing is posted when there is no such message yet, nor when it is gone and nobody waits for it
    any more. `anew`: it is shown where the change is carried on now, if it is still in use then. See `passing` for
    that field.
    """

    card: CardKind
    message: str
    mention: tuple[Person, ...] = ()
    only_edit: bool = False
    passing: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True)
class UpsertPersonalCard(Effect):
    """Show the card that stands as `message` in one person's chat too; with `only_edit` only where it stands there."""

    card: CardKind
    message: str
    to: Person
    only_edit: bool = False
    passing: bool = False


@dataclass(frozen=True, slots=True)
class SendDigest(Effect):
    """Say once, on that local day, everything that waits for the person. `change` is the first they were nudged for."""

    to: Person
    day: date


@dataclass(frozen=True, slots=True)
class PostThreadMessage(Effect):
    """Say a line in the thread. `detail` is what a person or the provider said, shown as text."""

    line: ThreadMessage
    by: Person
    at: datetime
    detail: str = ""
    mention: tuple[Person, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class TellPerson(Effect):
    """Say the line in the chat of somebody whom it mentions, because the service's conversation cannot be reached."""

    tell: PostThreadMessage
    to: Person


@dataclass(frozen=True, slots=True)
class SendNotice(Effect):
    """Tell the affected people. The window is the one the notice is about, whatever becomes of the plan later.

    `news` says what an incident update is about where nobody's own words do, `was` is the window that they were told
    before; `by_clock`: the detail is the timeline's, and nobody's own words.
    """

    kind: NoticeKind
    window: Window
    at: datetime
    detail: str = ""
    late: bool = False
    news: News = News.SAID
    was: Window | None = None
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class MailNotice(Effect):
    """The notice as a mail to one address.

    `sequence` grows from one mail of a change to the next, as a calendar entry that is updated wants it. `instead`
    is why it is a mail, where the recipients should have read it in Teams.
    """

    notice: SendNotice
    to: Recipient
    sequence: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class BeginSnapshot(Effect):
    """Ask the provider for the data snapshot called `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class BeginRestore(Effect):
    """Ask the provider to put the data disk back to the snapshot called `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class FollowByHand(Effect):
    """A person takes the snapshot called `name` on the dashboard: keep its time."""

    name: str


@dataclass(frozen=True, slots=True)
class Preflight(Effect):
    """Look whether a snapshot would be possible."""


@dataclass(frozen=True, slots=True)
class Reply(Effect):
    """What a turn of conversation answers: an activity made ready by the edge, for one conversation.

    `conversation` is the reference the edge needs to deliver it; both are plain JSON.
    """

    conversation: Mapping[str, object]
    activity: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SyncTeamMembers(Effect):
    """Learn who is in the conversation that was bound to the service, so that people can be named and mentioned."""

    service: str


def mailed(notice: SendNotice, to: Recipient, sequence: int, instead: str = "") -> MailNotice:
    """The mail of that notice to that recipient: there is only one, whyever it is sent."""
    return MailNotice(f"{notice.key}:mail:{to.address}", notice.change, notice, to, sequence, instead)


def passing(effect: Effect) -> bool:
    """Whether the effect only lets time go on, on a card that the next minute draws again: a failure is let go."""
    return isinstance(effect, UpsertStatusCard | UpsertCard | UpsertPersonalCard) and effect.passing


def message_of(card: CardKind, change: Change) -> str:
    """Under which key the change's present card of that kind stands; a new round, attempt or end has one of its own."""
    match card:
        case CardKind.PRECHECK | CardKind.GO | CardKind.DAY:
            return f"{card}:{change.round}"
        case CardKind.PROGRESS:
            return f"{card}:{change.round}.{change.snapshot.attempt}"
        case CardKind.CUTOFF:
            return f"{card}:{len(change.extensions)}"
        case CardKind.INCIDENT | CardKind.HANDOVER | CardKind.REVIEW:
            return card.value


def awaited_card(change: Change) -> CardKind | None:
    """The card on which somebody is waited for now; None where the live card has all the buttons there are."""
    match change.state:
        case State.PRECHECK_PENDING:
            return CardKind.PRECHECK
        case State.GO_PENDING:
            return CardKind.GO
        case State.SNAPSHOTTING:
            return CardKind.PROGRESS
        case State.READY:
            return CardKind.DAY
        case State.IN_PROGRESS | State.TROUBLE | State.EXTENDED:
            asked = change.cutoff_asked_at is not None and not change.cutoff_answered
            return CardKind.CUTOFF if asked else CardKind.DAY
        case State.INCIDENT | State.RESTORING:
            return CardKind.INCIDENT
        case State.COMPLETED if not change.review and _review_asked(change):
            return CardKind.REVIEW
        case _:
            return None


def cards_in_use(change: Change) -> tuple[CardKind, ...]:
    """The cards whose buttons or facts are needed now, the one that is waited for first."""
    awaited = awaited_card(change)
    used = [] if awaited is None else [awaited]
    if change.state in IMPLEMENTING and awaited is not CardKind.DAY:
        used.append(CardKind.DAY)  # the tests are recorded there
    restores = change.restore is not None and change.restore.confirmed_by is not None
    if change.state in IN_INCIDENT and (restores or change.handed_over_at is not None):
        used.append(CardKind.HANDOVER)  # what is known, for those who take over or may have to
    return tuple(used)


def _review_asked(change: Change) -> bool:
    return any(key.startswith(f"{change.round}/{CardKind.REVIEW}") for key in change.fired_steps)


def ordering_key(effect: Effect) -> str:
    """Effects of one lane are carried out one after the other, in the order in which they were decided."""
    match effect:
        case Reply(conversation=conversation):
            return f"conversation:{conversation.get('id', '')}"
        case SyncTeamMembers(service=service):
            return f"service:{service}"
        case UpsertPersonalCard(to=to) | SendDigest(to=to) | TellPerson(to=to):
            return f"person:{to.id}"
        case MailNotice(to=to):
            return f"mail:{to.address}"
        case BeginSnapshot() | BeginRestore() | FollowByHand() | Preflight():
            return f"provider:{effect.change}"
        case _:
            return f"change:{effect.change}"
