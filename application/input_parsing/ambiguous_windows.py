"""Windows that can be read in two ways: what is asked back."""

from dataclasses import dataclass

from application.input_parsing.times import clock
from changes.errors import ValidationFailed
from changes.labels import duration_label
from language import invalid


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, in minutes since midnight, or a date, which has none; how it was typed, and what follows it."""

    minutes: int | None
    typed: str
    rest: str


def is_it_the_end(value: Moment, start: int) -> ValidationFailed:
    """Asks whether the time or date behind the start, which is in minutes since midnight, is the end."""
    length = " 90 min" if value.minutes in {None, start} else f"-{clock(value.minutes or 0)}"
    return invalid(
        "minutes",
        "Is “{typed}” the end? Type the time and the length like {example}; in a reason, put a word before it.",
        typed=value.typed,
        example=f"{clock(start)}{length}",
    )


def end_or_length(typed: str, start: int, end: int, minutes: int) -> ValidationFailed:
    """Asks whether it is the end, in minutes since midnight, or a length of so many minutes."""
    return invalid(
        "minutes",
        "“{typed}” may be the end or the length: type {window}, or {start} for {length}.",
        typed=typed,
        window=f"{clock(start)}-{clock(end)}",
        start=clock(start),
        length=duration_label(minutes),
    )


def two_readings(typed: str, first: str, second: str) -> ValidationFailed:
    """Asks which of two ways of typing it is meant."""
    return invalid(
        "time", "“{typed}” can be read in two ways: type {first}, or {second}.", typed=typed, first=first, second=second
    )
