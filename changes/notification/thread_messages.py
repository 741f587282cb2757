"""What is said in a change's thread: the words stand in cards/thread_messages."""

from enum import StrEnum


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
    APPROVAL_GIVEN = "approval_given"
    GO_GIVEN = "go_given"
    GO_STANDING = "go_standing"
    MADE_NORMAL = "made_normal"
    TEMPLATE_SUSPENDED = "template_suspended"
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
    TASKS_DUE = "tasks_due"
    REVIEWED = "reviewed"


IN_PERSON = frozenset(
    {
        *(ThreadMessage.PREPARE, ThreadMessage.CORRECTIONS_WANTED, ThreadMessage.CORRECTIONS_REMINDER),
        *(ThreadMessage.PRECHECK_APPROVED, ThreadMessage.GO_GIVEN, ThreadMessage.GO_REFUSED),
        ThreadMessage.GO_STANDING,
        *(ThreadMessage.MOVED, ThreadMessage.PLAN_EDITED, ThreadMessage.PLAN_CHANGED, ThreadMessage.NEW_DATE_NUDGE),
        *(ThreadMessage.SNAPSHOT_FINISHED, ThreadMessage.SNAPSHOT_WAIVED, ThreadMessage.STARTED_EARLY),
        *(ThreadMessage.TEST_ACCEPTED, ThreadMessage.TROUBLE, ThreadMessage.EXTENDED, ThreadMessage.RESTORE_ASKED),
        *(ThreadMessage.RESTORE_WITHDRAWN, ThreadMessage.RESTORE_FINISHED, ThreadMessage.COMPLETED),
        *(ThreadMessage.REVIEW_NUDGE, ThreadMessage.OVERLAP_ALLOWED, ThreadMessage.INCIDENT_NUDGE),
    }
)
"""Told to those concerned in their own chats, because the thread's cards show it already (docs/process.md, P100).

Whoever has no chat with the bot is mentioned in the thread.
"""
RETIRED = frozenset(
    {
        *(ThreadMessage.PREFLIGHT_DONE, ThreadMessage.SNAPSHOT_STARTED, ThreadMessage.SNAPSHOT_HALF),
        *(ThreadMessage.STARTED, ThreadMessage.NEVER_STARTED, ThreadMessage.SOLVED),
        *(ThreadMessage.INCIDENT, ThreadMessage.INCIDENT_UPDATED),
        *(ThreadMessage.RESTORE_STARTED, ThreadMessage.RESTORE_HALF, ThreadMessage.TRIED, ThreadMessage.REVIEWED),
    }
)
"""What a card says instead. An outbox that an earlier version filled may still hold them: nobody is told them."""
NUDGES = frozenset(
    {
        *(ThreadMessage.PREPARE, ThreadMessage.CORRECTIONS_REMINDER, ThreadMessage.PRECHECK_NUDGE),
        *(ThreadMessage.PRECHECK_DEPUTIES, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES),
        *(ThreadMessage.NEW_DATE_NUDGE, ThreadMessage.REVIEW_NUDGE),
    }
)
"""Reminders of the morning: a digest takes their place where more than one thing waits for somebody."""
NAMES_OTHERS = frozenset({ThreadMessage.START_LOCKED, ThreadMessage.NOT_STARTED})
"""They say which other change is at work on the server; all others tell of the change and its people alone."""
