"""What holds of every right, whoever has it; who has which is the table of test_every_verb."""

import re
from pathlib import Path

import pytest

from changes import permissions
from changes.model import SYSTEM, Person
from changes.permissions import Permission, is_allowed
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE

WHO = (NADIA, LUC, PIERRE, CLAIRE, Person("e", "Eva"), SYSTEM)


@pytest.mark.parametrize(
    "act", sorted(set(Permission) - {Permission.DRAFT, Permission.TICK, Permission.REPORT_SNAPSHOT})
)
def test_what_is_not_said_grants_nothing(act: Permission) -> None:
    """Neither a change that nobody named, nor admins that nobody listed."""
    for by in WHO:
        assert not is_allowed(by, act)
        assert not is_allowed(by, act, None, LEARN)


def test_a_right_is_refused_at_the_gate_and_nowhere_else() -> None:
    root = Path(permissions.__file__).parent.parent
    ours = "application bot cards changes dialogs infomaniak local notices scheduler storage"
    files = [path for package in ours.split() for path in sorted((root / package).rglob("*.py"))]
    said = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert [path for path, text in said.items() if "raise NotAllowed" in text] == ["changes/permissions.py"]
    asks_for_admins = [path for path, text in said.items() if re.search(r"(?<!for admin) in \S*\.admins\b", text)]
    assert asks_for_admins == ["changes/permissions.py"]
