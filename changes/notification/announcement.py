"""What affected people were told of a change: the date they expect, and whether they would read something else now."""

from changes.model import Change, fingerprint_of


def announced_text(change: Change) -> str:
    """Stands for everything that an announcement of the change says: another text gives another one.

    A change that keeps its announced date announces only what would be read differently (PROCESS.md, Moving).
    """
    plan = change.plan
    return fingerprint_of(
        [plan.window.start.isoformat(), plan.window.end.isoformat(), plan.title, plan.affected, plan.implementer.id]
    )
