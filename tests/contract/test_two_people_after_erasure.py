"""Whoever may not decide about a change because it is their own may not by being forgotten either."""

import random
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from application.ports import UnitOfWork, UserProfile
from changes import events as e
from changes.lifecycle import fold
from changes.model import OPEN, Change, Outcome, Person
from changes.permissions import Permission, is_allowed
from changes.policy import Service
from changes.snapshots import Server
from infomaniak.vps_api.entry import VPS_API
from storage.backup import BackupError
from storage.erasure import forget
from tests.contract import subjects as s

ZOE = Person("0f8fad5b-d9cb-469f-a165-70867728950e", "Zoë O'Brien-Müller")
LEARN = Service("learn", "ISC Learn", ZoneInfo("Europe/Zurich"), ZOE, (s.ANNE,), Server("Hannibal", VPS_API.provider))
BY_TWO = (Permission.DECIDE, Permission.EXTEND_FAR, Permission.CONFIRM_RESTORE)
"""What one person alone may not do."""


def any_history(number: int, id_: str) -> list[e.Entry]:
    """A history in which Zoë may be anything or nothing; the fold takes events in any order."""
    dice = random.Random(number)  # the same in every run

    def anybody() -> Person:
        return dice.choice((ZOE, s.RITA, s.RITA, s.ANNE))

    def about() -> Iterator[e.Event]:
        yield e.Drafted(id_, replace(s.plan(), implementer=anybody()))
        for _ in range(dice.randrange(9)):
            yield dice.choice(
                (
                    s.submitted(),
                    e.PlanEdited(replace(s.plan(), title="Another", implementer=anybody()), short_notice=False),
                    e.Reassigned(anybody(), anybody()),
                    e.PrecheckAsked("f"),
                    e.GoAsked("f"),
                    e.Started(),
                    e.IncidentDeclared("It burns."),
                    e.RestoreAsked(),
                    e.RestoreWithdrawn(),
                    e.Postponed("later", silent=False),
                )
            )
        if dice.random() < 0.3:
            yield dice.choice((e.Cancelled("not needed"), e.Completed(Outcome.SUCCESSFUL)))

    return [e.Entry(n, s.at(n), anybody(), "chat", each) for n, each in enumerate(about(), start=1)]


def theirs(change: Change) -> set[Permission]:
    """What Zoë may do about the change that needs somebody else than its own people."""
    return {act for act in BY_TWO if change.state in OPEN and is_allowed(ZOE, act, change, LEARN)}


async def test_whoever_is_forgotten_may_never_decide_about_more_than_before(unit: UnitOfWork, url: str) -> None:
    refused = forgotten = 0
    for number in range(12):
        await unit.people.upsert([UserProfile(ZOE)])
        trail = any_history(number, await unit.changes.new_id(2026))
        before = fold(trail)
        await unit.changes.save(before, 0, trail, (), (), s.NOW)
        try:
            await forget(url, ZOE.id.upper())
            forgotten += 1
        except BackupError:
            refused += 1
        found = await unit.changes.load(before.id)
        assert found is not None
        assert theirs(found.change) <= theirs(before), before
        if before.state in OPEN:  # so that the next one is forgotten or not because of its own history
            over = e.Entry(found.version + 1, s.at(60), s.ANNE, "chat", e.Cancelled("enough"))
            trail = [*await unit.changes.history(before.id), over]
            await unit.changes.save(fold(trail), found.version, trail[-1:], (), (), s.NOW)
    assert min(refused, forgotten) > 2


ROLES = {
    "draft of theirs": (ZOE, s.RITA, ()),
    "requester": (ZOE, s.RITA, (s.submitted(),)),
    "implementer": (s.RITA, ZOE, (s.submitted(),)),
    "had it before": (s.RITA, ZOE, (s.submitted(), e.Reassigned(s.RITA, s.RITA))),
}


@pytest.mark.parametrize("part", ROLES)
async def test_what_keeps_a_person_from_being_forgotten_is_named(unit: UnitOfWork, url: str, part: str) -> None:
    requester, implementer, more = ROLES[part]
    drafted = e.Drafted(await unit.changes.new_id(2026), replace(s.plan(), implementer=implementer))
    trail = [e.Entry(n, s.at(n), requester, "chat", each) for n, each in enumerate((drafted, *more), start=1)]
    change = fold(trail)
    await unit.changes.save(change, 0, trail, (), (), s.NOW)

    with pytest.raises(BackupError, match=rf"nothing was changed: .* not over: {change.id} \({part}\)\. Complete each"):
        await forget(url, ZOE.id)

    found = await unit.changes.load(change.id)
    assert found is not None
    assert found.change == change
