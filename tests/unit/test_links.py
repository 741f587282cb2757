"""Addresses that grant reading: nobody makes one up, and each ends."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from application import signed_urls

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
KEY = b"the installation's own key, of 32 bytes"
FACTS = {"change": "CHG-2027-0001", "form": "md"}
GIVEN_OUT_BEFORE = (
    "WzE4MDcxODU2MDAseyJjaGFuZ2UiOiJDSEctMjAyNy0wMDAxIiwiZm9ybSI6Im1kIn1d.Q_tIBptRI5M_yWD0OBd9kRK_vn5OktZ0lpOBgv9QEc8"
)
"""Signed with KEY when links were no JWTs yet: they lived for a week, and open nothing any more."""
TOKEN = signed_urls.signed(KEY, FACTS, NOW, 7)


def test_a_token_is_good_for_its_days_and_no_longer() -> None:
    assert signed_urls.read(KEY, TOKEN, NOW + timedelta(days=7)) == FACTS
    assert signed_urls.read(KEY, TOKEN, NOW + timedelta(days=7, seconds=1)) is None
    assert signed_urls.read(KEY[::-1], TOKEN, NOW) is None
    assert signed_urls.read(KEY, GIVEN_OUT_BEFORE, NOW) is None


@given(
    st.sampled_from([TOKEN, GIVEN_OUT_BEFORE]),
    st.integers(0, 200),
    st.characters(codec="ascii"),
)
def test_a_token_with_another_character_grants_nothing_else(token: str, place: int, other: str) -> None:
    place %= len(token)
    assert signed_urls.read(KEY, token[:place] + other + token[place + 1 :], NOW) in (None, FACTS)


@given(st.text(max_size=200))
def test_whatever_stands_in_an_address_is_read_without_an_error(text: str) -> None:
    assert signed_urls.read(KEY, text, NOW) is None
