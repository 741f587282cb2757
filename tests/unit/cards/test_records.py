"""What is looked at afterwards: the review, the list, one change whole."""

from cards.overview.detail import show_card
from cards.overview.list import A_PAGE, list_card
from changes.model import Person, Restore, State
from tests.cards.subjects import PLAINLY, START, change, history, service, view
from tests.unit.cards.looking import NORMAL, drawn, says


def test_the_review_names_what_was_accepted_by_whom_and_an_early_start() -> None:
    card = drawn("review", "completed with accepted tests").shows("Accepted as they are")
    card.shows("2. Open a course and its forum: accepted by Claire Rey (deputy for Pierre André): It failed before")
    card.shows("Started early | Nobody is working any more.")


def test_a_saved_review_is_a_record() -> None:
    drawn("review", "reviewed").shows("The theme took longer than planned.").offers()


def test_the_last_page_of_a_search_says_what_was_looked_for_and_leads_back() -> None:
    card = list_card([change(State.SCHEDULED)] * 3, {"learn": service()}, A_PAGE + 3, "done forum", 2)
    assert "Looked for: done forum" in says(card)
    assert "11 to 13 of 13." in says(card)
    assert [each["data"]["typed"] for each in card["actions"]] == ["list done forum page 1"]


def test_one_change_whole_shows_its_history_and_leaves_out_the_oldest() -> None:
    of = change(State.IN_PROGRESS)
    short = says(show_card(view(of), history(of, PLAINLY, 3)))
    assert "Tue 16 Mar 2027, 21:00 (CET) – Nadia Favre wrote the plan down." in short
    assert "Claire Rey (deputy for Pierre André) asked for corrections: The forum does not open." in short
    assert "left out" not in short
    assert "28 earlier lines are left out: **/change export CHG-2027-0007** has them all." in says(
        show_card(view(of), history(of, PLAINLY, 40))
    )


def test_a_restore_nobody_named_is_no_crash() -> None:
    nobody = NORMAL["incident"].with_(restore=Restore(Person("x"), START))
    drawn("incident", nobody).shows("**somebody** asked for a restore")
