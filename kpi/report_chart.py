"""Which metric a report draws, and the words and numbers that say the same as the picture."""

from kpi import charts
from kpi.published import MetricLabel, Observation
from kpi.report_content import Chart, Row, RowGroup, Table
from kpi.report_metrics import compared_places
from kpi.report_numbers import Reading, count_cell, interval_cell, is_shown, sentence_of, value_cell, value_text

# The first that the point has a number of. Queue time is what a development team can change soonest.
CHARTED = ("queue_time_median", "satisfaction_mean")


def chart(reading: Reading) -> Chart | None:
    """The point's chart; None when it has a number of none of the metrics that are drawn."""
    for metric_id in CHARTED:
        metric = reading.release.metrics.get(metric_id)
        for mode, row in reading.own(metric).items() if metric else ():
            if metric and is_shown(row) and row.status_reason != "beyond_range":
                return _chart(reading, metric, mode)
    return None


def _chart(reading: Reading, metric: MetricLabel, mode: str) -> Chart:
    texts = reading.texts
    lines = [(name, row) for name, row in compared_places(reading, metric, mode) if row is not None and is_shown(row)]
    name, mode_name = reading.name(metric), reading.code("collection_mode", mode)
    sentences = " ".join(
        texts("chart.line", place=place, sentence=sentence_of(row, metric, reading)) for place, row in lines
    )
    return Chart(
        heading=texts("chart.heading", metric=name),
        caption=texts("chart.caption", metric=name, mode=mode_name),
        description=texts("chart.description", metric=name, mode=mode_name, lines=sentences),
        svg=charts.interval_chart(
            marks=tuple(_mark(reading, metric, place, row) for place, row in lines),
            axis_title=texts(f"chart.axis.{metric.unit}", metric=name),
            decimal_symbol=texts.decimal_symbol,
            starts_at_zero=metric.unit != "score_1_5",
        ),
        table=Table(
            caption=texts("chart.table", metric=name, mode=mode_name),
            columns=tuple(texts(f"column.{column}") for column in ("place", "value", "interval", "count")),
            numeric=(True, True, True),
            widths=(40, 20, 25, 15),
            groups=(RowGroup("", tuple(_row(reading, metric, place, row) for place, row in lines)),),
        ),
    )


def _mark(reading: Reading, metric: MetricLabel, place: str, row: Observation) -> charts.Mark:
    assert row.value is not None, "only numbers that are shown are drawn"
    return charts.Mark(
        text=reading.texts("chart.mark", place=place, value=value_text(row.value, metric, reading.texts)),
        value=row.value,
        lower=row.lower_bound,
        upper=row.upper_bound,
        is_filled=row.level == "service_point" and row.period == reading.release.month.first_day,
    )


def _row(reading: Reading, metric: MetricLabel, place: str, row: Observation) -> Row:
    texts = reading.texts
    cells = (value_cell(row, metric, reading), interval_cell(row, metric, reading), count_cell(row, texts))
    return Row(place, cells)
