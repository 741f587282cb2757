"""What other programs hear of an event: webhooks, the monitoring, the wiki. Nothing of a draft or a rehearsal."""

from collections.abc import Iterator

from changes import events as e
from changes.effects import CallWebhook, Effect, SyncSilence, WriteWikiIndex, WriteWikiPage
from changes.model import IMPLEMENTING, IN_INCIDENT, Change
from changes.policy import Service

AT_WORK = IMPLEMENTING | IN_INCIDENT
"""From the start until the end, or until the incident is closed: alarms are expected."""


def effects_for_tools(entry: e.Entry, before: Change | None, change: Change, service: Service) -> Iterator[Effect]:
    """What goes to them because of the entry, which made `change` out of `before`."""
    if before is None or change.submitted_at is None or isinstance(entry.event, e.Rehearsed):
        return
    tools, key = service.tools, f"{change.id}:{entry.seq}"
    for name in tools.webhooks:
        yield CallWebhook(f"{key}:webhook:{name}", change.id, name, entry.seq)
    if tools.has_silences and _is_expected_otherwise(before, change):
        yield SyncSilence(f"{key}:silence", change.id)
    is_told = before.state is not change.state or isinstance(entry.event, e.Extended | e.Reviewed)
    if tools.has_wiki and change.announcements and is_told:  # from the first GO on
        yield WriteWikiPage(f"{key}:wiki", change.id)
        yield WriteWikiIndex(f"{key}:wiki:index", change.id)


def _is_expected_otherwise(before: Change, change: Change) -> bool:
    """Whether alarms are expected from now on, or no longer, or until another time: an incident's end is not known."""
    if change.state not in AT_WORK:
        return before.state in AT_WORK
    return before.state not in AT_WORK or before.ends_at != change.ends_at or change.state in IN_INCIDENT
