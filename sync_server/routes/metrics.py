"""Prometheus metrics in a registry of their own; numbers alone, no ids of people."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from domain.errors import ErrorCode
from domain.protocol import Verdict
from sync_server.use_cases.context import Context
from sync_server.use_cases.oversight import BrandState, brand_states


class Metrics:
    def __init__(self, context: Context) -> None:
        self.registry = CollectorRegistry()
        self._entries = Counter(
            "tillfold_entries", "Entries taken in", ["outcome"], registry=self.registry
        )
        self._refusals = Counter(
            "tillfold_sync_refusals", "Refused sync requests", ["code"], registry=self.registry
        )
        self.live_channels = Gauge(
            "tillfold_live_channels", "Open live channels", registry=self.registry
        )
        self._durations = Histogram(
            "tillfold_request_seconds",
            "Time to answer a request",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.registry.register(_BrandCollector(context))

    def count_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            self._entries.labels(verdict.outcome.value).inc()

    def count_refusal(self, code: ErrorCode) -> None:
        self._refusals.labels(code.value).inc()

    def observe(self, method: str, route: str, status: int, *, seconds: float) -> None:
        self._durations.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """All metrics in the text format. Reads the database."""
        return generate_latest(self.registry)


class _BrandCollector(Collector):
    """What the database knows, asked at each scrape."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return _families([])

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _families(brand_states(self._context))


def _families(states: Sequence[BrandState]) -> list[GaugeMetricFamily]:
    quarantined = GaugeMetricFamily(
        "tillfold_quarantined_entries", "Entries set aside", labels=["brand"]
    )
    cases = GaugeMetricFamily("tillfold_open_cases", "Open cases", labels=["brand"])
    head = GaugeMetricFamily("tillfold_feed_head", "Newest version", labels=["brand"])
    for state in states:
        quarantined.add_metric([state.brand_id], state.quarantined)
        cases.add_metric([state.brand_id], state.open_cases)
        head.add_metric([state.brand_id], state.feed_head)
    return [quarantined, cases, head]
