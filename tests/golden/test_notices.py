"""What the affected people get, word for word, in every language of the service."""

from pathlib import Path

import pytest

from tests.golden.subject import FOLDER, texts

TEXTS = texts()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_notice_reads_as_it_was_read_and_approved(path: Path) -> None:
    assert TEXTS[path] == path.read_bytes().decode()


def test_no_golden_notice_is_left_of_a_kind_that_is_no_longer_sent() -> None:
    assert set(FOLDER.glob("*/*.*")) == set(TEXTS)


def test_german_is_written_as_in_switzerland_and_french_with_its_spaces() -> None:
    for path, text in TEXTS.items():
        if path.parent.name == "de":
            assert "ß" not in text
        if path.parent.name == "fr":
            assert " :" not in text.replace("\r\n ", "")  # the space before a colon does not break
            assert "'" not in text.replace("x-", "")
