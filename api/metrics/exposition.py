"""The gauges in Prometheus' words; the only module that knows its client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from fieldsales.jobs.queries import JobGauges
from sync.gauges import Gauges

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Read(Collector):
    """Gauges that were just read. Nothing is kept in the process, of which there may be several."""

    def __init__(self, gauges: Gauges, jobs: Sequence[JobGauges]) -> None:
        self._gauges = gauges
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        """Yield each gauge as a family."""
        told = self._gauges
        for name, about, value in (
            ("sync_horizon_lag_transactions", "Transactions from the feed's horizon to the newest.", told.horizon_lag),
            (
                "sync_horizon_stall_seconds",
                "Age of the oldest open write transaction, which holds everybody's news back.",
                told.horizon_stall.total_seconds(),
            ),
            (
                "sync_review_oldest_seconds",
                "How long the oldest mutation under review has waited.",
                told.longest_review.total_seconds(),
            ),
            ("sync_uploads_unfinished", "Photo uploads that are begun and not complete.", told.uploads_unfinished),
            ("sync_devices_seen_last_day", "Devices that logged in, refreshed or pushed.", told.devices_seen),
        ):
            yield GaugeMetricFamily(f"fieldsales_{name}", about, value=value)
        received = GaugeMetricFamily(
            "fieldsales_sync_mutations_last_day", "Mutations received in the last 24 hours.", labels=["status"]
        )
        for status, count in told.received.items():
            received.add_metric([status.value], count)
        yield received
        review = GaugeMetricFamily(
            "fieldsales_sync_mutations_under_review", "Mutations that wait for a person.", labels=["status"]
        )
        for status, count in told.under_review.items():
            review.add_metric([status.value], count)
        yield review
        for name, about, read in _OF_JOBS:
            family = GaugeMetricFamily(f"fieldsales_job_{name}", about, labels=["chore"])
            for each in self._jobs:
                if (found := read(each)) is not None:
                    family.add_metric([each.chore], found)
            yield family


_OF_JOBS: tuple[tuple[str, str, Callable[[JobGauges], float | None]], ...] = (
    ("failed", "Jobs that failed for good and were not made good since.", lambda each: each.failed),
    ("overdue_seconds", "For how long the oldest job that could run has waited.", lambda each: each.overdue_s),
    (
        "last_success_timestamp_seconds",
        "When the last job was done.",
        lambda each: each.last_done_at.timestamp() if each.last_done_at else None,
    ),
    ("last_duration_seconds", "How long the last job that was done took.", lambda each: each.last_duration_s),
)


def expose(gauges: Gauges, jobs: Sequence[JobGauges]) -> bytes:
    """Return gauges in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Read(gauges, jobs))
    return generate_latest(registry)
