"""The table `[service.policy]`: what each number of the process means, and which of them contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from pydantic import Field, create_model

from changes.policy import Policy
from settings.services_parts import Strict, whole

MEANINGS = {
    "lead_days": "Days before the window by which a change is requested; what comes later is short notice.",
    "prepare_days": "Days before the window on which the requester is reminded of what is still missing.",
    "precheck_days": "Days before the window on which the approver is asked for the pre-check.",
    "corrections_days": "Days after which the requester is reminded of open corrections, again and again; 0: never.",
    "preflight_days": "Days before the window on which the bot checks whether a snapshot can be taken.",
    "go_days": "Days before the window on which the approver is asked for GO or NO-GO.",
    "notice_days": "Days that people hear of a date in advance; a new date, or a GO, that leaves less is late.",
    "nudge_days": "Working days after which whoever has to decide is reminded; 0: never, and the deputies are "
    "not asked either.",
    "deputies_days": "Working days after which the deputies are asked too, then daily.",
    "silence_days": "Days before the window on whose morning the deadline for GO is; without GO it is postponed.",
    "silence_hours": "Hours for an answer about GO, however late it was asked.",
    "emergency_nudge_minutes": "Minutes after which the approver of an emergency is reminded; 0: never.",
    "emergency_deputies_minutes": "Minutes after which the deputies are asked about an emergency, and between "
    "reminders; 0: never.",
    "new_date_days": "Days after which the requester is reminded to propose a new date; 0: never.",
    "new_date_every_days": "Days between the next reminders of it; 0: no more than one.",
    "new_date_approver_days": "Days after which the approver hears of them too.",
    "give_up_days": "Days after which a change without a date is cancelled by itself; 0: never.",
    "reminder_days": "Days before the window on which affected people are reminded of it.",
    "day_hour": "The hour, by the service's clock, at which what is due on a day happens.",
    "snapshot_margin_minutes": "Minutes that a snapshot begins earlier than the time that it takes.",
    "snapshot_nudge_minutes": "Minutes after which the implementer is reminded to begin the snapshot; 0: never.",
    "snapshot_approver_minutes": "Minutes after which the approver is told so too; 0: never, nor is anybody again.",
    "snapshot_every_minutes": "Minutes between the next reminders to begin it; 0: no more of them.",
    "not_started_minutes": "Minutes after the start of the window at which the implementer is asked to start.",
    "not_started_approver_minutes": "Minutes after it at which the approver and the deputies are told.",
    "cutoff_minutes": "Minutes before the end of the window at which it is asked: solved, extend, or incident?",
    "cutoff_silence_minutes": "Minutes before the end at which it is asked once more.",
    "acceptable_overrun_minutes": "Minutes, in all, by which the window may be extended without the approver.",
    "nag_minutes": "Minutes between reminders after the end of the window while nobody says how it stands, and of a "
    "snapshot that failed or waits; 0: none.",
    "incident_nudge_minutes": "Minutes between questions for the next update of an incident; 0: none.",
    "incident_update_minutes": "Minutes after which affected people hear again of an incident at the latest; 0: never.",
    "restore_nudge_minutes": "Minutes after which a restore that waits for its confirmation is asked about; 0: never.",
    "restore_every_minutes": "Minutes between the next reminders to confirm it; 0: no more of them.",
    "handover_nudge_minutes": "Minutes between reminders that an incident was handed over and is open; 0: none.",
    "handover_admins_minutes": "Minutes after the hand-over from which the admins are reminded too.",
    "review_every_days": "Days between reminders of the review; 0: none.",
    "review_nudges": "How many reminders of the review there are at most.",
    "tests_minutes": "Minutes that the tests take, to calculate when a restore is over.",
    "quiet_from_hour": "The hour from which nobody is asked what can wait until morning.",
    "quiet_to_hour": "The hour until which it waits; the same as the one above means no quiet hours.",
}
"""What each number means, for whoever sets it. The names and defaults stand once, in the core."""
_A_MONTH = 31 * 24 * 60
_MOST = {"_days": 366, "_hours": 31 * 24, "_minutes": _A_MONTH, "_nudges": 52}
"""Upper bounds: a year in days, a month in hours and in minutes, a weekly reminder for a year."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers of which the `larger` is not less than the `smaller`, and why.

    With `may_be_off` a larger one of 0 means that there is none of it.
    """

    larger: str
    smaller: str
    why: str
    may_be_off: bool = False


PAIRS = (
    # Counted back from the window: what comes first is more days before it.
    Pair("lead_days", "go_days", "a request in time comes before GO is asked"),
    Pair("lead_days", "notice_days", "a request in time leaves the days that people hear of it in advance"),
    Pair("prepare_days", "precheck_days", "the reminder to prepare comes before the pre-check"),
    Pair("precheck_days", "go_days", "the pre-check comes before GO"),
    Pair("preflight_days", "go_days", "what the preflight finds stands on the card that asks for GO"),
    Pair("go_days", "notice_days", "a GO given on its day would always be late"),
    Pair("go_days", "silence_days", "GO is asked before its deadline"),
    Pair("go_days", "reminder_days", "GO comes before the reminder"),
    Pair("cutoff_minutes", "cutoff_silence_minutes", "whoever is silent at the cutoff is reminded after it"),
    # Counted on from a question: who is asked first has less to wait.
    Pair("deputies_days", "nudge_days", "the approver is reminded before the deputies are asked"),
    Pair(
        "emergency_deputies_minutes",
        "emergency_nudge_minutes",
        "the approver is reminded before the deputies are asked",
        may_be_off=True,
    ),
    Pair(
        "snapshot_approver_minutes",
        "snapshot_nudge_minutes",
        "the implementer is reminded before the approver is told",
        may_be_off=True,
    ),
    Pair("not_started_approver_minutes", "not_started_minutes", "the implementer is asked before the approver is told"),
    Pair("new_date_approver_days", "new_date_days", "the requester is reminded before the approver is"),
    Pair("give_up_days", "new_date_days", "a change is cancelled only after its requester was told", may_be_off=True),
    Pair("give_up_days", "new_date_approver_days", "the approver hears of it before it is cancelled", may_be_off=True),
    Pair(
        "incident_update_minutes",
        "incident_nudge_minutes",
        "an update is asked for before people hear again by itself",
        may_be_off=True,
    ),
    Pair("handover_admins_minutes", "handover_nudge_minutes", "those who decide are reminded before the admins are"),
)
_OF_THE_DAY = "quiet_from_hour", "quiet_to_hour", "day_hour"


def _most(name: str) -> int:
    if name.endswith("_hour"):
        return 23 if name == "day_hour" else 24
    return next(most for ending, most in _MOST.items() if name.endswith(ending))


def contradictions(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each number of a table that contradicts another one, and in what; what is no number at all is passed over."""
    numbers = {each.name: given.get(each.name, each.default) for each in fields(Policy)}
    numbers = {name: each for name, each in numbers.items() if type(each) is int and 0 <= each <= _most(name)}
    for pair in PAIRS:
        larger, smaller = numbers.get(pair.larger), numbers.get(pair.smaller)
        if larger is None or smaller is None or larger >= smaller or (pair.may_be_off and larger == 0):
            continue
        if pair.larger in given:
            named, is_less, other = pair.larger, "less", f"{pair.smaller} ({smaller})"
        else:
            named, is_less, other = pair.smaller, "more", f"{pair.larger} ({larger})"
        yield named, f"that is {is_less} than {other}, but {pair.why}; change one of the two"
    begins, ends, day = (numbers.get(name) for name in _OF_THE_DAY)
    if begins is None or ends is None or day is None:
        return
    first, end = begins % 24, ends % 24
    if (first <= day < end) if first <= end else (day >= first or day < end):
        named = next(name for name in reversed(_OF_THE_DAY) if name in given)
        what = "that" if named == "day_hour" else f"day_hour ({day})"
        yield named, f"{what} lies in the quiet hours from {begins} to {ends}; change one of the three"


PolicyTable = create_model(  # type: ignore[call-overload]  # the fields are only known when it runs
    "PolicyTable",
    __base__=Strict,
    **{
        each.name: (
            Annotated[int, whole(0, _most(each.name))],
            Field(default=each.default, description=MEANINGS[each.name]),
        )
        for each in fields(Policy)
    },
)
