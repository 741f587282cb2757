"""Must hold for a whole year: the messages of a standard monthly change, line by line, as they lie in `a_year.txt`."""

import pytest

from tests.golden.year import FILE, MONTHS, year


@pytest.mark.thorough
async def test_a_standard_monthly_change_says_the_same_over_a_whole_year_line_by_line() -> None:
    said = (await year()).splitlines()
    assert said == FILE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(said)
    assert text.count(" is completed. The review follows") == MONTHS
    for each in ("is suspended", "is a public holiday", "is frozen (September exams)", "(CET)", "(CEST)"):
        assert each in text, each
