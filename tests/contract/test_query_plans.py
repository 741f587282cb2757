"""No query goes through a table that grows (docs/decisions/0003-one-store-two-engines.md): each engine is asked how it
would carry it out.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from application.ports import UnitOfWork
from application.queries.durations import duration_estimates
from application.queries.past import similar_changes
from application.queries.worklist import worklist_of
from changes.effects import UpsertPersonalCard
from changes.model import OPEN, Change, State
from changes.notification import CardKind
from changes.policy import Catalogue
from changes.reporting.periods import Period
from changes.reporting.search import Search, read_search
from changes.reporting.worklist import DECIDERS_ASKED
from storage import Store
from tests.contract import subjects as s
from tests.support.core import LEARN
from tests.support.query_plans import Query, plan_of, scans

CATALOGUE = Catalogue({"learn": LEARN})
SINCE = s.NOW - timedelta(days=60)
LIKE_IT = Change("", s.RITA, s.plan(), State.DRAFT, s.NOW)
TO_RITA = UpsertPersonalCard("CHG-2026-0001:go", "CHG-2026-0001", CardKind.GO, "go", s.RITA)


def found(search: Search, limit: int | None = None) -> Query:
    return lambda unit: unit.changes.find(search, limit=limit)


def listed(typed: str) -> Query:
    search = read_search(typed, CATALOGUE.services, s.RITA.id)

    async def both(unit: UnitOfWork) -> None:
        await unit.changes.find(search, limit=10)
        await unit.changes.count(search)

    return both


QUERIES: Mapping[str, Query] = {
    "tasks": lambda unit: worklist_of(unit, CATALOGUE, LEARN.approver, s.NOW, 8, 5),
    "what past changes teach": lambda unit: duration_estimates(unit, LEARN, s.NOW),
    "operations in the way": lambda unit: unit.operations.since(SINCE),
    "when something goes out": lambda unit: unit.outbox.next_attempt(),
    "what goes out next": lambda unit: unit.outbox.claim(s.NOW, "me", 60),
    "what went out": lambda unit: unit.outbox.done([1], s.NOW),
    "what falls due next": lambda unit: unit.due_items.next_due(),
    "what is due": lambda unit: unit.due_items.claim_batch(s.NOW, 20),
    "what is done together": lambda unit: unit.changes.load_together(["CHG-2026-0001", "CHG-2026-0002"]),
    "in which line an effect stands": lambda unit: unit.outbox.add([s.entry("CHG-2026-0001")], s.NOW),
    "in which line a card for somebody stands": lambda unit: unit.outbox.add([TO_RITA], s.NOW),
    "whose leases there are": lambda unit: unit.outbox.owners(),
    "leases that are released": lambda unit: unit.outbox.release(["worker:1"]),
    "a list of what is open": listed(""),
    "a list of one's own": listed("mine"),
    "a list of one's drafts": listed("drafts"),
    "a list of a service's": listed("learn all"),
    "a list of a month": listed("2026-09"),
    "what waits for a deputy": found(Search(service="learn", states=DECIDERS_ASKED)),
    "what is bound anew": found(Search(service="learn", states=OPEN, viewer="")),
    "what somebody reviews": found(
        Search(states=(State.COMPLETED,), person=LEARN.approver.id, since=SINCE, until=s.NOW)
    ),
    "what is reviewed there": found(Search(service="learn", states=(State.COMPLETED,), since=SINCE, until=s.NOW)),
    "what ticks": found(Search(states=(State.IN_PROGRESS, State.EXTENDED), since=SINCE)),
    "what is planned anew": found(Search(states=(State.COMPLETED,), since=SINCE)),
    "what is fed": found(Search(states=(*OPEN, State.COMPLETED), since=SINCE, viewer="")),
    "what is counted": found(Search(service="learn", since=SINCE, until=s.NOW)),
    "statistics": lambda unit: unit.statistics.count(["learn"], Period(2026)),
    "templates": lambda unit: unit.templates.of(["learn"]),
    "recurring changes": lambda unit: unit.series.going_on(),
    "a recurring change": lambda unit: unit.series.load("CHG-2027-0001"),
    "a template": lambda unit: unit.templates.get("Monthly"),
    "what a number means": lambda unit: unit.changes.numbered(7),
    "which mails went out beside one": lambda unit: unit.delivery_log.mailed_since(SINCE),
    "what past changes are like one": lambda unit: similar_changes(unit, LIKE_IT),
    "whose server is taken": lambda unit: unit.changes.sharing(["learn"], SINCE),
}
"""Every query that is asked again and again, or of all that ever was."""

RECENT = (
    *("what past changes teach", "what is reviewed there", "what ticks", "what is planned anew", "what is fed"),
    *("what is counted", "a list of a month", "what somebody reviews"),
)
"""They ask for what ended lately, and so for nothing that began long before."""


def endless(plan: list[str]) -> list[str]:
    """The steps that go through all that a service or a state ever had."""
    return [step for step in plan if "ix_changes" in step and not re.search(r"starts_at ?>", step)]


async def test_no_query_goes_through_a_table_that_grows(store: Store) -> None:
    plans = {name: await plan_of(store, query) for name, query in QUERIES.items()}
    assert [name for name, plan in plans.items() if not plan] == []
    of_a_service = [step for plan in plans.values() for step in plan if step.endswith(" (service=?)")]
    assert [step for step in of_a_service if "bindings" not in step] == []
    assert {name: scans(plan) for name, plan in plans.items() if scans(plan)} == {}
    assert {name: endless(plans[name]) for name in RECENT if endless(plans[name])} == {}
    assert any("ix_operations_kind_asked_at" in step for step in plans["what past changes teach"])


async def test_a_query_that_goes_through_everything_is_seen(store: Store) -> None:
    assert scans(await plan_of(store, found(Search(words=["forum"]))))
    assert not scans(await plan_of(store, lambda unit: unit.changes.load("CHG-2026-0001")))
