"""Counts for whoever runs the server, in Prometheus' text format. No word of what pupils ask is in them."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800)


class Metrics:
    """The counts of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "mathpal_requests", "Requests, by path and status.", ["path", "status"], registry=self._registry
        )
        self.waited = Histogram("mathpal_waited_seconds", "Time in the queue.", buckets=_SECONDS, registry=self._registry)
        self.answering = Histogram(
            "mathpal_answer_seconds", "Time from the slot to the end of the answer.", buckets=_SECONDS, registry=self._registry
        )
        self.tokens = Counter("mathpal_tokens", "Tokens written for the page.", registry=self._registry)
        self.broken = Counter("mathpal_broken_answers", "Answers that llama.cpp broke off.", registry=self._registry)
        self.abandoned = Counter("mathpal_abandoned_requests", "Requests whose client left first.", registry=self._registry)
        self.wrong_keys = Counter("mathpal_wrong_keys", "Wrong keys shown.", registry=self._registry)

    def watch(self, name: str, description: str, value: Callable[[], float]) -> None:
        """Show a value that is asked for when the counts are read."""
        Gauge(name, description, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All counts."""
        return generate_latest(self._registry)
