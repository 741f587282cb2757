"""Addresses that grant reading: nobody makes one up, and each ends."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.auth import signed_urls

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
KEY = b"the installation's own"
FACTS = {"change": "CHG-2027-0001", "form": "md"}


def test_a_token_is_good_for_its_days_and_no_longer() -> None:
    token = signed_urls.signed(KEY, FACTS, NOW, 7)
    assert signed_urls.read(KEY, token, NOW + timedelta(days=7)) == FACTS
    assert signed_urls.read(KEY, token, NOW + timedelta(days=7, seconds=1)) is None
    assert signed_urls.read(b"another", token, NOW) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_token_with_another_character_grants_nothing_else(place: int, other: str) -> None:
    token = signed_urls.signed(KEY, FACTS, NOW, 7)
    place %= len(token)
    assert signed_urls.read(KEY, token[:place] + other + token[place + 1 :], NOW) in (None, FACTS)


@given(st.text(max_size=200))
def test_whatever_stands_in_an_address_is_read_without_an_error(text: str) -> None:
    assert signed_urls.read(KEY, text, NOW) is None
