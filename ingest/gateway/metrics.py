"""What the gateway tells Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters of one gateway. Labels are names of tokens and codes, never anything a caller chooses."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("pulssi_gateway_requests", "Requests to /v1/events", ["status"], registry=self.registry)
        self.refused = Counter(
            "pulssi_gateway_refused_requests", "Requests of which nothing was taken", ["reason"], registry=self.registry
        )
        self.events = Counter(
            "pulssi_gateway_events", "Events answered, by token", ["token", "outcome"], registry=self.registry
        )
        self.rejected = Counter(
            "pulssi_gateway_rejected_events", "Rejected events", ["token", "reason"], registry=self.registry
        )
        self.seconds = Histogram(
            "pulssi_gateway_request_seconds", "Time to the answer", buckets=_SECONDS, registry=self.registry
        )
        self.at_once = Gauge("pulssi_gateway_requests_at_once", "Requests being answered", registry=self.registry)
        self.uncounted = Gauge(
            "pulssi_gateway_uncounted_events",
            "Events that Kafka has and ops.produced has not yet",
            registry=self.registry,
        )
        self.reopened = Gauge(
            "pulssi_gateway_producer_reopened",
            "Times that Kafka's producer began anew after a fatal error",
            registry=self.registry,
        )
