"""Steps that an earlier version planned, or other settings, are planned anew: no change is forgotten by an upgrade."""

from dataclasses import replace

from application.ports import UnitOfWork
from application.replanning import replan
from changes.planning.timeline import pending
from changes.policy import Catalogue, Policy
from storage import Store
from tests.contract import subjects as s
from tests.support.core import LEARN


async def test_a_change_under_way_gets_the_steps_of_todays_rules_and_settings_once(
    store: Store, unit: UnitOfWork
) -> None:
    catalogue = Catalogue({"learn": LEARN})
    change = await s.saved(unit, s.submitted(), steps=(s.step("1/of an earlier version/0"),))
    await s.saved(unit, s.submitted(), s.cancelled(), about=s.plan(day=50))
    long_ago = await s.saved(unit, s.submitted(), s.completed(), about=s.plan(day=-100))
    await s.saved(unit, s.submitted(), about=s.plan("wiki"), steps=(s.step("1/go/0", 999_999),))
    assert await replan(store.units, catalogue, s.NOW) == 2
    wanted = pending(change, LEARN)
    first = await unit.due_items.claim(wanted[-1].due)
    assert first is not None
    assert (first.owner.id, first.key, first.due) == (change.id, wanted[0].key, wanted[0].due)
    assert first.owner.id != long_ago.id, "nobody is asked for the review of a change of long ago"
    assert await replan(store.units, catalogue, s.NOW) == 0, "nothing is another since"
    hourly = replace(LEARN, policy=replace(Policy(), prepare_days=20))
    assert await replan(store.units, Catalogue({"learn": hourly}), s.NOW) == 2
    assert await unit.due_items.next_due() == pending(change, hourly)[0].due
