"""Rows and tiles: the only way in which cards set values side by side.

Columns, not the Table element: phones draw that one wrongly.
"""

from collections.abc import Sequence

from microsoft_teams.cards import ActionSet, CardElement, Column, ColumnSet, ExecuteAction

from cards.elements.blocks import text_block

Cell = str | Sequence[CardElement]
"""A sentence of ours, or what stands in the cell instead."""


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int] = ()) -> list[CardElement]:
    """Rows under a row of headings; nothing without rows. `widths` are the columns' shares, equal by default.

    A phone has room for three columns, and for one button in a cell.
    """
    if not rows:
        return []
    shares = widths or (1,) * len(rows[0])
    names = [[text_block(each, subtle=True, small=True)] if each else [] for each in head]
    headings = [_row(names, shares)] if head else []
    return [*headings, *(_row([_elements(cell) for cell in row], shares, separator=True) for row in rows)]


def row(cells: Sequence[Cell], widths: Sequence[int], opens: ExecuteAction | None = None) -> ColumnSet:
    """One row for itself; pressing it anywhere does what `opens` does."""
    return _row([_elements(each) for each in cells], widths, separator=True, opens=opens)


def tiles(*pairs: tuple[str, str]) -> list[CardElement]:
    """Values under their names, side by side, up to three; those without a value are left out."""
    shown = [
        [text_block(name, subtle=True, small=True), text_block(value, bold=True, close=True)]
        for name, value in pairs
        if value
    ]
    return [_row(shown, (1,) * len(shown))] if shown else []


def _row(
    cells: Sequence[Sequence[CardElement]],
    shares: Sequence[int],
    *,
    separator: bool = False,
    opens: ExecuteAction | None = None,
) -> ColumnSet:
    has_button = any(isinstance(each, ActionSet) for items in cells for each in items)

    def centred(items: Sequence[CardElement]) -> bool:
        """What stands beside a button stands at its height."""
        return (has_button or opens is not None) and not isinstance(items[0] if items else None, ActionSet)

    columns = [
        Column(items=list(items), width=share, vertical_content_alignment="Center" if centred(items) else None)
        for items, share in zip(cells, shares, strict=True)
    ]
    return ColumnSet(columns=columns, separator=separator or None, spacing="Small", select_action=opens)


def _elements(cell: Cell) -> Sequence[CardElement]:
    return [text_block(cell)] if isinstance(cell, str) else cell
