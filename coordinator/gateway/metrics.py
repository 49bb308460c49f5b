"""The gateway's metrics, for Prometheus. Labels are networks, views, verdicts and problem codes: never anything about a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

answers = Counter(
    "staffetta_gateway_answers", "Events answered, by network and verdict (or notyet, gone).", ["network", "verdict"], registry=registry
)
refused_at_door = Counter(
    "staffetta_gateway_refused_at_door", "Events that did not get in, by network and problem code.", ["network", "code"], registry=registry
)
answered_after = Histogram(
    "staffetta_gateway_answered_after_seconds",
    "Seconds from a valid request to its answer.",
    ["network"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=registry,
)
settled_lag = Gauge("staffetta_gateway_settled_lag_seconds", "Age of the oldest event known to have no entry.", ["network"], registry=registry)
settled_sequence = Gauge("staffetta_gateway_settled_sequence", "Sequence of the last accepted entry read.", ["network"], registry=registry)
looks_recorded = Counter(
    "staffetta_gateway_looks_recorded", "Looks at people's data that were recorded, and then served.", ["network", "view"], registry=registry
)
looks_not_recorded = Counter(
    "staffetta_gateway_looks_not_recorded",
    "Looks that could not be recorded, so that nothing was served.",
    ["network", "view"],
    registry=registry,
)
streams_shut = Counter(
    "staffetta_gateway_streams_shut", "Streams that ended because their token was no longer in force.", ["network", "view"], registry=registry
)
streams = Gauge("staffetta_gateway_streams", "Open streams of views.", ["network", "view"], registry=registry)
requests_waiting = Gauge("staffetta_gateway_requests_waiting", "Requests for a place elsewhere that have none.", ["network"], registry=registry)
requests_late = Gauge(
    "staffetta_gateway_requests_late", "Those that have waited longer than their urgency allows a project to answer.", ["network"], registry=registry
)
requests_unserved = Gauge(
    "staffetta_gateway_requests_unserved",
    "Those for which nothing was proposed for five ticks though a fresh place plainly fits, by a count that does not ask the matcher.",
    ["network"],
    registry=registry,
)
requests_counted_at = Gauge(
    "staffetta_gateway_requests_counted_at_seconds",
    "When these requests were counted last, since 1970; once a minute at most, when metrics are asked for.",
    ["network"],
    registry=registry,
)
