"""Each row of the table of accepted and refused inputs, docs/input.toml, from which docs/input.md is made."""

from collections.abc import Mapping

import pytest

from changes.errors import CommandRejected
from tests.support.input_table import DOCS, READERS, TABLE, document, rows


@pytest.mark.parametrize(
    ("kind", "row"), [pytest.param(kind, row, id=f"{kind}: {row['typed']!a}") for kind, row in rows()]
)
def test_what_is_typed_is_read_as_the_table_says(kind: str, row: Mapping[str, str]) -> None:
    read = READERS[kind]
    if "means" in row:
        assert read(row["typed"]) == row["means"]
        return
    with pytest.raises(CommandRejected) as refused:
        read(row["typed"])
    assert row["refused"] in refused.value.sentence


def test_every_kind_of_the_table_has_a_reader_and_every_language_its_rows() -> None:
    assert {table["kind"] for table in TABLE["value"]} == READERS.keys()
    for kind in ("date", "time", "duration", "days", "window"):
        (table,) = (each for each in TABLE["value"] if each["kind"] == kind)
        assert {row["language"] for row in table["rows"]} == {"all", "en", "fr", "de"}


def test_the_documentation_of_inputs_is_made_from_the_table_that_the_tests_read() -> None:
    assert DOCS.read_text(encoding="utf-8") == document(), "run `python -m tests.support.tables`"
