"""Which cards `make pictures` draws: those that are named there exist, and a new one appears by itself."""

from changes.model import Change, ChangeType, State
from tests.cards.pictures.chosen import IN_AN_EMERGENCY, SHOWN, chosen, file_name, parsed
from tests.cards.pictures.gallery import Card
from tests.cards.subjects import MESSAGES, PLAINLY, variants

ABOUT_A_CHANGE = {"status", "show", "summary", *MESSAGES}


def named(kind: ChangeType) -> dict[str, Change]:
    return dict(variants(PLAINLY, kind))


def test_every_card_and_every_state_that_is_to_be_pictured_exists() -> None:
    assert set(SHOWN) == ABOUT_A_CHANGE
    assert {state for states in SHOWN.values() for state in states} <= set(named(ChangeType.NORMAL))
    assert {state for states in IN_AN_EMERGENCY.values() for state in states} <= set(named(ChangeType.EMERGENCY))


def test_a_new_card_is_pictured_in_each_state_in_which_it_looks_different() -> None:
    cards: dict[str, Card] = {
        f"weather card, normal, {state}, vps_api": {"is": state is State.DRAFT} for state in State
    }
    cards |= {"weather card, normal, nothing tested, vps_api": {}, "wind": {"is": "new"}}
    assert list(chosen(cards)) == [
        "weather card, normal, draft, vps_api",
        "weather card, normal, submitted, vps_api",
        "wind",
    ]


def test_a_picture_is_called_after_its_card_and_state() -> None:
    assert parsed("go card, emergency, snapshot failed, lost, vps_api") == (
        "go",
        "emergency",
        "snapshot failed, lost",
        "vps_api",
    )
    assert file_name("go card, emergency, go_pending, vps_api") == "go-go-pending-in-an-emergency.png"
    assert file_name("form, what past changes say") == "form-what-past-changes-say.png"
