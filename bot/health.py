"""Three addresses that tell how the process is, on every role: whether it lives, whether it is ready, its figures."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from application.limits.deadline import within
from application.retry_log import LABELS, RetryLog
from changes.errors import DatabaseUnavailable
from http_server import NoSuchRoute, no_continue, only_this_machine, without_unread_bodies

FIGURES_S = 2.0
"""Seconds for the figures of the database."""
HELP: Mapping[str, str] = {
    "change_outbox_waiting": "Messages, mails and calls of the provider that have not gone out",
    "change_outbox_oldest_seconds": "Age of the oldest of them",
    "change_outbox_programs_waiting": "Events, silences and pages for other programs that have not gone out",
    "change_outbox_programs_oldest_seconds": "Age of the oldest of those",
    "change_outbox_given_up": "Those that were given up and wait for an admin",
    "change_workers": "Workers that were seen at work in the last minute",
    "change_worker_last_tick_timestamp_seconds": "When any worker was last seen at work",
    "change_steps_due": "Changes with a step that is due and not carried out yet",
    "change_steps_overdue": "Changes with a step that is more than a minute late",
    "change_steps_overdue_seconds": "How late the oldest of them is",
    "change_open_changes": "Changes that are not over",
}
"""What the figures of the database say, by their names."""
Figures = Callable[[], Coroutine[Any, Any, Mapping[str, float | Mapping[str, float]]]]
"""Figures by their names; several of one name by state."""
LATE_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 86400.0)
"""Bounds by which lateness is counted, in seconds."""


class Health:
    """Answers what monitoring asks. Nothing of it is for strangers; the proxy in front passes `/healthz` alone."""

    def __init__(
        self,
        ready: Callable[[], Awaitable[str]],
        retries: RetryLog,
        figures: Figures | None = None,
        about: Mapping[str, str] | None = None,
    ) -> None:
        """`ready` tells what is missing, or nothing; `figures` are measured when somebody asks, by their names.

        `about` says which process this is. The first two may raise DatabaseUnavailable.
        """
        self._ready, self._figures = ready, figures
        self.registry = CollectorRegistry()
        self._measured = _Measured()
        self.registry.register(self._measured)
        self.registry.register(_Retries(retries))
        self.lateness = Histogram(
            "change_step_lateness_seconds", "How late steps were", buckets=LATE_S, registry=self.registry
        )
        if about:
            process = Gauge("change_process", "Which process this is", list(about), registry=self.registry)
            process.labels(**about).set(1)
        self._answers = Gauge(
            "change_database_answers", "Whether the database gave its figures", registry=self.registry
        )

    def application(self, *, local: bool) -> web.Application:
        """An application that has nothing else."""
        guards = [without_unread_bodies, only_this_machine] if local else [without_unread_bodies]
        application = web.Application(middlewares=guards)
        self.add_to(application.router)
        application.router.register_resource(NoSuchRoute(application.router))
        return application

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Answer at these addresses of the router."""
        for path, handler in (("/healthz", self.healthz), ("/readyz", self.readyz), ("/metrics", self.metrics)):
            router.add_get(path, handler, expect_handler=no_continue)

    async def healthz(self, _: web.Request) -> web.Response:
        """Whether the process answers at all."""
        return web.json_response({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """Whether database and worker are there."""
        missing = await self._ready()
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def metrics(self, _: web.Request) -> web.Response:
        """Counters and figures for Prometheus; without the figures while the database is away."""
        try:
            self._measured.figures = await within(FIGURES_S, self._figures()) if self._figures else {}
            self._answers.set(1)
        except DatabaseUnavailable:  # which was told where it was noticed
            self._measured.figures = {}  # an old figure would look like one of now
            self._answers.set(0)
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Measured(Collector):
    """The figures of the database as they were measured last."""

    def __init__(self) -> None:
        self.figures: Mapping[str, float | Mapping[str, float]] = {}

    def collect(self) -> list[Metric]:
        return [_gauge(name, value) for name, value in self.figures.items()]


def _gauge(name: str, value: float | Mapping[str, float]) -> Metric:
    if not isinstance(value, Mapping):
        return GaugeMetricFamily(name, HELP[name], value=value)
    family = GaugeMetricFamily(name, HELP[name], labels=["state"])
    for state, number in value.items():
        family.add_metric([state], number)
    return family


class _Retries(Collector):
    """What is tried again: how often it failed in this process, and for how long it has failed by now."""

    def __init__(self, retries: RetryLog) -> None:
        self._retries = retries

    def collect(self) -> list[Metric]:
        failures = CounterMetricFamily("change_failures", "Tries that failed", labels=["place", "status"])
        for (place, status), count in self._retries.failures.items():
            failures.add_metric([LABELS[place], status], count)
        ends = CounterMetricFamily(
            "change_deliveries",
            "Deliveries, calls and the like that worked or were given up",
            labels=["place", "result"],
        )
        for (place, result), count in self._retries.ends.items():
            ends.add_metric([LABELS[place], result], count)
        outages = GaugeMetricFamily(
            "change_failing_seconds", "For how long a place has failed by now", labels=["place"]
        )
        for place, seconds in self._retries.outages().items():
            outages.add_metric([LABELS[place]], seconds)
        return [failures, ends, outages]
