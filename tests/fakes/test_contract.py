"""The store in memory keeps the contract of the real ones, so that what holds over it holds over them.

Left out are the tests about waiting for each other, about engines and about speed: here nobody waits, the second loses.
"""

import pytest

from changes.errors import ConcurrencyConflict
from tests.contract.test_changes import (
    test_a_block_that_raises_leaves_nothing,
    test_a_lost_race_is_not_committed_even_when_the_refusal_is_swallowed,
    test_a_moment_comes_back_in_utc_wherever_it_was_read,
    test_a_moment_without_a_zone_is_refused,
    test_a_new_change_under_a_taken_id_is_refused,
    test_a_turn_that_is_abandoned_halfway_holds_up_nobody,
    test_changes_are_found_by_service_state_and_requester_the_next_window_first,
    test_entries_that_do_not_follow_the_version_are_refused,
    test_ids_count_within_the_year,
    test_of_two_who_decided_on_the_same_version_one_is_told_to_look_again,
    test_only_changes_that_take_their_window_are_bookings,
    test_texts_with_any_character_are_kept,
    test_the_stored_change_is_the_fold_of_its_history,
    test_there_is_no_history_of_a_change_that_does_not_exist,
    test_what_is_completed_is_found_as_long_as_its_window_reaches_past_a_moment,
    test_what_was_saved_is_loaded,
)
from tests.contract.test_conversations import (
    test_a_delivery_seen_before_gets_the_answer_it_got_then,
    test_a_dialog_goes_on_where_it_was,
    test_a_dialog_that_began_anew_is_not_taken_for_the_old_one,
    test_a_dialog_that_went_on_meanwhile_is_not_overwritten,
    test_a_message_is_found_where_it_was_last_posted,
    test_a_service_is_bound_to_one_conversation_and_a_conversation_to_many_services,
    test_a_setting_is_the_last_one_that_was_set,
    test_an_operation_is_followed_until_it_is_over,
    test_only_plain_json_is_a_dialogs_state,
    test_what_is_known_of_a_person_is_never_overwritten_by_nothing,
)
from tests.contract.test_due_items import (
    test_a_change_that_is_saved_has_its_steps_tried_at_once,
    test_a_change_whose_step_failed_waits_and_no_other,
    test_a_claimed_step_is_free_again_when_its_work_failed,
    test_saving_a_change_replaces_its_steps_and_no_others,
    test_steps_of_one_moment_run_in_the_order_of_the_timeline,
    test_the_earliest_step_that_is_due_is_claimed,
    test_without_steps_nothing_is_due,
)
from tests.contract.test_outbox import (
    test_a_limit_takes_the_oldest,
    test_a_parcel_that_failed_waits_with_its_whole_lane_and_with_no_other,
    test_a_reply_is_kept_word_for_word,
    test_an_answer_after_the_lease_ended_still_counts,
    test_an_effect_whose_key_was_seen_before_is_not_done_again,
    test_the_first_of_each_lane_goes_out_the_oldest_first,
    test_the_next_attempt_is_when_the_first_free_lane_may_go_on,
    test_what_is_given_up_lets_its_lane_go_on_and_is_shown,
    test_what_is_leased_goes_to_nobody_else_until_the_lease_ends,
)
from tests.contract.test_refused import (
    test_the_same_refused_twice_is_two_lines,
    test_what_was_refused_about_one_change_is_read_the_oldest_first,
    test_what_was_refused_is_read_back_the_newest_first,
)
from tests.contract.test_walk import (
    test_the_effects_of_a_change_go_out_in_the_order_in_which_they_were_decided,
    test_what_is_stored_is_the_fold_of_the_history_all_the_way,
)
from tests.fakes.memory import Memory

__all__ = [
    "test_a_block_that_raises_leaves_nothing",
    "test_a_change_that_is_saved_has_its_steps_tried_at_once",
    "test_a_change_whose_step_failed_waits_and_no_other",
    "test_a_claimed_step_is_free_again_when_its_work_failed",
    "test_a_delivery_seen_before_gets_the_answer_it_got_then",
    "test_a_dialog_goes_on_where_it_was",
    "test_a_dialog_that_began_anew_is_not_taken_for_the_old_one",
    "test_a_dialog_that_went_on_meanwhile_is_not_overwritten",
    "test_a_limit_takes_the_oldest",
    "test_a_lost_race_is_not_committed_even_when_the_refusal_is_swallowed",
    "test_a_message_is_found_where_it_was_last_posted",
    "test_a_moment_comes_back_in_utc_wherever_it_was_read",
    "test_a_moment_without_a_zone_is_refused",
    "test_a_new_change_under_a_taken_id_is_refused",
    "test_a_parcel_that_failed_waits_with_its_whole_lane_and_with_no_other",
    "test_a_reply_is_kept_word_for_word",
    "test_a_service_is_bound_to_one_conversation_and_a_conversation_to_many_services",
    "test_a_setting_is_the_last_one_that_was_set",
    "test_a_turn_that_is_abandoned_halfway_holds_up_nobody",
    "test_an_answer_after_the_lease_ended_still_counts",
    "test_an_effect_whose_key_was_seen_before_is_not_done_again",
    "test_an_operation_is_followed_until_it_is_over",
    "test_changes_are_found_by_service_state_and_requester_the_next_window_first",
    "test_entries_that_do_not_follow_the_version_are_refused",
    "test_ids_count_within_the_year",
    "test_of_two_who_decided_on_the_same_version_one_is_told_to_look_again",
    "test_only_changes_that_take_their_window_are_bookings",
    "test_only_plain_json_is_a_dialogs_state",
    "test_saving_a_change_replaces_its_steps_and_no_others",
    "test_steps_of_one_moment_run_in_the_order_of_the_timeline",
    "test_texts_with_any_character_are_kept",
    "test_the_earliest_step_that_is_due_is_claimed",
    "test_the_effects_of_a_change_go_out_in_the_order_in_which_they_were_decided",
    "test_the_first_of_each_lane_goes_out_the_oldest_first",
    "test_the_next_attempt_is_when_the_first_free_lane_may_go_on",
    "test_the_same_refused_twice_is_two_lines",
    "test_the_stored_change_is_the_fold_of_its_history",
    "test_there_is_no_history_of_a_change_that_does_not_exist",
    "test_what_is_completed_is_found_as_long_as_its_window_reaches_past_a_moment",
    "test_what_is_given_up_lets_its_lane_go_on_and_is_shown",
    "test_what_is_known_of_a_person_is_never_overwritten_by_nothing",
    "test_what_is_leased_goes_to_nobody_else_until_the_lease_ends",
    "test_what_is_stored_is_the_fold_of_the_history_all_the_way",
    "test_what_was_refused_about_one_change_is_read_the_oldest_first",
    "test_what_was_refused_is_read_back_the_newest_first",
    "test_what_was_saved_is_loaded",
    "test_without_steps_nothing_is_due",
]


@pytest.fixture
def store() -> Memory:
    return Memory()


async def test_of_two_units_that_write_the_same_row_the_second_has_lost_at_its_commit() -> None:
    memory = Memory()

    async def come_second() -> None:
        async with memory.units() as second:
            await second.settings.put("clock", "2")
            async with memory.units() as first:
                await first.settings.put("clock", "1")

    with pytest.raises(ConcurrencyConflict):
        await come_second()
    async with memory.units() as unit:
        assert await unit.settings.get("clock") == "1"
