"""What a report says of an agreed target; of one that is not agreed it says nothing."""

from kpi.published import MetricLabel
from kpi.released_statistics import Target
from kpi.report_content import Fact
from kpi.report_numbers import Reading, value_text


def target_facts(reading: Reading, metric: MetricLabel, modes: tuple[str, ...]) -> tuple[Fact, ...]:
    """Whether the target of each collection mode is reached."""
    texts = reading.texts
    facts = []
    for row in reading.release.targets:
        if row.metric_id == metric.metric_id and row.collection_mode in modes and row.verdict is not None:
            sentence = _sentence(row, metric, reading)
            if len(modes) > 1:
                mode = reading.code("collection_mode", row.collection_mode).capitalize()
                sentence = texts("change.of_mode", mode=mode, sentence=sentence)
            facts.append(Fact(texts("target.name"), sentence))
    return tuple(facts)


def _sentence(row: Target, metric: MetricLabel, reading: Reading) -> str:
    texts = reading.texts
    assert row.target_value is not None, "an agreed target has a value"
    limit = "target.at_most" if metric.direction == "lower" else "target.at_least"
    target = texts(limit, value=value_text(row.target_value, metric, texts))
    if row.verdict != "cannot_say":
        return texts(f"target.{row.verdict}", target=target)
    told = row.reason in ("interval_spans_target", "no_direction")
    reason = texts(f"target.{row.reason}") if told else reading.code("status_reason", str(row.reason))
    return texts("target.cannot_say", target=target, reason=reason)
