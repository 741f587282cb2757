"""The store in memory keeps the contract of the real ones, so that what holds over it holds over them.

Left out are the tests about waiting for each other, about engines and about speed: here nobody waits, the second loses.
"""

from collections.abc import Awaitable, Callable
from inspect import signature
from types import ModuleType

import pytest

from changes.errors import ConcurrencyConflict
from tests.contract import test_changes, test_conversations, test_due_items, test_outbox
from tests.fakes.memory import Memory
from tests.support.autocommit import autocommit

Contract = Callable[..., Awaitable[None]]
OTHERWISE = {
    "test_a_long_history_costs_nothing",
    "test_texts_with_any_character_are_kept",
    "test_a_unit_is_used_inside_its_own_block_only",
    "test_those_behind_the_first_are_leased_with_it",
    "test_what_stands_in_one_conversation_goes_out_in_one_order",
    "test_in_a_channel_each_change_has_its_own_order",
    "test_an_answer_overtakes_nothing_in_its_conversation_and_hurries_what_it_waits_for",
    "test_a_dead_letter_that_is_sent_again_goes_before_what_came_later",
    "test_changes_are_found_by_service_state_and_requester_the_next_window_first",
    "test_changes_are_found_by_who_carries_them_out_and_what_was_asked_of_the_provider",
    "test_without_a_limit_everything_is_found",
    "test_open_changes_are_counted_by_their_state",
    "test_a_token_of_the_api_is_nowhere_in_the_outbox_once_it_was_said",
    "test_a_token_whose_message_was_given_up_and_let_go_is_in_the_database_no_longer",
    "test_the_longest_window_is_found_until_its_very_end",
    "test_a_change_under_way_gets_the_steps_of_todays_settings_once",
}
"""What it does not have: people, chats and bindings, a search, an engine, and an admin."""


def asked_of_a_store(module: ModuleType) -> list[Contract]:
    """The tests that ask something of one store of whatever kind."""
    found = [each for name, each in vars(module).items() if name.startswith("test_") and name not in OTHERWISE]
    return [each for each in found if set(signature(each).parameters) <= {"store", "unit"}]


CONTRACTS = [
    *(each for module in (test_changes, test_outbox, test_due_items) for each in asked_of_a_store(module)),
    test_conversations.test_an_operation_is_followed_until_it_is_over,
    test_conversations.test_a_setting_is_the_last_one_that_was_set,
]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
async def test_the_store_in_memory_keeps(contract: Contract) -> None:
    memory = Memory()
    given = {"store": memory, "unit": autocommit(memory)}
    await contract(**{name: given[name] for name in signature(contract).parameters})


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
