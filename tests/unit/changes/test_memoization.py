"""What was computed of a value is computed once, for that very object."""

from dataclasses import dataclass, replace

from changes.memoization import by_identity


@dataclass(frozen=True)
class Value:
    """Equal values are told apart here, as a person is equal to the same one by another name."""

    name: str


def test_the_same_objects_are_asked_about_once_and_equal_ones_by_themselves() -> None:
    asked: list[Value] = []

    @by_identity(10)
    def name_of(value: Value, suffix: str = "", prefix: str = "") -> str:
        asked.append(value)
        return prefix + value.name + suffix

    one = Value("one")
    other = replace(one)
    assert [name_of(one), name_of(one), name_of(other), name_of(one, "!"), name_of(one, "!")] == [
        *("one", "one", "one", "one!", "one!")
    ]
    assert len(asked) == 3
    assert [name_of(one, suffix="!"), name_of(one, prefix="!")] == ["one!", "!one"]


def test_no_more_is_kept_than_was_allowed_and_nothing_is_taken_for_an_object_that_is_gone() -> None:
    asked: list[str] = []

    @by_identity(3)
    def name_of(value: Value) -> str:
        asked.append(value.name)
        return value.name

    for number in range(100):  # each is gone as soon as it was asked about, if nobody keeps it
        assert name_of(Value(f"name {number}")) == f"name {number}"
    assert len(asked) == 100
