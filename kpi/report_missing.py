"""What a report lacks: each number that is missing, why, and who can mend it; and how much was measured."""

from itertools import groupby

from kpi.published import MetricLabel, Observation
from kpi.report_content import Cell, Row, RowGroup, Section, Table
from kpi.report_numbers import COMPLETENESS, FREE_TO_PUBLISH, NO_MODE, PARTLY, Reading, is_shown

# Less is told: an hour or two without an event happens at a quiet point.
NEARLY_ALL_MEASURED = 0.95
MetricAndMode = tuple[MetricLabel, str]


def missing_section(reading: Reading) -> Section:
    texts = reading.texts
    groups = _gaps(reading)
    tables = (*((_missing_table(reading, groups),) if groups else ()), *completeness_tables(reading))
    paragraphs = (texts("missing.introduction") if groups else texts("missing.nothing"),)
    return Section("puuttuvat", texts("missing.heading"), paragraphs=paragraphs, tables=tables)


def missing_names(reading: Reading) -> tuple[str, ...]:
    """Agreed metrics of which the point has no number in any collection mode."""
    without = (metric for metric in reading.metrics("agreed") if not any(map(is_shown, reading.own(metric).values())))
    return tuple(reading.name(metric) for metric in without)


def completeness_tables(reading: Reading) -> tuple[Table, ...]:
    """Measured hours of opening hours, and sources that delivered, by family of sources."""
    texts = reading.texts
    metric = reading.release.metrics.get(COMPLETENESS)
    families = reading.own(metric) if metric else {}
    if not families:
        return ()
    columns = ("column.family", "column.measured", "column.open", "column.share", "column.sources")
    return (
        Table(
            caption=texts("completeness.caption", during=texts.during(reading.release.month.first_day)),
            columns=tuple(texts(column) for column in columns),
            numeric=(True, True, True, True),
            widths=(28, 18, 18, 18, 18),
            groups=(RowGroup("", tuple(_completeness_row(reading, *family) for family in families.items())),),
        ),
    )


def _completeness_row(reading: Reading, family: str, row: Observation) -> Row:
    texts = reading.texts
    unknown = Cell(texts("coverage.unknown"))

    def hours(minutes: float | None) -> Cell:
        return unknown if minutes is None else Cell(texts("unit.hours", number=texts.number(minutes / 60, 1)))

    share = unknown if row.value is None else Cell(texts.percent(row.value, 1))
    sources = row.completeness_sources_share
    delivered = unknown if sources is None else Cell(texts.percent(sources, 0))
    name = reading.code("collection_mode", family).capitalize()
    return Row(name, (hours(row.numerator), hours(row.denominator), share, delivered))


def _gaps(reading: Reading) -> dict[tuple[str, str, str], list[MetricAndMode]]:
    """What is missing, by (what of it, why, who can mend it), in the order of the metrics."""
    texts = reading.texts
    gaps: dict[tuple[str, str, str], list[MetricAndMode]] = {}
    for metric in (*reading.metrics("agreed"), *reading.metrics("supporting")):
        rows = reading.own(metric)
        for mode, row in rows.items():
            if reason := _reason(row):
                what = texts("missing.value") if row.value is None else texts(f"missing.{_lacking(row)}")
                why = texts(f"reason.{reason}.why", minimum=metric.minimum_observation_count)
                who = texts(f"reason.{reason}.who", owners=_owners(reading, metric, mode))
                gaps.setdefault((what, why, who), []).append((metric, mode))
        for mode in _elsewhere(reading, metric) if metric.standing == "agreed" else ():
            key = (texts("missing.value"), texts("reason.no_source.why"), texts("reason.no_source.who"))
            gaps.setdefault(key, []).append((metric, mode))
        if not rows:
            key = (texts("missing.value"), texts("reason.not_in_release.why"), texts("reason.not_in_release.who"))
            gaps.setdefault(key, []).append((metric, NO_MODE))
        for family, share in partly_measured(reading).items() if metric.metric_id == COMPLETENESS else ():
            why = texts("reason.interrupted.why", share=texts.percent(share, 1))
            who = texts("reason.interrupted.who", owners=_owners(reading, metric, family))
            gaps.setdefault((texts("missing.part"), why, who), []).append((metric, family))
    return dict(sorted(gaps.items(), key=lambda gap: gap[0][0] != texts("missing.value")))


def partly_measured(reading: Reading) -> dict[str, float]:
    """The families of sources that were silent for more of the opening time than a passing break, with their share."""
    metric = reading.release.metrics.get(COMPLETENESS)
    rows = reading.own(metric) if metric else {}
    return {
        family: row.value for family, row in rows.items() if row.value is not None and row.value < NEARLY_ALL_MEASURED
    }


def _elsewhere(reading: Reading, metric: MetricLabel) -> list[str]:
    """Collection modes of which the country has numbers and this point, though it measures the metric, has no row."""
    own = reading.own(metric)
    if not own or any(row.status_reason in ("closed", "no_source") for row in own.values()):
        return []
    country = reading.rows("national", "national", metric, reading.release.month.first_day)
    return [mode for mode, row in country.items() if is_shown(row) and mode not in own]


def _reason(row: Observation) -> str:
    """The code of why the number, its interval or its reliability is missing; empty when nothing is."""
    if row.confidentiality_status != FREE_TO_PUBLISH:
        return "confidential"
    return row.status_reason or ("unknown" if row.value is None else "")


def _lacking(row: Observation) -> str:
    if row.status_reason in ("beyond_range", "fewer_than_minimum"):
        return row.status_reason
    if row.status_reason in PARTLY:
        return "reliability"
    return "interval" if row.lower_bound is None else "reliability"


def _owners(reading: Reading, metric: MetricLabel, mode: str) -> str:
    """Who answers for the sources that should have delivered the metric to the point."""
    is_completeness = metric.metric_id == COMPLETENESS  # which rests on the point's own sources that answer every hour
    owners = {
        source.owner
        for source in reading.release.sources.values()
        if source.family == (mode if is_completeness else metric.source_family)
        and (source.cadence == "continuous" if is_completeness else source.collection_mode in (None, mode))
        and source.service_point_id in {reading.point.service_point_id, *(() if is_completeness else (None,))}
    }
    return ", ".join(sorted(owners)) or reading.texts("owner.unknown")


def _missing_table(reading: Reading, gaps: dict[tuple[str, str, str], list[MetricAndMode]]) -> Table:
    texts = reading.texts
    rows = tuple(
        Row(why, (Cell(what), Cell(_names(reading, lacking)), Cell(who))) for (what, why, who), lacking in gaps.items()
    )
    columns = ("column.why", "column.lacking", "column.metrics", "column.who")
    return Table(
        caption=texts("missing.caption", during=texts.during(reading.release.month.first_day)),
        columns=tuple(texts(column) for column in columns),
        numeric=(False, False, False),
        widths=(24, 12, 42, 22),
        groups=(RowGroup("", rows),),
    )


def _names(reading: Reading, lacking: list[MetricAndMode]) -> str:
    """Each metric once, with all of its modes that lack something."""
    names = []
    for metric, of_metric in groupby(lacking, key=lambda pair: pair[0]):
        modes = [mode for _, mode in of_metric]
        if len(modes) == 1:
            names.append(reading.name_and_mode(metric, modes[0]))
        else:
            listed = ", ".join(reading.code("collection_mode", mode) for mode in modes)
            names.append(reading.texts("missing.metric_and_modes", metric=reading.name(metric), modes=listed))
    return "; ".join(names)
