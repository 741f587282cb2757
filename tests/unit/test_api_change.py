"""What the API says of a change that came from a template, and of what it puts at risk."""

from dataclasses import replace

from application.ports import VersionedChange
from changes.model import Assessment, Decision, RiskLevel
from tests.support.core import CLAIRE, NADIA, REQUESTED, plan
from tests.support.templated import Templated, a_template, approved
from web.api.models import Change


def test_a_change_says_its_template_its_risk_and_who_has_approved() -> None:
    change = Templated(approved(a_template())).requested(plan()).now_it_is
    given = Decision("approved", CLAIRE, REQUESTED, change.plan.fingerprint)
    known = replace(change, risk=Assessment(RiskLevel.HIGH, ("Because of it.",)), approvals=(given,))
    said = Change.of(VersionedChange(known, 3)).model_dump(mode="json")
    assert said["template"] == {"name": "Monthly", "version": 1}
    assert (said["standard"], said["risk"]) == (True, "high")
    assert [each["by"]["name"] for each in said["approvals"]] == [CLAIRE.name]
    assert said["requester"]["name"] == NADIA.name


def test_a_change_without_any_of_it_says_so() -> None:
    story = Templated(a_template()).requested(plan())
    plain = replace(story.now_it_is, template=None)
    said = Change.of(VersionedChange(plain, 1)).model_dump(mode="json")
    assert (said["template"], said["standard"], said["risk"], said["approvals"]) == (None, False, None, [])
