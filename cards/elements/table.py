"""Rows and tiles: the only way in which cards set values side by side."""

from collections.abc import Sequence

from microsoft_teams.cards import (
    CardElement,
    Column,
    ColumnDefinition,
    ColumnSet,
    Table,
    TableCell,
    TableRow,
    TextBlock,
)

from cards.elements.blocks import text_block
from language import on_card

Cell = str | Sequence[CardElement]
"""A sentence of ours, or what stands in the cell instead."""


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int] = ()) -> list[CardElement]:
    """A table with a row of headings; nothing without rows. `widths` are the columns' shares, equal by default."""
    if not rows:
        return []
    columns = [ColumnDefinition(width=share) for share in widths or (1,) * len(head)]
    first = TableRow(cells=[_cell([text_block(each, subtle=True)]) for each in head])
    body = [TableRow(cells=[_cell(_elements(each)) for each in row]) for row in rows]
    drawn = Table(columns=columns, rows=[first, *body], first_row_as_headers=True, show_grid_lines=False)
    return [drawn]


def tiles(*pairs: tuple[str, str]) -> list[CardElement]:
    """Values under their names, side by side, up to three; those without a value are left out."""
    shown = [(name, value) for name, value in pairs if value]
    if not shown:
        return []
    return [ColumnSet(columns=[Column(items=_tile(*each), width="stretch") for each in shown], spacing="Medium")]


def _tile(name: str, value: str) -> list[CardElement]:
    return [
        TextBlock(text=on_card(name), wrap=True, size="Small", is_subtle=True),
        TextBlock(text=on_card(value), wrap=True, weight="Bolder", spacing="None"),
    ]


def _elements(cell: Cell) -> Sequence[CardElement]:
    return [text_block(cell)] if isinstance(cell, str) else cell


def _cell(items: Sequence[CardElement]) -> TableCell:
    return TableCell(items=list(items))
