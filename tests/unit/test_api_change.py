"""What the API says of what a change puts at risk."""

from dataclasses import replace

import pytest

from application.ports import VersionedChange
from changes.model import Assessment, RiskLevel
from tests.support.core import plan
from tests.support.templated import Templated, a_template
from web.api.models import Change


@pytest.mark.parametrize(("risk", "said"), [(Assessment(RiskLevel.HIGH, ("Because of it.",)), "high"), (None, None)])
def test_a_change_says_its_risk(risk: Assessment | None, said: str | None) -> None:
    known = replace(Templated(a_template()).requested(plan()).now_it_is, risk=risk)
    assert Change.of(VersionedChange(known, 3)).model_dump(mode="json")["risk"] == said
