"""The tables and explanations of the metrics in a report."""

from dataclasses import replace
from itertools import groupby

from kpi.published import MetricLabel, Observation
from kpi.report_changes import change_cell, change_facts, smoothed_facts
from kpi.report_content import Cell, Fact, MetricGroup, MetricPart, Row, RowGroup, Section, Table
from kpi.report_funnel import funnel_facts
from kpi.report_numbers import (
    COMPLETENESS,
    Reading,
    count_cell,
    coverage_cell,
    interval_cell,
    is_shown,
    sentence_of,
    value_cell,
)
from kpi.report_targets import target_facts


def agreed_section(reading: Reading) -> Section:
    texts = reading.texts
    groups = tuple(
        MetricGroup(texts(f"goal.{goal}"), tuple(metric_part(reading, metric) for metric in metrics))
        for goal, metrics in groupby(reading.metrics("agreed"), key=lambda metric: metric.goal)
    )
    elsewhere = "; ".join(reading.name(metric) for metric in reading.elsewhere("agreed"))
    other = (texts("agreed.elsewhere", metrics=elsewhere),) if elsewhere else ()
    paragraphs = (texts("agreed.introduction"), *other)
    return Section("mittarit", texts("agreed.heading"), paragraphs=paragraphs, groups=groups)


def supporting_section(reading: Reading) -> Section:
    texts = reading.texts
    parts = tuple(metric_part(reading, metric) for metric in reading.metrics("supporting"))
    paragraphs = (texts("supporting.introduction"),)
    groups = (MetricGroup("", parts),) if parts else ()
    return Section("tukevat", texts("supporting.heading"), paragraphs=paragraphs, groups=groups)


def metric_part(reading: Reading, metric: MetricLabel) -> MetricPart:
    """One metric; without a row for the point there is no table but a sentence that says so."""
    texts = reading.texts
    modes = tuple(reading.own(metric))
    has_numbers = any(_has_numbers(reading, metric, mode) for mode in modes)
    version = texts("metric.version", metric_id=metric.metric_id, version=metric.version)
    return MetricPart(
        anchor=metric.metric_id.replace("_", "-"),
        name=reading.name(metric),
        explanation=texts.named(metric.explanations, f"metric {metric.metric_id}"),
        table=_table(reading, metric, modes) if has_numbers else None,
        absence="" if has_numbers else _absence(reading, metric),
        facts=(*(_told(reading, metric, modes) if has_numbers else ()), Fact(texts("metric.definition"), version)),
    )


def _told(reading: Reading, metric: MetricLabel, modes: tuple[str, ...]) -> tuple[Fact, ...]:
    """The target, what has changed, where the point stands out, what few observations hide, what is counted."""
    shown = tuple(mode for mode in modes if _has_numbers(reading, metric, mode))
    return (
        *target_facts(reading, metric, shown),
        *change_facts(reading, metric, shown),
        *funnel_facts(reading, metric, shown),
        *smoothed_facts(reading, metric),
        *_explained(reading, metric),
    )


def _explained(reading: Reading, metric: MetricLabel) -> tuple[Fact, ...]:
    """What is counted and of what, where a reader can divide the one by the other, and what to mind."""
    texts, language = reading.texts, reading.texts.locale.language
    counted = {
        "ratio": (("metric.numerator", metric.numerator), ("metric.denominator", metric.denominator)),
        "mean": (("metric.numerator", metric.numerator), ("metric.denominator", metric.denominator)),
        "km_quantile": (("metric.counted", metric.denominator),),
    }.get(metric.statistic, ())
    told = ((name, text.get(language, "")) for name, text in (*counted, ("metric.caveats", metric.caveats)))
    return tuple(Fact(texts(name), text) for name, text in told if text)


def _absence(reading: Reading, metric: MetricLabel) -> str:
    """Why the point has no number of a metric in either month."""
    texts = reading.texts
    reasons = dict.fromkeys(row.status_reason for row in reading.own(metric).values() if row.status_reason)
    whys = (texts(f"reason.{reason}.why", minimum=metric.minimum_observation_count) for reason in reasons)
    return " ".join((texts("metric.absent"), *whys)) if reasons else texts("reason.not_in_release.why")


def _has_numbers(reading: Reading, metric: MetricLabel, mode: str) -> bool:
    """Whether the point has something to show of a mode in the month or in the one before."""
    rows = (reading.own(metric, month).get(mode) for month in reading.months)
    return any(row is not None and (row.value is not None) for row in rows)


def overview_table(reading: Reading) -> Table:
    """Every agreed metric of the point on a line: this month and the one before, never the modes together."""
    texts = reading.texts
    month = reading.release.month
    groups = []
    for goal, metrics in groupby(reading.metrics("agreed"), key=lambda metric: metric.goal):
        rows = [row for metric in metrics for row in _overview_rows(reading, metric)]
        groups.append(RowGroup(texts(f"goal.{goal}"), tuple(rows)))
    return Table(
        caption=texts("overview.caption", point=point_name(reading)),
        columns=(
            texts("column.metric"),
            texts.month(month.first_day).capitalize(),
            texts("column.interval"),
            texts("column.count"),
            texts.month(month.previous.first_day).capitalize(),
            texts("column.change"),
        ),
        numeric=(True, True, True, True, False),
        widths=(26, 12, 15, 12, 16, 19),
        groups=tuple(groups),
    )


