"""Who may do what does not depend on how an id is spelled, wherever it comes from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes.model import SYSTEM, Person, normalized_id
from storage import codec
from tests.support.examples import examples


def spellings(person: str) -> st.SearchStrategy[str]:
    """Any capitals, in braces or not, with blanks around or not."""
    letters = st.tuples(*(st.sampled_from([each.lower(), each.upper()]) for each in person)).map("".join)
    return st.builds(
        lambda text, braces, blank: f"{blank}{{{text}}}{blank}" if braces else f"{blank}{text}{blank}",
        letters,
        st.booleans(),
        st.sampled_from(["", " "]),
    )


@settings(max_examples=examples(40))
@given(st.uuids(version=4).map(str), st.data())
def test_a_person_is_one_person_in_memory_and_in_what_is_stored(person: str, data: st.DataObject) -> None:
    one, other = (Person(data.draw(spellings(person)), name) for name in ("Anne", ""))
    assert one == other
    assert one.id == other.id == person, "by which everything is compared"
    assert len({one, other, Person(person)}) == 1
    event = codec.decode_event(
        "Reassigned",
        f'{{"requester":{{"id":"{data.draw(spellings(person))}","name":""}},'
        f'"implementer":{{"id":"{data.draw(spellings(person))}","name":""}}}}',
    )
    assert {Person(person)} == {event.requester, event.implementer}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "kept", ["29:1Abc-DEF", "clock", "Clock", "user-id-3", "8:orgid:0ABCDEF0-0000-4000-8000-000000000021", "", "Ä"]
)
def test_an_id_that_is_no_guid_keeps_its_capitals(kept: str) -> None:
    assert normalized_id(kept) == kept
    assert Person("CLOCK") != SYSTEM
