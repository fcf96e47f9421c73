"""How one published number is written: value, interval, number of observations, coverage, warnings."""

from dataclasses import dataclass, replace
from datetime import date

from kpi.published import MetricLabel, Observation, Release, ServicePointLabel
from kpi.released_statistics import Change
from kpi.report_content import Cell
from kpi.texts import Texts

COMPLETENESS = "completeness"
NO_MODE = "none"
# Reasons for which nothing could be covered.
NOTHING_TO_COVER = ("closed", "no_source", "no_wave")
WRITTEN_UNITS = ("minutes", "hours", "days", "hours_per_week", "per_100_visits", "per_1000_visits")
LOW_RELIABILITY = "U"
# Reasons for which a number stands for a part of the month only.
PARTLY = ("partly_measured", "partly_delivered")
FREE_TO_PUBLISH = "F"


@dataclass(frozen=True, slots=True)
class Reading:
    """A release read for one service point in one language."""

    release: Release
    point: ServicePointLabel
    texts: Texts

    def metrics(self, standing: str) -> list[MetricLabel]:
        """Metrics that points have numbers of, in the order of their goals, then in their own order in the goal."""
        return [metric for metric in metrics_of(self.release, standing) if metric.lowest_level == "service_point"]

    def elsewhere(self, standing: str) -> list[MetricLabel]:
        """Metrics that no point has a number of, such as those of agencies."""
        return [metric for metric in metrics_of(self.release, standing) if metric.lowest_level != "service_point"]

    @property
    def months(self) -> tuple[date, date]:
        """The first days of the month of the report and of the one before."""
        return self.release.month.first_day, self.release.month.previous.first_day

    def rows(self, level: str, level_id: str, metric: MetricLabel, period: date) -> dict[str, Observation]:
        """The numbers of one place, metric and month by collection mode."""
        found = self.release.of(level, level_id, period)
        return {row.collection_mode: row for row in found if row.metric_id == metric.metric_id}

    def own(self, metric: MetricLabel, period: date | None = None) -> dict[str, Observation]:
        point_id = self.point.service_point_id
        return self.rows("service_point", point_id, metric, period or self.release.month.first_day)

    def change(self, metric: MetricLabel, mode: str, comparison: str) -> Change | None:
        """What the point's number of a mode has changed since the month before or a year ago, if it was compared."""
        wanted = (metric.metric_id, mode, comparison)
        found = (row for row in self.release.changes if (row.metric_id, row.collection_mode, row.comparison) == wanted)
        return next(found, None)

    def name(self, metric: MetricLabel) -> str:
        return self.texts.named(metric.names, f"metric {metric.metric_id}")

    @property
    def size_class(self) -> str:
        code = self.point.size_class
        label = self.release.size_classes.get(code)
        name = self.texts.named(label.names if label else {}, f"size class {code}")
        return self.texts("size_class", code=code, name=name)

    @property
    def region(self) -> str:
        label = self.release.regions.get(self.point.region_code)
        return self.texts.named(label.names if label else {}, f"region {self.point.region_code}")

    def name_and_mode(self, metric: MetricLabel, mode: str) -> str:
        return metric_and_mode(metric, mode, self.release, self.texts)

    def code(self, kind: str, code: str) -> str:
        return code_name(kind, code, self.release, self.texts)


def metrics_of(release: Release, standing: str) -> list[MetricLabel]:
    """Metrics of a standing in the order of their goals, then in their own order within the goal."""
    found = (label for label in release.metrics.values() if label.standing == standing)
    return sorted(found, key=lambda label: (label.goal, label.order, label.metric_id))


def metric_and_mode(metric: MetricLabel, mode: str, release: Release, texts: Texts) -> str:
    """A metric with its collection mode, where there is more than one; completeness has a family of sources."""
    name = texts.named(metric.names, f"metric {metric.metric_id}")
    if mode == NO_MODE or metric.collection_modes == [mode]:
        return name
    return texts("overview.metric_and_mode", metric=name, mode=code_name("collection_mode", mode, release, texts))


def code_name(kind: str, code: str, release: Release, texts: Texts) -> str:
    """The name of a code in the release's own lists."""
    label = release.codes.get(kind, {}).get(code)
    return texts.named(label.names if label else {}, f"{kind} {code}")


def read_for(release: Release, point: ServicePointLabel, texts: Texts) -> Reading:
    """*release* narrowed to the numbers that stand in *point*'s report, so that each look-up is short."""
    places = {
        ("service_point", point.service_point_id),
        ("size_class", point.size_class),
        ("national", "national"),
    }
    rows = tuple(row for row in release.observations if (row.level, row.level_id) in places)
    own = ("service_point", point.service_point_id)
    changes = tuple(row for row in release.changes if (row.level, row.level_id) == own)
    smoothed = tuple(row for row in release.smoothed if (row.level, row.level_id) == own)
    funnel = tuple(row for row in release.funnel if row.level_id == point.service_point_id)
    targets = tuple(row for row in release.targets if (row.level, row.level_id) == own)
    narrowed = replace(release, observations=rows, changes=changes, smoothed=smoothed, funnel=funnel, targets=targets)
    return Reading(narrowed, point, texts)


