"""A change is moved by what is typed, and asked back about what is missing, wrong or may be two things.

How one date, time or length is read stands in docs/input.toml, row by row.
"""

from datetime import timedelta

import pytest

from changes.model import Change
from tests.support.running import Bot
from tests.support.talking import number, said, window

pytestmark = pytest.mark.asyncio(loop_scope="module")


SHORT_NOTICE, VENDOR = "2027-03-16 21:00, 90 min", "The vendor asks."
MOVES = {
    "a date at the question about short notice is the new date": [
        ("tomorrow 21:00 > 18.12.2027 20:00", "2027-12-18 20:00, 90 min", ""),
        ("tomorrow 21:00 > dimanche 19.12.2027", "2027-12-19 21:00, 90 min", ""),
        ("tomorrow 21:00 > 20 décembre 2027 à 20h", "2027-12-20 20:00, 90 min", ""),
    ],
    "words at the question about short notice are the reason, whatever they begin with": [
        (f"tomorrow 21:00 > {reason}", SHORT_NOTICE, reason)
        for reason in (
            "Tomorrow 8 people are off anyway",
            "90 users are locked out",
            "2 hours are enough for it",
            "45 min of every day are lost",
            "until 22:00 nobody works",
            "5 May 2027 20 people are away",
        )
    ],
    "the part that was missing or wrong is taken by itself": [
        ("04/01/2028 20:00 > 4.1.2028", "2028-01-04 20:00, 90 min", ""),
        ("05/01/2028 20:00 > 5.1.2028 20:00", "2028-01-05 20:00, 90 min", ""),
        ("vendredi 7.1.2028 > 21h", "2028-01-07 21:00, 90 min", ""),
        ("samedi 8.1.2028 > -", "2028-01-08 22:00, 90 min", ""),
        ("20:00 > 9.1.2028", "2028-01-09 20:00, 90 min", ""),
        ("1.3.2027 20:00 > 10.1.2028", "2028-01-10 20:00, 90 min", ""),
        (" > 11.1.2028 > 20:00", "2028-01-11 20:00, 90 min", ""),
        (" > 12.1.2028 20:00", "2028-01-12 20:00, 90 min", ""),
    ],
    "what stood beside the wrong part is kept": [
        (f"06/01/2028 20:00 45 min {VENDOR} > 6.1.2028 21:00", "2028-01-06 21:00, 45 min", VENDOR),
        (f"15.1.2028 20:00 22h {VENDOR} > 20:00-22:00", "2028-01-15 20:00, 120 min", VENDOR),
        (f"16.1.2028 20:00 22h {VENDOR} > 22:00", "2028-01-16 20:00, 120 min", VENDOR),
        (f"17.1.2028 20:00 22h {VENDOR} > 2h", "2028-01-17 20:00, 120 min", VENDOR),
        (f"18.1.2028 25:00 {VENDOR} > 21:00", "2028-01-18 21:00, 90 min", VENDOR),
        (f"19.1.2028 {VENDOR} > 21h", "2028-01-19 21:00, 90 min", VENDOR),
        (f"20.1.2028 25:00 45 min {VENDOR} > 21h", "2028-01-20 21:00, 45 min", VENDOR),
        (f"21.1.2028 25:00 {VENDOR} > -", "2028-01-21 22:00, 90 min", VENDOR),
    ],
    "what is not understood is asked again and is no reason later": [
        (" > next week > 22.1.2028 > the evening > 8", "2028-01-22 08:00, 90 min", ""),
        ("23.1.2028 > in the evening > 20:00", "2028-01-23 20:00, 90 min", ""),
        ("24.1.2028 20:00 23:00 > the end > yes > 20:00-23:00", "2028-01-24 20:00, 180 min", ""),
    ],
    "a window is read whole": [
        ("10. Mai 2028 um 20 Uhr 1 Std", "2028-05-10 20:00, 60 min", ""),
        ("2028\u201105\u201113 20:00 1,5\u202fh", "2028-05-13 20:00, 90 min", ""),
        ("17 mai 2028 à 20 heures pendant 1 heure et demie", "2028-05-17 20:00, 90 min", ""),
    ],
}
"""What is typed behind the command, and then at each question; where the change is moved to, and why."""


@pytest.mark.parametrize(
    ("typed", "moved_to", "reason"),
    [pytest.param(*row, id=f"{what}: {row[0]}") for what, rows in MOVES.items() for row in rows],
)
async def test_a_change_is_moved_to_what_was_typed(
    bot: Bot, change: Change, typed: str, moved_to: str, reason: str
) -> None:
    line, *answers = typed.split(" > ")

    heard = await said(bot, f"/change move {number(change)} {line}".strip(), *answers)

    moved = await bot.change(change.id)
    assert (window(moved), reason in str(moved)) == (moved_to, True), heard
    assert moved.plan.reason in ("", reason), heard
    assert "Moved to " in heard
    assert not any(each in str(moved) for each in ("next week", "evening", "the end"))


TWO_READINGS = {
    "04/05/2027 20:00": "5.4.2027 for Mon 5 Apr 2027, or 4.5.2027 for Tue 4 May 2027",
    "20.5.2028 20:00 22:00": "type 20:00-22:00, or 20:00 for 22 h",
    "20.5.2028 20h 22h": "type 20:00-22:00, or 20:00 for 22 h",
    "20.5.2028 10-2am": "type 10:00-02:00, or 22:00-02:00",
    "20.5.2028 20:00-20:00": "ends when it starts",
    "20.5.2028 20:00 bis 21.5.2028 02:00": "Is “21.5.2028” the end?",
}


async def test_a_date_or_a_window_with_two_readings_is_asked_back_with_both_and_never_guessed(
    bot: Bot, change: Change
) -> None:
    for typed, readings in TWO_READINGS.items():
        assert readings in await said(bot, f"/change move {number(change)} {typed}")
        assert await bot.change(change.id) == change, typed


async def test_two_readings_are_named_in_the_language_of_whoever_typed_the_date(bot: Bot, change: Change) -> None:
    heard = await said(bot, "/change language fr", f"/change move {number(change)} 04/05/2027 20:00")
    await said(bot, "/change language en")

    assert "5.4.2027 pour le lun. 5 avr. 2027" in heard
    assert "4.5.2027 pour le mar. 4 mai 2027" in heard


async def test_a_question_that_was_asked_again_waits_anew(bot: Bot, change: Change) -> None:
    await said(bot, f"move {number(change)} 25.1.2028 25:00")
    await bot.advance(bot.clock.now() + timedelta(minutes=10))
    await said(bot, "26:00")
    await bot.advance(bot.clock.now() + timedelta(minutes=10))

    heard = await said(bot, "20:00")

    assert window(await bot.change(change.id)) == "2028-01-25 20:00, 90 min", heard
