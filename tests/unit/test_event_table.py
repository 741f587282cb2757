"""docs/integrations.md tells of every event that goes out."""

from changes.events.names import EVENTS
from tests.support.event_table import OF_DRAFTS, PAGE, with_table


def test_the_table_of_events_is_as_the_registry_has_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "python -m tests.support.event_table"
    rows = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 3]
    assert {line.split("`")[1] for line in rows} >= EVENTS.keys() - OF_DRAFTS
    assert all(len(line.split("|")[2].strip()) > 2 for line in rows)
