"""The page on equality: how the customers of a language, an access, a size class or a region differ from all others."""

from collections.abc import Iterator
from itertools import groupby
from zoneinfo import ZoneInfo

from kpi.false_discoveries import RATE
from kpi.published import CodeLabel, MetricLabel, Release
from kpi.released_statistics import EqualityGap
from kpi.report_changes import difference_number, difference_text, reason_name
from kpi.report_content import Cell, Fact, MetricGroup, MetricPart, ReportContent, Row, RowGroup, Section, Table
from kpi.report_numbers import code_name, metric_and_mode, metrics_of, value_text
from kpi.report_page import release_facts
from kpi.texts import Texts

DIMENSIONS = ("language", "access", "size_class", "region")
# The groups of a breakdown, in the order of the page; those of places have an order of their own.
GROUPS = {
    "language": ("fi", "sv", "se", "en", "other", "unknown"),
    "access": ("walk_in", "booked", "unknown"),
}
STANDINGS = ("agreed", "supporting")
# A sum has no test: groups of other sizes cannot be compared by it.
NEVER_COMPARED = "no_test"
COLUMNS = ("group_value", "others_value", "difference", "gap_verdict")
# By the metric's direction and whether the group's number is the larger one.
VERDICTS = {
    ("higher", True): "better",
    ("higher", False): "worse",
    ("lower", True): "worse",
    ("lower", False): "better",
}


def equality_content(release: Release, texts: Texts, time_zone: ZoneInfo) -> ReportContent:
    """The page on the equality gaps of *release*: of each dimension what there is evidence of, then every number."""
    month = texts.month(release.month.first_day)
    title = texts("equality.title")
    paragraphs = (texts("equality.introduction"), texts("equality.causes"))
    return ReportContent(
        language=texts.locale.language,
        title=title,
        subtitle=texts("equality.subtitle", month=month),
        skip_link=texts("report.skip_link"),
        contents_heading=texts("report.contents"),
        footer=texts("report.footer", point=title, month=month, release_id=release.release_id),
        notice="",
        facts=release_facts(release, texts, time_zone),
        sections=(
            Section("lyhyesti", texts("equality.heading"), paragraphs=paragraphs, points=_counts(release, texts)),
            *(_section(dimension, release, texts) for dimension in DIMENSIONS),
            _guide(texts),
        ),
    )


def verdict(gap: EqualityGap, metric: MetricLabel) -> str:
    """better, worse, larger or smaller than the others; no_evidence; or not_compared, which has a reason."""
    if gap.q_value is None or gap.difference is None:
        return "not_compared"
    if gap.q_value > RATE:
        return "no_evidence"
    is_larger = gap.difference > 0
    return VERDICTS.get((metric.direction, is_larger), "larger" if is_larger else "smaller")


def _compared(dimension: str, release: Release) -> list[EqualityGap]:
    """The gaps of a dimension in the order of its groups; of a mode in which no group has a number there are none."""
    rows = [row for row in release.equality_gaps if row.dimension == dimension and row.reason != NEVER_COMPARED]
    measured = {(row.metric_id, row.collection_mode) for row in rows if row.value is not None}
    order = list(GROUPS.get(dimension, release.size_classes))
    shown = [row for row in rows if (row.metric_id, row.collection_mode) in measured]
    return sorted(shown, key=lambda row: order.index(row.group_code) if row.group_code in order else len(order))


def _counts(release: Release, texts: Texts) -> tuple[str, ...]:
    """How many differences there is evidence of, of how many that could be tested, by dimension."""
    points = []
    for dimension in DIMENSIONS:
        rows = _compared(dimension, release)
        tested = [row for row in rows if row.q_value is not None]
        points.append(
            texts(
                "equality.count",
                dimension=texts(f"equality.{dimension}"),
                tested=texts.number(len(tested), 0),
                found=texts.number(sum((row.q_value or 0) <= RATE for row in tested), 0),
                untested=texts.number(len(rows) - len(tested), 0),
            )
        )
    return tuple(points)


def _section(dimension: str, release: Release, texts: Texts) -> Section:
    rows = _compared(dimension, release)
    groups = tuple(_metric_group(standing, dimension, rows, release, texts) for standing in STANDINGS)
    found = _evidence_table(dimension, rows, release, texts)
    none = () if found else (texts("equality.none_found"),)
    return Section(
        dimension.replace("_", "-"),
        texts(f"equality.{dimension}"),
        paragraphs=(texts(f"equality.{dimension}.text"), *none),
        tables=(found,) if found else (),
        groups=tuple(group for group in groups if group.metrics),
    )


