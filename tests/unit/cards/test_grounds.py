"""Why a change cannot be decided, with the way out: each case in words of its own (docs/process.md, P126)."""

from dataclasses import replace
from datetime import date

import pytest

from cards.thread_messages import line
from changes.effects import PostThreadMessage
from changes.model import Person, Stage
from changes.notification.thread_messages import ThreadMessage
from changes.policy import Away
from language import in_chat
from tests.cards.subjects import CLAIRE, LUC, PIERRE, START
from tests.unit.cards.looking import NORMAL, drawn, seen

NOBODY, TOO_FEW, AWAY = "Nobody can decide about it", "It cannot be approved", "Too few approvers are there until"
TWO = Stage((PIERRE, CLAIRE), 2)
ADMIN, ANOTHER_DATE = "An admin has to name", "Choose another date with /change move CHG-2027-0007,"


def away(*people: Person) -> tuple[Away, ...]:
    return tuple(Away(each, date(2027, 4, 1), date(2027, 4, 30)) for each in people)


@pytest.mark.parametrize(
    ("approvals", "requester", "absent", "case", "who", "way_out"),
    [
        ((), PIERRE, (), "", "", ""),
        ((TWO,), LUC, (), "", "", ""),
        ((TWO,), CLAIRE, (), TOO_FEW, "still needed: 2; people who may give one: Pierre André.", ADMIN),
        ((Stage((CLAIRE,)),), CLAIRE, (), TOO_FEW, "still needed: 1; people who may give one: nobody.", ADMIN),
        ((TWO,), LUC, (CLAIRE,), AWAY, "still needed: 2; there: Pierre André.", ANOTHER_DATE),
        ((TWO,), LUC, (CLAIRE, PIERRE), AWAY, "still needed: 2; there: nobody.", ANOTHER_DATE),
        ((TWO,), CLAIRE, (PIERRE,), TOO_FEW, "people who may give one: Pierre André.", ADMIN),
        ((), LUC, (CLAIRE, PIERRE), AWAY, "still needed: 1; there: nobody.", ANOTHER_DATE),
        ((Stage((PIERRE,)), Stage((CLAIRE,))), LUC, (CLAIRE,), AWAY, "still needed: 1; there: nobody.", ANOTHER_DATE),
    ],
)
def test_too_few_who_may_is_not_too_few_who_are_there(
    approvals: tuple[Stage, ...],
    requester: Person,
    absent: tuple[Person, ...],
    case: str,
    who: str,
    way_out: str,
) -> None:
    of = NORMAL["go_pending"].with_(requester=requester, editors=())
    its = replace(seen("go_pending").service, approvals=approvals, away=away(*absent))
    view = replace(seen(of), service=its)
    told = in_chat(line(PostThreadMessage("k", of.id, ThreadMessage.NOBODY_DECIDES, PIERRE, START), view))
    for text in (drawn("go", view).said, told.replace("`", "")):
        assert [each for each in (NOBODY, TOO_FEW, AWAY) if each in text] == ([case] if case else [])
        assert who in text
        assert way_out in text
    if not case:  # it was named meanwhile
        assert told.endswith("It can be decided after all.")