def point_name(reading: Reading) -> str:
    return reading.texts.named(reading.point.names, f"service point {reading.point.service_point_id}")


def compared_places(reading: Reading, metric: MetricLabel, mode: str) -> tuple[tuple[str, Observation | None], ...]:
    """The point, the month before, its size class and the country, all of one collection mode."""
    texts = reading.texts
    month = reading.release.month.first_day
    before = reading.release.month.previous.first_day
    size_class = reading.point.size_class
    own = (
        (texts("place.point", month=texts.month(month)), reading.own(metric).get(mode)),
        (texts("place.point", month=texts.month(before)), reading.own(metric, before).get(mode)),
    )
    references = (
        (
            texts("place.size_class", size_class=size_class, month=texts.month(month)),
            reading.rows("size_class", size_class, metric, month).get(mode),
        ),
        (
            texts("place.national", month=texts.month(month)),
            reading.rows("national", "national", metric, month).get(mode),
        ),
    )
    return own + tuple((place, row) for place, row in references if row is not None)


def headline_sentences(reading: Reading) -> tuple[str, ...]:
    """The first number of each goal, beside the month before and with the verdict on the difference."""
    found = []
    for _, metrics in groupby(reading.metrics("agreed"), key=lambda metric: metric.goal):
        shown = ((metric, row) for metric in metrics for row in reading.own(metric).values() if is_shown(row))
        if first := next(shown, None):
            found.append(_headline(reading, *first))
    return tuple(found)


def _headline(reading: Reading, metric: MetricLabel, row: Observation) -> str:
    texts = reading.texts
    previous_month = reading.release.month.previous.first_day
    before = reading.own(metric, previous_month).get(row.collection_mode)
    now = texts(
        "headline.now",
        metric=reading.name_and_mode(metric, row.collection_mode),
        sentence=sentence_of(row, metric, reading),
    )
    if before is None or not is_shown(before):
        return f"{now} {texts('headline.nothing_before')}"
    sentences = [now, texts("headline.before", sentence=sentence_of(before, metric, reading))]
    if change := reading.change(metric, row.collection_mode, "month"):
        sentences.append(texts("headline.change", verdict=texts(f"change.{change.verdict}")))
    return " ".join(sentences)


def _overview_rows(reading: Reading, metric: MetricLabel) -> list[Row]:
    texts = reading.texts
    now = reading.own(metric)
    before = reading.own(metric, reading.release.month.previous.first_day)
    if not now:
        missing = Cell(texts("value.missing"))
        return [Row(reading.name(metric), (Cell(texts("value.not_in_release")), *[missing] * 4))]
    rows = []
    for mode, row in now.items():
        cells = (
            value_cell(row, metric, reading),
            interval_cell(row, metric, reading),
            count_cell(row, texts),
            _with_interval(before.get(mode), metric, reading),
            change_cell(reading, metric, mode),
        )
        rows.append(Row(reading.name_and_mode(metric, mode), cells))
    return rows


def _with_interval(row: Observation | None, metric: MetricLabel, reading: Reading) -> Cell:
    cell = value_cell(row, metric, reading)
    has_interval = row is not None and is_shown(row) and row.upper_bound is not None
    return replace(cell, detail=f"({interval_cell(row, metric, reading).text})" if has_interval else "")


def _table(reading: Reading, metric: MetricLabel, modes: tuple[str, ...]) -> Table:
    texts = reading.texts
    columns = ("column.place", *(f"column.{name}" for name in _columns(metric)))
    return Table(
        caption=texts("metric.caption", metric=reading.name(metric)),
        columns=tuple(texts(column) for column in columns),
        numeric=(True,) * (len(columns) - 1),
        widths=(34, 16, 20, 12, 18)[: len(columns)],
        groups=tuple(_mode_group(reading, metric, mode) for mode in modes),
    )


def _columns(metric: MetricLabel) -> tuple[str, ...]:
    """Completeness is itself the coverage, and counts minutes, not observations."""
    return ("value",) if metric.metric_id == COMPLETENESS else ("value", "interval", "count", "coverage")


def _mode_group(reading: Reading, metric: MetricLabel, mode: str) -> RowGroup:
    places = compared_places(reading, metric, mode)
    if not _has_numbers(reading, metric, mode):
        places = places[:1]  # with nothing to compare, the reason says enough
    rows = tuple(
        Row(heading, _cells(row, metric, reading), is_main=index == 0) for index, (heading, row) in enumerate(places)
    )
    what = "family" if metric.metric_id == COMPLETENESS else "mode"
    return RowGroup(reading.texts(f"{what}.heading", mode=reading.code("collection_mode", mode)), rows)


def _cells(row: Observation | None, metric: MetricLabel, reading: Reading) -> tuple[Cell, ...]:
    cells = {
        "value": value_cell(row, metric, reading),
        "interval": interval_cell(row, metric, reading),
        "count": count_cell(row, reading.texts),
        "coverage": coverage_cell(row, metric, reading),
    }
    return tuple(cells[column] for column in _columns(metric))
