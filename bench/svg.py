"""Plots as SVG: bars beside each other on one scale, which may be logarithmic. Readable on light and on dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

_WIDTH, _LEFT, _RIGHT, _ROW, _GAP, _TOP = 860, 330, 90, 17, 9, 46
_COLOURS = ("#2f6fb5", "#d9822b", "#5a9e4b", "#9a62b3")
_GREY = "#808080"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the plot: what was aimed at, or what a peer has."""

    name: str
    value: float


def bars(
    title: str,
    unit: str,
    series: Sequence[str],
    groups: Sequence[tuple[str, Sequence[float | None]]],
    marks: Sequence[Mark] = (),
    *,
    is_log: bool = False,
) -> str:
    """A group of bars for each name, a bar for each of the series; None where there is no figure."""
    known = [value for _, values in groups for value in values if value] + [mark.value for mark in marks]
    scale = _Scale(min(known), max(known), is_log)
    drawn, y = [], _TOP
    for name, values in groups:
        height = len(series) * _ROW
        drawn.append(_text(_LEFT - 8, y + height / 2 + 4, name, "end"))
        for at, value in enumerate(values):
            if value is not None:
                drawn.append(_bar(y + at * _ROW, scale.at(value), _COLOURS[at % len(_COLOURS)], _said(value)))
        y += height + _GAP
    for mark in marks:
        x = scale.at(mark.value)
        line = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{y}" stroke="{_GREY}" stroke-dasharray="4 3"/>'
        drawn += [line, _text(x, y + 12, f"{mark.name} {_said(mark.value)}", "middle")]
    return _page(title, unit + (", logarithmic" if is_log else ""), series, drawn, y + (22 if marks else 6))


@dataclass(frozen=True, slots=True)
class _Scale:
    least: float
    most: float
    is_log: bool

    def at(self, value: float) -> float:
        """Where the value is across the plot."""
        if not self.is_log:
            part = value / self.most
        else:
            low, high = log10(self.least) - 0.3, log10(self.most)
            part = (log10(value) - low) / (high - low) if value > 0 and high > low else 0
        return _LEFT + max(0.004, part) * (_WIDTH - _LEFT - _RIGHT)


def _bar(y: float, until: float, colour: str, text: str) -> str:
    bar = f'<rect x="{_LEFT}" y="{y}" width="{until - _LEFT:.1f}" height="{_ROW - 3}" fill="{colour}"/>'
    return bar + _text(until + 5, y + 12, text, "start")


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _page(title: str, unit: str, series: Sequence[str], drawn: Sequence[str], height: float) -> str:
    legend, x = [], float(_LEFT)
    for at, name in enumerate(series):
        legend.append(f'<rect x="{x}" y="26" width="11" height="11" fill="{_COLOURS[at % len(_COLOURS)]}"/>')
        legend.append(_text(x + 16, 36, name, "start"))
        x += 40 + 7 * len(name)
    head = _text(0, 14, f"{title} ({unit})", "start", ' font-weight="bold"')
    style = f'font-family="sans-serif" font-size="12" fill="{_GREY}"'
    size = f'viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" height="{height:.0f}"'
    body = "\n".join([head, *legend, *drawn])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} role="img">\n{body}\n</svg>\n'


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
