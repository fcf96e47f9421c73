"""What a report says of a number that lies outside the limits of the point's size class."""

from kpi.published import MetricLabel
from kpi.released_statistics import FunnelPosition
from kpi.report_content import Fact
from kpi.report_numbers import Reading, interval_text, value_text

# How often chance alone keeps a number within the limits.
SHARES = {"95": 0.95, "998": 0.998}
OUTER = "998"


def funnel_facts(reading: Reading, metric: MetricLabel, modes: tuple[str, ...]) -> tuple[Fact, ...]:
    """A sentence for each collection mode whose number lies outside the limits; within them nothing is said."""
    texts = reading.texts
    facts = []
    for row in _outside(reading, metric):
        sentence = _sentence(row, metric, reading)
        if len(modes) > 1:
            mode = reading.code("collection_mode", row.collection_mode).capitalize()
            sentence = texts("change.of_mode", mode=mode, sentence=sentence)
        facts.append(Fact(texts("funnel.name"), sentence))
    return tuple(facts)


def far_outside(reading: Reading) -> tuple[str, ...]:
    """The agreed metrics that lie outside the outer limits, which chance passes in two of a thousand."""
    return tuple(
        reading.name_and_mode(metric, row.collection_mode)
        for metric in reading.metrics("agreed")
        for row in _outside(reading, metric)
        if row.position.endswith(OUTER)
    )


def _outside(reading: Reading, metric: MetricLabel) -> tuple[FunnelPosition, ...]:
    return tuple(
        row for row in reading.release.funnel if row.metric_id == metric.metric_id and row.position != "inside_95"
    )


def _sentence(row: FunnelPosition, metric: MetricLabel, reading: Reading) -> str:
    texts = reading.texts
    side, limits = row.position.split("_")
    lower, upper = (row.lower_998, row.upper_998) if limits == OUTER else (row.lower_95, row.upper_95)
    return texts(
        f"funnel.{side}",
        value=value_text(row.value, metric, texts),
        size_class=row.size_class,
        class_value=value_text(row.class_value, metric, texts),
        share=texts.percent(SHARES[limits], 0 if limits == "95" else 1),
        limits=interval_text(lower, upper, metric, texts),
    )