def is_shown(row: Observation) -> bool:
    """Whether *row* has a number that may be printed."""
    return row.value is not None and row.confidentiality_status == FREE_TO_PUBLISH


def value_cell(row: Observation | None, metric: MetricLabel, reading: Reading) -> Cell:
    texts = reading.texts
    if row is None:
        return Cell(texts("value.not_collected"))
    if row.confidentiality_status != FREE_TO_PUBLISH:
        return Cell(texts("value.confidential"))
    if row.value is None:
        return Cell(reason_name(row, reading) or texts("value.missing"))
    value = value_text(row.value, metric, texts)
    if row.status_reason == "beyond_range":
        value = texts("value.more_than", value=value)
    return Cell(value, uncertainty(row, metric, texts))


def uncertainty(row: Observation, metric: MetricLabel, texts: Texts) -> str:
    """The warning that goes with a number of few observations or of a part of the month; empty when there is none."""
    if is_of_few(row, metric):
        return texts("value.uncertain", minimum=texts.number(metric.minimum_observation_count, 0))
    is_partly = is_shown(row) and row.observation_status == LOW_RELIABILITY
    return texts("value.partly_measured") if is_partly else ""


def is_of_few(row: Observation, metric: MetricLabel) -> bool:
    """Whether *row* has a number that too few observations are behind."""
    if not is_shown(row) or row.status_reason in PARTLY:
        return False
    is_below = row.observation_count is not None and row.observation_count < metric.minimum_observation_count
    return row.status_reason == "fewer_than_minimum" or (row.observation_status == LOW_RELIABILITY and is_below)


def interval_cell(row: Observation | None, metric: MetricLabel, reading: Reading) -> Cell:
    texts = reading.texts
    if row is None or not is_shown(row):
        return Cell(texts("value.missing"))
    if row.lower_bound is not None and row.upper_bound is not None:
        return Cell(interval_text(row.lower_bound, row.upper_bound, metric, texts))
    if row.lower_bound is not None:
        return Cell(texts("interval.from", lower=value_text(row.lower_bound, metric, texts)))
    if metric.interval == "none":
        return Cell(texts("interval.none"))
    return Cell(texts("interval.missing"), reason_name(row, reading))


def reason_name(row: Observation, reading: Reading) -> str:
    """Why a number or its interval is missing, in the few words that the release has for it."""
    return reading.code("status_reason", row.status_reason) if row.status_reason else ""


def count_cell(row: Observation | None, texts: Texts) -> Cell:
    if row is None or row.observation_count is None or row.confidentiality_status != FREE_TO_PUBLISH:
        return Cell(texts("value.missing"))
    return Cell(texts.number(row.observation_count, 0))


def coverage_cell(row: Observation | None, metric: MetricLabel, reading: Reading) -> Cell:
    """How much of the opening time was measured, where that can be known, else how many of the sources delivered."""
    texts = reading.texts
    if row is None or row.status_reason in NOTHING_TO_COVER:
        return Cell(texts("value.missing"))
    if row.completeness_minutes_share is not None and _is_continuous(row, metric, reading):
        return Cell(texts.percent(row.completeness_minutes_share, 1))
    if row.completeness_sources_share is not None:
        return Cell(texts("coverage.sources", share=texts.percent(row.completeness_sources_share, 0)))
    return Cell(texts("coverage.unknown"))


def _is_continuous(row: Observation, metric: MetricLabel, reading: Reading) -> bool:
    """Whether the row's collection mode measures every opening hour: a text message or a survey does not."""
    return any(
        source.cadence == "continuous"
        and source.family == metric.source_family
        and source.collection_mode in (None, row.collection_mode)
        for source in reading.release.sources.values()
    )


def value_text(value: float, metric: MetricLabel, texts: Texts) -> str:
    """A value with its unit: 4,21; 81,0 %; 6,4 min; 1 234."""
    if metric.unit == "share":
        return texts.percent(value, metric.decimals)
    number = texts.number(value, metric.decimals)
    return texts(f"unit.{metric.unit}", number=number) if metric.unit in WRITTEN_UNITS else number


def interval_text(lower: float, upper: float, metric: MetricLabel, texts: Texts) -> str:
    """Both bounds, the unit once: 80,1–82,4 %."""
    if metric.unit == "share":
        return f"{texts.number(lower * 100, metric.decimals)}–{texts.percent(upper, metric.decimals)}"
    return f"{texts.number(lower, metric.decimals)}–{value_text(upper, metric, texts)}"


def sentence_of(row: Observation, metric: MetricLabel, reading: Reading) -> str:
    """A number in running text: 6,4 min (95 %:n luottamusväli 5,8–7,1 min, n = 512)."""
    value = value_cell(row, metric, reading)
    has_interval = row.lower_bound is not None and row.upper_bound is not None
    sentence = reading.texts(
        "sentence.with_interval" if has_interval else "sentence.without_interval",
        value=value.text,
        interval=interval_cell(row, metric, reading).text,
        count=count_cell(row, reading.texts).text,
    )
    return f"{sentence}, {value.note}" if value.note else sentence
