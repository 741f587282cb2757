"""PROCESS.md, Roles, as one table: who may do what, for a change that Nadia requests and Luc implements."""

import re
from pathlib import Path

import pytest

from changes import permissions
from changes.errors import NotAllowed
from changes.model import SYSTEM, Person
from changes.permissions import Permission, authorize, is_allowed
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, plan

EVA, SAM = Person("e", "Eva"), Person("s", "Sam")
PARTS = {"requester": NADIA, "implementer": LUC, "approver": PIERRE, "deputy": CLAIRE}
WHO = {**PARTS, "admin": SAM, "stranger": EVA, "clock": SYSTEM}
DECIDING = frozenset(("approver", "deputy"))
RUNNING = DECIDING | {"implementer"}
TABLE = {
    Permission.DRAFT: set(WHO) - {"clock"},
    **dict.fromkeys((Permission.READ, Permission.EDIT), DECIDING | {"requester", "admin"}),
    Permission.REQUEST: {"requester"},
    **dict.fromkeys((Permission.DECIDE, Permission.EXTEND_FAR, Permission.EXCEPTION), DECIDING),
    Permission.REASSIGN: DECIDING | {"admin"},
    Permission.RUN: RUNNING,
    Permission.REPORT_SNAPSHOT: RUNNING | {"clock"},
    **dict.fromkeys((Permission.POSTPONE, Permission.REVIEW), RUNNING | {"requester"}),
    Permission.CONFIRM_RESTORE: DECIDING,
    Permission.TICK: {"clock"},
    **dict.fromkeys((Permission.BIND, Permission.FEED, Permission.ADMIN), frozenset(("admin",))),
}
"""Reading is about a draft: what was handed in is read by everybody."""


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("act", list(Permission))
def test_each_act_is_for_its_roles_and_whoever_may_not_reads_why(act: Permission, role: str) -> None:
    change = a_change("draft" if act is Permission.READ else "submitted", implementer=LUC).change
    allowed = role in TABLE[act]
    assert is_allowed(WHO[role], act, change, LEARN, [SAM]) is allowed
    if not allowed:
        with pytest.raises(NotAllowed) as refused:
            authorize(WHO[role], act, change, LEARN, [SAM])
        assert refused.value.sentence.endswith(".")
        assert "{" not in refused.value.sentence


@pytest.mark.parametrize(
    "act", sorted(set(Permission) - {Permission.DRAFT, Permission.TICK, Permission.REPORT_SNAPSHOT})
)
@pytest.mark.parametrize("role", WHO)
def test_what_is_not_said_grants_nothing(act: Permission, role: str) -> None:
    """Neither a change that nobody named, nor admins that nobody listed."""
    assert not is_allowed(WHO[role], act)
    assert not is_allowed(WHO[role], act, None, LEARN)


@pytest.mark.parametrize("role", [*PARTS, "admin", "stranger"])
def test_everybody_reads_what_was_handed_in(role: str) -> None:
    assert is_allowed(WHO[role], Permission.READ, a_change().change, LEARN)


@pytest.mark.parametrize("involved", ["requester", "implementer"])
def test_the_approver_never_decides_about_a_change_of_their_own(involved: str) -> None:
    change = a_change("submitted", plan(implementer=PIERRE if involved == "implementer" else LUC)).now_it_is
    if involved == "requester":
        change = change.with_(requester=PIERRE)
    assert not is_allowed(PIERRE, Permission.DECIDE, change, LEARN)
    assert is_allowed(CLAIRE, Permission.DECIDE, change, LEARN)


@pytest.mark.parametrize("editor", [PIERRE, CLAIRE])
def test_whoever_edited_a_change_of_another_decides_nothing_about_it_and_everything_else(editor: Person) -> None:
    change = a_change("submitted", plan(implementer=LUC)).now_it_is.with_(editors=(editor,))
    other = CLAIRE if editor == PIERRE else PIERRE
    for act in (Permission.DECIDE, Permission.EXTEND_FAR):
        assert not is_allowed(editor, act, change, LEARN)
        assert is_allowed(other, act, change, LEARN)
        with pytest.raises(NotAllowed, match=f"somebody else has to decide about it. Ask {other.name}"):
            authorize(editor, act, change, LEARN)
    for act in (Permission.EDIT, Permission.RUN, Permission.EXCEPTION, Permission.REASSIGN, Permission.POSTPONE):
        assert is_allowed(editor, act, change, LEARN)


def test_a_right_is_refused_at_the_gate_and_nowhere_else() -> None:
    root = Path(permissions.__file__).parent.parent
    packages = (
        *("application", "bot", "cards", "changes", "dialogs", "infomaniak", "local", "notices", "scheduler"),
        "storage",
    )
    files = [path for package in packages for path in sorted((root / package).rglob("*.py"))]
    said = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert [path for path, text in said.items() if "raise NotAllowed" in text] == ["changes/permissions.py"]
    asks_for_admins = [path for path, text in said.items() if re.search(r"(?<!for admin) in \S*\.admins\b", text)]
    assert asks_for_admins == ["changes/permissions.py"]
