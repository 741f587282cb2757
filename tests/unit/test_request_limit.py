"""So many requests a minute of each sender, and no more."""

from application.limits.request_limit import RequestLimit


def test_who_sends_more_in_a_minute_waits_for_the_next_and_nobody_else_does() -> None:
    now = [30.0]
    limit = RequestLimit(2, lambda: now[0])
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 30, 30]
    assert limit.wait_s("b") == 0
    now[0] = 59.0
    assert limit.wait_s("a") == 1
    now[0] = 60.0
    assert [limit.wait_s("a") for _ in range(3)] == [0, 0, 60]


def test_without_a_limit_everybody_may() -> None:
    limit = RequestLimit(now=lambda: 0.0)
    assert {limit.wait_s("a") for _ in range(1000)} == {0}