def _evidence_table(dimension: str, rows: list[EqualityGap], release: Release, texts: Texts) -> Table | None:
    """The differences that chance does not explain, in the order of the metrics and the groups: no ranking."""
    groups = []
    for standing in STANDINGS:
        found = tuple(
            Row(
                metric_and_mode(metric, row.collection_mode, release, texts),
                (Cell(_group_name(row, release, texts)), *_cells(row, metric, release, texts)),
            )
            for metric in metrics_of(release, standing)
            for row in rows
            if row.metric_id == metric.metric_id and row.q_value is not None and row.q_value <= RATE
        )
        if found:
            groups.append(RowGroup(texts(f"equality.{standing}"), found))
    if not groups:
        return None
    columns = ("column.metric", "column.group", *(f"column.{name}" for name in COLUMNS))
    return Table(
        caption=texts("equality.found", dimension=texts(f"equality.{dimension}")),
        columns=tuple(texts(column) for column in columns),
        numeric=(False, True, True, True, False),
        widths=(24, 14, 13, 13, 20, 16),
        groups=tuple(groups),
    )


def _metric_group(
    standing: str, dimension: str, rows: list[EqualityGap], release: Release, texts: Texts
) -> MetricGroup:
    parts = tuple(
        _metric_part(metric, dimension, own, release, texts)
        for metric in metrics_of(release, standing)
        if (own := [row for row in rows if row.metric_id == metric.metric_id])
    )
    return MetricGroup(texts(f"equality.{standing}"), parts)


def _metric_part(
    metric: MetricLabel, dimension: str, rows: list[EqualityGap], release: Release, texts: Texts
) -> MetricPart:
    name = texts.named(metric.names, f"metric {metric.metric_id}")
    by_mode = sorted(rows, key=lambda row: row.collection_mode)  # stable: the groups keep their order
    groups = tuple(
        RowGroup(
            texts("mode.heading", mode=code_name("collection_mode", mode, release, texts)),
            tuple(_group_row(row, metric, release, texts) for row in of_mode),
        )
        for mode, of_mode in groupby(by_mode, key=lambda row: row.collection_mode)
    )
    columns = ("column.group", *(f"column.{column}" for column in COLUMNS))
    return MetricPart(
        anchor=f"{dimension}-{metric.metric_id}".replace("_", "-"),
        name=name,
        explanation=texts.named(metric.explanations, f"metric {metric.metric_id}"),
        table=Table(
            caption=texts("equality.caption", metric=name, dimension=texts(f"equality.{dimension}")),
            columns=tuple(texts(column) for column in columns),
            numeric=(True, True, True, False),
            widths=(24, 17, 17, 24, 18),
            groups=groups,
        ),
        absence="",
        facts=(),
    )


def _group_row(row: EqualityGap, metric: MetricLabel, release: Release, texts: Texts) -> Row:
    return Row(_group_name(row, release, texts), _cells(row, metric, release, texts))


def _cells(row: EqualityGap, metric: MetricLabel, release: Release, texts: Texts) -> tuple[Cell, ...]:
    """The group's number, that of the others, the difference and what can be said of it."""
    found = verdict(row, metric)
    reason = reason_name(row.reason, release, texts) if row.reason else ""
    return (
        _number(row.value, row.observation_count, metric, texts),
        _number(row.others_value, row.others_observation_count, metric, texts),
        _difference(row, metric, texts),
        Cell(texts(f"equality.{found}"), detail=f"({reason})" if reason else ""),
    )


def _number(value: float | None, count: int | None, metric: MetricLabel, texts: Texts) -> Cell:
    """A number with its n; of fewer than the metric's minimum only n, for a few of one language are nearly persons."""
    told = "" if count is None else texts("equality.of", count=texts.number(count, 0))
    if value is None or (count is not None and count < metric.minimum_observation_count):
        return Cell(texts("value.missing"), detail=told)
    return Cell(value_text(value, metric, texts), detail=told)


def _difference(row: EqualityGap, metric: MetricLabel, texts: Texts) -> Cell:
    """Without a test the two numbers are no difference to be read."""
    if row.q_value is None or row.difference is None:
        return Cell(texts("value.missing"))
    bounds = ""
    if row.lower_bound is not None and row.upper_bound is not None:
        lower, upper = (difference_number(bound, metric, texts) for bound in (row.lower_bound, row.upper_bound))
        bounds = texts("equality.bounds", lower=lower, upper=upper)
    return Cell(difference_text(row.difference, metric, texts), detail=bounds)


def _group_name(row: EqualityGap, release: Release, texts: Texts) -> str:
    if row.dimension in GROUPS:
        return texts(f"equality.{row.dimension}.{row.group_code}")
    labels: dict[str, CodeLabel] = {**release.regions} if row.dimension == "region" else {**release.size_classes}
    label = labels.get(row.group_code)
    name = texts.named(label.names if label else {}, f"{row.dimension} {row.group_code}")
    return texts("size_class", code=row.group_code, name=name) if row.dimension == "size_class" else name


def _guide(texts: Texts) -> Section:
    topics = ("group", "difference", "verdict", "not_compared", "many")
    facts: Iterator[Fact] = (
        Fact(texts(f"equality.guide.{topic}.name"), texts(f"equality.guide.{topic}.text")) for topic in topics
    )
    return Section("lukuohje", texts("equality.guide.heading"), facts=tuple(facts))
