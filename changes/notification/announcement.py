"""What affected people were told last: the date they expect, and whether the plan says something else now."""

from changes.model import Change, fingerprint_of
from changes.plan_fields import PLAN_FIELDS, Entry


def announced_text(change: Change) -> str:
    """Stands for everything that an announcement of the change says: another text gives another one.

    A change that keeps its announced date announces only what would be read differently (docs/process.md, P47).
    """
    plan = change.plan
    said = [plan.fact(each.key) for each in PLAN_FIELDS if each.announced and each.entry is not Entry.WINDOW]
    return fingerprint_of([plan.window.start.isoformat(), plan.window.end.isoformat(), *said])
