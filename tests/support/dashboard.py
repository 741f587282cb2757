"""Writes deploy/grafana.json, the dashboard for who watches the bot: `python -m tests.support.dashboard`.

A dashboard is long JSON that nobody writes by hand twice alike; what it shows is the table below.
"""

import json
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).parents[2] / "deploy" / "grafana.json"
DATA = {"type": "prometheus", "uid": "${prometheus}"}
WIDTH, PANEL = 24, (8, 7)
"""Columns of a dashboard, and the width and height of a panel in them."""


class Panel(NamedTuple):
    """One panel: what is asked of Prometheus, each with its legend."""

    title: str
    asked: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: str = "timeseries"


PANELS = (
    Panel("Workers at work", (("max(change_workers)", "workers"),), kind="stat"),
    Panel("Last tick of a worker", (("time() - max(change_worker_last_tick_timestamp_seconds)", "ago"),), "s", "stat"),
    Panel("Versions", (("count by (version, role) (change_process)", "{{version}} {{role}}"),), kind="stat"),
    Panel("Open changes", (("max by (state) (change_open_changes)", "{{state}}"),)),
    Panel("Steps", (("max(change_steps_due)", "due"), ("max(change_steps_overdue)", "late"))),
    Panel(
        "Lateness of steps",
        (
            ("histogram_quantile(0.5, sum by (le) (rate(change_step_lateness_seconds_bucket[1h])))", "half"),
            ("histogram_quantile(0.99, sum by (le) (rate(change_step_lateness_seconds_bucket[1h])))", "99 %"),
            ("max(change_steps_overdue_seconds)", "latest of now"),
        ),
        "s",
    ),
    Panel(
        "Outbox",
        (
            ("max(change_outbox_waiting)", "waiting"),
            ("max(change_outbox_programs_waiting)", "waiting for other programs"),
            ("max(change_outbox_given_up)", "given up"),
        ),
    ),
    Panel(
        "Age of the outbox",
        (
            ("max(change_outbox_oldest_seconds)", "people and provider"),
            ("max(change_outbox_programs_oldest_seconds)", "other programs"),
        ),
        "s",
    ),
    Panel(
        "Deliveries and calls that worked",
        (('sum by (place) (rate(change_deliveries_total{result="worked",place!="bot"}[5m]))', "{{place}}"),),
        "ops",
    ),
    Panel(
        "Failed tries", (("sum by (place, status) (rate(change_failures_total[5m]))", "{{place}} {{status}}"),), "ops"
    ),
    Panel("Failing for", (("max by (place) (change_failing_seconds)", "{{place}}"),), "s"),
    Panel(
        "Time to an answer",
        (("histogram_quantile(0.95, sum by (le) (rate(change_turn_seconds_bucket[5m])))", "95 %"),),
        "s",
    ),
    Panel("Answers to Teams", (("sum by (status) (rate(change_activities_total[5m]))", "{{status}}"),), "ops"),
    Panel("Database answers", (("min(change_database_answers)", "answers"),)),
)


def dashboard() -> dict[str, Any]:
    """What Grafana imports."""
    prometheus = {"name": "prometheus", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        "uid": "change-bot",
        "title": "Change bot",
        "tags": ["change-bot"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [prometheus]},
        "panels": [_panel(number, each) for number, each in enumerate(PANELS)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    width, height = PANEL
    row, column = divmod(number * width, WIDTH)
    letters = count(ord("A"))
    return {
        "id": number + 1,
        "title": panel.title,
        "type": panel.kind,
        "datasource": DATA,
        "gridPos": {"x": column, "y": row * height, "w": width, "h": height},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(next(letters)), "datasource": DATA, "expr": expr, "legendFormat": legend}
            for expr, legend in panel.asked
        ],
    }


def written() -> str:
    """The dashboard as its file says it."""
    return json.dumps(dashboard(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
