"""The table of events in docs/integrations.md, made from the registry: `python -m tests.support.event_table`."""

from pathlib import Path

from changes.events.names import EVENTS

PAGE = Path(__file__).parents[2] / "docs" / "integrations.md"
BEGINS, ENDS = "<!-- events: python -m tests.support.event_table -->", "<!-- /events -->"
OF_DRAFTS = frozenset({"drafted", "rehearsed"})
"""Nothing of a draft goes out, nor of a rehearsal."""


def table() -> str:
    """Each event that goes out, and when it happens: what its class says first."""
    rows = [f"| `{name}` | {_when(kind.__doc__ or '')} |" for name, kind in EVENTS.items() if name not in OF_DRAFTS]
    return "\n".join(["", "| `change.…` | when |", "|---|---|", *rows, ""])


def _when(text: str) -> str:
    said = " ".join(text.split()).replace("|", "/").partition(". ")[0].partition("; ")[0]
    return said if said.endswith(("?", ".")) else f"{said}."


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGINS)
    return f"{before}{BEGINS}\n{table()}\n{ENDS}{rest.partition(ENDS)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
