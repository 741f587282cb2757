"""Who may do what does not depend on how an id is spelled, wherever it comes from."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes.errors import NotAllowed
from changes.model import SYSTEM, Person, normalized_id
from changes.permissions import Permission, authorize, is_allowed
from storage import codec
from tests.support.core import LEARN, REQUESTED, Story, plan

IDS = [str(UUID(int=0xABCDEF << 100 | number, version=4)) for number in range(5)]
"""Few people, so that one of them often has two parts."""


def spellings(person: str) -> st.SearchStrategy[str]:
    """Any capitals, in braces or not, with blanks around or not."""
    letters = st.tuples(*(st.sampled_from([each.lower(), each.upper()]) for each in person)).map("".join)
    return st.builds(
        lambda text, braces, blank: f"{blank}{{{text}}}{blank}" if braces else f"{blank}{text}{blank}",
        letters,
        st.booleans(),
        st.sampled_from(["", " "]),
    )


PARTS = st.tuples(*(st.sampled_from(IDS) for _ in range(7)))


@settings(max_examples=40, deadline=None)
@given(PARTS, st.sampled_from(sorted(Permission)), st.data())
def test_a_right_is_the_same_under_every_spelling_of_everybody(
    parts: tuple[str, ...], act: Permission, data: st.DataObject
) -> None:
    def answer(spelled: bool) -> tuple[bool, str]:
        people = [Person(data.draw(spellings(each)) if spelled else each) for each in parts]
        requester, implementer, approver, deputy, admin, editor, who = people
        service = replace(LEARN, approver=approver, deputies=(deputy,), admins=(admin,))
        story = Story(service)
        story.do(c.Draft(requester, plan(implementer=implementer)), REQUESTED)
        change = story.now_it_is.with_(editors=(editor,), submitted_at=REQUESTED)
        allowed = is_allowed(who, act, change, service, [admin])
        try:
            authorize(who, act, change, service, [admin])
        except NotAllowed as refused:
            return allowed, refused.sentence
        return allowed, ""

    assert answer(spelled=True) == answer(spelled=False)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(IDS), st.data())
def test_a_person_is_one_person_in_memory_and_in_what_is_stored(person: str, data: st.DataObject) -> None:
    one, other = (Person(data.draw(spellings(person)), name) for name in ("Anne", ""))
    assert one == other
    assert len({one, other, Person(person)}) == 1
    event = codec.decode_event(
        "Reassigned",
        f'{{"requester":{{"id":"{data.draw(spellings(person))}","name":""}},'
        f'"implementer":{{"id":"{data.draw(spellings(person))}","name":""}}}}',
    )
    assert {Person(person)} == {event.requester, event.implementer}  # type: ignore[attr-defined]


@pytest.mark.parametrize("kept", ["29:1Abc-DEF", "clock", "Clock", "user-id-3", "8:orgid:" + IDS[0].upper(), "", "Ä"])
def test_an_id_that_is_no_guid_keeps_its_capitals(kept: str) -> None:
    assert normalized_id(kept) == kept
    assert Person("CLOCK") != SYSTEM
